// The questions of `test`, `[` and `[[` about files and strings.
import type { FileStat } from '../os/index.ts';
import type { Shell } from './shell.ts';

/** Undefined: no such operator. */
export function fileTest(shell: Shell, operator: string, operand: string): boolean | undefined {
  switch (operator) {
    case '-z':
      return operand === '';
    case '-n':
      return operand !== '';
    case '-t':
      return shell.process.isTty(Number(operand));
    case '-v':
      return isSet(shell, operand);
    case '-o':
      return (shell.options as unknown as Record<string, unknown>)[operand] === true;
    case '-h':
    case '-L':
      return statOf(shell, operand, false)?.type === 'symlink';
    case '-R':
      return shell.vars.raw(operand)?.nameref === true;
    default:
      return statTest(operator, statOf(shell, operand, true));
  }
}

function isSet(shell: Shell, name: string): boolean {
  const element = /^(\w+)\[(.*)\]$/.exec(name);
  if (!element) return shell.vars.get(name) !== undefined;
  const [, array = '', key = ''] = element;
  return key === '@' || key === '*'
    ? shell.vars.elements(array).length > 0
    : shell.vars.keys(array).includes(key);
}

function statOf(shell: Shell, path: string, followLinks: boolean): FileStat | undefined {
  if (path === '') return undefined;
  const { fs, cwd } = shell.process;
  const stat = fs.stat(fs.resolve(cwd, path), { followLinks });
  return stat.ok ? stat.value : undefined;
}

const statTests: Readonly<Record<string, (stat: FileStat) => boolean>> = {
  '-a': () => true,
  '-e': () => true,
  '-f': (stat) => stat.type === 'file' || stat.type === 'program',
  '-d': (stat) => stat.type === 'directory',
  '-b': () => false,
  '-c': (stat) => stat.type === 'device',
  '-p': (stat) => stat.type === 'fifo',
  '-S': (stat) => stat.type === 'socket',
  '-s': (stat) => stat.size > 0,
  '-r': (stat) => (stat.mode & 0o444) !== 0,
  '-w': (stat) => !stat.readOnly && (stat.mode & 0o222) !== 0,
  '-x': (stat) => (stat.mode & 0o111) !== 0,
  '-u': (stat) => (stat.mode & 0o4000) !== 0,
  '-g': (stat) => (stat.mode & 0o2000) !== 0,
  '-k': (stat) => (stat.mode & 0o1000) !== 0,
  '-O': () => true,
  '-G': () => true,
  '-N': () => true,
};

export const isUnaryTest = (operator: string): boolean =>
  operator in statTests || /^-[zntvohLR]$/.test(operator);

function statTest(operator: string, stat: FileStat | undefined): boolean | undefined {
  const test = statTests[operator];
  return test ? stat !== undefined && test(stat) : undefined;
}

/** `-nt`, `-ot`, `-ef`. */
export function compareFiles(
  shell: Shell,
  left: string,
  operator: string,
  right: string,
): boolean | undefined {
  const a = statOf(shell, left, true);
  const b = statOf(shell, right, true);
  if (operator === '-ef') return a !== undefined && a.path === b?.path;
  const time = (stat: FileStat | undefined): number => stat?.modifiedMillis ?? -1;
  if (operator === '-nt') return time(a) > time(b);
  return operator === '-ot' ? time(a) < time(b) : undefined;
}
