// `sysctl`: kernel parameters by their dotted names.
//
// Mirrors: procps-ng 4.0 and the BusyBox applet. In a container /proc/sys is read-only, as Docker mounts it.
import { type Process, type Program, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { compareText } from '../../std/index.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';

const usage = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
`;

const longs: readonly LongOption[] = [
  { name: 'all', short: 'a' },
  { name: 'binary', short: 'b' },
  { name: 'ignore', short: 'e' },
  { name: 'names', short: 'N' },
  { name: 'values', short: 'n' },
  { name: 'load', short: 'p' },
  { name: 'pattern', short: 'r' },
  { name: 'quiet', short: 'q' },
  { name: 'write', short: 'w' },
  { name: 'help', short: 'h' },
  { name: 'version', short: 'V' },
];

interface Style {
  readonly busybox: boolean;
  readonly ignore: boolean;
  readonly names: boolean;
  readonly values: boolean;
  readonly binary: boolean;
  readonly quiet: boolean;
  readonly write: boolean;
}

/** `net/ipv4/ip_forward` is `net.ipv4.ip_forward`. */
const dotted = (name: string): string => (name.includes('/') ? name.replace(/\//g, '.') : name);
const procPath = (name: string): string => `/proc/sys/${name.replace(/\./g, '/')}`;

function line(style: Style, name: string, value: string): string {
  if (style.names) return `${name}\n`;
  if (style.values || style.binary) return `${value}${style.binary ? '' : '\n'}`;
  return `${name} = ${value}\n`;
}

function unknownKey(style: Style, name: string): string {
  if (style.busybox) return `sysctl: error: '${name}' is an unknown key\n`;
  return `sysctl: cannot stat ${procPath(name)}: ${strerror('ENOENT')}\n`;
}

/** Everything with that name or below it, in order of name. */
function matching(process: Process, prefix: string): readonly (readonly [string, string])[] {
  const all = [...process.kernel.sysctls(process.netns)];
  const chosen = all.filter(
    ([name]) => prefix === '' || name === prefix || name.startsWith(`${prefix}.`),
  );
  return chosen.sort(([a], [b]) => compareText(a, b));
}

function* display(process: Process, style: Style, text: string): Op<boolean> {
  const name = dotted(text);
  const exact = process.kernel.sysctl(process.netns, name);
  const rows = exact === undefined ? matching(process, name) : [[name, exact] as const];
  if (rows.length === 0) {
    if (!style.ignore) yield* process.err(unknownKey(style, name));
    return style.ignore;
  }
  for (const [key, value] of rows) yield* process.out(line(style, key, value));
  return true;
}

function* assign(process: Process, style: Style, text: string): Op<boolean> {
  const at = text.indexOf('=');
  const name = dotted(text.slice(0, at).trim());
  const value = text.slice(at + 1).trim();
  const { kernel, netns } = process;
  if (kernel.sysctl(netns, name) === undefined) {
    if (!style.ignore) yield* process.err(unknownKey(style, name));
    return style.ignore;
  }
  const inContainer = process.row.pidNamespace !== 'init';
  const refusal = mayAdministerNetwork(process) ? undefined : inContainer ? 'EROFS' : 'EACCES';
  const set = refusal ? undefined : kernel.sysctlSet(netns, name, value);
  const error = refusal ?? (set && !set.ok ? set.error : undefined);
  if (error === undefined) {
    if (!style.quiet) yield* process.out(line(style, name, value));
    return true;
  }
  yield* process.err(
    style.busybox
      ? `sysctl: error setting key '${name}': ${strerror(error)}\n`
      : `sysctl: setting key "${name}": ${strerror(error)}\n`,
  );
  return false;
}

function* load(process: Process, style: Style, file: string): Op<boolean> {
  const path = process.fs.resolve(process.cwd, file);
  const text = process.fs.read(path);
  if (!text.ok) {
    yield* process.err(`sysctl: cannot open "${file}": ${strerror(text.error)}\n`);
    return false;
  }
  let fine = true;
  for (const raw of text.value.split('\n')) {
    const entry = raw.trim().replace(/^-/, '');
    if (entry === '' || /^[#;]/.test(entry) || !entry.includes('=')) continue;
    fine = (yield* assign(process, style, entry)) && fine;
  }
  return fine;
}

export const sysctlProgram = (flavour: 'procps' | 'busybox'): Program =>
  function* sysctl(process: Process): Op<number> {
    const parsed = getopt(process.argv.slice(1), 'aAXbeNnpfr:qwoxdhV', longs);
    if ('error' in parsed) {
      yield* process.err(`${optionErrorText('sysctl', parsed)}${usage}`);
      return 1;
    }
    const has = (name: string): boolean => parsed.options.some((o) => o.name === name);
    const style: Style = {
      busybox: flavour === 'busybox',
      ignore: has('e'),
      names: has('N'),
      values: has('n'),
      binary: has('b'),
      quiet: has('q'),
      write: has('w'),
    };
    if (has('V')) {
      yield* process.out('sysctl from procps-ng 4.0.4\n');
      return 0;
    }
    if (has('h') || has('d')) {
      yield* process.out(usage);
      return 0;
    }
    const pattern = parsed.options.find((o) => o.name === 'r')?.value;
    if (has('a') || has('A') || has('X') || pattern !== undefined) {
      const expression = pattern === undefined ? undefined : new RegExp(pattern);
      const rows = matching(process, '').filter(([name]) => expression?.test(name) ?? true);
      yield* process.out(rows.map(([name, value]) => line(style, name, value)).join(''));
      return 0;
    }
    if (has('p') || has('f')) {
      const files = parsed.operands.length > 0 ? parsed.operands : ['/etc/sysctl.conf'];
      let loaded = true;
      for (const file of files) loaded = (yield* load(process, style, file)) && loaded;
      return loaded ? 0 : 1;
    }
    if (parsed.operands.length === 0) {
      yield* process.err(usage);
      return 1;
    }
    let fine = true;
    for (const operand of parsed.operands) {
      const assignment = operand.includes('=');
      if (style.write && !assignment && !style.busybox) {
        yield* process.err('sysctl: command line(0): invalid syntax, continuing...\n');
        fine = false;
        continue;
      }
      fine =
        (yield* assignment ? assign(process, style, operand) : display(process, style, operand)) &&
        fine;
    }
    return fine ? 0 : 1;
  };
