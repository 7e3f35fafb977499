// env, printenv, uname, nproc, which, free, clear, tty, pwd, echo, printf, expr, nohup, true and false.
import { type Process, type Program, signals } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { formatC } from './awk/format.ts';
import { type Flavoured, nameOf, options } from './common.ts';

/** Runs a command given as words, as env, timeout and nohup do. */
function* runWords(
  p: Process,
  words: readonly string[],
  env?: ReadonlyMap<string, string>,
): Op<number> {
  const child = p.spawn({ argv: words, parent: p, ...(env && { env }) });
  if (child.ok) return yield* p.wait(child.value);
  const text = child.error === 'ENOENT' ? 'No such file or directory' : 'Permission denied';
  yield* p.err(
    `${nameOf(p)}: ${nameOf(p) === 'env' ? `‘${words[0]}’` : `failed to run command ‘${words[0]}’`}: ${text}\n`,
  );
  return child.error === 'ENOENT' ? 127 : 126;
}

const env: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'i0',
      values: 'uC',
      long: { 'ignore-environment': 'i', unset: 'u' },
      stopAtOperand: true,
      status: 125,
    });
    if (!parsed.ok) return parsed.error;
    const variables = new Map(parsed.value.has('i') ? [] : p.env);
    for (const name of parsed.value.values('u')) variables.delete(name);
    const words = [...parsed.value.operands];
    while (words[0]?.includes('=')) {
      const [name = '', ...rest] = (words.shift() ?? '').split('=');
      variables.set(name, rest.join('='));
    }
    if (words.length > 0) return yield* runWords(p, words, variables);
    for (const [name, value] of variables) yield* p.out(`${name}=${value}\n`);
    return 0;
  };

const printenv: Program = function* (p) {
  const names = p.argv.slice(1);
  if (names.length === 0) for (const [name, value] of p.env) yield* p.out(`${name}=${value}\n`);
  let status = 0;
  for (const name of names) {
    const value = p.env.get(name);
    if (value === undefined) status = 1;
    else yield* p.out(`${value}\n`);
  }
  return status;
};

const uname: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'asnrvmpio',
      long: { all: 'a', 'kernel-name': 's', nodename: 'n', 'kernel-release': 'r', machine: 'm' },
    });
    if (!parsed.ok) return parsed.error;
    const parts: readonly (readonly [string, string])[] = [
      ['s', 'Linux'],
      ['n', p.hostname],
      ['r', '6.12.101'],
      ['v', '#1 SMP PREEMPT_DYNAMIC Debian 6.12.101-1'],
      ['m', 'x86_64'],
      ['o', flavour === 'gnu' ? 'GNU/Linux' : 'Linux'],
    ];
    const given = parsed.value;
    const any = [...'snrvmo'].some((letter) => given.has(letter));
    yield* p.out(
      `${parts
        .filter(([letter]) => given.has('a') || given.has(letter) || (!any && letter === 's'))
        .map(([, text]) => text)
        .join(' ')}\n`,
    );
    return 0;
  };

const say =
  (text: (p: Process) => string): Flavoured =>
  () =>
    function* (p) {
      yield* p.out(text(p));
      return 0;
    };

const which: Flavoured = () =>
  function* (p) {
    let status = 0;
    for (const name of p.argv.slice(1).filter((w) => w !== '-a')) {
      const folders = name.includes('/') ? [''] : (p.env.get('PATH') ?? '').split(':');
      const path = folders
        .map((folder) => (folder ? `${folder}/${name}` : p.fs.resolve(p.cwd, name)))
        .find((candidate) => {
          const stat = p.fs.stat(candidate);
          return stat.ok && stat.value.type !== 'directory' && (stat.value.mode & 0o111) !== 0;
        });
      if (path) yield* p.out(`${path}\n`);
      else status = 1;
    }
    return status;
  };

const free: Program = function* (p) {
  const mega = p.argv.includes('-m') || p.argv.includes('-h') ? 1024 : 1;
  const unit = p.argv.includes('-h') ? 'Mi' : '';
  const cell = (kib: number): string => `${Math.floor(kib / mega)}${unit}`.padStart(12);
  yield* p.out(
    `${' '.repeat(15)}total        used        free      shared  buff/cache   available\n`,
  );
  yield* p.out(
    `Mem:  ${cell(1_535_340)}${cell(310_212)}${cell(905_120)}${cell(1_024)}${cell(411_008)}${cell(1_225_128)}\nSwap: ${cell(0)}${cell(0)}${cell(0)}\n`,
  );
  return 0;
};

const echo: Program = function* (p) {
  const words = p.argv.slice(1);
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    const flags = words.shift() ?? '';
    if (flags.includes('n')) newline = false;
    if (flags.includes('e')) escapes = true;
  }
  const text = words.join(' ');
  yield* p.out(`${escapes ? unescapeC(text) : text}${newline ? '\n' : ''}`);
  return 0;
};

const escapesC: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  '\\': '\\',
  '0': '\0',
};
const unescapeC = (text: string): string =>
  text.replace(/\\(x[0-9a-fA-F]{1,2}|0[0-7]{0,3}|[0-7]{1,3}|.)/g, (whole, c: string) =>
    c[0] === 'x'
      ? String.fromCharCode(Number.parseInt(c.slice(1), 16))
      : /^[0-7]/.test(c)
        ? String.fromCharCode(Number.parseInt(c, 8))
        : (escapesC[c] ?? whole),
  );

const printf: Program = function* (p) {
  const [template, ...rest] = p.argv.slice(1);
  if (template === undefined) {
    yield* p.err("printf: missing operand\nTry 'printf --help' for more information.\n");
    return 1;
  }
  const conversions = (template.match(/%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[a-zA-Z]/g) ?? [])
    .length;
  const shape = unescapeC(template);
  let at = 0;
  do {
    yield* p.out(formatC(shape.replace(/%b/g, '%s'), rest.slice(at, at + conversions)));
    at += conversions;
  } while (conversions > 0 && at < rest.length);
  return 0;
};

/** expr: integers, comparison, and `STRING : REGEX` by position. */
const expr: Program = function* (p) {
  const [a = '', operator, b = ''] = p.argv.slice(1);
  const answer = operator === undefined ? a : evaluate(a, operator, b);
  if (answer === undefined) {
    yield* p.err('expr: syntax error\n');
    return 2;
  }
  yield* p.out(`${answer}\n`);
  return answer === '' || answer === '0' ? 1 : 0;
};

function evaluate(a: string, operator: string, b: string): string | undefined {
  const whole = /^-?\d+$/;
  const numbers = whole.test(a) && whole.test(b);
  const [x, y] = [Number(a), Number(b)];
  const holds = (test: boolean): string => (test ? '1' : '0');
  const order = numbers ? x - y : a < b ? -1 : a > b ? 1 : 0;
  switch (operator) {
    case '+':
      return numbers ? String(x + y) : undefined;
    case '-':
      return numbers ? String(x - y) : undefined;
    case '*':
      return numbers ? String(x * y) : undefined;
    case '/':
      return numbers && y !== 0 ? String(Math.trunc(x / y)) : undefined;
    case '%':
      return numbers && y !== 0 ? String(x % y) : undefined;
    case '=':
    case '==':
      return holds(order === 0);
    case '!=':
      return holds(order !== 0);
    case '<':
      return holds(order < 0);
    case '<=':
      return holds(order <= 0);
    case '>':
      return holds(order > 0);
    case '>=':
      return holds(order >= 0);
    case '|':
      return a !== '' && a !== '0' ? a : b;
    case '&':
      return a !== '' && a !== '0' && b !== '' && b !== '0' ? a : '0';
    default:
      return undefined;
  }
}

const nohup: Program = function* (p) {
  p.handle(signals.SIGHUP, 'ignore');
  return yield* runWords(p, p.argv.slice(1));
};

const plain =
  (program: Program): Flavoured =>
  () =>
    program;
const constant =
  (status: number): Flavoured =>
  () =>
    function* () {
      return status;
    };

export const systemPrograms: Readonly<Record<string, Flavoured>> = {
  env,
  printenv: plain(printenv),
  uname,
  nproc: say(() => '1\n'),
  which,
  free: plain(free),
  clear: say(() => '\x1b[H\x1b[2J\x1b[3J'),
  tty: say((p) => (p.tty ? `/dev/${p.row.tty ?? 'pts/0'}\n` : 'not a tty\n')),
  echo: plain(echo),
  printf: plain(printf),
  expr: plain(expr),
  nohup: plain(nohup),
  true: constant(0),
  false: constant(1),
  pwd: say((p) => `${p.cwd}\n`),
};
