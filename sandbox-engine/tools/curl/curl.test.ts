import { beforeEach, describe, expect, test } from 'vitest';
import { page, ToolsLab } from '../testing.ts';

let lab: ToolsLab;

beforeEach(() => {
  lab = new ToolsLab();
  const worker = lab.machine('worker1', '192.168.56.11/24', '02:56:00:00:00:11');
  lab.serveHttp(worker, (request) => {
    if (request.target === '/hang') return 'hang';
    if (request.target === '/empty') return 'close';
    if (request.target === '/moved') return page(302, '', [['Location', '/here']]);
    if (request.target === '/missing') return page(404, 'nope\n');
    return page(200, `${request.method} ${request.target} ${request.body}\n`);
  });
});

describe('curl', () => {
  test('prints the body, alone or with its head', () => {
    expect(lab.out('curl -s http://worker1/a?b=1')).toBe('GET /a?b=1 \n');
    expect(lab.out('curl -si http://worker1/')).toBe(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nGET / \n',
    );
    expect(lab.out('curl -s -d x=1 -d y=2 worker1/form')).toBe('POST /form x=1&y=2\n');
    expect(lab.out('curl -sL http://worker1/moved')).toBe('GET /here \n');
  });

  test('reports with -w, and uses one -o for the first URL only', () => {
    expect(
      lab.out(
        "curl -s -o /dev/null -w '%{http_code} %{remote_ip}:%{remote_port} %{num_connects}\\n' worker1/x worker1/y",
      ),
    ).toBe('200 192.168.56.11:80 1\nGET /y \n200 192.168.56.11:80 0\n');
  });

  test('shows the meter unless it is silent', () => {
    const { stdout, stderr } = lab.run('curl http://worker1/');
    expect(stdout).toBe('GET / \n');
    expect(stderr).toMatch(
      /^ {2}% Total {4}% Received % Xferd {2}Average Speed {3}Time {4}Time {5}Time {2}Current\n {33}Dload {2}Upload {3}Total {3}Spent {4}Left {2}Speed\n\r {2}0 {5}0 {4}0 {5}0 {4}0 {5}0 {6}0 {6}0 --:--:-- --:--:-- --:--:-- {5}0\r100 {5}7 {2}100 {5}7 {4}0 {5}0 .*\n$/,
    );
  });

  test.each([
    [
      'curl -sS http://worker1:81/',
      7,
      'curl: (7) Failed to connect to worker1:81 after N ms: Could not connect to server\n',
    ],
    [
      'bookworm:curl -sS http://worker1:81/',
      7,
      "curl: (7) Failed to connect to worker1 port 81 after N ms: Couldn't connect to server\n",
    ],
    [
      'curl -sS -m 2 http://worker1/hang',
      28,
      'curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n',
    ],
    [
      'curl -sS -m 2 http://192.168.56.99/',
      28,
      'curl: (28) Connection timed out after 2000 milliseconds\n',
    ],
    ['curl -sS http://worker1/empty', 52, 'curl: (52) Empty reply from server\n'],
    ['curl -sSf http://worker1/missing', 22, 'curl: (22) The requested URL returned error: 404\n'],
    ['curl -sS ftp://worker1/', 1, 'curl: (1) Protocol "ftp" not supported\n'],
    ['curl -s http://worker1:81/', 7, ''],
    [
      'curl --constructor',
      2,
      "curl: option --constructor: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    [
      'curl --nosuch',
      2,
      "curl: option --nosuch: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
  ])('%s ends with %i', (line, exit, stderr) => {
    const result = lab.run(line);
    const said = result.stderr.replace(/(:81|port 81) after \d+ ms/, '$1 after N ms');
    expect({ ...result, stderr: said }).toEqual({ stdout: '', stderr, exit });
  });

  test('tells its story with -v', () => {
    const { stderr } = lab.run('curl -sv http://worker1/');
    expect(stderr.replace(/port \d{5} /, 'port P ')).toBe(`* Host worker1:80 was resolved.
* IPv6: (none)
* IPv4: 192.168.56.11
*   Trying 192.168.56.11:80...
* Established connection to worker1 (192.168.56.11 port 80) from 192.168.56.10 port P 
* using HTTP/1.x
> GET / HTTP/1.1\r
> Host: worker1\r
> User-Agent: curl/8.22.0\r
> Accept: */*\r
> \r
* Request completely sent off
< HTTP/1.1 200 OK\r
< Content-Type: text/plain\r
< Content-Length: 7\r
< \r
{ [7 bytes data]
* Connection #0 to host worker1:80 left intact
`);
  });
});

describe('the wget of BusyBox', () => {
  test('writes to standard output or a file', () => {
    expect(lab.out('busybox:wget -qO- http://worker1/x')).toBe('GET /x \n');
    expect(
      lab.run('busybox:wget -O /tmp/page http://worker1/').stderr,
    ).toBe(`Connecting to worker1 (192.168.56.11:80)
saving to '/tmp/page'
page                 100% |********************************|     7  0:00:00 ETA
'/tmp/page' saved
`);
  });

  test('says why it fails', () => {
    expect(lab.run('busybox:wget -q http://worker1:81/')).toEqual({
      stdout: '',
      stderr: "wget: can't connect to remote host (192.168.56.11): Connection refused\n",
      exit: 1,
    });
    expect(lab.run('busybox:wget -q http://worker1/missing').stderr).toBe(
      'wget: server returned error: HTTP/1.1 404 Not Found\n',
    );
    expect(lab.run('busybox:wget -q -T 1 http://worker1/hang').stderr).toBe(
      'wget: download timed out\n',
    );
  });
});

test('nc tells open ports from closed ones', () => {
  expect(lab.run('nc -zv worker1 80')).toEqual({
    stdout: '',
    stderr: 'Connection to worker1 (192.168.56.11) 80 port [tcp/http] succeeded!\n',
    exit: 0,
  });
  expect(lab.run('nc -zv worker1 81')).toEqual({
    stdout: '',
    stderr: 'nc: connect to worker1 (192.168.56.11) port 81 (tcp) failed: Connection refused\n',
    exit: 1,
  });
});

test('ss and netstat list listeners with their holders', () => {
  lab.serveHttp(lab.kernel, () => 'close');
  lab.out('hostname');
  expect(lab.out('ss -lntp')).toBe(`State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      511          0.0.0.0:80        0.0.0.0:*    users:(("nginx",pid=77,fd=6))
`);
  expect(lab.out('netstat -lntp')).toBe(`Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      77/nginx            
`);
});
