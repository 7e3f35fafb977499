// ps, pgrep, pkill and killall, compared with what procps-ng and psmisc print.
import { describe, expect, it } from 'vitest';
import { run, testHost } from '../os/testing.ts';
import { coreutils } from './index.ts';

const programs = Object.fromEntries([...coreutils].filter(([name]) => !name.includes(':')));

/** A host with two sleeps (10, 11) and a tail (12). */
function host() {
  const machine = testHost({ programs });
  const argvs = [
    ['sleep', '100'],
    ['sleep', '200'],
    ['tail', '-f', '/dev/null'],
  ];
  const pids = argvs.map((argv) => {
    const started = machine.spawn({ argv });
    return started.ok ? started.value.row.pid : 0;
  });
  return { machine, pids };
}

/** What a command prints, with the numbers of the three processes as A, B and C; and its status. */
function says(...argv: string[]): string {
  const { machine, pids } = host();
  const { stdout, stderr, exit } = run(machine, argv);
  const named = pids.reduce(
    (text, pid, i) => text.replace(new RegExp(`\\b${pid}\\b`, 'g'), 'ABC'[i] ?? ''),
    stdout,
  );
  return `${named}${stderr}${exit}`;
}

describe('pgrep', () => {
  const cases: readonly (readonly [command: string, says: string])[] = [
    ['pgrep sleep', 'A\nB\n0'],
    ['pgrep -c sleep', '2\n0'],
    ['pgrep -c nosuch', '0\n1'],
    ['pgrep --count -x slee', '0\n1'],
    ['pgrep -l sl.*p', 'A sleep\nB sleep\n0'],
    ['pgrep -af null', 'C tail -f /dev/null\n0'],
    ['pgrep -d, sleep', 'A,B\n0'],
    ['pgrep -n sleep', 'B\n0'],
    ['pgrep -o sleep', 'A\n0'],
    ['pgrep -P 0 -x tail', 'C\n0'],
    ['pgrep', 'pgrep: no matching criteria specified\n2'],
    ['pgrep a b', 'pgrep: only one pattern can be provided\n2'],
    ['pgrep [', 'pgrep: Unmatched [, [^, [:, [., or [=\n2'],
    ['pgrep -Z', "pgrep: invalid option -- 'Z'\nTry 'pgrep --help' for more information.\n2"],
  ];
  it.each(cases)('%s', (command, expected) => expect(says(...command.split(' '))).toBe(expected));
});

describe('ps', () => {
  const cases: readonly (readonly [command: string, says: string])[] = [
    ['ps -C sleep -o comm=', 'sleep\nsleep\n0'],
    ['ps -C sleep,tail -o args=', 'sleep 100\nsleep 200\ntail -f /dev/null\n0'],
    ['ps -C tail -o comm', 'COMMAND\ntail\n0'],
    ['ps -o comm=NAME -C tail', 'NAME\ntail\n0'],
    ['ps -C tail -o ppid=,comm=', '0 tail\n0'],
    ['ps -C tail -o ppid= -o comm', '  COMMAND\n0 tail\n0'],
    ['ps axo comm', 'COMMAND\ninit\nsleep\nsleep\ntail\nps\n0'],
    ['ps -C tail --no-headers -o user,comm', 'root tail\n0'],
    ['ps -C nosuch -o comm', 'COMMAND\n1'],
    ['ps -o nosuch', 'error: unknown user-defined format specifier "nosuch"\n1'],
    ['ps nosuch', 'error: unsupported option (BSD syntax)\n1'],
    ['ps -Z', "ps: invalid option -- 'Z'\nTry 'ps --help' for more information.\n1"],
  ];
  it.each(cases)('%s', (command, expected) => expect(says(...command.split(' '))).toBe(expected));
});

describe('pkill and killall', () => {
  const left = (...argv: string[]): string => {
    const { machine } = host();
    const { stdout, stderr, exit } = run(machine, argv);
    const names = machine.processes().map((row) => row.argv[0]);
    return `${stdout}${stderr}${exit} ${names.slice(1).join(' ')}`;
  };
  it('kill by expression', () => expect(left('pkill', '-KILL', 'sl')).toBe('0 tail'));
  it('count what they kill', () => expect(left('pkill', '-c', 'sl')).toBe('2\n0 tail'));
  it('kill by whole names', () =>
    expect(left('killall', 'tail', 'slee')).toBe('slee: no process found\n1 sleep sleep'));
});
