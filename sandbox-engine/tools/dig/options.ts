// The command line of dig: several queries, each with its own server and options.
import { reverseName } from '../../os/index.ts';
import { parseIpv4 } from '../../wire/index.ts';

export interface DigQuery {
  readonly name: string;
  readonly type: string;
  /** As written after `@`. */
  readonly server: string | undefined;
  readonly port: number;
  readonly tcp: boolean;
  /** Seconds to wait for one answer. */
  readonly time: number;
  readonly tries: number;
  readonly short: boolean;
  readonly sections: {
    readonly cmd: boolean;
    readonly comments: boolean;
    readonly question: boolean;
    readonly answer: boolean;
    readonly stats: boolean;
  };
  readonly search: boolean;
}

export interface DigStop {
  readonly out?: string;
  readonly err?: string;
  readonly status: number;
}

const types = new Set([
  'A',
  'AAAA',
  'ANY',
  'CNAME',
  'MX',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'TXT',
  'HTTPS',
  'CAA',
  'DS',
  'DNSKEY',
  'AXFR',
  'HINFO',
  'NAPTR',
  'SVCB',
]);

type Changeable = { -readonly [Key in keyof DigQuery]: DigQuery[Key] };

const standard: DigQuery = {
  name: '',
  type: 'A',
  server: undefined,
  port: 53,
  tcp: false,
  time: 5,
  tries: 3,
  short: false,
  sections: { cmd: true, comments: true, question: true, answer: true, stats: true },
  search: false,
};

const ignored = new Set([
  'edns',
  'cookie',
  'adflag',
  'ad',
  'recurse',
  'rec',
  'rd',
  'cl',
  'class',
  'ttlid',
  'ttl',
  'dnssec',
  'do',
  'authority',
  'additional',
  'all',
  'multiline',
  'identify',
  'ignore',
  'defname',
  'showsearch',
  'keepopen',
  'besteffort',
  'qr',
  'rrcomments',
  'bufsize',
  'ndots',
  'crypto',
  'subnet',
]);

/** `+short`, `+notcp`, `+time=2`. */
function applyPlus(query: Changeable, text: string): DigStop | undefined {
  const [written = '', value] = text.split('=');
  const no = written.startsWith('no');
  const name = no ? written.slice(2) : written;
  const number = value === undefined ? 0 : Number(value);
  const sections = { ...query.sections };
  switch (name) {
    case 'short':
      query.short = !no;
      break;
    case 'tcp':
    case 'vc':
      query.tcp = !no;
      break;
    case 'time':
    case 'timeout':
      query.time = Math.max(1, number);
      break;
    case 'tries':
      query.tries = Math.max(1, number);
      break;
    case 'retry':
      query.tries = Math.max(1, number + 1);
      break;
    case 'search':
      query.search = !no;
      break;
    case 'all':
      query.sections = {
        cmd: query.sections.cmd,
        comments: !no,
        question: !no,
        answer: !no,
        stats: !no,
      };
      return undefined;
    case 'cmd':
    case 'comments':
    case 'question':
    case 'answer':
    case 'stats':
      sections[name] = !no;
      query.sections = sections;
      break;
    case 'trace':
    case 'nssearch':
      return { err: `dig: not simulated here: +${name}\n`, status: 1 };
    default:
      if (!ignored.has(name) && !ignored.has(written))
        return { err: `Invalid option: +${written}\n${usageHint}`, status: 1 };
  }
  return undefined;
}

const usageHint = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`;

/** The queries in order. Options before the first name hold for all. */
export function parseDig(args: readonly string[], version: string): readonly DigQuery[] | DigStop {
  const queries: Changeable[] = [];
  const base: Changeable = { ...standard };
  let typeGiven: string | undefined;
  const current = (): Changeable => queries.at(-1) ?? base;
  const start = (name: string, type: string): void => {
    queries.push({ ...base, name, type });
  };
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    if (arg.startsWith('@')) current().server = arg.slice(1);
    else if (arg.startsWith('+')) {
      const stop = applyPlus(current(), arg.slice(1));
      if (stop) return stop;
    } else if (arg === '-v') return { err: `DiG ${version}\n`, status: 0 };
    else if (arg === '-h') return { out: usageHint, status: 0 };
    else if (arg.startsWith('-')) {
      const letter = arg[1] ?? '';
      if (letter === '4' || letter === '6' || letter === 'r' || letter === 'u' || letter === 'm')
        continue;
      if (!'xtqpbcfky'.includes(letter))
        return { err: `Invalid option: ${arg}\n${usageHint}`, status: 1 };
      const value = arg.length > 2 ? arg.slice(2) : args[++i];
      if (value === undefined) return { err: `Invalid option: ${arg}\n${usageHint}`, status: 1 };
      if (letter === 'x') {
        const address = parseIpv4(value);
        if (address === undefined) return { err: `Invalid IP address ${value}\n`, status: 1 };
        start(reverseName(address), 'PTR');
      } else if (letter === 'q') start(value, typeGiven ?? 'A');
      else if (letter === 'p') current().port = Number(value);
      else if (letter === 't') {
        typeGiven = value.toUpperCase();
        if (queries.length > 0) current().type = typeGiven;
      } else if (letter !== 'c' && letter !== 'b')
        return { err: `dig: not simulated here: -${letter}\n`, status: 1 };
    } else if (
      types.has(arg.toUpperCase()) &&
      !(queries.at(-1)?.type !== 'A' && queries.length > 0)
    ) {
      // `dig AAAA web` and `dig web AAAA` both ask for AAAA.
      if (queries.length > 0) current().type = arg.toUpperCase();
      else typeGiven = arg.toUpperCase();
    } else if (arg !== 'IN' && arg !== 'in') start(arg, typeGiven ?? 'A');
  }
  if (queries.length === 0) start('.', typeGiven ?? 'NS');
  // ANY goes over TCP unless told otherwise.
  return queries.map((query) =>
    query.type === 'ANY' && !args.includes('+notcp') ? { ...query, tcp: true } : query,
  );
}
