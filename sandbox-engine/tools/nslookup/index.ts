// `nslookup` of BIND.
//
// Mirrors: BIND 9.18 and 9.20. Differs: no interactive mode.
import {
  askServer,
  candidateNames,
  lookupIpv4,
  type Process,
  readResolverConfig,
  reverseName,
  type SocketError,
  withoutFinalDot,
} from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { type DnsPayload, formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';
import { absolute } from '../common/dns-text.ts';

interface Request {
  readonly name: string;
  readonly types: readonly string[];
  readonly server: string | undefined;
  readonly port: number;
  readonly timeout: number;
  readonly tries: number;
}

function parse(args: readonly string[]): Request | string {
  const operands: string[] = [];
  let types: readonly string[] = ['A', 'AAAA'];
  let port = 53;
  let timeout = 5;
  let tries = 3;
  for (const arg of args) {
    const option = /^-(\w+)(?:=(.*))?$/.exec(arg);
    if (!option) operands.push(arg);
    else {
      const [, key = '', value = ''] = option;
      if (['type', 'query', 'querytype', 'q', 'ty'].includes(key)) types = [value.toUpperCase()];
      else if (key === 'port') port = Number(value);
      else if (key === 'timeout') timeout = Number(value);
      else if (key === 'retry') tries = Number(value) + 1;
      else if (
        ![
          'debug',
          'nodebug',
          'recurse',
          'norecurse',
          'search',
          'nosearch',
          'vc',
          'novc',
          'class',
          'domain',
          'd2',
          'nod2',
          'fail',
          'nofail',
          'all',
        ].includes(key)
      )
        return `*** Invalid option: ${arg.slice(1)}\n`;
    }
  }
  const [name, server] = operands;
  if (name === undefined) return 'nslookup: not simulated here: interactive mode\n';
  return { name, types, server, port, timeout, tries };
}

const errorTexts: Readonly<Partial<Record<SocketError, string>>> = {
  EAGAIN: 'timed out',
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
};

interface Answered {
  readonly message: DnsPayload;
  readonly server: Ipv4;
}

function* ask(
  process: Process,
  request: Request,
  servers: readonly Ipv4[],
  name: string,
  type: string,
): Op<Answered | undefined> {
  for (let attempt = 0; attempt < request.tries; attempt += 1) {
    for (const server of servers) {
      const until = micros(process.sim.now() + seconds(request.timeout));
      const answer = yield* askServer(
        process,
        { address: server, port: request.port },
        { name, type },
        until,
      );
      if (answer.ok) return { message: answer.value, server };
      yield* process.out(
        `;; communications error to ${formatIpv4(server)}#${request.port}: ${errorTexts[answer.error] ?? 'unexpected error'}\n`,
      );
    }
  }
  return undefined;
}

/** The answer for the first of the candidate names that is not NXDOMAIN, or the last one. */
function* askAll(
  process: Process,
  request: Request,
  servers: readonly Ipv4[],
  type: string,
): Op<Answered | undefined> {
  const names = candidateNames(readResolverConfig(process.fs), request.name);
  let last: Answered | undefined;
  for (const name of names) {
    last = yield* ask(process, request, servers, name, type);
    if (last?.message.rcode !== 'NXDOMAIN') return last;
  }
  return last;
}

function answerText(message: DnsPayload): string {
  return message.answers
    .map((record) => {
      const name = withoutFinalDot(record.name);
      switch (record.type) {
        case 'A':
        case 'AAAA':
          return `Name:\t${name}\nAddress: ${record.data}\n`;
        case 'CNAME':
          return `${name}\tcanonical name = ${absolute(record.data)}\n`;
        case 'PTR':
          return `${name}\tname = ${absolute(record.data)}\n`;
        case 'MX':
          return `${name}\tmail exchanger = ${absolute(record.data)}\n`;
        case 'NS':
          return `${name}\tnameserver = ${absolute(record.data)}\n`;
        case 'TXT':
          return `${name}\ttext = ${record.data}\n`;
        default:
          return `${name}\trdata_${record.type} = ${record.data}\n`;
      }
    })
    .join('');
}

const noServers = ';; no servers could be reached\n\n';
const cannotFind = (name: string, rcode: string): string =>
  `** server can't find ${withoutFinalDot(name)}: ${rcode}\n\n`;

function* lookupReverse(
  process: Process,
  request: Request,
  servers: readonly Ipv4[],
  address: Ipv4,
): Op<number> {
  const answered = yield* ask(process, request, servers, reverseName(address), 'PTR');
  if (!answered) {
    yield* process.out(noServers);
    return 1;
  }
  const { message } = answered;
  if (message.answers.length === 0) {
    yield* process.out(
      cannotFind(reverseName(address), message.rcode === 'NOERROR' ? 'NXDOMAIN' : message.rcode),
    );
    return 1;
  }
  const also = message.authoritative ? '' : '\nAuthoritative answers can be found from:\n';
  yield* process.out(`${answerText(message)}${also}\n`);
  return 0;
}

function* lookupForward(process: Process, request: Request, servers: readonly Ipv4[]): Op<number> {
  let shown = false;
  let found = 0;
  for (const type of request.types) {
    const answered = yield* askAll(process, request, servers, type);
    if (!answered) {
      yield* process.out(noServers);
      return 1;
    }
    const { message, server } = answered;
    if (!shown)
      yield* process.out(
        `Server:\t\t${formatIpv4(server)}\nAddress:\t${formatIpv4(server)}#${request.port}\n\n`,
      );
    if (message.rcode !== 'NOERROR') {
      if (found > 0) break;
      yield* process.out(cannotFind(message.question.name, message.rcode));
      return 1;
    }
    if (!shown && !message.authoritative) yield* process.out('Non-authoritative answer:\n');
    shown = true;
    found += message.answers.length;
    yield* process.out(answerText(message));
  }
  yield* process.out(found === 0 ? `*** Can't find ${request.name}: No answer\n\n` : '\n');
  return found === 0 ? 1 : 0;
}

export function* nslookup(process: Process): Op<number> {
  const request = parse(process.argv.slice(1));
  if (typeof request === 'string') {
    yield* process.err(request);
    return 1;
  }
  let servers = readResolverConfig(process.fs).nameservers;
  if (request.server !== undefined) {
    const server = yield* lookupIpv4(process, request.server);
    if (!server.ok) {
      yield* process.err(`nslookup: couldn't get address for '${request.server}': not found\n`);
      return 1;
    }
    servers = server.value.slice(0, 1);
  }
  const address = parseIpv4(request.name);
  if (address !== undefined && request.types.length === 2)
    return yield* lookupReverse(process, request, servers, address);
  return yield* lookupForward(process, request, servers);
}
