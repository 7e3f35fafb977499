// true, false, :, echo, printf, pwd, cd.
import type { Op } from '../../sim/index.ts';
import { decodeEscapes } from '../escapes.ts';
import { errorTexts, type Shell } from '../shell.ts';
import type { RunBuiltin } from './index.ts';
import { printf } from './printf.ts';
import { takeOptions } from './usage.ts';

function* echo(shell: Shell, words: readonly string[]): Op<number> {
  let newline = true;
  let escapes = shell.dialect.echoEscapes || shell.shopts.has('xpg_echo');
  let i = 1;
  const options = shell.dialect.name === 'dash' ? /^-n$/ : /^-[neE]+$/;
  for (; i < words.length && options.test(words[i] as string); i += 1)
    for (const letter of (words[i] as string).slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  const text = words.slice(i).join(' ');
  if (!escapes) return (yield* shell.out(newline ? `${text}\n` : text, 'echo')) ? 0 : 1;
  const decoded = decodeEscapes(text, 'echo');
  const out = newline && !decoded.stop ? `${decoded.text}\n` : decoded.text;
  return (yield* shell.out(out, 'echo')) ? 0 : 1;
}

function* pwd(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(shell, words, 'LP', 'pwd [-LP]');
  if (!options) return 2;
  const { fs, cwd } = shell.process;
  const real = fs.realPath(cwd);
  const path = options.letters.has('P') && real.ok ? real.value : cwd;
  return (yield* shell.out(`${path}\n`, 'pwd')) ? 0 : 1;
}

function* cd(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(shell, words, 'LPe@', 'cd [-L|[-P [-e]] [-@]] [dir]');
  if (!options) return 2;
  const { rest } = options;
  if (rest.length > 1 && shell.dialect.name === 'bash') {
    yield* shell.complain('too many arguments', 'cd');
    return 1;
  }
  const target = rest[0] === '-' ? shell.vars.get('OLDPWD') : (rest[0] ?? shell.vars.get('HOME'));
  if (target === undefined) {
    yield* shell.complain(rest[0] === '-' ? 'OLDPWD not set' : 'HOME not set', 'cd');
    return 1;
  }
  const found = search(shell, target);
  if (found === undefined)
    return yield* noDirectory(shell, rest[0] === '-' ? target : (rest[0] ?? target));
  enter(shell, options.letters.has('P') ? realPath(shell, found.path) : found.path);
  if (rest[0] === '-' || found.announce) yield* shell.out(`${shell.process.cwd}\n`, 'cd');
  return 0;
}

interface Directory {
  readonly path: string;
  readonly announce: boolean;
}

/** The directory itself, or one below an entry of CDPATH. */
function search(shell: Shell, target: string): Directory | undefined {
  const { fs, cwd } = shell.process;
  const isDirectory = (path: string): boolean => {
    const stat = fs.stat(path);
    return stat.ok && stat.value.type === 'directory';
  };
  const cdpath =
    /^\.{0,2}\//.test(target) || target.startsWith('.') ? undefined : shell.vars.get('CDPATH');
  for (const base of cdpath?.split(':') ?? []) {
    const path = fs.resolve(fs.resolve(cwd, base === '' ? '.' : base), target);
    if (isDirectory(path)) return { path, announce: base !== '' && base !== '.' };
  }
  const path = fs.resolve(cwd, target === '' ? '.' : target);
  return isDirectory(path) ? { path, announce: false } : undefined;
}

const realPath = (shell: Shell, path: string): string => {
  const real = shell.process.fs.realPath(path);
  return real.ok ? real.value : path;
};

export function enter(shell: Shell, path: string): void {
  const { process, vars } = shell;
  const before = vars.get('PWD') ?? process.cwd;
  process.cwd = path;
  vars.set('OLDPWD', before);
  vars.set('PWD', path);
}

function* noDirectory(shell: Shell, target: string): Op<number> {
  const { fs, cwd } = shell.process;
  const stat = fs.stat(fs.resolve(cwd, target));
  const reason = errorTexts[stat.ok ? 'ENOTDIR' : stat.error] ?? 'No such file or directory';
  const { name } = shell.dialect;
  if (name === 'bash') yield* shell.complain(`${target}: ${reason}`, 'cd');
  else yield* shell.complain(`can't cd to ${target}${name === 'ash' ? `: ${reason}` : ''}`, 'cd');
  return name === 'bash' ? 1 : 2;
}

function* succeed(): Op<number> {
  return 0;
}

function* fail(): Op<number> {
  return 1;
}

export const basicBuiltins: Readonly<Record<string, RunBuiltin>> = {
  ':': succeed,
  true: succeed,
  false: fail,
  echo,
  printf,
  pwd,
  cd,
  chdir: cd,
};
