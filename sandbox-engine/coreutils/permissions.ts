// Who files belong to and who may do what with them: chmod, chown and chgrp.
//
// Mirrors: GNU coreutils 9.7, BusyBox coreutils/{chmod,chown}.c. Differs: no --reference, no --from; links are followed.
import type { FileError, FileStat, Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import { type Flavour, type Flavoured, fail, fileErrorText, missing, nameOf } from './common.ts';
import { type OwnerTable, ownerName } from './owners.ts';

interface Line {
  readonly recursive: boolean;
  readonly quiet: boolean;
  readonly words: readonly string[];
}

/** The options that all three know; a mode such as `-w` is no option. */
function lineOf(p: Process): Line {
  const isOption = (word: string): boolean =>
    /^-[RfvchHLP]+$/.test(word) || ['--recursive', '--verbose', '--quiet'].includes(word);
  const given = p.argv.slice(1).filter(isOption);
  return {
    recursive: given.some((word) => word === '--recursive' || /^-[^-]*R/.test(word)),
    quiet: given.some((word) => word === '--quiet' || /^-[^-]*f/.test(word)),
    words: p.argv.slice(1).filter((word) => !isOption(word)),
  };
}

/** A path and, with -R, all that is below it. */
function below(p: Process, path: string, recursive: boolean): string[] {
  const stat = p.fs.stat(path, { followLinks: false });
  if (!recursive || !stat.ok || stat.value.type !== 'directory') return [path];
  const names = p.fs.list(path);
  return [
    path,
    ...(names.ok ? names.value : []).flatMap((name) => below(p, `${path}/${name}`, true)),
  ];
}

type Change = (path: string, stat: FileStat) => Result<void, FileError> | undefined;

/** Changes each named file; `deed`: what GNU's says that it was doing. Undefined from `change`: nothing to do. */
function* changeAll(
  p: Process,
  flavour: Flavour,
  line: Line,
  names: readonly string[],
  deed: (name: string) => string,
  change: Change,
): Op<number> {
  let status = 0;
  for (const name of names) {
    const top = p.fs.resolve(p.cwd, name);
    for (const path of below(p, top, line.recursive)) {
      const shown = path === top ? name : `${name}${path.slice(top.length)}`;
      const stat = p.fs.stat(path);
      const changed = stat.ok ? change(path, stat.value) : stat;
      if (!changed || changed.ok) continue;
      status = 1;
      if (line.quiet) continue;
      const gnu = stat.ok ? deed(shown) : `cannot access '${shown}'`;
      yield* fail(p, `${flavour === 'gnu' ? gnu : shown}: ${fileErrorText(changed.error)}`);
    }
  }
  return status;
}

function* operandsMissing(p: Process, first: string | undefined): Op<number> {
  return yield* missing(
    p,
    first === undefined ? 'missing operand' : `missing operand after '${first}'`,
  );
}

const chmod: Flavoured = (flavour) =>
  function* (p) {
    const line = lineOf(p);
    const [mode, ...names] = line.words;
    if (mode === undefined || names.length === 0) return yield* operandsMissing(p, mode);
    if (modeAfter(0, mode, false) === undefined)
      return yield* fail(
        p,
        flavour === 'gnu'
          ? `invalid mode: '${mode}'\nTry 'chmod --help' for more information.`
          : `invalid mode '${mode}'`,
      );
    return yield* changeAll(
      p,
      flavour,
      line,
      names,
      (name) => `changing permissions of '${name}'`,
      (path, stat) =>
        p.fs.chmod(path, modeAfter(stat.mode, mode, stat.type === 'directory') ?? stat.mode),
    );
  };

const letters: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

/** `755`, `u+x,go-w`, `+t`, `u+s`; undefined: no mode. `X` is x for directories and what somebody may run already. */
function modeAfter(mode: number, text: string, isDirectory: boolean): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let bits = mode;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([+=-])([rwxXst]*)$/.exec(clause);
    if (!match) return undefined;
    const [, given = '', sign, what = ''] = match;
    const who = given === '' || given.includes('a') ? 'ugo' : given;
    const runs = what.includes('X') && (isDirectory || (bits & 0o111) !== 0) ? 1 : 0;
    const rights = [...what].reduce((sum, letter) => sum | (letters[letter] ?? 0), runs);
    let changed = 0;
    let cleared = 0;
    for (const [i, letter] of [...'ugo'].entries()) {
      if (!who.includes(letter)) continue;
      changed |= rights << (6 - 3 * i);
      cleared |= 7 << (6 - 3 * i);
    }
    if (what.includes('t')) changed |= 0o1000;
    if (what.includes('s'))
      changed |= (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0);
    if (sign === '-') bits &= ~changed;
    else bits = (sign === '=' ? bits & ~cleared : bits) | changed;
  }
  return bits;
}

/** A name that the table has, or a number; GNU and BusyBox refuse others each in its own way. */
function known(
  p: Process,
  flavour: Flavour,
  table: OwnerTable,
  text: string,
): Result<string, string> {
  if (/^\d+$/.test(text)) return ok(ownerName(p, table, text) ?? text);
  const file = p.fs.read(table);
  const there = file.ok && file.value.split('\n').some((entry) => entry.startsWith(`${text}:`));
  if (there || text === 'root') return ok(text);
  const kind = table === '/etc/passwd' ? 'user' : 'group';
  return err(flavour === 'gnu' ? `invalid ${kind}: '${text}'` : `unknown ${kind} ${text}`);
}

/** `user`, `user:group`, `:group`, `user:` (which takes the user's own group). */
function ownersOf(
  p: Process,
  flavour: Flavour,
  text: string,
): Result<{ readonly owner?: string; readonly group?: string }, string> {
  if (nameOf(p) === 'chgrp') {
    const group = known(p, flavour, '/etc/group', text);
    return group.ok ? ok({ group: group.value }) : group;
  }
  const [user = '', group] = text.split(/[:.]/);
  const owner = user === '' ? undefined : known(p, flavour, '/etc/passwd', user);
  if (owner && !owner.ok) return owner;
  const passwd = p.fs.read('/etc/passwd');
  const entry = (passwd.ok ? passwd.value : '')
    .split('\n')
    .find((one) => one.startsWith(`${user}:`));
  const wanted = group === '' ? entry?.split(':')[3] : group;
  const chosen = wanted ? known(p, flavour, '/etc/group', wanted) : undefined;
  if (chosen && !chosen.ok) return chosen;
  return ok({ ...(owner && { owner: owner.value }), ...(chosen && { group: chosen.value }) });
}

const chown: Flavoured = (flavour) =>
  function* (p) {
    const line = lineOf(p);
    const [text, ...names] = line.words;
    if (text === undefined || names.length === 0) return yield* operandsMissing(p, text);
    const owners = ownersOf(p, flavour, text);
    if (!owners.ok) return yield* fail(p, owners.error);
    const what = nameOf(p) === 'chgrp' ? 'group' : 'ownership';
    return yield* changeAll(
      p,
      flavour,
      line,
      names,
      (name) => `changing ${what} of '${name}'`,
      (path, stat) =>
        p.fs.chown(path, owners.value.owner ?? stat.owner, owners.value.group ?? stat.group),
    );
  };

export const permissionPrograms: Readonly<Record<string, Flavoured>> = {
  chmod,
  chown,
  chgrp: chown,
};
