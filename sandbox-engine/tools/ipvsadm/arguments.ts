// The command line of ipvsadm: one command, a virtual service, a server, options.
//
// Mirrors: ipvsadm 1.31 ipvsadm.c (parse_options, generic_opt_check). Differs: persistence, thresholds, tunnels, SCTP,
// one-packet scheduling, scheduler flags and synchronisation daemons say that they are not simulated.
import type { IpvsMatch } from '../../kernel/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { formatIpv4, type Ipv4, isMulticast, parseIpv4 } from '../../wire/index.ts';
import { getopt, type LongOption } from '../common/getopt.ts';
import { portOfService } from '../common/socket-list.ts';

export type Command =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'flush'
  | 'list'
  | 'add-server'
  | 'edit-server'
  | 'delete-server'
  | 'set'
  | 'restore'
  | 'save'
  | 'zero'
  | 'help'
  | 'version';

/** What ends the program: a message, and its exit status. */
export interface Refusal {
  readonly message: string;
  readonly status: number;
}

export interface Server {
  readonly address: Ipv4;
  readonly port: number;
}

export interface Arguments {
  readonly command: Command;
  readonly service: IpvsMatch | undefined;
  readonly server: Server | undefined;
  readonly scheduler: string | undefined;
  readonly weight: number | undefined;
  readonly forwarding: 'Masq' | 'Route' | undefined;
  /** tcp, tcpfin, udp of --set. */
  readonly timeouts: readonly number[];
  /** Options that only say how a list looks, by their names in messages. */
  readonly flags: ReadonlySet<string>;
}

const commands: Readonly<Record<string, Command>> = {
  A: 'add-service',
  E: 'edit-service',
  D: 'delete-service',
  C: 'flush',
  L: 'list',
  l: 'list',
  a: 'add-server',
  e: 'edit-server',
  d: 'delete-server',
  '0': 'set',
  R: 'restore',
  S: 'save',
  Z: 'zero',
  h: 'help',
  v: 'version',
};

/** By letter: what messages call the option. */
const optionNames: Readonly<Record<string, string>> = {
  n: 'numeric',
  c: 'connection',
  t: 'service-address',
  u: 'service-address',
  f: 'service-address',
  s: 'scheduler',
  r: 'real-server',
  m: 'forwarding-method',
  g: 'forwarding-method',
  w: 'weight',
  '5': 'timeout',
  '6': 'daemon',
  '1': 'stats',
  '2': 'rate',
  '7': 'thresholds',
  '8': 'persistent-conn',
  '3': 'nosort',
  '9': 'sort',
  '4': 'exact',
};

/** `+`: needed; what is not named is refused. */
const allowed: Readonly<Partial<Record<Command, readonly string[]>>> = {
  'add-service': ['+service-address', 'scheduler'],
  'edit-service': ['+service-address', 'scheduler'],
  'delete-service': ['+service-address'],
  flush: [],
  list: [
    'numeric',
    'connection',
    'service-address',
    'timeout',
    'daemon',
    'stats',
    'rate',
    'thresholds',
    'persistent-conn',
    'nosort',
    'sort',
    'exact',
  ],
  'add-server': ['+service-address', '+real-server', 'forwarding-method', 'weight'],
  'edit-server': ['+service-address', '+real-server', 'forwarding-method', 'weight'],
  'delete-server': ['+service-address', '+real-server'],
  set: [],
  restore: ['numeric'],
  save: ['numeric', 'nosort', 'sort'],
  zero: ['service-address'],
};

const shorts = 'AEDCLlaed0RSZhvt:u:f:s:r:mgiw:nc5612783490p::M:o6b:x:y:';

const longs: readonly LongOption[] = [
  ['add-service', 'A'],
  ['edit-service', 'E'],
  ['delete-service', 'D'],
  ['clear', 'C'],
  ['list', 'L'],
  ['zero', 'Z'],
  ['add-server', 'a'],
  ['edit-server', 'e'],
  ['delete-server', 'd'],
  ['set', '0'],
  ['help', 'h'],
  ['version', 'v'],
  ['restore', 'R'],
  ['save', 'S'],
  ['tcp-service', 't'],
  ['udp-service', 'u'],
  ['fwmark-service', 'f'],
  ['scheduler', 's'],
  ['real-server', 'r'],
  ['masquerading', 'm'],
  ['gatewaying', 'g'],
  ['ipip', 'i'],
  ['weight', 'w'],
  ['numeric', 'n'],
  ['connection', 'c'],
  ['timeout', '5'],
  ['daemon', '6'],
  ['stats', '1'],
  ['rate', '2'],
  ['thresholds', '7'],
  ['persistent-conn', '8'],
  ['nosort', '3'],
  ['sort', '9'],
  ['exact', '4'],
].map(([name = '', short = '']) => ({ name, short }));

/** Options of the real program that mean something that is not there. */
const absent: Readonly<Record<string, string>> = {
  p: 'persistent services (-p)',
  M: 'persistent services (-M)',
  i: 'tunnelling (-i)',
  o: 'one-packet scheduling (-o)',
  b: 'scheduler flags (-b)',
  x: 'connection thresholds (-x)',
  y: 'connection thresholds (-y)',
};

const absentLongs =
  /^--(persistent|netmask|ops|pe|sched-flags|sctp-service|[ul]-threshold|(start|stop)-daemon|ipv6|tun-\w+)/;

const fail = (message: string, status = 2): Result<never, Refusal> =>
  err({ message: `${message}\n`, status });

const notSimulated = (what: string): Result<never, Refusal> =>
  fail(`ipvsadm: not simulated here: ${what}`, 1);

const tryHelp = (status: number): Result<never, Refusal> =>
  fail("Try `ipvsadm -h' or 'ipvsadm --help' for more information.", status);

export function parseArguments(args: readonly string[]): Result<Arguments, Refusal> {
  const strange = args.find((arg) => absentLongs.test(arg));
  if (strange !== undefined) return notSimulated(strange.split('=')[0] ?? strange);
  const parsed = getopt(args, shorts, longs);
  if ('error' in parsed) {
    const option = `${parsed.long ? '--' : '-'}${parsed.option}`;
    return fail(
      `${option}: ${parsed.error === 'missing' ? 'missing argument' : 'unknown option'}`,
      255,
    );
  }
  const missing = parsed.options.find(({ name }) => absent[name] !== undefined);
  if (missing) return notSimulated(absent[missing.name] ?? missing.name);
  const [first, ...rest] = parsed.options;
  const command = first ? commands[first.name] : 'list';
  if (!command) return tryHelp(255);
  if (rest.some(({ name }) => commands[name] !== undefined))
    return fail('multiple commands specified');
  return read(command, rest, parsed.operands);
}

type Given = readonly { readonly name: string; readonly value: string }[];

function read(
  command: Command,
  given: Given,
  operands: readonly string[],
): Result<Arguments, Refusal> {
  const names = given.map(({ name }) => optionNames[name] ?? name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) return fail(`multiple '${twice}' options specified`);
  const wrong = check(command, names);
  if (wrong !== undefined) return fail(wrong);
  const timeouts = command === 'set' ? operands.slice(0, 3).map(Number) : [];
  if (command === 'set' && (timeouts.length < 3 || timeouts.some((n) => !isTimeout(n))))
    return fail('--set option requires 3 integers');
  const left = operands.slice(timeouts.length);
  if (left.length > 0) return fail(`unexpected argument ${left[0]}`);
  const values = readValues(given);
  if (!values.ok) return values;
  const { service } = values.value;
  const creates = command === 'add-service' || command === 'edit-service';
  if (creates && service && 'port' in service && service.port === 0)
    return fail('Zero port specified for non-persistent service');
  return ok({ command, timeouts, flags: new Set(names), ...values.value });
}

const isTimeout = (n: number): boolean => Number.isInteger(n) && n >= 0;

function check(command: Command, names: readonly string[]): string | undefined {
  const table = allowed[command];
  if (!table) return undefined;
  for (const rule of table)
    if (rule.startsWith('+') && !names.includes(rule.slice(1)))
      return `You need to supply the '${rule.slice(1)}' option for the '${command}' command`;
  const known = table.map((rule) => rule.replace('+', ''));
  const illegal = names.find((name) => !known.includes(name));
  return illegal && `Illegal '${illegal}' option with the '${command}' command`;
}

type Values = Pick<Arguments, 'service' | 'server' | 'scheduler' | 'weight' | 'forwarding'>;

function readValues(given: Given): Result<Values, Refusal> {
  let values: Values = {
    service: undefined,
    server: undefined,
    scheduler: undefined,
    weight: undefined,
    forwarding: undefined,
  };
  for (const { name, value } of given) {
    const read = readValue(name, value, values.service);
    if (!read.ok) return read;
    values = { ...values, ...read.value };
  }
  const { service, server } = values;
  // With direct routing the server gets the packet as it is, so its port is the service's.
  const direct = values.forwarding !== 'Masq' && service && 'port' in service;
  if (server && direct) values = { ...values, server: { ...server, port: service.port } };
  return ok(values);
}

function readValue(
  name: string,
  value: string,
  service: IpvsMatch | undefined,
): Result<Partial<Values>, Refusal> {
  switch (name) {
    case 't':
    case 'u': {
      const protocol = name === 't' ? 'tcp' : 'udp';
      const place = parsePlace(value, protocol);
      if (!place) return fail('illegal virtual server address[:port] specified');
      if (isMulticast(place.address))
        return fail(`illegal virtual server address ${formatIpv4(place.address)}`);
      return ok({ service: { protocol, ...place } });
    }
    case 'f': {
      const fwmark = Number(value);
      if (!Number.isInteger(fwmark) || fwmark <= 0 || fwmark > 0xffff_ffff)
        return fail('illegal virtual server fwmark specified');
      return ok({ service: { fwmark } });
    }
    case 'r': {
      const protocol = service && 'protocol' in service ? service.protocol : 'tcp';
      const place = parsePlace(value, protocol);
      if (!place) return fail('illegal real server address[:port] specified');
      // Without a port of its own it is asked at the service's.
      const inherited =
        service && 'port' in service && !value.includes(':') ? service.port : place.port;
      return ok({ server: { ...place, port: inherited } });
    }
    case 's':
      return ok({ scheduler: value });
    case 'w': {
      const weight = Number(value);
      const legal = /^\d+$/.test(value) && weight <= 65_535;
      return legal ? ok({ weight }) : fail('illegal weight specified');
    }
    case 'm':
      return ok({ forwarding: 'Masq' });
    case 'g':
      return ok({ forwarding: 'Route' });
    default:
      return ok({});
  }
}

/** `10.0.0.1:80`, `10.0.0.1:http`, `10.0.0.1`. */
function parsePlace(text: string, protocol: string): Server | undefined {
  const [host = '', port, ...more] = text.split(':');
  const address = parseIpv4(host);
  if (address === undefined || more.length > 0) return undefined;
  if (port === undefined) return { address, port: 0 };
  const number = /^\d+$/.test(port) ? Number(port) : portOfService(port, protocol);
  return number === undefined || number > 65_535 ? undefined : { address, port: number };
}
