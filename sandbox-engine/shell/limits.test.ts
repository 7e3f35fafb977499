import { describe, expect, test } from 'vitest';
import { run } from '../os/testing.ts';
import { micros } from '../sim/index.ts';
import { shellHost } from './testing.ts';

/** How long something takes (ms); compared with the same machine's time for another thing, since machines differ. */
function timeOf(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

const bash = (command: string) => run(shellHost(), ['bash', '-c', command], { patience: 100 });

describe('what never ends is stopped with one line', () => {
  const cases: [command: string, stderr: string][] = [
    [
      'while :; do :; done',
      'bash: line 1: stopped: one command line may run 200000 commands here\n',
    ],
    [
      'for ((;;)); do x=1; done',
      'bash: line 1: stopped: one command line may run 200000 commands here\n',
    ],
    ['f() { f; }; f', 'environment: line 1: maximum nesting level exceeded (100)\n'],
    ['f() { (f); }; f', 'environment: line 1: maximum nesting level exceeded (100)\n'],
    ['f() { eval f; }; f', 'environment: line 1: maximum nesting level exceeded (100)\n'],
    ['x=$(yes)', 'bash: line 1: command substitution: more than 1000000 characters here\n'],
    ['x=a; while :; do x=$x$x; done', 'bash: line 1: a text may have 16777216 characters here\n'],
  ];
  test.each(cases)('%s', (command, stderr) => {
    expect(bash(command)).toEqual({ stdout: '', stderr, exit: 1 });
  });

  test('a bomb of subshells', () => {
    const loop = timeOf(() => bash('while :; do :; done'));
    let ended = { stderr: '', exit: -1 };
    const bomb = timeOf(() => {
      ended = bash('f() { f | f & }; f; wait; echo survived');
    });
    const { stderr, exit } = ended;
    expect(stderr).toMatch(
      /^environment: line 1: (fork: Resource temporarily unavailable|stopped: .*)\n$/,
    );
    expect([0, 1, 254]).toContain(exit);
    expect(bomb / loop, 'times as long as a loop of 200,000 commands').toBeLessThan(40);
  });
});

test('a loop lets the clock move', () => {
  const host = shellHost();
  host.spawn({ argv: ['bash', '-c', 'while :; do :; done'] });
  host.sim.runUntil(micros(500_000));
  expect(host.sim.now()).toBe(500_000);
});

test('a loop that waits may run for ever', () => {
  const host = shellHost();
  const started = host.spawn({ argv: ['bash', '-c', 'while :; do sleep 1; done'] });
  host.sim.runUntil(micros(36_000_000_000));
  expect(started.ok && started.value.exitStatus).toBe(undefined);
});

test('bash -c "echo hi" is quick', () => {
  const host = shellHost();
  const hundred = () => {
    for (let i = 0; i < 100; i += 1) run(host, ['bash', '-c', 'echo hi']);
  };
  hundred();
  const loop = timeOf(() => bash('while :; do :; done'));
  expect(timeOf(hundred), 'a loop of 200,000 commands takes longer').toBeLessThan(loop);
});
