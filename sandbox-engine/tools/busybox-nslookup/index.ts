// The `nslookup` applet of BusyBox: A and AAAA are asked together, and printed in the order in which the answers come.
//
// Mirrors: networking/nslookup.c of BusyBox 1.38 (FEATURE_NSLOOKUP_BIG).
import {
  candidateNames,
  dnsQuery,
  lookupIpv4,
  type Process,
  readResolverConfig,
  receiveDatagram,
  reverseName,
  strerror,
  withoutFinalDot,
} from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { type DnsPayload, formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';
import { busyboxUsage } from '../common/busybox.ts';

const usage = busyboxUsage(
  'nslookup',
  '[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]',
  'Query DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any',
);

interface Question {
  readonly name: string;
  readonly type: string;
}

/** Sends all questions to the servers in turn until all are answered; hands the answers out as they come. */
function* askAll(
  process: Process,
  servers: readonly { readonly address: Ipv4; readonly port: number }[],
  questions: readonly Question[],
): Op<{
  readonly answers: readonly DnsPayload[];
  readonly server: Ipv4 | undefined;
  readonly failure: string | undefined;
}> {
  const { sim, kernel } = process;
  const config = readResolverConfig(process.fs);
  const bound = kernel.sockets.udpBind(process.netns, {});
  if (!bound.ok) return { answers: [], server: undefined, failure: strerror(bound.error) };
  const queries = questions.map((question) => dnsQuery(process, question));
  const answers: DnsPayload[] = [];
  let answering: Ipv4 | undefined;
  let failure: string | undefined;
  try {
    for (let attempt = 0; attempt < config.attempts * servers.length; attempt += 1) {
      const server = servers[attempt % servers.length];
      if (!server) break;
      const open = queries.filter((query) => !answers.some((answer) => answer.id === query.id));
      for (const query of open) {
        const sent = kernel.sockets.udpSend(bound.value, server.address, server.port, query);
        if (!sent.ok)
          failure = `nslookup: write to '${formatIpv4(server.address)}': ${strerror(sent.error)}`;
      }
      const until = micros(sim.now() + seconds(5));
      while (answers.length < queries.length) {
        const arrived = yield* receiveDatagram(process, bound.value, until);
        if (!arrived.ok) {
          if (arrived.error === 'ECONNREFUSED')
            failure = `nslookup: read: ${strerror('ECONNREFUSED')}`;
          break;
        }
        const { payload, from } = arrived.value;
        if (payload.kind !== 'dns' || !payload.response || !open.some((q) => q.id === payload.id))
          continue;
        if (answers.some((answer) => answer.id === payload.id)) continue;
        answering ??= from;
        answers.push(payload);
      }
      if (answers.length === queries.length) break;
    }
  } finally {
    kernel.sockets.close(bound.value);
  }
  return { answers, server: answering, failure };
}

function recordText(message: DnsPayload): string {
  return message.answers
    .map((record) => {
      const name = withoutFinalDot(record.name);
      switch (record.type) {
        case 'A':
        case 'AAAA':
          return `Name:\t${name}\nAddress: ${record.data}\n`;
        case 'CNAME':
          return `${name}\tcanonical name = ${withoutFinalDot(record.data)}\n`;
        case 'PTR':
          return `${name}\tname = ${withoutFinalDot(record.data)}\n`;
        default:
          return `${name}\t${record.type.toLowerCase()} = ${record.data}\n`;
      }
    })
    .join('');
}

function answerText(message: DnsPayload): string {
  if (message.rcode !== 'NOERROR')
    return `** server can't find ${message.question.name}: ${message.rcode}\n\n`;
  const head = message.authoritative ? '' : 'Non-authoritative answer:\n';
  return `${head}${recordText(message)}\n`;
}

export function* busyboxNslookup(process: Process): Op<number> {
  const operands: string[] = [];
  let type: string | undefined;
  for (const arg of process.argv.slice(1)) {
    const option = /^-(?:type|querytype|q|query|t|ty)=(.+)$/.exec(arg);
    if (option) type = option[1]?.toUpperCase();
    else if (arg !== '-debug' && arg.startsWith('-')) {
      yield* process.err(usage);
      return 1;
    } else if (arg !== '-debug') operands.push(arg);
  }
  const [name, serverText] = operands;
  if (name === undefined) {
    yield* process.err(usage);
    return 1;
  }
  const config = readResolverConfig(process.fs);
  let servers = config.nameservers.map((address) => ({ address, port: 53 }));
  if (serverText !== undefined) {
    const [host = '', port = '53'] = serverText.split(':');
    const found = yield* lookupIpv4(process, host);
    if (!found.ok) {
      yield* process.err(`nslookup: bad address '${serverText}'\n`);
      return 1;
    }
    servers = [{ address: found.value[0] as Ipv4, port: Number(port) }];
  }
  return yield* lookup(process, name, type, servers);
}

function* lookup(
  process: Process,
  name: string,
  type: string | undefined,
  servers: readonly { readonly address: Ipv4; readonly port: number }[],
): Op<number> {
  const address = parseIpv4(name);
  const names =
    address === undefined
      ? candidateNames(readResolverConfig(process.fs), name)
      : [reverseName(address)];
  const types = type === undefined ? (address === undefined ? ['A', 'AAAA'] : ['PTR']) : [type];
  let result = yield* askAll(
    process,
    servers,
    types.map((t) => ({ name: names[0] ?? name, type: t })),
  );
  for (const next of names.slice(1)) {
    if (result.answers.some((answer) => answer.rcode !== 'NXDOMAIN')) break;
    result = yield* askAll(
      process,
      servers,
      types.map((t) => ({ name: next, type: t })),
    );
  }
  const { answers, server, failure } = result;
  if (answers.length === 0) {
    if (failure !== undefined) yield* process.err(`${failure}\n`);
    yield* process.out(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  const used = servers.find((s) => s.address === server) ?? servers[0];
  const where = used
    ? `Server:\t\t${formatIpv4(used.address)}\nAddress:\t${formatIpv4(used.address)}:${used.port}\n\n`
    : '';
  yield* process.out(`${where}${answers.map(answerText).join('')}`);
  return answers.some((answer) => answer.rcode !== 'NOERROR') ? 1 : 0;
}
