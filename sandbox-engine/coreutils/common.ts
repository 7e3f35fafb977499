// What the text and file programs share: option parsing, reading the inputs named on the command line, error texts.
import type { FileError, Process, Program } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';

/** GNU programs on the hosts and in Debian-like images; BusyBox applets in alpine and busybox. */
export type Flavour = 'gnu' | 'busybox';

/** A program that exists in both flavours. */
export type Flavoured = (flavour: Flavour) => Program;

export interface OptionSpec {
  /** Letters that stand alone: `-n`. */
  readonly flags: string;
  /** Letters that take a value: `-c N`. */
  readonly values?: string;
  /** Long names and the letter that each stands for. */
  readonly long?: Readonly<Record<string, string>>;
  /** Exit status for a wrong option: GNU ls, sort and grep answer 2. */
  readonly status?: number;
  /** In place of the process's own arguments: for programs with an older syntax in front. */
  readonly words?: readonly string[];
  /** Stop at the first operand, as programs that run another command do. */
  readonly stopAtOperand?: boolean;
}

export interface Options {
  has(letter: string): boolean;
  value(letter: string): string | undefined;
  /** All values of an option that may be given again. */
  values(letter: string): readonly string[];
  readonly operands: readonly string[];
}

interface Given {
  readonly letter: string;
  readonly value?: string;
}

/** Parses `argv` as getopt_long does; on a wrong option prints what the program would and answers its status. */
export function* options(
  p: Process,
  flavour: Flavour,
  spec: OptionSpec,
): Op<Result<Options, number>> {
  const parsed = parse(spec.words ?? p.argv.slice(1), spec);
  if (parsed.ok) return ok(parsed.value);
  const name = nameOf(p);
  if (flavour === 'busybox') {
    yield* p.err(
      `${name}: ${parsed.error.busybox}\nBusyBox v1.38.0 (Debian 1:1.38.0-3+b1) multi-call binary.\n\nUsage: ${name} [OPTIONS] …\n`,
    );
    return err(1);
  }
  yield* p.err(`${name}: ${parsed.error.gnu}\nTry '${name} --help' for more information.\n`);
  return err(spec.status ?? 1);
}

interface OptionError {
  readonly gnu: string;
  readonly busybox: string;
}

function parse(words: readonly string[], spec: OptionSpec): Result<Options, OptionError> {
  const given: Given[] = [];
  const operands: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      operands.push(...queue);
      break;
    }
    if (word.startsWith('--')) {
      const problem = long(word, spec, queue, given);
      if (problem) return err(problem);
    } else if (word.startsWith('-') && word.length > 1) {
      const problem = short(word, spec, queue, given);
      if (problem) return err(problem);
    } else {
      operands.push(word);
      if (spec.stopAtOperand) {
        operands.push(...queue);
        break;
      }
    }
  }
  return ok({
    has: (letter) => given.some((g) => g.letter === letter),
    value: (letter) => given.findLast((g) => g.letter === letter)?.value,
    values: (letter) => given.filter((g) => g.letter === letter).map((g) => g.value ?? ''),
    operands,
  });
}

function long(
  word: string,
  spec: OptionSpec,
  queue: string[],
  given: Given[],
): OptionError | undefined {
  const [name = '', ...rest] = word.slice(2).split('=');
  const inline = rest.length > 0 ? rest.join('=') : undefined;
  const exact = spec.long?.[name];
  const close = Object.keys(spec.long ?? {}).filter((n) => n.startsWith(name));
  const letter = exact ?? (close.length === 1 ? spec.long?.[close[0] ?? ''] : undefined);
  if (letter === undefined)
    return { gnu: `unrecognized option '${word}'`, busybox: `unrecognized option: ${name}` };
  if (!spec.values?.includes(letter)) {
    given.push({ letter });
    return undefined;
  }
  const value = inline ?? queue.shift();
  if (value === undefined)
    return {
      gnu: `option '${word}' requires an argument`,
      busybox: `option requires an argument: ${name}`,
    };
  given.push({ letter, value });
  return undefined;
}

function short(
  word: string,
  spec: OptionSpec,
  queue: string[],
  given: Given[],
): OptionError | undefined {
  for (let i = 1; i < word.length; i += 1) {
    const letter = word[i] ?? '';
    if (spec.values?.includes(letter)) {
      const value = i + 1 < word.length ? word.slice(i + 1) : queue.shift();
      if (value === undefined)
        return {
          gnu: `option requires an argument -- '${letter}'`,
          busybox: `option requires an argument: ${letter}`,
        };
      given.push({ letter, value });
      return undefined;
    }
    if (!spec.flags.includes(letter))
      return { gnu: `invalid option -- '${letter}'`, busybox: `unrecognized option: ${letter}` };
    given.push({ letter });
  }
  return undefined;
}

/** The name by which the program was called, without its folder. */
export const nameOf = (p: Process): string => (p.argv[0] ?? '').split('/').at(-1) ?? '';

const texts: Readonly<Record<FileError, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  EROFS: 'Read-only file system',
  EINVAL: 'Invalid argument',
  EBUSY: 'Device or resource busy',
  EPERM: 'Operation not permitted',
  ENXIO: 'No such device or address',
};
export const fileErrorText = (error: FileError): string => texts[error];

/** `name: what: why` on standard error. */
export function* complain(p: Process, what: string, error: FileError): Op<void> {
  yield* p.err(`${nameOf(p)}: ${what}: ${fileErrorText(error)}\n`);
}

/** What a filter says of an input that it cannot read: BusyBox names the deed, GNU only the file. */
export function* cannotOpen(
  p: Process,
  flavour: Flavour,
  name: string,
  error: FileError,
): Op<void> {
  yield* complain(p, flavour === 'busybox' ? `can't open '${name}'` : name, error);
}

/** One input named on the command line. */
export interface Input {
  readonly name: string;
  readonly text: string;
}

/**
 * The whole text of each named file (`-` is standard input; none named: standard input). Files that cannot be read are
 * complained about and left out; `failed` says so.
 */
export function* inputs(
  p: Process,
  flavour: Flavour,
  names: readonly string[],
): Op<{ readonly list: readonly Input[]; readonly failed: boolean }> {
  if (names.length === 0)
    return { list: [{ name: '-', text: yield* p.readAll(0) }], failed: false };
  const list: Input[] = [];
  let failed = false;
  for (const name of names) {
    if (name === '-') {
      list.push({ name, text: yield* p.readAll(0) });
      continue;
    }
    const read = p.fs.read(p.fs.resolve(p.cwd, name));
    if (read.ok) list.push({ name, text: read.value });
    else {
      yield* cannotOpen(p, flavour, name, read.error);
      failed = true;
    }
  }
  return { list, failed };
}

/** The lines of a text, without newlines; a last line needs none. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

/** Calls `each` for every line as it comes, until it answers false: how filters stream. */
export function* eachLine(
  p: Process,
  flavour: Flavour,
  names: readonly string[],
  each: (line: string, name: string) => Op<boolean>,
): Op<boolean> {
  let clean = true;
  for (const name of names.length === 0 ? ['-'] : names) {
    if (name === '-') {
      for (let line = yield* p.readLine(0); line !== null; line = yield* p.readLine(0))
        if (!(yield* each(line, name))) return clean;
      continue;
    }
    const read = p.fs.read(p.fs.resolve(p.cwd, name));
    if (!read.ok) {
      yield* cannotOpen(p, flavour, name, read.error);
      clean = false;
      continue;
    }
    for (const line of linesOf(read.value)) if (!(yield* each(line, name))) return clean;
  }
  return clean;
}

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Says `name: text` on standard error and answers 1. */
export function* fail(p: Process, text: string): Op<number> {
  yield* p.err(`${nameOf(p)}: ${text}\n`);
  return 1;
}

/** GNU's words for a command line that lacks something. */
export const missing = (p: Process, what = 'missing operand'): Op<number> =>
  fail(p, `${what}\nTry '${nameOf(p)} --help' for more information.`);

/** The last part of a path. */
export const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) || '/';

/** A device opened as a further descriptor: it may have no end, so it is read as it comes. Other files: undefined. */
export function deviceDescriptor(p: Process, name: string): number | undefined {
  const stat = p.fs.stat(p.fs.resolve(p.cwd, name));
  if (!stat.ok || stat.value.type !== 'device') return undefined;
  const opened = p.open(name, 'read');
  if (!opened.ok) return undefined;
  let fd = 3;
  while (p.fds.has(fd)) fd += 1;
  p.fds.set(fd, opened.value);
  return fd;
}
