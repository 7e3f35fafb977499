// `dig` of BIND.
//
// Mirrors: BIND 9.18 (Debian 12) and 9.20. Differs: EDNS is not sent; records are those that simulated servers know.
import {
  askServer,
  askServerByTcp,
  lookupIpv4,
  type Process,
  type Program,
  readResolverConfig,
  type SocketError,
  withoutFinalDot,
} from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { civilTime, dayNames, monthNames } from '../../std/index.ts';
import { type DnsPayload, dnsLength, formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { flagsText, questionLine, recordData, recordLine } from '../common/dns-text.ts';
import { type DigQuery, parseDig } from './options.ts';

const communicationErrors: Readonly<Partial<Record<SocketError, string>>> = {
  EAGAIN: 'timed out',
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ECONNRESET: 'end of file',
  ETIMEDOUT: 'timed out',
};

interface Answered {
  readonly message: DnsPayload;
  readonly server: Ipv4;
  /** ms. */
  readonly took: number;
}

/** Asks until somebody answers; says on the way what went wrong. */
function* ask(
  process: Process,
  query: DigQuery,
  servers: readonly Ipv4[],
  name: string,
): Op<Answered | undefined> {
  const question = { name, type: query.type };
  let servfail: Answered | undefined;
  for (let attempt = 0; attempt < query.tries; attempt += 1) {
    for (const server of servers) {
      const startedAt = process.sim.now();
      const until = micros(startedAt + seconds(query.time));
      const place = { address: server, port: query.port };
      const answer = query.tcp
        ? yield* askServerByTcp(process, place, question, until)
        : yield* askServer(process, place, question, until);
      const took = Math.floor((process.sim.now() - startedAt) / 1000);
      if (answer.ok && (answer.value.rcode !== 'SERVFAIL' || server === servers.at(-1)))
        return { message: answer.value, server, took };
      if (answer.ok) servfail = { message: answer.value, server, took };
      else if (!query.short || answer.error !== 'EAGAIN') {
        const why = communicationErrors[answer.error] ?? 'unexpected error';
        yield* process.out(
          `;; communications error to ${formatIpv4(server)}#${query.port}: ${why}\n`,
        );
      }
    }
  }
  return servfail;
}

function header(message: DnsPayload): string {
  const warning =
    message.recursionDesired && !message.recursionAvailable
      ? ';; WARNING: recursion requested but not available\n'
      : '';
  return `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${message.rcode}, id: ${message.id}\n;; flags: ${flagsText(message)}; QUERY: 1, ANSWER: ${message.answers.length}, AUTHORITY: 0, ADDITIONAL: 0\n${warning}\n`;
}

function statistics(process: Process, query: DigQuery, answered: Answered): string {
  const { sim } = process;
  const at = civilTime(sim.epochMillis + sim.now() / 1000);
  const two = (n: number): string => `${n}`.padStart(2, '0');
  const server = formatIpv4(answered.server);
  const when = `${dayNames[at.weekday]} ${monthNames[at.month - 1]} ${two(at.day)} ${two(at.hour)}:${two(at.minute)}:${two(at.second)} UTC ${at.year}`;
  return `;; Query time: ${answered.took} msec\n;; SERVER: ${server}#${query.port}(${query.server ?? server}) (${query.tcp ? 'TCP' : 'UDP'})\n;; WHEN: ${when}\n;; MSG SIZE  rcvd: ${dnsLength(answered.message)}\n\n`;
}

function render(process: Process, query: DigQuery, answered: Answered): string {
  const { message } = answered;
  const { sections } = query;
  if (query.short) return message.answers.map((record) => `${recordData(record)}\n`).join('');
  const parts: string[] = [];
  if (sections.comments) parts.push(header(message));
  if (sections.question) {
    const title = sections.comments ? ';; QUESTION SECTION:\n' : '';
    parts.push(`${title}${questionLine(message)}\n${sections.comments ? '\n' : ''}`);
  }
  if (sections.answer && message.answers.length > 0) {
    const title = sections.comments ? ';; ANSWER SECTION:\n' : '';
    parts.push(
      `${title}${message.answers.map((record) => `${recordLine(record)}\n`).join('')}${sections.comments ? '\n' : ''}`,
    );
  }
  if (sections.stats) parts.push(statistics(process, query, answered));
  return parts.join('');
}

/** The servers to ask; a text says why there are none. */
function* serversFor(process: Process, query: DigQuery): Op<readonly Ipv4[] | string> {
  if (query.server === undefined) return readResolverConfig(process.fs).nameservers;
  const found = yield* lookupIpv4(process, query.server);
  return found.ok
    ? found.value.slice(0, 1)
    : `dig: couldn't get address for '${query.server}': not found\n`;
}

export const digProgram = (version: string): Program =>
  function* dig(process: Process): Op<number> {
    const args = process.argv.slice(1);
    const queries = parseDig(args, version);
    if ('status' in queries) {
      if (queries.out) yield* process.out(queries.out);
      if (queries.err) yield* process.err(queries.err);
      return queries.status;
    }
    let status = 0;
    for (const [index, query] of queries.entries()) {
      const servers = yield* serversFor(process, query);
      if (typeof servers === 'string') {
        yield* process.err(servers);
        return 10;
      }
      const config = readResolverConfig(process.fs);
      const suffix = query.search && !query.name.includes('.') ? config.search[0] : undefined;
      const name = suffix === undefined ? withoutFinalDot(query.name) : `${query.name}.${suffix}`;
      const answered = yield* ask(process, query, servers, name);
      const plain = query.short || !query.sections.cmd;
      const found = query.server === undefined ? '' : `; (${servers.length} server found)\n`;
      const greeting =
        plain || (!query.sections.comments && !query.sections.stats)
          ? ''
          : `\n; <<>> DiG ${version} <<>> ${args.join(' ')}\n${found};; global options: +cmd\n`;
      if (index === 0) yield* process.out(greeting);
      if (answered) yield* process.out(render(process, query, answered));
      else {
        yield* process.out(';; no servers could be reached\n');
        status = 9;
      }
    }
    return status;
  };
