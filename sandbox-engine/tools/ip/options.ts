// The options that stand before the object: `ip -d -4 addr`.

export interface IpOptions {
  readonly family: 'inet' | 'inet6' | 'link' | undefined;
  readonly details: boolean;
  readonly statistics: number;
  readonly brief: boolean;
  readonly json: boolean;
  readonly pretty: boolean;
  readonly oneLine: boolean;
  readonly human: boolean;
  readonly all: boolean;
  readonly force: boolean;
  /** `-n NAME`. */
  readonly netns: string | undefined;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: IpOptions; readonly rest: readonly string[] }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'unknown'; readonly option: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'bad_family'; readonly family: string };

const none: IpOptions = {
  family: undefined,
  details: false,
  statistics: 0,
  brief: false,
  json: false,
  pretty: false,
  oneLine: false,
  human: false,
  all: false,
  force: false,
  netns: undefined,
};

/** Long names in the order in which iproute2 compares them: an abbreviation is the first that fits. */
const longNames = [
  'loops',
  'family',
  'stats',
  'statistics',
  'details',
  'resolve',
  'oneline',
  'timestamp',
  'tshort',
  'force',
  'batch',
  'brief',
  'json',
  'pretty',
  'rcvbuf',
  'color',
  'help',
  'netns',
  'Numeric',
  'all',
  'iec',
  'human',
  'human-readable',
  'Version',
  '4',
  '6',
  '0',
  'B',
  'M',
];
/** Where one letter would be ambiguous, the one that iproute2 takes. */
const shortNames: Readonly<Record<string, string>> = {
  l: 'loops',
  f: 'family',
  s: 'stats',
  d: 'details',
  r: 'resolve',
  o: 'oneline',
  t: 'timestamp',
  b: 'batch',
  j: 'json',
  p: 'pretty',
  c: 'color',
  h: 'human',
  n: 'netns',
  N: 'Numeric',
  a: 'all',
  V: 'Version',
};
const families = ['inet', 'inet6', 'link', 'bridge', 'mpls'];

/** Reads the options; stops at the first word that is none. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  let options = none;
  let index = 0;
  while (index < args.length) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('-') || arg === '-') break;
    index += 1;
    if (arg === '--') break;
    const text = arg.replace(/^--?/, '');
    const name =
      shortNames[text] ?? longNames.find((long) => long.startsWith(text.split('=')[0] ?? ''));
    if (name === 'Version') return { kind: 'version' };
    if (name === 'help') return { kind: 'help' };
    if (
      name === 'family' ||
      name === 'netns' ||
      name === 'loops' ||
      name === 'rcvbuf' ||
      name === 'batch'
    ) {
      const value = args[index];
      index += 1;
      if (value === undefined) return { kind: 'missing' };
      if (name === 'netns') options = { ...options, netns: value };
      if (name === 'family' && !families.includes(value))
        return { kind: 'bad_family', family: value };
      if (name === 'family') options = { ...options, family: value as IpOptions['family'] };
      continue;
    }
    const changed = name === undefined ? undefined : withFlag(options, name);
    if (!changed) return { kind: 'unknown', option: arg };
    options = changed;
  }
  return { kind: 'run', options, rest: args.slice(index) };
}

function withFlag(options: IpOptions, name: string): IpOptions | undefined {
  switch (name) {
    case '4':
      return { ...options, family: 'inet' };
    case '6':
      return { ...options, family: 'inet6' };
    case '0':
      return { ...options, family: 'link' };
    case 'stats':
    case 'statistics':
      return { ...options, statistics: options.statistics + 1 };
    case 'details':
      return { ...options, details: true };
    case 'oneline':
      return { ...options, oneLine: true };
    case 'brief':
      return { ...options, brief: true };
    case 'json':
      return { ...options, json: true };
    case 'pretty':
      return { ...options, pretty: true };
    case 'human':
    case 'human-readable':
    case 'iec':
      return { ...options, human: true };
    case 'all':
      return { ...options, all: true };
    case 'force':
      return { ...options, force: true };
    case 'color':
    case 'resolve':
    case 'timestamp':
    case 'tshort':
    case 'Numeric':
      return options;
    default:
      return undefined;
  }
}
