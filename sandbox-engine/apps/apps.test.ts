import { expect, test } from 'vitest';
import { signals } from '../os/index.ts';
import { imageTrees } from './images/catalogue.ts';
import { nginx, swarmNginx } from './images/nginx.ts';
import { AppHost } from './testing.ts';

const nginxTree = nginx.layers[0]?.tree ?? {};
const date = /Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/;

const serve = () => {
  const app = new AppHost(nginxTree);
  return { app, server: app.start(['nginx', '-g', 'daemon off;']) };
};

test('nginx says how it starts, serves its page and writes it down', () => {
  const { app, server } = serve();
  const answer = app.get(80, '/');
  expect(answer.split('\r\n\r\n')[0]?.replace(date, 'Date: NOW')).toBe(
    [
      'HTTP/1.1 200 OK',
      'Server: nginx/1.30.6',
      'Date: NOW',
      'Content-Type: text/html',
      'Content-Length: 615',
      'Last-Modified: Fri, 23 Oct 2026 00:04:55 GMT',
      'Connection: close',
      'ETag: "6adaa4a7-267"',
      'Accept-Ranges: bytes',
    ].join('\r\n'),
  );
  expect(answer).toContain('<h1>Welcome to nginx!</h1>');
  app.get(80, '/nosuch');
  expect(app.output(server)).toBe(
    `2026/11/22 00:04:55 [notice] 1#1: using the "epoll" event method
2026/11/22 00:04:55 [notice] 1#1: nginx/1.30.6
2026/11/22 00:04:55 [notice] 1#1: built by gcc 16.2.0 (Debian 16.2.0-3) 
2026/11/22 00:04:55 [notice] 1#1: OS: Linux 6.12.101
2026/11/22 00:04:55 [notice] 1#1: getrlimit(RLIMIT_NOFILE): 1024:4096
2026/11/22 00:04:55 [notice] 1#1: start worker processes
2026/11/22 00:04:55 [notice] 1#1: start worker process 2
127.0.0.1 - - [22/Nov/2026:00:04:56 +0000] "GET / HTTP/1.1" 200 615 "-" "test/1"
2026/11/22 00:05:01 [error] 2#2: *2 open() "/usr/share/nginx/html/nosuch" failed (2: No such file or directory), client: 127.0.0.1, server: localhost, request: "GET /nosuch HTTP/1.1", host: "web"
127.0.0.1 - - [22/Nov/2026:00:05:01 +0000] "GET /nosuch HTTP/1.1" 404 153 "-" "test/1"
`,
  );
});

test('nginx keeps a connection for further requests, refuses POST on files, and quits on SIGQUIT', () => {
  const { app, server } = serve();
  const two = app.ask(
    80,
    'HEAD / HTTP/1.1\r\nHost: web\r\n\r\nPOST / HTTP/1.1\r\nHost: web\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  );
  expect(two.match(/HTTP\/1\.1 \d+ .*/g)).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 405 Not Allowed']);
  expect(app.host.processes('box').map((row) => row.argv.join(' '))).toEqual([
    'nginx: master process nginx -g daemon off;',
    'nginx: worker process',
  ]);
  app.host.kill(server.row.pid, signals.SIGQUIT);
  app.run(1);
  expect(server.exitStatus).toBe(0);
  expect(app.get(80, '/')).toBe('ECONNREFUSED');
});

test('nginx does not start when an upstream has no address', () => {
  const app = new AppHost({
    ...swarmNginx.layers[0]?.tree,
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
  });
  const server = app.start(['nginx', '-g', 'daemon off;']);
  app.run(30);
  expect(app.output(server)).toBe(
    `2026/11/22 00:04:55 [emerg] 1#1: host not found in upstream "node" in /etc/nginx/conf.d/default.conf:3
nginx: [emerg] host not found in upstream "node" in /etc/nginx/conf.d/default.conf:3
`,
  );
  expect(server.exitStatus).toBe(1);
});

test('nginx hands requests on to its upstream', () => {
  const app = new AppHost({
    ...swarmNginx.layers[0]?.tree,
    '/etc/hosts': '127.0.0.1 node\n',
    '/www/index.html': 'Hello from node\n',
  });
  app.start(['nginx', '-g', 'daemon off;']);
  expect(app.get(80, '/')).toContain('502 Bad Gateway');
  app.start(['busybox:httpd', '-f', '-p', '8888', '-h', '/www']);
  const answer = app.get(80, '/');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nServer: nginx\/1\.30\.6\r\n/);
  expect(answer).toMatch(/\r\n\r\nHello from node\n$/);
});

test('nginx -t tells what is wrong with a configuration', () => {
  const app = new AppHost({
    ...nginxTree,
    '/etc/nginx/conf.d/default.conf': 'server {\n  lisen 80;\n}\n',
  });
  const checked = app.start(['nginx', '-t']);
  expect(app.output(checked)).toContain(
    'nginx: [emerg] unknown directive "lisen" in /etc/nginx/conf.d/default.conf:2\n',
  );
  expect(checked.exitStatus).toBe(1);
});

test('redis answers its client', () => {
  const app = new AppHost({ '/etc/hosts': '127.0.0.1 localhost\n' });
  app.start(['redis-server', '--protected-mode', 'no']);
  const cli = (...words: readonly string[]): string =>
    app.output(app.start(['redis-cli', ...words]));
  expect(cli('ping')).toBe('PONG\n');
  expect(cli('set', 'name', 'zürich')).toBe('OK\n');
  expect(cli('get', 'name')).toBe('zürich\n');
  expect(cli('incr', 'hits')).toBe('1\n');
  expect(cli('--no-raw', 'incr', 'hits')).toBe('(integer) 2\n');
  expect(cli('--no-raw', 'keys', '*')).toBe('1) "name"\n2) "hits"\n');
  expect(cli('nosuch', 'x')).toBe(
    "ERR unknown command 'nosuch', with args beginning with: 'x' \n\n",
  );
  expect(app.ask(6379, 'PING\r\nQUIT\r\n')).toBe('+PONG\r\n+OK\r\n');
});

test('httpd serves files and says what it has not', () => {
  const app = new AppHost({ '/www/index.html': '<p>hi</p>\n' });
  app.start(['busybox:httpd', '-f', '-p', '5000', '-h', '/www']);
  expect(app.get(5000, '/')).toMatch(/\r\nContent-Length: 10\r\n\r\n<p>hi<\/p>\n$/);
  expect(app.get(5000, '/nosuch')).toContain('<H1>404 Not Found</H1>');
});

test('every image has what its command runs', () => {
  for (const tree of imageTrees) expect(tree['/etc/passwd']).toContain('root:x:0:0');
});
