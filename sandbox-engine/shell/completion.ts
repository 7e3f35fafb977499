// Tab completion: commands, files, variables, and what others register for their own commands.
import type { Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { compareText } from '../std/index.ts';
import { allBuiltins } from './builtins/index.ts';
import type { Completion } from './readline/editor.ts';
import type { Shell } from './shell.ts';

/**
 * Answers the words that may stand at the end of `words` (the last one is what has been typed of it, possibly empty).
 * An empty answer falls back to file names.
 */
export type Completer = (
  words: readonly string[],
  process: Process,
) => readonly string[] | Op<readonly string[]>;

/** Completers by command name: `docker` registers its own. */
export const completers = new Map<string, Completer>();

export function* complete(shell: Shell, text: string): Op<Completion> {
  const words = currentCommand(text);
  const last = words.at(-1) ?? '';
  const variable = /^(.*)\$([A-Za-z_]\w*|)$/.exec(last);
  if (variable) return variableNames(shell, variable[2] ?? '');
  if (words.length === 1 && !last.includes('/')) return commandNames(shell, last);
  const own = completers.get(words[0] ?? '');
  if (own && words.length > 1) {
    const answer = own(words, shell.process);
    const found = 'next' in answer ? yield* answer : answer;
    const fitting = found.filter((word) => word.startsWith(last)).sort(compareText);
    if (fitting.length > 0) return { length: [...last].length, candidates: fitting, suffix: ' ' };
  }
  return fileNames(shell, last, words.length === 1);
}

/** The words of the simple command at the end of the text; the last is the one being typed. */
function currentCommand(text: string): string[] {
  let words: string[] = [''];
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] as string;
    const last = words.length - 1;
    if (quote) {
      if (c === quote) quote = '';
      else words[last] += c;
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '\\') {
      i += 1;
      words[last] += text[i] ?? '';
    } else if (';|&(){}\n'.includes(c) && !(c === '}' || c === '{')) words = [''];
    else if (c === '<' || c === '>') words.push('');
    else if (c === ' ' || c === '\t') {
      if (words[last] !== '') words.push('');
    } else words[last] += c;
  }
  return withoutPrefixes(words);
}

const prefixes = new Set(
  'if then else elif while until do ! time exec command builtin sudo watch nohup xargs'.split(' '),
);

/** Assignments and words like `then` and `sudo` come before the command. */
function withoutPrefixes(words: readonly string[]): string[] {
  const rest = [...words];
  while (rest.length > 1 && (prefixes.has(rest[0] as string) || /^\w+=/.test(rest[0] as string)))
    rest.shift();
  return rest;
}

function commandNames(shell: Shell, typed: string): Completion {
  const names = new Set<string>([
    ...shell.aliases.keys(),
    ...shell.functions.keys(),
    ...[...allBuiltins()].flatMap(([name, one]) =>
      one.in.includes(shell.dialect.name) ? [name] : [],
    ),
  ]);
  const { fs } = shell.process;
  for (const directory of (shell.vars.get('PATH') ?? '').split(':')) {
    const found = fs.list(directory === '' ? shell.process.cwd : directory);
    for (const name of found.ok ? found.value : []) names.add(name);
  }
  const candidates = [...names].filter((name) => name.startsWith(typed)).sort(compareText);
  return { length: [...typed].length, candidates: typed === '' ? [] : candidates, suffix: ' ' };
}

function variableNames(shell: Shell, typed: string): Completion {
  const candidates = shell.vars.names().filter((name) => name.startsWith(typed));
  return { length: typed.length, candidates, suffix: ' ' };
}

function fileNames(shell: Shell, typed: string, onlyPrograms: boolean): Completion {
  const at = typed.lastIndexOf('/');
  const directory = typed.slice(0, at + 1);
  const start = typed.slice(at + 1);
  const { fs, cwd } = shell.process;
  const home = shell.vars.get('HOME') ?? '/';
  const base = fs.resolve(cwd, directory.replace(/^~(?=\/)/, home) || '.');
  const listed = fs.list(base);
  const names = (listed.ok ? listed.value : [])
    .filter((name) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
    .map((name) => ({ name, stat: fs.stat(fs.resolve(base, name)) }))
    .filter(({ stat }) => !onlyPrograms || (stat.ok && (stat.value.mode & 0o111) !== 0))
    .map(({ name, stat }) => ({ name, directory: stat.ok && stat.value.type === 'directory' }));
  const [only] = names;
  return {
    length: [...start].length,
    candidates: names.map(({ name }) => escapeName(name)),
    labels: names.map((one) => one.name + (one.directory ? '/' : '')),
    suffix: names.length === 1 && only?.directory ? '/' : ' ',
  };
}

const escapeName = (name: string): string => name.replace(/[\s"'\\$`&|;()<>*?[\]{}#!]/g, '\\$&');
