// type, command, builtin, hash, alias, unalias, help, umask, times, enable, complete, caller.
import type { Op } from '../../sim/index.ts';
import { findInPath, runProgramNow } from '../programs.ts';
import { quoteWord } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import { allBuiltins, type RunBuiltin } from './index.ts';
import { functionText } from './listing.ts';
import { ulimit } from './ulimit.ts';
import { takeOptions } from './usage.ts';

const keywords = new Set(
  'if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc'.split(
    ' ',
  ),
);
const ashKeywords = new Set(
  'if then else elif fi case esac for while until do done in { } !'.split(' '),
);

type Meaning =
  | { readonly kind: 'alias'; readonly text: string }
  | { readonly kind: 'keyword' | 'function' | 'builtin' }
  | { readonly kind: 'file'; readonly path: string; readonly hashed: boolean };

const hasBuiltin = (shell: Shell, name: string): boolean =>
  allBuiltins().get(name)?.in.includes(shell.dialect.name) ?? false;

/** All that a name may mean, in the order in which a shell looks. */
function meanings(shell: Shell, name: string, all: boolean): Meaning[] {
  const out: Meaning[] = [];
  const alias = shell.aliases.get(name);
  const reserved = shell.dialect.name === 'bash' ? keywords : ashKeywords;
  if (alias !== undefined) out.push({ kind: 'alias', text: alias });
  if (reserved.has(name)) out.push({ kind: 'keyword' });
  if (shell.functions.has(name)) out.push({ kind: 'function' });
  if (hasBuiltin(shell, name)) out.push({ kind: 'builtin' });
  const hashed = shell.hashed.get(name);
  if (hashed && !all) out.push({ kind: 'file', path: hashed.path, hashed: true });
  else
    for (const path of findInPath(shell, name, all))
      out.push({ kind: 'file', path, hashed: false });
  return all ? out : out.slice(0, 1);
}

function* type(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(
    shell,
    words,
    shell.dialect.name === 'bash' ? 'afptP' : '',
    'type [-afptP] name [name ...]',
  );
  if (!options) return 2;
  const { letters, rest } = options;
  let status = 0;
  for (const name of rest) {
    const found = meanings(shell, name, letters.has('a'));
    const shown =
      letters.has('p') || letters.has('P') ? found.filter((one) => one.kind === 'file') : found;
    if (found.length === 0) {
      status = shell.dialect.name === 'bash' ? 1 : 127;
      if (letters.has('t') || letters.has('p') || letters.has('P')) continue;
      if (shell.dialect.name === 'bash') yield* shell.complain(`${name}: not found`, 'type');
      else yield* shell.out(`${name}: not found\n`, 'type');
    }
    for (const meaning of shown) yield* shell.out(describe(shell, name, meaning, letters), 'type');
  }
  return status;
}

function describe(
  shell: Shell,
  name: string,
  meaning: Meaning,
  letters: ReadonlySet<string>,
): string {
  if (letters.has('t')) return `${meaning.kind}\n`;
  if (meaning.kind === 'file' && (letters.has('p') || letters.has('P'))) return `${meaning.path}\n`;
  const bash = shell.dialect.name === 'bash';
  switch (meaning.kind) {
    case 'alias':
      return bash
        ? `${name} is aliased to \`${meaning.text}'\n`
        : `${name} is an alias for ${meaning.text}\n`;
    case 'keyword':
      return `${name} is a shell keyword\n`;
    case 'function':
      return bash
        ? `${name} is a function\n${functionText(shell, name)}`
        : `${name} is a function\n`;
    case 'builtin':
      return `${name} is a shell builtin\n`;
    case 'file':
      return bash && meaning.hashed
        ? `${name} is hashed (${meaning.path})\n`
        : `${name} is ${meaning.path}\n`;
  }
}

function* command(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(shell, words, 'pvV', 'command [-pVv] command [arg ...]');
  if (!options) return 2;
  const { letters, rest } = options;
  if (letters.has('V')) return yield* type(shell, ['type', ...rest]);
  if (!letters.has('v')) return yield* withoutFunctions(shell, rest);
  let status = rest.length === 0 ? 0 : 1;
  // dash and ash look at the first name only.
  for (const name of shell.dialect.name === 'bash' ? rest : rest.slice(0, 1)) {
    const [meaning] = meanings(shell, name, false);
    if (!meaning) {
      if (shell.dialect.name !== 'bash') return 127;
      continue;
    }
    status = 0;
    yield* shell.out(`${shortForm(name, meaning)}\n`, 'command');
  }
  return status;
}

const shortForm = (name: string, meaning: Meaning): string =>
  meaning.kind === 'file'
    ? meaning.path
    : meaning.kind === 'alias'
      ? `alias ${name}=${quoteWord(meaning.text, true)}`
      : name;

/** Runs a builtin or a program, no function. */
function* withoutFunctions(shell: Shell, words: readonly string[]): Op<number> {
  const [name] = words;
  if (name === undefined) return 0;
  const builtin = allBuiltins().get(name);
  if (builtin && hasBuiltin(shell, name)) return yield* builtin.run(shell, words);
  return yield* runProgramNow(shell, words);
}

function* builtin(shell: Shell, words: readonly string[]): Op<number> {
  const [, name] = words;
  if (name === undefined) return 0;
  const known = allBuiltins().get(name);
  if (known) return yield* known.run(shell, words.slice(1));
  yield* shell.complain(`${name}: not a shell builtin`, 'builtin');
  return 1;
}

function* hash(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(
    shell,
    words,
    'lrtdp:',
    'hash [-lr] [-p pathname] [-dt] [name ...]',
  );
  if (!options) return 2;
  const { letters, rest } = options;
  if (letters.has('r')) shell.hashed.clear();
  let status = 0;
  for (const name of rest) {
    const [path] = findInPath(shell, name);
    if (letters.has('d')) shell.hashed.delete(name);
    else if (letters.has('t') && path !== undefined) yield* shell.out(`${path}\n`, 'hash');
    else if (path !== undefined) shell.hashed.set(name, { path, hits: 0 });
    else {
      yield* shell.complain(`${name}: not found`, 'hash');
      status = 1;
    }
  }
  if (rest.length > 0 || letters.size > 0) return status;
  const bash = shell.dialect.name === 'bash';
  if (shell.hashed.size === 0 && bash) yield* shell.out('hash: hash table empty\n', 'hash');
  const lines = [...shell.hashed].map(([, { path, hits }]) =>
    bash ? `${String(hits).padStart(4)}\t${path}\n` : `${path}\n`,
  );
  if (lines.length > 0)
    yield* shell.out(`${bash ? 'hits\tcommand\n' : ''}${lines.join('')}`, 'hash');
  return 0;
}

function* alias(shell: Shell, words: readonly string[]): Op<number> {
  const line = (name: string, text: string): string =>
    `${shell.dialect.name === 'bash' ? 'alias ' : ''}${name}=${quoteWord(text, true)}\n`;
  const args = words.slice(1).filter((word) => word !== '-p' && word !== '--');
  if (args.length === 0) {
    const names = [...shell.aliases.keys()].sort();
    yield* shell.out(
      names.map((name) => line(name, shell.aliases.get(name) ?? '')).join(''),
      'alias',
    );
    return 0;
  }
  let status = 0;
  for (const word of args) {
    const at = word.indexOf('=');
    const known = shell.aliases.get(word);
    if (at > 0) shell.aliases.set(word.slice(0, at), word.slice(at + 1));
    else if (known !== undefined) yield* shell.out(line(word, known), 'alias');
    else {
      yield* noAlias(shell, 'alias', word);
      status = 1;
    }
  }
  return status;
}

function* noAlias(shell: Shell, builtinName: string, name: string): Op<void> {
  if (shell.dialect.name === 'bash') yield* shell.complain(`${name}: not found`, builtinName);
  else yield* shell.process.err(`${builtinName}: ${name} not found\n`);
}

function* unalias(shell: Shell, words: readonly string[]): Op<number> {
  if (words[1] === '-a') {
    shell.aliases.clear();
    return 0;
  }
  if (words.length === 1) {
    yield* shell.process.err('unalias: usage: unalias [-a] name [name ...]\n');
    return 2;
  }
  let status = 0;
  for (const name of words.slice(1))
    if (!shell.aliases.delete(name)) {
      yield* noAlias(shell, 'unalias', name);
      status = 1;
    }
  return status;
}

function* umask(shell: Shell, words: readonly string[]): Op<number> {
  const symbolic = words[1] === '-S';
  const [value] = words.slice(1).filter((word) => word !== '-S' && word !== '-p');
  if (value === undefined) {
    yield* shell.out(
      `${symbolic ? symbolicMask(shell.umask) : shell.umask.toString(8).padStart(4, '0')}\n`,
      'umask',
    );
    return 0;
  }
  if (/^[0-7]{1,4}$/.test(value)) {
    shell.umask = Number.parseInt(value, 8);
    return 0;
  }
  const mask = symbolicChange(value, shell.umask);
  if (mask !== undefined) {
    shell.umask = mask;
    return 0;
  }
  const bash = shell.dialect.name === 'bash';
  const text = bash
    ? `${value}: octal number out of range`
    : shell.dialect.name === 'ash'
      ? `illegal mode: ${value}`
      : `Illegal number: ${value}`;
  yield* shell.complain(text, 'umask');
  return bash ? 1 : 2;
}

/** `u=rwx,g-w`: the new mask; undefined when it is not written so. */
function symbolicChange(text: string, mask: number): number | undefined {
  let allowed = ~mask & 0o777;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (!match) return undefined;
    const [, who = '', operator, what = ''] = match;
    const bits =
      (what.includes('r') ? 4 : 0) | (what.includes('w') ? 2 : 0) | (what.includes('x') ? 1 : 0);
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (who !== '' && !who.includes('a') && !who.includes(letter)) continue;
      if (operator === '=') allowed &= ~(7 << shift);
      allowed = operator === '-' ? allowed & ~(bits << shift) : allowed | (bits << shift);
    }
  }
  return ~allowed & 0o777;
}

function symbolicMask(mask: number): string {
  const part = (who: string, shift: number): string => {
    const bits = ~(mask >> shift) & 7;
    return `${who}=${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`;
  };
  return [part('u', 6), part('g', 3), part('o', 0)].join(',');
}

function* times(shell: Shell): Op<number> {
  yield* shell.out('0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n', 'times');
  return 0;
}

function* help(shell: Shell): Op<number> {
  const names = [...allBuiltins()]
    .filter(([, one]) => one.in.includes(shell.dialect.name))
    .map(([name]) => name);
  if (shell.dialect.name === 'bash')
    yield* shell.out(
      `These shell commands are defined internally:\n\n${wrapped(names.sort(), ' ')}`,
      'help',
    );
  else
    yield* shell.out(
      `Built-in commands:\n------------------\n${wrapped(names.sort(), '\t')}`,
      'help',
    );
  return 0;
}

function wrapped(names: readonly string[], indent: string): string {
  const lines: string[] = [''];
  for (const name of names) {
    const last = lines.at(-1) as string;
    if (last.length + name.length > 62) lines.push(name);
    else lines[lines.length - 1] = last === '' ? name : `${last} ${name}`;
  }
  return lines.map((line) => `${indent}${line}\n`).join('');
}

/** Programmable completion is not read from scripts here: what completes is registered by the engine. */
function* accept(): Op<number> {
  return 0;
}

function* caller(shell: Shell): Op<number> {
  if (shell.calls.length === 0) return 1;
  yield* shell.out(`${shell.line} ${shell.calls.at(-2)?.name ?? 'main'} ${shell.name}\n`, 'caller');
  return 0;
}

function* enable(shell: Shell): Op<number> {
  const names = [...allBuiltins().keys()].sort().map((name) => `enable ${name}\n`);
  yield* shell.out(names.join(''), 'enable');
  return 0;
}

export const infoBuiltins: Readonly<Record<string, RunBuiltin>> = {
  type,
  command,
  builtin,
  hash,
  alias,
  unalias,
  umask,
  ulimit,
  times,
  help,
  caller,
  enable,
  complete: accept,
  compopt: accept,
};
