// `ping` of iputils.
//
// Mirrors: iputils 20250605 (hosts) and 20221126 (Debian 12). Differs: IPv4 only, but for ::1, which is asked as 127.0.0.1;
// no flood, record route or timestamps.
import type { IcmpArrival, SocketId } from '../../kernel/index.ts';
import {
  formatHostAddress,
  type HostAddress,
  lookupAddress,
  lookupName,
  type Process,
  type Program,
  receiveIcmp,
  resolveErrorText,
  signals,
  strerror,
} from '../../os/index.ts';
import { type Micros, micros, type Op, seconds } from '../../sim/index.ts';
import { formatIpv4, type Ipv4, ip, parseIpv4 } from '../../wire/index.ts';
import { describeError, formatStatistics, formatTime, namedAddress } from './format.ts';
import { type PingOptions, parsePing } from './options.ts';

/** One run: what has been sent and what has come back. */
class Session {
  readonly process: Process;
  readonly options: PingOptions;
  readonly target: HostAddress;
  readonly address: Ipv4;
  readonly numeric: boolean;
  readonly socket: SocketId;
  readonly from: Ipv4 | undefined;
  readonly #sentAt = new Map<number, number>();
  readonly #answered = new Set<number>();
  readonly #names = new Map<Ipv4, string | undefined>();
  readonly times: number[] = [];
  readonly startedAt: number;
  lastSentAt: number;
  transmitted = 0;
  received = 0;
  duplicates = 0;
  errors = 0;

  constructor(process: Process, options: PingOptions, target: HostAddress, from: Ipv4 | undefined) {
    this.process = process;
    this.options = options;
    this.target = target;
    this.from = from;
    this.address = target.family === 'ipv4' ? target.address : ip('127.0.0.1');
    this.numeric = options.numeric || parseIpv4(options.host) !== undefined;
    this.socket = process.kernel.sockets.icmpOpen(process.netns);
    this.startedAt = process.sim.now();
    this.lastSentAt = this.startedAt;
  }

  get longest(): number {
    return Math.max(0, ...this.times);
  }

  *send(): Op<void> {
    const { process, options } = this;
    this.transmitted += 1;
    const sequence = this.transmitted;
    this.#sentAt.set(sequence, process.sim.now());
    this.lastSentAt = process.sim.now();
    if (options.reportOutstanding && sequence > 1 && !this.#answered.has(sequence - 1))
      yield* process.out(`no answer yet for icmp_seq=${sequence - 1}\n`);
    const sent = process.kernel.sockets.icmpSend(this.socket, this.address, {
      sequence,
      size: options.size,
      ...(options.ttl !== undefined && { ttl: options.ttl }),
      ...(options.dontFragment && { dontFragment: true }),
      ...(this.from !== undefined && { from: this.from }),
    });
    if (sent.ok) return;
    this.errors += sent.error === 'EMSGSIZE' ? 1 : 0;
    if (options.quiet) return;
    const text =
      sent.error === 'EMSGSIZE'
        ? `ping: local error: message too long, mtu=${this.#routeMtu()}\n`
        : `ping: sendmsg: ${strerror(sent.error)}\n`;
    yield* process.err(text);
  }

  #routeMtu(): number {
    const route = this.process.kernel.routeLookup(this.process.netns, this.address);
    const link =
      route.ok && route.value.link ? this.process.kernel.link(route.value.link) : undefined;
    return link?.mtu ?? 1500;
  }

  *take(arrival: IcmpArrival): Op<void> {
    const at = this.process.sim.now();
    if (arrival.type === 0) yield* this.#takeReply(arrival, at);
    else yield* this.#takeError(arrival);
  }

  *#takeReply(arrival: IcmpArrival, at: number): Op<void> {
    const { sequence } = arrival;
    const took = at - (this.#sentAt.get(sequence) ?? at);
    const again = this.#answered.has(sequence);
    this.#answered.add(sequence);
    if (again) this.duplicates += 1;
    else {
      this.received += 1;
      if (this.options.size >= 16) this.times.push(took);
    }
    if (this.options.quiet) return;
    const from = yield* this.#sender(arrival.from);
    const time = this.options.size >= 16 ? ` time=${formatTime(took)} ms` : '';
    yield* this.process.out(
      `${this.#stamp()}${arrival.size + 8} bytes from ${from}: icmp_seq=${sequence} ttl=${arrival.ttl}${time}${again ? ' (DUP!)' : ''}\n`,
    );
  }

  *#takeError(arrival: IcmpArrival): Op<void> {
    this.errors += 1;
    if (this.options.quiet) return;
    const from = yield* this.#sender(arrival.from);
    const gateway = arrival.gateway === undefined ? '' : yield* this.#sender(arrival.gateway);
    yield* this.process.out(
      `${this.#stamp()}From ${from} icmp_seq=${arrival.sequence} ${describeError(arrival, gateway)}\n`,
    );
  }

  #stamp(): string {
    if (!this.options.timestamps) return '';
    const { sim } = this.process;
    const time = sim.epochMillis * 1000 + sim.now();
    return `[${Math.floor(time / 1_000_000)}.${`${time % 1_000_000}`.padStart(6, '0')}] `;
  }

  *#sender(address: Ipv4): Op<string> {
    if (this.target.family === 'ipv6')
      return this.options.host === '::1' ? '::1' : `${this.options.host} (::1)`;
    if (this.numeric) return formatIpv4(address);
    if (!this.#names.has(address))
      this.#names.set(address, yield* lookupAddress(this.process, address));
    return namedAddress(this.#names.get(address), address, false);
  }

  statistics(): string {
    const duration = Math.floor((this.lastSentAt - this.startedAt) / 1000);
    return formatStatistics(this.options.host, {
      transmitted: this.transmitted,
      received: this.received,
      duplicates: this.duplicates,
      errors: this.errors,
      times: this.times,
      duration,
    });
  }
}

/** The time at which the run is over whatever comes, and the time of the next packet. */
function* run(session: Session): Op<void> {
  const { process, options } = session;
  const { sim } = process;
  const end = options.deadline === undefined ? undefined : sim.now() + seconds(options.deadline);
  let nextSend: number | undefined = sim.now();
  let giveUpAt: number | undefined;
  for (;;) {
    const now = sim.now();
    if ((end !== undefined && now >= end) || (giveUpAt !== undefined && now >= giveUpAt)) return;
    if (nextSend !== undefined && now >= nextSend) {
      yield* session.send();
      nextSend = now + seconds(options.interval);
      const all = options.count !== undefined && session.transmitted >= options.count;
      if (all && options.deadline === undefined) {
        nextSend = undefined;
        giveUpAt = sim.now() + patience(session);
      }
    }
    if (options.count !== undefined && session.received + session.errors >= options.count) return;
    const arrival = yield* receiveIcmp(process, session.socket, earliest(end, nextSend, giveUpAt));
    if (arrival.ok) yield* session.take(arrival.value);
    else if (arrival.error === 'EINTR' && process.takeSignal() === signals.SIGINT) return;
    if (
      arrival.ok &&
      options.count !== undefined &&
      session.received + session.errors >= options.count
    )
      return;
  }
}

/** How long to wait for the last answers. */
function patience(session: Session): number {
  const { options } = session;
  if (session.received > 0) return Math.max(2 * session.longest, seconds(options.interval));
  return seconds(options.linger ?? 10);
}

function earliest(...times: readonly (number | undefined)[]): Micros | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : micros(Math.min(...known));
}

/** The source address that `-I` asks for; a text is the reason why not. */
function sourceAddress(process: Process, text: string): Ipv4 | string {
  const address = parseIpv4(text);
  if (address !== undefined) {
    const own = process.kernel.isLocalAddress(process.netns, address);
    return own ? address : `ping: bind: ${strerror('EADDRNOTAVAIL')}\n`;
  }
  const link = process.kernel.linkByName(process.netns, text);
  if (!link) return `ping: SO_BINDTODEVICE ${text}: ${strerror('ENODEV')}\n`;
  const [row] = process.kernel.addresses({ link: link.id });
  return row
    ? row.address
    : `ping: Warning: source address might be selected on device other than: ${text}\n`;
}

export const pingProgram = (version: string): Program =>
  function* ping(process: Process): Op<number> {
    const options = parsePing(process.argv.slice(1), version);
    if ('status' in options) {
      if (options.out) yield* process.out(options.out);
      if (options.err) yield* process.err(options.err);
      return options.status;
    }
    const found = yield* lookupName(process, options.host);
    if (!found.ok) {
      yield* process.err(`ping: ${options.host}: ${resolveErrorText[found.error]}\n`);
      return 2;
    }
    const [target] = found.value;
    if (!target) return 2;
    const from = options.source === undefined ? undefined : sourceAddress(process, options.source);
    if (typeof from === 'string') {
      yield* process.err(from);
      return 2;
    }
    const refusal = connectRefusal(process, target, options);
    if (refusal) {
      yield* process.err(refusal);
      return 2;
    }
    return yield* pingTarget(process, options, target, from);
  };

/** ping first connects a datagram socket to the target, to learn its own address. */
function connectRefusal(
  process: Process,
  target: HostAddress,
  options: PingOptions,
): string | undefined {
  if (target.family === 'ipv6') return undefined;
  const route = process.kernel.routeLookup(process.netns, target.address);
  if (!route.ok) return `ping: connect: ${strerror(route.error)}\n`;
  if (route.value.route.type === 'broadcast' && !options.broadcast)
    return 'ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n';
  return undefined;
}

function* pingTarget(
  process: Process,
  options: PingOptions,
  target: HostAddress,
  from: Ipv4 | undefined,
): Op<number> {
  process.handle(signals.SIGINT, 'catch');
  const session = new Session(process, options, target, from);
  try {
    const device =
      options.source !== undefined && parseIpv4(options.source) === undefined
        ? ` ${options.source}`
        : '';
    const source = from === undefined ? '' : ` from ${formatIpv4(from)}${device}:`;
    const length =
      target.family === 'ipv6'
        ? `${options.size} data bytes`
        : `${options.size}(${options.size + 28}) bytes of data.`;
    yield* process.out(`PING ${options.host} (${formatHostAddress(target)})${source} ${length}\n`);
    yield* run(session);
    yield* process.out(session.statistics());
  } finally {
    process.kernel.sockets.close(session.socket);
  }
  const tooFew =
    options.deadline !== undefined &&
    options.count !== undefined &&
    session.received < options.count;
  return session.received === 0 || tooFew ? 1 : 0;
}
