// `host` of BIND.
//
// Mirrors: BIND 9.20. Differs: no zone transfers, no -v.
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
import { getopt, optionErrorText } from '../common/getopt.ts';

const usage = `Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
`;

const rcodes: Readonly<Record<DnsPayload['rcode'], string>> = {
  NOERROR: '0(NOERROR)',
  SERVFAIL: '2(SERVFAIL)',
  NXDOMAIN: '3(NXDOMAIN)',
  REFUSED: '5(REFUSED)',
};
const errorTexts: Readonly<Partial<Record<SocketError, string>>> = {
  EAGAIN: 'timed out',
  ECONNREFUSED: 'connection refused',
};

function recordText(message: DnsPayload): string {
  return message.answers
    .map((record) => {
      const name = withoutFinalDot(record.name);
      if (record.type === 'A') return `${name} has address ${record.data}\n`;
      if (record.type === 'AAAA') return `${name} has IPv6 address ${record.data}\n`;
      if (record.type === 'CNAME') return `${name} is an alias for ${absolute(record.data)}\n`;
      if (record.type === 'PTR') return `${name} domain name pointer ${absolute(record.data)}\n`;
      return `${name} has ${record.type} record ${record.data}\n`;
    })
    .join('');
}

function* ask(
  process: Process,
  servers: readonly Ipv4[],
  name: string,
  type: string,
): Op<DnsPayload | undefined> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    for (const server of servers) {
      const until = micros(process.sim.now() + seconds(5));
      const answer = yield* askServer(process, { address: server }, { name, type }, until);
      if (answer.ok) return answer.value;
      yield* process.out(
        `;; communications error to ${formatIpv4(server)}#53: ${errorTexts[answer.error] ?? 'unexpected error'}\n`,
      );
    }
  }
  return undefined;
}

export function* host(process: Process): Op<number> {
  const parsed = getopt(process.argv.slice(1), 'aCdilrTvVwUs46c:N:t:W:R:m:p:');
  if ('error' in parsed || parsed.operands.length === 0) {
    yield* process.err('error' in parsed ? `${optionErrorText('host', parsed)}${usage}` : usage);
    return 1;
  }
  const [text = '', serverName] = parsed.operands;
  const type = parsed.options.find((o) => o.name === 't')?.value.toUpperCase();
  let servers = readResolverConfig(process.fs).nameservers;
  if (serverName !== undefined) {
    const found = yield* lookupIpv4(process, serverName);
    if (!found.ok) {
      yield* process.err(`host: couldn't get address for '${serverName}': not found\n`);
      return 1;
    }
    servers = found.value.slice(0, 1);
    const address = formatIpv4(servers[0] ?? (0 as Ipv4));
    yield* process.out(
      `Using domain server:\nName: ${serverName}\nAddress: ${address}#53\nAliases: \n\n`,
    );
  }
  const address = parseIpv4(text);
  const names =
    address === undefined
      ? candidateNames(readResolverConfig(process.fs), text)
      : [reverseName(address)];
  const types = type !== undefined ? [type] : address === undefined ? ['A', 'AAAA', 'MX'] : ['PTR'];
  let answered: DnsPayload | undefined;
  for (const name of names) {
    answered = yield* ask(process, servers, name, types[0] ?? 'A');
    if (answered?.rcode !== 'NXDOMAIN') break;
  }
  if (!answered) {
    yield* process.out(';; no servers could be reached\n\n');
    return 1;
  }
  const { name } = answered.question;
  if (answered.rcode !== 'NOERROR') {
    yield* process.out(
      `Host ${withoutFinalDot(address === undefined ? name : `${name}.`)} not found: ${rcodes[answered.rcode]}\n`,
    );
    return 1;
  }
  if (answered.answers.length === 0 && types.length === 1)
    yield* process.out(`${name} has no ${types[0]} record\n`);
  yield* process.out(recordText(answered));
  for (const next of types.slice(1)) {
    const more = yield* ask(process, servers, name, next);
    if (more?.rcode === 'NOERROR') yield* process.out(recordText(more));
  }
  return 0;
}
