import { beforeEach, describe, expect, test } from 'vitest';
import { millis, type Op, sleep } from '../../sim/index.ts';
import { must } from '../../std/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
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

describe('nc -u', () => {
  test('answers the first that writes, and ends when nothing more comes (085:39)', () => {
    const worker = lab.machine('worker2', '192.168.56.12/24', '02:56:00:00:00:12');
    const { sockets } = worker;
    let answer = '';
    lab.sim.spawn(
      'client',
      (function* (): Op<void> {
        const made = sockets.udpBind(worker.initNetns, {});
        const bound = must(made.ok ? made.value : undefined, 'a port');
        yield* sleep(lab.sim, millis(500));
        const to = must(parseIpv4('192.168.56.10'), 'an address');
        sockets.udpSend(bound, to, 7000, { kind: 'text', text: 'ping\n' });
        yield { keys: [sockets.key(bound)] };
        const got = sockets.udpReceive(bound);
        if (got && !('error' in got) && got.payload.kind === 'text') answer = got.payload.text;
      })(),
    );
    expect(lab.run('nc -u -l -p 7000 -w 1', { stdin: 'pong\n' })).toEqual({
      stdout: 'ping\n',
      stderr: '',
      exit: 0,
    });
    expect(answer).toBe('pong\n');
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
