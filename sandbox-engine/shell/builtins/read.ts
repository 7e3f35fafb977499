// `read` and `mapfile`.
import { type OpenFile, signals } from '../../os/index.ts';
import { limits, type Micros, micros, millis, type Op, sleep, type Wait } from '../../sim/index.ts';
import { assignElement, assignVariable } from '../assign.ts';
import { errorTexts, type Shell } from '../shell.ts';
import { handleSignal } from '../signals.ts';
import { isName } from '../variables.ts';
import type { RunBuiltin } from './index.ts';
import { appletName } from './test.ts';
import { takeOptions } from './usage.ts';

const usage =
  'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]';

/** One character and whether a backslash stood before it. */
interface Typed {
  readonly character: string;
  readonly quoted: boolean;
}

interface Reading {
  readonly file: OpenFile;
  readonly raw: boolean;
  readonly delimiter: string;
  readonly count: number | undefined;
  /** -N: the delimiter does not end it. */
  readonly exact: boolean;
  readonly deadline: Micros | undefined;
}

/** How reading ended. */
type End = 'delimiter' | 'end' | 'timeout' | 'signal';

function* read(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(shell, words, 'ersa:d:i:n:N:p:t:u:', usage);
  if (!options) return 2;
  const { letters, values, rest } = options;
  for (const name of rest)
    if (!isName(name.replace(/\[.*\]$/, ''))) return yield* wrongName(shell, name);
  const timeout = Number(values.get('t') ?? Number.NaN);
  const fd = Number(values.get('u') ?? 0);
  const file = shell.process.fds.get(fd);
  if (!file) {
    yield* shell.complain(`${fd}: invalid file descriptor: Bad file descriptor`, 'read');
    return 1;
  }
  const prompt = values.get('p');
  if (prompt !== undefined && file.tty) yield* shell.process.err(prompt);
  const count = values.get('n') ?? values.get('N');
  const reading: Reading = {
    file,
    raw: letters.has('r'),
    delimiter: values.has('d') ? (values.get('d') ?? '').charAt(0) || '\0' : '\n',
    count: count === undefined ? undefined : Number(count),
    exact: values.has('N'),
    deadline: Number.isFinite(timeout)
      ? micros(shell.process.sim.now() + Math.round(timeout * 1_000_000))
      : undefined,
  };
  const typed: Typed[] = [];
  const end = yield* withTerminal(shell, reading, letters.has('s'), () =>
    readInto(shell, reading, typed),
  );
  if (shell.flow) return shell.status;
  const array = values.get('a');
  const problem =
    array === undefined
      ? assignFields(shell, rest, typed, reading.exact)
      : assignList(shell, array, typed);
  if (problem) {
    yield* shell.complain(problem);
    return 1;
  }
  if (end === 'timeout') return 128 + signals.SIGALRM;
  return end === 'end' ? 1 : 0;
}

function* wrongName(shell: Shell, name: string): Op<number> {
  if (shell.dialect.name === 'bash') {
    yield* shell.complain(`\`${name}': not a valid identifier`, 'read');
    return 1;
  }
  if (shell.dialect.name === 'ash')
    yield* shell.process.err(`${appletName(shell)}: read: '${name}': bad variable name\n`);
  else yield* shell.complain(`${name}: bad variable name`, 'read');
  return shell.dialect.name === 'ash' ? 1 : 2;
}

/** -s turns the echo off, -n and -d take single keys; the terminal is put back afterwards. */
function* withTerminal(
  shell: Shell,
  reading: Reading,
  silent: boolean,
  body: () => Op<End>,
): Op<End> {
  const { tty } = reading.file;
  if (!tty) return yield* body();
  const { mode, echo } = tty;
  const byKey = reading.count !== undefined || reading.delimiter !== '\n';
  if (silent) tty.echo = false;
  if (byKey) tty.mode = 'raw';
  const end = yield* body();
  tty.mode = mode;
  tty.echo = echo;
  if (byKey && !silent && end === 'delimiter') yield* shell.process.err('');
  return end;
}

function* readInto(shell: Shell, reading: Reading, typed: Typed[]): Op<End> {
  const { file, raw, delimiter, count, exact } = reading;
  let quoted = false;
  if (count === 0) return 'delimiter';
  for (let taken = 1; taken <= limits.outputPerCommand; taken += 1) {
    if (taken % 4096 === 0) yield* sleep(shell.process.sim, millis(1));
    const character = yield* nextCharacter(shell, reading);
    if (character.length !== 1 && [...character].length !== 1) return character as End;
    const key = file.tty?.mode === 'raw' && character === '\r' ? '\n' : character;
    if (file.tty?.mode === 'raw' && file.tty.echo) file.write(key);
    if (quoted) {
      quoted = false;
      if (key !== '\n') typed.push({ character: key, quoted: true });
    } else if (!raw && key === '\\') quoted = true;
    else if (key === delimiter && !exact) return 'delimiter';
    else if (key !== '\0') typed.push({ character: key, quoted: false });
    if (count !== undefined && typed.length >= count) return 'delimiter';
  }
  return 'delimiter';
}

/** A character, or why there is none. */
function* nextCharacter(shell: Shell, reading: Reading): Op<string> {
  const { file, deadline } = reading;
  for (;;) {
    const character = file.read(1);
    if (character === null) return 'end';
    if (character !== undefined) return character;
    if (deadline !== undefined && shell.process.sim.now() >= deadline) return 'timeout';
    const wait: Wait = { keys: [file.readKey], ...(deadline !== undefined && { until: deadline }) };
    const wake = yield wait;
    if (wake.by !== 'signal') continue;
    const signal = shell.process.takeSignal();
    if (signal !== undefined) yield* handleSignal(shell, signal);
    if (shell.flow) return 'signal';
  }
}

function assignFields(
  shell: Shell,
  names: readonly string[],
  typed: readonly Typed[],
  exact: boolean,
): string | undefined {
  const whole = typed.map((one) => one.character).join('');
  if (names.length === 0) return set(shell, 'REPLY', whole);
  if (exact) {
    const problem = set(shell, names[0] as string, whole);
    return (
      problem ??
      names
        .slice(1)
        .map((name) => set(shell, name, ''))
        .find((one) => one)
    );
  }
  const fields = splitInput(typed, shell.vars.get('IFS') ?? ' \t\n', names.length);
  return names.map((name, i) => set(shell, name, fields[i] ?? '')).find((one) => one !== undefined);
}

function set(shell: Shell, name: string, value: string): string | undefined {
  const element = /^(\w+)\[(.*)\]$/.exec(name);
  return element
    ? assignElement(shell, element[1] as string, element[2] as string, value)
    : assignVariable(shell, name, value);
}

function assignList(shell: Shell, name: string, typed: readonly Typed[]): string | undefined {
  if (shell.vars.isReadonly(name)) return `${name}: readonly variable`;
  const fields = splitInput(typed, shell.vars.get('IFS') ?? ' \t\n', Number.MAX_SAFE_INTEGER);
  shell.vars.put(name, {
    ...shell.vars.raw(name),
    value: undefined,
    array: new Map(fields.map((field, i) => [i, field])),
  });
  return undefined;
}

/** Splits at IFS; the last field takes all the rest, without blanks at its end. */
function splitInput(typed: readonly Typed[], ifs: string, maximum: number): string[] {
  const isBlank = (one: Typed | undefined): boolean =>
    one !== undefined &&
    !one.quoted &&
    ' \t\n'.includes(one.character) &&
    ifs.includes(one.character);
  const isSeparator = (one: Typed | undefined): boolean =>
    one !== undefined && !one.quoted && ifs.includes(one.character);
  let end = typed.length;
  while (isBlank(typed[end - 1])) end -= 1;
  let at = 0;
  while (at < end && isBlank(typed[at])) at += 1;
  const fields: string[] = [];
  while (at < end && fields.length < maximum - 1) {
    let text = '';
    for (; at < end && !isSeparator(typed[at]); at += 1) text += typed[at]?.character;
    fields.push(text);
    while (at < end && isBlank(typed[at])) at += 1;
    if (at < end && isSeparator(typed[at])) {
      at += 1;
      while (at < end && isBlank(typed[at])) at += 1;
    }
  }
  if (at < end) fields.push(lastField(typed.slice(at, end), isSeparator));
  return fields;
}

/** One separator at the very end is dropped when it is the only one. */
function lastField(rest: readonly Typed[], isSeparator: (one: Typed) => boolean): string {
  const last = rest.at(-1);
  const only = last && isSeparator(last) && rest.filter(isSeparator).length === 1;
  return rest
    .slice(0, only ? -1 : undefined)
    .map((one) => one.character)
    .join('');
}

function* mapfile(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(
    shell,
    words,
    'td:n:O:s:u:C:c:',
    'mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]',
  );
  if (!options) return 2;
  const { letters, values, rest } = options;
  const name = rest[0] ?? 'MAPFILE';
  const text = yield* readAll(shell, Number(values.get('u') ?? 0));
  const delimiter = values.has('d') ? (values.get('d') ?? '').charAt(0) || '\0' : '\n';
  const skip = Number(values.get('s') ?? 0);
  const count = Number(values.get('n') ?? 0) || Number.MAX_SAFE_INTEGER;
  const origin = Number(values.get('O') ?? 0);
  const lines = splitLines(text, delimiter, letters.has('t')).slice(skip, skip + count);
  const array = values.has('O') ? new Map(shell.vars.arrayFor(name)) : new Map<number, string>();
  lines.forEach((line, i) => {
    array.set(origin + i, line);
  });
  shell.vars.put(name, { ...shell.vars.raw(name), value: undefined, array });
  return 0;
}

function splitLines(text: string, delimiter: string, trim: boolean): string[] {
  const lines = text.split(delimiter);
  const tail = lines.pop();
  const whole = trim ? lines : lines.map((line) => line + delimiter);
  return tail === '' || tail === undefined ? whole : [...whole, tail];
}

function* readAll(shell: Shell, fd: number): Op<string> {
  const file = shell.process.fds.get(fd);
  if (!file) {
    yield* shell.complain(`${fd}: ${errorTexts.EINVAL}`, 'mapfile');
    return '';
  }
  return yield* shell.process.readAll(fd);
}

export const readBuiltins: Readonly<Record<string, RunBuiltin>> = {
  read,
  mapfile,
  readarray: mapfile,
};
