// awk's functions. Differs: `**`, sqrt, exp, log, sin, cos and atan2 use the host's floating point; rand is seeded by the lab.
import { millis, type Op } from '../../sim/index.ts';
import type { Interpreter } from './interpreter.ts';
import type { Expr } from './syntax.ts';
import { toNumber, toText, type Value } from './values.ts';

/** How a function gets at its arguments. */
interface Arguments {
  value(expr: Expr): Op<Value>;
  regex(expr: Expr): Op<RegExp>;
  write(expr: Expr, value: Value): Op<void>;
}

const names = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'match',
  'sprintf',
  'tolower',
  'toupper',
  'int',
  'sqrt',
  'rand',
  'srand',
  'system',
  'close',
  'fflush',
  'systime',
  'strftime',
  'gensub',
]);
export const isBuiltin = (name: string): boolean => names.has(name);

const record: Expr = { kind: 'field', index: { kind: 'number', value: 0 } };

export function* callBuiltin(
  awk: Interpreter,
  name: string,
  args: readonly Expr[],
  get: Arguments,
): Op<Value> {
  const [first, second, third] = args;
  const text = function* (expr: Expr | undefined): Op<string> {
    return expr ? toText(yield* get.value(expr)) : '';
  };
  const number = function* (expr: Expr | undefined): Op<number> {
    return expr ? toNumber(yield* get.value(expr)) : 0;
  };
  switch (name) {
    case 'length':
      if (first?.kind === 'variable' && awk.array(first.name).size > 0)
        return awk.array(first.name).size;
      return [...(yield* text(first ?? record))].length;
    case 'substr': {
      const characters = [...(yield* text(first))];
      const start = Math.round(yield* number(second));
      const end = third ? start + Math.round(yield* number(third)) : characters.length + 1;
      return characters.slice(Math.max(0, start - 1), Math.max(0, end - 1)).join('');
    }
    case 'index':
      return (yield* text(first)).indexOf(yield* text(second)) + 1;
    case 'split': {
      if (second?.kind !== 'variable') return 0;
      const source = yield* text(first);
      const fs = third
        ? third.kind === 'regex'
          ? third.source
          : yield* text(third)
        : toText(awk.data.global('FS'));
      const parts =
        third?.kind === 'regex'
          ? source === ''
            ? []
            : source.split(awk.data.regex(fs))
          : awk.data.split(source, fs);
      const array = awk.array(second.name);
      array.clear();
      for (const [i, part] of parts.entries()) array.set(String(i + 1), { input: part });
      return parts.length;
    }
    case 'sub':
    case 'gsub':
      return yield* substitute(get, name === 'gsub', first, second, third ?? record);
    case 'gensub': {
      const regex = yield* get.regex(first as Expr);
      const how = yield* text(third);
      const wanted = /^[gG]/.test(how) ? 0 : Number(how) || 1;
      const replacement = yield* text(second);
      let seen = 0;
      return (yield* text(args[3] ?? record)).replace(regex, (...parts: (string | number)[]) => {
        seen += 1;
        if (wanted !== 0 && seen !== wanted) return String(parts[0]);
        return replacement.replace(/\\(\d)|&/g, (all: string, n: string | undefined) =>
          String(parts[all === '&' ? 0 : Number(n)] ?? ''),
        );
      });
    }
    case 'match': {
      const source = yield* text(first);
      const regex = yield* get.regex(second as Expr);
      regex.lastIndex = 0;
      const found = regex.exec(source);
      awk.data.setGlobal('RSTART', found ? found.index + 1 : 0);
      awk.data.setGlobal('RLENGTH', found ? found[0].length : -1);
      return found ? found.index + 1 : 0;
    }
    case 'sprintf': {
      const values: Value[] = [];
      for (const arg of args) values.push(yield* get.value(arg));
      return awk.format(values);
    }
    case 'tolower':
      return (yield* text(first)).toLowerCase();
    case 'toupper':
      return (yield* text(first)).toUpperCase();
    case 'int':
      return Math.trunc(yield* number(first));
    case 'sqrt':
      return Math.sqrt(yield* number(first));
    case 'rand':
      return awk.process.sim.rng('coreutils/awk').below(1_000_000) / 1_000_000;
    case 'srand':
      return 0;
    case 'system':
      return yield* awk.streams.shell(yield* text(first), new Map(), function* () {});
    case 'close':
      return yield* awk.streams.close(yield* text(first));
    case 'systime':
      return Math.floor((awk.process.sim.epochMillis + awk.process.sim.now() / millis(1)) / 1_000);
    default:
      return 0;
  }
}

function* substitute(
  get: Arguments,
  all: boolean,
  pattern: Expr | undefined,
  replacement: Expr | undefined,
  target: Expr,
): Op<number> {
  if (!pattern || !replacement) return 0;
  const regex = yield* get.regex(pattern);
  const text = toText(yield* get.value(replacement));
  const source = toText(yield* get.value(target));
  let times = 0;
  const result = source.replace(regex, (whole: string) => {
    if (!all && times > 0) return whole;
    times += 1;
    return text.replace(/\\\\|\\&|&/g, (part) => (part === '&' ? whole : part.slice(1)));
  });
  if (times > 0) yield* get.write(target, result);
  return times;
}
