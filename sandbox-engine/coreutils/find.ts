// find and xargs.
import type { FileStat, Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { type Flavoured, fileErrorText, options } from './common.ts';

interface Found {
  readonly shown: string;
  readonly path: string;
  readonly stat: FileStat;
}
type Test = (found: Found) => boolean;

/** A file name pattern (`*.txt`) as an expression over the whole name. */
export function globRegex(pattern: string, ignoreCase = false): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
}

const letters: Readonly<Record<string, readonly FileStat['type'][]>> = {
  f: ['file', 'program', 'netns'],
  d: ['directory'],
  l: ['symlink'],
  s: ['socket'],
  c: ['device'],
  p: ['fifo'],
};

export const find: Flavoured = (flavour) =>
  function* (p) {
    const words = p.argv.slice(1);
    const roots: string[] = [];
    while (words[0] !== undefined && !/^[-(!]/.test(words[0])) roots.push(words.shift() ?? '');
    const plan = parsePlan(words);
    if (typeof plan === 'string') {
      yield* p.err(`find: ${flavour === 'gnu' ? plan : plan.replace(/`/g, '')}\n`);
      return 1;
    }
    let status = 0;
    for (const root of roots.length > 0 ? roots : ['.']) {
      const stat = p.fs.stat(p.fs.resolve(p.cwd, root), { followLinks: false });
      if (stat.ok)
        yield* visit(
          p,
          plan,
          { shown: root, path: p.fs.resolve(p.cwd, root), stat: stat.value },
          0,
        );
      else {
        yield* p.err(
          `find: ${flavour === 'gnu' ? `‘${root}’` : root}: ${fileErrorText(stat.error)}\n`,
        );
        status = 1;
      }
    }
    return status;
  };

interface Plan {
  readonly tests: Test;
  readonly maxDepth: number;
  readonly minDepth: number;
  readonly exec: readonly string[] | undefined;
  readonly remove: boolean;
  readonly zero: boolean;
}

function parsePlan(words: readonly string[]): Plan | string {
  let maxDepth = Number.POSITIVE_INFINITY;
  let minDepth = 0;
  let exec: string[] | undefined;
  let remove = false;
  let zero = false;
  const branches: Test[][] = [[]];
  let negate = false;
  const queue = [...words];
  const add = (test: Test): void => {
    const wanted = !negate;
    negate = false;
    branches.at(-1)?.push((found) => test(found) === wanted);
  };
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const value = (): string => queue.shift() ?? '';
    if (word === '-name' || word === '-iname') {
      const regex = globRegex(value(), word === '-iname');
      add((found) => regex.test(found.shown.replace(/\/+$/, '').split('/').at(-1) ?? ''));
    } else if (word === '-path' || word === '-wholename') {
      const regex = globRegex(value());
      add((found) => regex.test(found.shown));
    } else if (word === '-type') {
      const types = value()
        .split(',')
        .flatMap((letter) => letters[letter] ?? []);
      add((found) => types.includes(found.stat.type));
    } else if (word === '-empty') add((found) => found.stat.size === 0);
    else if (word === '-size') {
      const match = /^([+-]?)(\d+)([ckMG]?)$/.exec(value());
      const unit = { c: 1, k: 1024, M: 1_048_576, G: 1_073_741_824 }[match?.[3] ?? ''] ?? 512;
      const n = Number(match?.[2] ?? 0);
      add((found) => {
        const size = Math.ceil(found.stat.size / unit);
        return match?.[1] === '+' ? size > n : match?.[1] === '-' ? size < n : size === n;
      });
    } else if (word === '-maxdepth') maxDepth = Number(value());
    else if (word === '-mindepth') minDepth = Number(value());
    else if (word === '!' || word === '-not') negate = true;
    else if (word === '-o' || word === '-or') branches.push([]);
    else if (word === '-delete') remove = true;
    else if (word === '-print0') zero = true;
    else if (word === '-exec' || word === '-execdir') {
      exec = [];
      for (let part = queue.shift(); part !== ';' && part !== '+'; part = queue.shift()) {
        if (part === undefined) return "missing argument to `-exec'";
        exec.push(part);
      }
    } else if (
      !['-print', '-a', '-and', '(', ')', '-mount', '-xdev', '-L', '-H', '-P'].includes(word)
    )
      return `unknown predicate \`${word}'`;
  }
  const tests: Test = (found) => branches.some((branch) => branch.every((test) => test(found)));
  return { tests, maxDepth, minDepth, exec, remove, zero };
}

function* visit(p: Process, plan: Plan, found: Found, depth: number): Op<void> {
  if (depth >= plan.minDepth && plan.tests(found) && !plan.remove) {
    if (plan.exec) {
      const child = p.spawn({
        argv: plan.exec.map((word) => word.replaceAll('{}', found.shown)),
        parent: p,
      });
      if (child.ok) yield* p.wait(child.value);
      else yield* p.err(`find: ‘${plan.exec[0]}’: No such file or directory\n`);
    } else yield* p.out(`${found.shown}${plan.zero ? '\0' : '\n'}`);
  }
  if (found.stat.type === 'directory' && depth < plan.maxDepth) {
    const names = p.fs.list(found.path);
    for (const name of names.ok ? names.value : []) {
      const path = p.fs.resolve(found.path, name);
      const stat = p.fs.stat(path, { followLinks: false });
      const shown = `${found.shown === '/' ? '' : found.shown.replace(/\/$/, '')}/${name}`;
      if (stat.ok) yield* visit(p, plan, { shown, path, stat: stat.value }, depth + 1);
    }
  }
  if (plan.remove && depth >= plan.minDepth && plan.tests(found)) p.fs.remove(found.path);
}

export const xargs: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'r0tpx',
      values: 'nILPds',
      long: {
        'no-run-if-empty': 'r',
        null: '0',
        'max-args': 'n',
        replace: 'I',
        verbose: 't',
        delimiter: 'd',
        'max-procs': 'P',
      },
      stopAtOperand: true,
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const input = yield* p.readAll(0);
    const marker = given.value('I');
    const delimiter = given.has('0') ? '\0' : given.value('d');
    const items =
      delimiter !== undefined
        ? input.split(delimiter === '\\n' ? '\n' : delimiter).filter(Boolean)
        : marker !== undefined || given.value('L')
          ? input
              .split('\n')
              .map((line) => line.trim())
              .filter(Boolean)
          : (input.match(/'[^']*'|"[^"]*"|(?:\\.|[^\s'"])+/g) ?? []).map((w) =>
              w.replace(/^(['"])(.*)\1$/s, '$2').replace(/\\(.)/g, '$1'),
            );
    const command = given.operands.length > 0 ? given.operands : ['echo'];
    const size =
      marker !== undefined ? 1 : Number(given.value('n') ?? given.value('L') ?? items.length);
    if (items.length === 0)
      return given.has('r') || flavour === 'busybox'
        ? 0
        : yield* runOnce(p, command, given.has('t'));
    let status = 0;
    for (let i = 0; i < items.length; i += Math.max(1, size)) {
      const batch = items.slice(i, i + Math.max(1, size));
      const words =
        marker !== undefined
          ? command.map((word) => word.replaceAll(marker, batch[0] ?? ''))
          : [...command, ...batch];
      const code = yield* runOnce(p, words, given.has('t'));
      if (code === 127 || code === 126) return code;
      if (code === 255) return 124;
      if (code !== 0) status = 123;
    }
    return status;
  };

function* runOnce(p: Process, words: readonly string[], verbose: boolean): Op<number> {
  if (verbose) yield* p.err(`${words.join(' ')}\n`);
  const fds = new Map(p.fds);
  fds.set(0, p.host.nullFile());
  const child = p.spawn({ argv: words, parent: p, fds });
  if (child.ok) return yield* p.wait(child.value);
  yield* p.err(`xargs: ${words[0]}: No such file or directory\n`);
  return 127;
}
