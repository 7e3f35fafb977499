import { beforeEach, describe, expect, test } from 'vitest';
import { page, ToolsLab } from '../testing.ts';

let lab: ToolsLab;

beforeEach(() => {
  lab = new ToolsLab();
  const worker = lab.machine('worker1', '192.168.56.11/24', '02:56:00:00:00:11');
  lab.serveHttp(worker, () => page(200, 'hello\n'));
});

const request = 'GET / HTTP/1.0\r\n\r\n';

describe('nc', () => {
  test('is a client', () => {
    const { stdout, exit } = lab.run('nc -N worker1 80', { stdin: request });
    expect(stdout).toContain('\r\n\r\nhello\n');
    expect(exit).toBe(0);
  });

  test.each([
    [
      'nc -zv worker1 80',
      0,
      'Connection to worker1 (192.168.56.11) 80 port [tcp/http] succeeded!\n',
    ],
    [
      'nc -zv worker1 81',
      1,
      'nc: connect to worker1 (192.168.56.11) port 81 (tcp) failed: Connection refused\n',
    ],
    ['nc -z worker1 81', 1, ''],
    [
      'busybox:nc worker1 81',
      1,
      "nc: can't connect to remote host (192.168.56.11): Connection refused\n",
    ],
    ['busybox:nc nosuch 80', 1, "nc: bad address 'nosuch'\n"],
  ])('%s', (line, exit, stderr) => {
    expect(lab.run(line)).toEqual({ stdout: '', stderr, exit });
  });
});

describe('telnet', () => {
  test('talks to a port until the other side closes', () => {
    const { stdout, stderr, exit } = lab.run('telnet 192.168.56.11 80', { stdin: request });
    expect(stdout).toBe(
      "Trying 192.168.56.11...\nConnected to 192.168.56.11.\nEscape character is '^]'.\n",
    );
    expect(stderr).toBe('Connection closed by foreign host.\n');
    expect(exit).toBe(1);
  });

  test.each([
    ['telnet worker1 81', 'telnet: Unable to connect to remote host: Connection refused\n'],
    [
      'busybox:telnet worker1 81',
      "telnet: can't connect to remote host (192.168.56.11): Connection refused\n",
    ],
    ['busybox:telnet nosuch', "telnet: bad address 'nosuch'\n"],
  ])('%s', (line, stderr) => {
    expect(lab.run(line)).toMatchObject({ stderr, exit: 1 });
  });
});
