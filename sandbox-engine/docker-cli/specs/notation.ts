// The notation in which the command table is written, and the tree of commands that it makes.
//
// `= PATHS :: USAGE :: ARGUMENTS OPTIONS` begins a command. PATHS: `container ls, container list, ps`: the first is the
// command itself, others below the same parent are aliases, others elsewhere are commands of their own with the same
// flags. USAGE `=text` replaces the whole usage line. ARGUMENTS: `0`, `2`, `1+`, `-1` (at most 1), `1-2`. OPTIONS: `strict` (flags
// end at the first argument), `manager`/`active` (shown in that state of the swarm only), `management`, `swarm`,
// `experimental`, `hidden`, `unsupported` (this daemon cannot). A list after ` ; ` in PATHS is shown in help instead. The next line is the description: what lists show,
// and after § what the command's own help shows instead; ¶ is a new line.
// Then flags: `[letter,]name[:type] description`; `~` hides one; %T and %F stand for the help of --format.
// `& name` begins a group of flags, which `&name` puts into a command.

export interface FlagSpec {
  readonly name: string;
  readonly letter: string;
  /** As help shows it; empty: bool. */
  readonly type: string;
  readonly description: string;
  readonly hidden: boolean;
}

export interface CommandSpec {
  /** Names what it does: the first path. */
  readonly canonical: string;
  /** As it is called, without `docker`. */
  readonly path: string;
  readonly aliases: readonly string[];
  /** All ways to call it, for the help. */
  readonly paths: readonly string[];
  readonly usage: string;
  readonly description: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly options: ReadonlySet<string>;
  readonly flags: readonly FlagSpec[];
  readonly children: CommandSpec[];
}

const tableFormat = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;
const plainFormat = tableFormat.replace(/\n'table.*/g, '');

/** The commands of the first level. */
export function readSpecs(text: string): CommandSpec[] {
  const groups = new Map<string, FlagSpec[]>();
  const byPath = new Map<string, CommandSpec>();
  const top: CommandSpec[] = [];
  for (const section of text.split(/\n(?=[=&] )/)) {
    const lines = section.replace(/^\n+|\n+$/g, '').split('\n');
    const head = (lines[0] ?? '').slice(2);
    if (lines[0]?.startsWith('& ')) {
      groups.set(head, readFlags(lines.slice(1), groups));
      continue;
    }
    if (!head) continue;
    for (const spec of readCommand(head, lines, groups)) {
      byPath.set(spec.path, spec);
      const parent = byPath.get(spec.path.slice(0, Math.max(0, spec.path.lastIndexOf(' '))));
      (parent?.children ?? top).push(spec);
    }
  }
  return top;
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(' ')));
export const lastWord = (path: string): string => path.slice(path.lastIndexOf(' ') + 1);

function readCommand(
  head: string,
  lines: readonly string[],
  groups: ReadonlyMap<string, FlagSpec[]>,
): CommandSpec[] {
  const [names = '', usage = '', rule = ''] = head.split('::').map((part) => part.trim());
  const [own = '', shown = own] = names.split(' ; ');
  const paths = own.split(', ');
  const [range = '', ...options] = rule.split(' ');
  const [, minimum = '', dash, maximum = ''] = /^(\d*)(-?)(\d*)/.exec(range) ?? [];
  const canonical = paths[0] ?? '';
  const flags = readFlags(lines.slice(2), groups);
  const parents = [...new Set(paths.map(parentOf))];
  return parents.map((parent) => {
    const here = paths.filter((path) => parentOf(path) === parent);
    return {
      canonical,
      path: here[0] ?? '',
      aliases: here.slice(1).map(lastWord),
      paths: paths.length > 1 ? shown.split(', ') : [],
      usage: usage.replaceAll('¶', '\n'),
      description: (lines[1] ?? '').replaceAll('¶', '\n'),
      minimum: Number(minimum),
      maximum: range.endsWith('+') ? Number.POSITIVE_INFINITY : Number(dash ? maximum : minimum),
      options: new Set(/^[\d-]/.test(range) ? options : [range, ...options]),
      flags,
      children: [],
    };
  });
}

function readFlags(lines: readonly string[], groups: ReadonlyMap<string, FlagSpec[]>): FlagSpec[] {
  return lines.flatMap((line) => {
    if (line.startsWith('&')) return groups.get(line.slice(1)) ?? [];
    const [, hidden, letter = '', name = '', type = '', description = ''] =
      /^(~?)(?:(\w),)?([\w-]+)(?::(\S+))?(?: (.*))?$/.exec(line) ?? [];
    const text = description
      .replaceAll('¶', '\n')
      .replace('%T', () => tableFormat)
      .replace('%F', () => plainFormat);
    return [{ name, letter, type, description: text, hidden: hidden === '~' }];
  });
}

/** What the flag is when it is not given: `(default "x")` at the end of its description. */
export function defaultOf(flag: FlagSpec): string | undefined {
  const found = /\(default (?:"([^"]*)"|([^"=][^=)]*))\)$/.exec(flag.description);
  return found?.[1] ?? found?.[2];
}

/** The one line that lists of commands show: what stands before § or the first line. */
export const shortOf = (spec: CommandSpec): string => spec.description.split(/[§\n]/)[0] ?? '';

/** What a command's own help says. */
export const longOf = (spec: CommandSpec): string =>
  spec.description.slice(spec.description.indexOf('§') + 1);

export function findChild(list: readonly CommandSpec[], word: string): CommandSpec | undefined {
  return list.find((spec) => lastWord(spec.path) === word || spec.aliases.includes(word));
}
