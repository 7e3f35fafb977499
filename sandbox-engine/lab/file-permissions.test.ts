// What users other than root may do in a container: files, directories, signals; and programs that meet a refusal.
import { expect, it } from 'vitest';
import { createLab } from './index.ts';

const lab = createLab({ seed: 1, scenario: 'nodes' });
const run = (command: string) => lab.exec('manager1', command);
const does = (command: string): string => {
  const { stdout, stderr } = run(command);
  return `${stdout}${stderr}`;
};
const as = (flags: string, script: string): string =>
  does(`docker run --rm ${flags} busybox sh -c '${script}'`);

it.each([
  ['touch /x', 'touch: /x: Permission denied\n'],
  ['mkdir /y', "mkdir: can't create directory '/y': Permission denied\n"],
  ['echo > /etc/hosts', "sh: can't create /etc/hosts: Permission denied\n"],
  ['rm /etc/passwd', "rm: can't remove '/etc/passwd': Permission denied\n"],
  ['chmod 777 /tmp', 'chmod: /tmp: Operation not permitted\n'],
  ['cp /etc/group /etc/new', "cp: can't create '/etc/new': Permission denied\n"],
  ['cd /tmp; touch s; chmod 0 s; cp s t', "cp: can't open 's': Permission denied\n"],
  ['kill 1', ''],
  ['touch /tmp/a; mv /tmp/a /tmp/b; ls /tmp', 'b\n'],
  [
    'touch /tmp/a; ls -l /tmp/a',
    '-rw-r--r--    1 nobody   nobody           0 Nov 22 00:00 /tmp/a\n',
  ],
  ['ls -ld /tmp', 'drwxrwxrwt    2 root     root          4096 Oct 23 00:00 /tmp\n'],
])('nobody: %s', (script, printed) => {
  expect(as('-u nobody', script)).toBe(printed);
});

it('in a directory with the sticky bit nobody removes the files of others', () => {
  does('docker run -d --name c1 busybox sleep 1000; docker exec c1 touch /tmp/root');
  expect(does('docker exec -u nobody c1 rm /tmp/root')).toBe(
    "rm: can't remove '/tmp/root': Operation not permitted\n",
  );
  expect(does('docker exec -u nobody c1 sh -c "kill 1"')).toBe(
    "sh: can't kill pid 1: Operation not permitted\n",
  );
});

it('what may not be moved leaves what stood in its place', () => {
  expect(as('-u nobody', 'touch /tmp/a; mv /tmp/a /etc/passwd; ls /etc/passwd')).toBe(
    "/etc/passwd\nmv: can't rename '/tmp/a': Permission denied\n",
  );
  does('docker run -d --name c2 busybox sleep 1000; docker exec c2 touch /tmp/root');
  expect(
    does("docker exec -u nobody c2 sh -c 'touch /tmp/a; mv /tmp/a /tmp/root; ls -l /tmp/root'"),
  ).toBe(
    "-rw-r--r--    1 root     root             0 Nov 22 00:00 /tmp/root\nmv: can't rename '/tmp/a': Operation not permitted\n",
  );
});

it('a volume is root’s until somebody else may write to it', () => {
  const write = () => as('-u 1000 -v vol:/d', 'touch /d/x; ls -l /d/x');
  expect(write()).toBe('touch: /d/x: Permission denied\nls: /d/x: No such file or directory\n');
  as('-v vol:/d', 'chmod 777 /d');
  expect(write()).toBe('-rw-r--r--    1 1000     root             0 Nov 22 00:00 /d/x\n');
});

it('root without its capabilities is held to permissions too', () => {
  const script = 'touch /a && chmod 0 /a && cat /a';
  expect(as('', script)).toBe('');
  expect(as('--cap-drop DAC_OVERRIDE', script)).toBe("cat: can't open '/a': Permission denied\n");
});

const nginx = (flags: string) => run(`docker run --rm ${flags} nginx:alpine`);
const emergency = (text: string) => {
  const problem = `[emerg] 1#1: ${text}`;
  return new RegExp(
    `^2026/11/22 00:0\\d:\\d\\d ${problem.replace(/[[\]().]/g, '\\$&')}\nnginx: ${`[emerg] ${text}`.replace(/[[\]().]/g, '\\$&')}\n$`,
  );
};

it('nginx says why it cannot start', () => {
  const readOnly = nginx('--read-only');
  expect(readOnly.exit).toBe(1);
  expect(readOnly.stderr).toMatch(
    emergency('mkdir() "/var/lib/nginx/body" failed (30: Read-only file system)'),
  );
  expect(nginx('--cap-drop CHOWN').stderr).toMatch(
    emergency('chown("/var/lib/nginx/body", 101) failed (1: Operation not permitted)'),
  );
  expect(nginx('-u nobody').stderr).toContain(
    'nginx: [emerg] mkdir() "/var/lib/nginx/body" failed (13: Permission denied)\n',
  );
  expect(nginx('--read-only --tmpfs /var/lib/nginx').stderr).toContain(
    'nginx: [emerg] open() "/var/run/nginx.pid" failed (30: Read-only file system)\n',
  );
});

it('nginx looks for the user of its workers', () => {
  const given = (flags: string, user: string) =>
    does(
      `docker run --rm ${flags} nginx:alpine sh -c 'echo "user ${user}; events {}" > /tmp/c; nginx -c /tmp/c -g "daemon off;"'`,
    );
  expect(given('', 'foo(')).toContain('nginx: [emerg] getpwnam("foo(") failed in /tmp/c:1\n');
  expect(given('', 'redis foo')).toContain('nginx: [emerg] getgrnam("foo") failed in /tmp/c:1\n');
  expect(given('--cap-drop CHOWN', 'redis')).toContain(
    'nginx: [emerg] chown("/var/lib/nginx/body", 999) failed (1: Operation not permitted)\n',
  );
});

it('nginx in the background ends with its status once it has started, or cannot', () => {
  does('docker run -d --name bg nginx:alpine');
  const { stdout, stderr, exit } = run('docker exec bg nginx; echo $?');
  expect([stderr.includes('nginx: [emerg] still could not bind()'), stdout, exit]).toEqual([
    true,
    '1\n',
    0,
  ]);
  expect(does('docker exec -u nobody bg nginx -s reload')).toContain(
    'nginx: [error] kill(1, 1) failed (1: Operation not permitted)\n',
  );
  expect(
    does(
      'docker run --rm nginx:alpine sh -c "nginx >/dev/null 2>&1; echo \\$?; wget -qO- 127.0.0.1 | head -1"',
    ),
  ).toBe('0\n<!DOCTYPE html>\n');
});

it('a secret is for its owner and group, if its mode says so', () => {
  const swarm = createLab({ seed: 1, scenario: 'swarm' });
  const type = (command: string): string => {
    const { stdout, stderr } = swarm.exec('manager1', command);
    return `${stdout}${stderr}`;
  };
  type('echo pw | docker secret create s1 -; echo pw | docker secret create s2 -');
  type(
    'docker service create -d --name w --constraint node.role==manager -u nobody --secret source=s1,mode=0400 --secret source=s2,uid=65534,mode=0400 busybox sleep 1000; sleep 8',
  );
  const cat = (name: string) =>
    type(`docker exec $(docker ps -q --filter name=w.1) cat /run/secrets/${name}`);
  expect(cat('s1')).toBe("cat: can't open '/run/secrets/s1': Permission denied\n");
  expect(cat('s2')).toBe('pw\n');
});
