// ls: names in columns on a terminal, one a line elsewhere, and the long form.
import type { FileStat, Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { civilTime, compareText, monthNames } from '../std/index.ts';
import { type Flavour, type Flavoured, fileErrorText, type Options, options } from './common.ts';
import { type OwnerTable, ownerName, ownerNumber } from './owners.ts';

export const ls: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'aAlhdFR1rtSinsLpgoGCxU~',
      long: {
        all: 'a',
        'almost-all': 'A',
        directory: 'd',
        classify: 'F',
        recursive: 'R',
        reverse: 'r',
        'human-readable': 'h',
        inode: 'i',
        color: '~',
        dereference: 'L',
      },
      status: 2,
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const operands = given.operands.length > 0 ? given.operands : ['.'];
    const files: Entry[] = [];
    const folders: Entry[] = [];
    let status = 0;
    for (const name of operands) {
      const path = p.fs.resolve(p.cwd, name);
      const follow = !given.has('l') || given.has('L');
      const stat = p.fs.stat(path, { followLinks: follow || name.endsWith('/') });
      if (!stat.ok) {
        const where = flavour === 'gnu' ? `cannot access '${name}'` : name;
        yield* p.err(`ls: ${where}: ${fileErrorText(stat.error)}\n`);
        status = flavour === 'gnu' ? 2 : 1;
        continue;
      }
      const entry = { name, path, stat: stat.value };
      if (stat.value.type === 'directory' && !given.has('d')) folders.push(entry);
      else files.push(entry);
    }
    const order = ordering(given);
    if (files.length > 0) yield* show(p, flavour, given, files.sort(order));
    const titled = operands.length > 1 || given.has('R');
    let first = files.length === 0;
    for (const folder of folders.sort(order)) {
      yield* listFolder(p, flavour, given, folder, titled, first);
      first = false;
    }
    return status;
  };

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

function ordering(given: Options): (a: Entry, b: Entry) => number {
  const turn = given.has('r') ? -1 : 1;
  return (a, b) => {
    if (given.has('t') && a.stat.modifiedMillis !== b.stat.modifiedMillis)
      return turn * (b.stat.modifiedMillis - a.stat.modifiedMillis);
    if (given.has('S') && a.stat.size !== b.stat.size) return turn * (b.stat.size - a.stat.size);
    return turn * compareText(a.name, b.name);
  };
}

function* listFolder(
  p: Process,
  flavour: Flavour,
  given: Options,
  folder: Entry,
  titled: boolean,
  first: boolean,
): Op<void> {
  if (titled) yield* p.out(`${first ? '' : '\n'}${folder.name}:\n`);
  const names = p.fs.list(folder.path);
  if (!names.ok) {
    yield* p.err(`ls: cannot open directory '${folder.name}': ${fileErrorText(names.error)}\n`);
    return;
  }
  const shown = [...(given.has('a') ? ['.', '..'] : []), ...names.value].filter(
    (name) => given.has('a') || given.has('A') || !name.startsWith('.'),
  );
  const entries: Entry[] = [];
  for (const name of shown) {
    const path = p.fs.resolve(folder.path, name);
    const stat = p.fs.stat(path, { followLinks: given.has('L') });
    if (stat.ok) entries.push({ name, path, stat: stat.value });
  }
  entries.sort(ordering(given));
  if (given.has('l') || given.has('g') || given.has('o') || given.has('s'))
    yield* p.out(`total ${entries.reduce((sum, e) => sum + blocks(e.stat), 0)}\n`);
  yield* show(p, flavour, given, entries);
  if (!given.has('R')) return;
  for (const entry of entries)
    if (entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..')
      yield* listFolder(
        p,
        flavour,
        given,
        { ...entry, name: `${folder.name.replace(/\/$/, '')}/${entry.name}` },
        true,
        false,
      );
}

/** Disk use in KiB as `ls -s` counts it: whole blocks of 4 KiB. */
const blocks = (stat: FileStat): number =>
  stat.type === 'file' || stat.type === 'program' || stat.type === 'directory'
    ? Math.ceil(stat.size / 4096) * 4
    : 0;

function* show(p: Process, flavour: Flavour, given: Options, entries: readonly Entry[]): Op<void> {
  if (given.has('l') || given.has('g') || given.has('o') || given.has('n')) {
    const form = flavour === 'busybox' ? busyboxLongForm : longForm;
    yield* p.out(form(p, given, entries));
    return;
  }
  const names = entries.map((entry) => entry.name + suffix(given, entry.stat));
  if (given.has('1') || !p.isTty(1)) {
    yield* p.out(names.map((name) => `${name}\n`).join(''));
    return;
  }
  yield* p.out(columns(names, p.tty?.columns ?? 80));
}

function suffix(given: Options, stat: FileStat): string {
  if (given.has('p')) return stat.type === 'directory' ? '/' : '';
  if (!given.has('F')) return '';
  if (stat.type === 'directory') return '/';
  if (stat.type === 'symlink') return '@';
  if (stat.type === 'socket') return '=';
  return (stat.mode & 0o111) !== 0 ? '*' : '';
}

/** Down the columns, as few rows as fit, two blanks between. */
function columns(names: readonly string[], width: number): string {
  for (let rows = 1; rows <= names.length; rows += 1) {
    const grid: string[][] = [];
    for (let i = 0; i < names.length; i += rows) grid.push(names.slice(i, i + rows));
    const widths = grid.map((column) => Math.max(...column.map((name) => name.length)) + 2);
    if (widths.reduce((sum, w) => sum + w, 0) - 2 > width && rows < names.length) continue;
    let text = '';
    for (let row = 0; row < rows; row += 1) {
      const cells = grid.map((column) => column[row]).filter((name) => name !== undefined);
      text += `${cells.map((name, i) => (i === cells.length - 1 ? name : name.padEnd(widths[i] ?? 0))).join('')}\n`;
    }
    return text;
  }
  return '';
}

const typeLetters: Readonly<Record<FileStat['type'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  program: '-',
  netns: '-',
  socket: 's',
  device: 'c',
  fifo: 'p',
};

export function modeText(stat: FileStat): string {
  const bits = [...'rwxrwxrwx'].map((letter, i) => ((stat.mode >> (8 - i)) & 1 ? letter : '-'));
  // Set-user-id, set-group-id and sticky stand in the place of the x that they go with.
  for (const [bit, at, letter] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const)
    if (stat.mode & bit) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase();
  return typeLetters[stat.type] + bits.join('');
}

function longForm(p: Process, given: Options, entries: readonly Entry[]): string {
  const now = p.sim.epochMillis + p.sim.now() / 1_000;
  const rows = entries.map((entry) => {
    const { stat } = entry;
    const size = given.has('h') ? humanSize(stat.size) : String(stat.size);
    const shown = given.has('n') ? ownerNumber : ownerText;
    const owner = shown(p, '/etc/passwd', stat.owner);
    const group = shown(p, '/etc/group', stat.group);
    const links = stat.type === 'directory' ? '2' : '1';
    const target = stat.type === 'symlink' ? ` -> ${stat.target ?? ''}` : '';
    return [
      modeText(stat),
      links,
      ...(given.has('g') ? [] : [owner]),
      ...(given.has('o') || given.has('G') ? [] : [group]),
      size,
      when(stat.modifiedMillis, now),
      entry.name + suffix(given, stat) + target,
    ];
  });
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  const last = (rows[0]?.length ?? 1) - 1;
  const right = new Set([1, last - 2]);
  return rows
    .map(
      (row) =>
        `${row.map((cell, i) => (i === last ? cell : right.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' ')}\n`,
    )
    .join('');
}

/** BusyBox's columns have fixed widths. */
function busyboxLongForm(p: Process, given: Options, entries: readonly Entry[]): string {
  const now = p.sim.epochMillis + p.sim.now() / 1_000;
  const shown = (table: OwnerTable, owner: string): string =>
    (given.has('n') ? ownerNumber : ownerText)(p, table, owner).slice(0, 8).padEnd(8);
  return entries
    .map(({ name, stat }) => {
      const size = given.has('h')
        ? humanSize(stat.size).padStart(7)
        : String(stat.size).padStart(9);
      const links = (stat.type === 'directory' ? '2' : '1').padStart(4);
      const target = stat.type === 'symlink' ? ` -> ${stat.target ?? ''}` : '';
      return `${modeText(stat)} ${links} ${shown('/etc/passwd', stat.owner)} ${shown('/etc/group', stat.group)} ${size} ${when(stat.modifiedMillis, now)} ${name}${suffix(given, stat)}${target}\n`;
    })
    .join('');
}

const ownerText = (p: Process, table: OwnerTable, owner: string): string =>
  ownerName(p, table, owner) ?? owner;

function when(millis: number, now: number): string {
  const t = civilTime(millis);
  const day = `${monthNames[t.month - 1]} ${String(t.day).padStart(2)}`;
  const recent = millis <= now && now - millis < 183 * 86_400_000;
  return recent ? `${day} ${two(t.hour)}:${two(t.minute)}` : `${day}  ${t.year}`;
}
const two = (n: number): string => String(n).padStart(2, '0');

export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let n = bytes;
  for (const unit of 'KMGT') {
    n /= 1024;
    if (n < 10) return `${(Math.ceil(n * 10) / 10).toFixed(1)}${unit}`;
    if (n < 1024) return `${Math.ceil(n)}${unit}`;
  }
  return `${Math.ceil(n)}T`;
}
