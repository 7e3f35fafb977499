import { describe, expect, test } from 'vitest';
import { signals } from '../os/index.ts';
import { run } from '../os/testing.ts';
import { type Micros, micros } from '../sim/index.ts';
import { must } from '../std/index.ts';
import { shellHost } from './testing.ts';

const after = (host: ReturnType<typeof shellHost>, seconds: number): Micros =>
  micros(host.sim.now() + seconds * 1_000_000);

const start = (argv: readonly string[], extra = {}) => {
  const host = shellHost();
  const started = host.spawn({ argv, ...extra });
  host.sim.runUntil(after(host, 0.1));
  const process = must(started.ok ? started.value : undefined, argv.join(' '));
  return { host, process, wait: (seconds: number) => host.sim.runUntil(after(host, seconds)) };
};

const listed = (host: ReturnType<typeof shellHost>): string[] =>
  host.processes().map((row) => row.argv.join(' '));

describe('what ps shows', () => {
  test('a single command takes the place of bash -c', () => {
    expect(listed(start(['bash', '-c', 'sleep 100']).host)).toEqual(['/sbin/init', 'sleep 100']);
  });

  test('so does the last of a list', () => {
    const { host } = start(['bash', '-c', 'true; true && sleep 100']);
    expect(listed(host)).toEqual(['/sbin/init', 'sleep 100']);
  });

  test('a shell with an EXIT trap stays', () => {
    const { host } = start(['bash', '-c', 'trap : EXIT; sleep 100']);
    expect(listed(host)).toEqual(['/sbin/init', 'bash -c trap : EXIT; sleep 100', 'sleep 100']);
  });

  test('all stages of a pipeline run at once', () => {
    const { host } = start(['bash', '-c', 'sleep 100 | cat | cat; true']);
    expect(listed(host).slice(2)).toEqual(['sleep 100', 'cat', 'cat']);
  });

  test('nothing is left when all is done', () => {
    const host = shellHost();
    run(host, ['bash', '-c', 'echo $(echo a | cat) | cat; (true) & wait; yes | head -n 2']);
    expect(listed(host)).toEqual(['/sbin/init']);
  });
});

describe('the first process of a container', () => {
  const container = { pidNamespace: 'c1', cwd: '/' };

  test('without a trap survives SIGTERM', () => {
    const { host, process, wait } = start(['ash', '-c', 'while :; do sleep 1; done'], container);
    host.kill(process.row.pid, signals.SIGTERM);
    host.kill(process.row.pid, signals.SIGINT);
    wait(5);
    expect(process.exitStatus).toBe(undefined);
    host.kill(process.row.pid, signals.SIGKILL);
    wait(1);
    expect(listed(host)).toEqual(['/sbin/init']);
  });

  test('with a trap runs it when its command has ended', () => {
    const { host, process, wait } = start(
      ['ash', '-c', 'trap "exit 3" TERM; while :; do sleep 2; done'],
      container,
    );
    host.kill(process.row.pid, signals.SIGTERM);
    wait(0.5);
    expect(process.exitStatus).toBe(undefined);
    wait(2);
    expect(process.exitStatus).toBe(3);
  });

  test('kill counts in the namespace', () => {
    const { process, wait } = start(
      ['ash', '-c', 'sleep 100 & kill $!; wait $!; exit $(( $? - 100 + $$ ))'],
      container,
    );
    wait(1);
    expect(process.exitStatus).toBe(44);
  });
});

describe('standard input as script', () => {
  const cases: [argv: string[], stdin: string, stdout: string][] = [
    [['bash'], 'echo a\necho b', 'a\nb\n'],
    [['ash', '-s', 'x'], 'echo $1\n', 'x\n'],
    [['bash'], 'read line\nfor me\necho "[$line]"\n', '[for me]\n'],
    [['bash'], 'cat\nthe rest\n', 'the rest\n'],
    [['bash'], 'if true\nthen\necho yes\nfi\n', 'yes\n'],
    [['dash'], 'cat <<E\nhere\nE\n', 'here\n'],
  ];
  test.each(cases)('%j %j', (argv, stdin, stdout) => {
    expect(run(shellHost(), argv, { stdin })).toEqual({ stdout, stderr: '', exit: 0 });
  });
});

test('a killed command is reported with its number', () => {
  const { stderr, exit } = run(shellHost(), [
    'bash',
    '-c',
    'sh -c "kill -9 \\$\\$"; echo $?; true',
  ]);
  expect(stderr).toMatch(/^bash: line 1: \d+ Killed {18}sh -c "kill -9 \\\$\\\$"\n$/);
  expect(exit).toBe(0);
});

test('a script that is executed gets its name and arguments', () => {
  const script = { text: '#!/bin/sh\necho "$0 $# $1"; exit 6\n', mode: 0o755 };
  const host = shellHost({ '/root/s.sh': script });
  expect(run(host, ['bash', '-c', './s.sh a b; echo $?'])).toEqual({
    stdout: './s.sh 2 a\n6\n',
    stderr: '',
    exit: 0,
  });
});
