// `tcpdump`: frames of one device, or of all, line by line as they pass.
//
// Mirrors: tcpdump 4.99 with libpcap 1.10. Differs: no files (-r, -w), no hexadecimal dumps; -A prints the payload only.
import type { CapturedFrame, LinkRow, SocketId } from '../../kernel/index.ts';
import {
  lookupAddress,
  lookupIpv4,
  type Process,
  type Program,
  signals,
  waitForSocket,
} from '../../os/index.ts';
import { type Micros, micros, millis, type Op, seconds, sleep } from '../../sim/index.ts';
import { civilTime } from '../../std/index.ts';
import { type EthernetFrame, formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';
import { isRunning } from '../common/links.ts';
import { formatPort, portOfService } from '../common/socket-list.ts';
import { compileFilter, type FrameTest } from './filter.ts';
import { Printer } from './print.ts';
import type { TcpConversations } from './tcp.ts';

const usage = `Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
		[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
		[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
		[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
		[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
		[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
		[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
		[ -z postrotate-command ] [ -Z user ] [ expression ]
`;

const longs: readonly LongOption[] = [
  { name: 'interface', short: 'i' },
  { name: 'list-interfaces', short: 'D' },
  { name: 'direction', short: 'Q' },
  { name: 'no-promiscuous-mode', short: 'p' },
  { name: 'absolute-tcp-sequence-numbers', short: 'S' },
  { name: 'snapshot-length', short: 's' },
  { name: 'immediate-mode', short: '2' },
  { name: 'packet-buffered', short: 'U' },
  { name: 'number', short: '#' },
  { name: 'version', short: '1' },
  { name: 'help', short: 'h' },
];

interface Request {
  readonly device: string | undefined;
  readonly count: number | undefined;
  /** How often -t was given. */
  readonly timeStyle: number;
  readonly numericHosts: boolean;
  readonly numericPorts: boolean;
  readonly link: boolean;
  readonly verbose: number;
  readonly quick: boolean;
  readonly ascii: boolean;
  readonly absolute: boolean;
  readonly numbered: boolean;
  /** Packets are shown as they come, not once a second. */
  readonly immediate: boolean;
  readonly direction: string | undefined;
  readonly expression: string;
}

type Stop = { readonly out?: string; readonly err?: string; readonly status: number };

function parse(args: readonly string[], version: string): Request | Stop {
  const versionText = `tcpdump version ${version}\nlibpcap version 1.10.5 (with TPACKET_V3)\n`;
  const parsed = getopt(
    args,
    '#AbB:c:C:dDeE:fF:G:hHi:IJj:KlLm:M:nNOpqQ:r:Ss:tT:uUvV:w:W:xXy:z:Z:12',
    longs,
  );
  if ('error' in parsed)
    return { err: `${optionErrorText('tcpdump', parsed)}${versionText}${usage}`, status: 1 };
  const count = (name: string): number => parsed.options.filter((o) => o.name === name).length;
  const value = (name: string): string | undefined =>
    parsed.options.findLast((o) => o.name === name)?.value;
  if (count('h') > 0) return { err: `${versionText}${usage}`, status: 0 };
  if (count('1') > 0) return { err: versionText, status: 0 };
  const refused = ['r', 'w', 'x', 'X', 'd', 'F', 'E', 'G', 'C'].find((name) => count(name) > 0);
  if (refused) return { err: `tcpdump: not simulated here: -${refused}\n`, status: 1 };
  const packets = value('c');
  if (packets !== undefined && !/^[1-9]\d*$/.test(packets))
    return { err: `tcpdump: invalid packet count ${packets}\n`, status: 1 };
  if (count('D') > 0) return { out: 'D', status: -1 };
  return {
    device: value('i'),
    count: packets === undefined ? undefined : Number(packets),
    timeStyle: count('t'),
    numericHosts: count('n') > 0,
    numericPorts: count('n') > 0,
    link: count('e') > 0,
    verbose: count('v'),
    quick: count('q') > 0,
    ascii: count('A') > 0,
    absolute: count('S') > 0,
    numbered: count('#') > 0,
    immediate: count('2') > 0,
    direction: value('Q'),
    expression: parsed.operands.join(' '),
  };
}

function listDevices(process: Process): string {
  const links = process.kernel.links(process.netns);
  const lines = links.map((link, i) => {
    const flags = [
      ...(link.up ? ['Up'] : []),
      ...(isRunning(process.kernel, link) ? ['Running'] : []),
      ...(link.kind === 'loopback' ? ['Loopback'] : []),
    ];
    return `${i + 1}.${link.name}${flags.length > 0 ? ` [${flags.join(', ')}]` : ''}\n`;
  });
  return `${lines.join('')}${links.length + 1}.any (Pseudo-device that captures on all interfaces) [Up, Running]\n`;
}

/** The device to listen on: the first that is up and no loopback, unless one is named. */
function chooseDevice(process: Process, name: string | undefined): LinkRow | 'any' | Stop {
  if (name === 'any') return 'any';
  const links = process.kernel.links(process.netns);
  if (name === undefined) {
    const best =
      links.find((link) => link.up && link.kind !== 'loopback') ?? links.find((link) => link.up);
    return best ?? 'any';
  }
  const byNumber = /^\d+$/.test(name) ? links[Number(name) - 1] : undefined;
  const link = process.kernel.linkByName(process.netns, name) ?? byNumber;
  if (!link)
    return { err: `tcpdump: ${name}: No such device exists\n(No such device exists)\n`, status: 1 };
  if (!link.up) return { err: `tcpdump: ${name}: That device is not up\n`, status: 1 };
  return link;
}

/** All words of a filter that may be names of hosts, looked up beforehand. */
function* hostNames(
  process: Process,
  expression: string,
): Op<ReadonlyMap<string, readonly Ipv4[]>> {
  const found = new Map<string, readonly Ipv4[]>();
  for (const match of expression.matchAll(/\b(?:host|src|dst)\s+([a-zA-Z][\w.-]*)/g)) {
    const name = match[1] ?? '';
    if (['host', 'net', 'port', 'portrange', 'or', 'and'].includes(name)) continue;
    const addresses = yield* lookupIpv4(process, name);
    if (addresses.ok) found.set(name, addresses.value);
  }
  return found;
}

/** Every address that a frame's line names. */
function addressesIn(frame: EthernetFrame): readonly Ipv4[] {
  const { payload } = frame;
  if (payload.kind === 'arp') return [payload.senderIp, payload.targetIp];
  const { transport } = payload;
  const inner =
    transport.protocol === 'udp' && transport.payload.kind === 'vxlan'
      ? addressesIn(transport.payload.frame)
      : [];
  return [payload.source, payload.destination, ...inner];
}

class Session {
  readonly #process: Process;
  readonly #request: Request;
  readonly #device: LinkRow | 'any';
  readonly #names = new Map<Ipv4, string>();
  readonly #printer: Printer;
  /** tcpdump asks for packets at once where a terminal shows them. */
  readonly #immediate: boolean;
  /** Captured, but still in libpcap's buffer. */
  readonly #waiting: CapturedFrame[] = [];
  #lastAt: number | undefined;
  #firstAt: number | undefined;
  printed = 0;
  received = 0;

  constructor(process: Process, request: Request, device: LinkRow | 'any') {
    this.#process = process;
    this.#request = request;
    this.#device = device;
    this.#immediate = request.immediate || process.isTty(1);
    const conversations: TcpConversations = {
      absolute: request.absolute,
      known: new Map(),
    };
    this.#printer = new Printer(
      {
        link: request.link,
        verbose: request.verbose > 0,
        quick: request.quick,
        ascii: request.ascii,
        any: device === 'any',
        address: (address) => this.#names.get(address) ?? formatIpv4(address),
        port: (port, protocol) =>
          port === 0 ? '0' : formatPort(port, protocol, request.numericPorts),
      },
      conversations,
    );
  }

  /** Until Ctrl-C or the count; true when interrupted. */
  *run(socket: SocketId, test: FrameTest): Op<boolean> {
    const { count } = this.#request;
    const openedAt = this.#process.sim.now();
    for (;;) {
      this.#take(socket, test);
      const delivered = this.#immediate ? this.#process.sim.now() : this.#lastDelivery(openedAt);
      for (;;) {
        const frame = this.#waiting[0];
        if (!frame || frame.at > delivered) break;
        this.#waiting.shift();
        yield* this.#print(frame);
        if (this.printed === count) return false;
      }
      const next = this.#waiting.length > 0 ? micros(delivered + seconds(1)) : undefined;
      if ((yield* waitForSocket(this.#process, socket, next)) !== 'EINTR') continue;
      const signal = this.#process.takeSignal();
      if (signal !== signals.SIGINT && signal !== signals.SIGTERM) continue;
      this.#take(socket, test);
      return true;
    }
  }

  /** Takes what the socket has seen since the last time, as far as the filter lets it through. */
  #take(socket: SocketId, test: FrameTest): void {
    const { direction } = this.#request;
    for (const frame of this.#process.kernel.sockets.captured(socket)) {
      const wanted =
        direction === undefined || direction === 'inout' || direction === frame.direction;
      if (!wanted || !test(frame)) continue;
      this.received += 1;
      this.#waiting.push(frame);
    }
  }

  /** libpcap's ring hands its packets over once a second. */
  #lastDelivery(openedAt: Micros): Micros {
    const since = this.#process.sim.now() - openedAt;
    return micros(openedAt + since - (since % seconds(1)));
  }

  *#print(captured: CapturedFrame): Op<void> {
    this.printed += 1;
    if (!this.#request.numericHosts) yield* this.#lookUp(captured.frame);
    const number = this.#request.numbered ? `${`${this.printed}`.padStart(5)}  ` : '';
    yield* this.#process.out(
      `${number}${this.#time(captured.at)}${this.#printer.captured(captured)}\n`,
    );
  }

  *#lookUp(frame: EthernetFrame): Op<void> {
    for (const address of addressesIn(frame)) {
      if (this.#names.has(address)) continue;
      this.#names.set(address, formatIpv4(address));
      const name = yield* lookupAddress(this.#process, address);
      if (name !== undefined) this.#names.set(address, name);
    }
  }

  #time(at: number): string {
    const { epochMillis } = this.#process.sim;
    const total = epochMillis * 1000 + at;
    const six = (n: number): string => `${n}`.padStart(6, '0');
    const since = (from: number | undefined): string => {
      const gap = at - (from ?? at);
      return clock(Math.floor(gap / 1_000_000), gap % 1_000_000);
    };
    const previous = this.#lastAt;
    this.#lastAt = at;
    this.#firstAt ??= at;
    switch (this.#request.timeStyle) {
      case 1:
        return '';
      case 2:
        return `${Math.floor(total / 1_000_000)}.${six(total % 1_000_000)} `;
      case 3:
        return ` ${since(previous)} `;
      case 5:
        return ` ${since(this.#firstAt)} `;
    }
    const { year, month, day, hour, minute, second } = civilTime(Math.floor(total / 1000));
    const time = clock(hour * 3600 + minute * 60 + second, total % 1_000_000);
    const two = (n: number): string => `${n}`.padStart(2, '0');
    return this.#request.timeStyle === 4
      ? `${year}-${two(month)}-${two(day)} ${time} `
      : `${time} `;
  }

  get deviceName(): string {
    return this.#device === 'any' ? 'any' : this.#device.name;
  }
}

/** `00:09:22.655623`. */
function clock(seconds: number, micros: number): string {
  const two = (n: number): string => `${n}`.padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${`${micros}`.padStart(6, '0')}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function greeting(device: LinkRow | 'any', version: string, verbose: boolean): string {
  const any = device === 'any';
  const old = version === '4.99.3';
  const warning = old
    ? 'tcpdump: data link type LINUX_SLL2\n'
    : `tcpdump: WARNING: any: That device doesn't support promiscuous mode\n(Promiscuous mode not supported on the "any" device)\n`;
  const hint = verbose
    ? 'tcpdump: '
    : 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n';
  const type = any ? 'LINUX_SLL2 (Linux cooked v2)' : 'EN10MB (Ethernet)';
  return `${any ? warning : ''}${hint}listening on ${any ? 'any' : device.name}, link-type ${type}, snapshot length 262144 bytes\n`;
}

function* stopWith(process: Process, stop: Stop): Op<number> {
  if (stop.status === -1) {
    yield* process.out(listDevices(process));
    return 0;
  }
  if (stop.out) yield* process.out(stop.out);
  if (stop.err) yield* process.err(stop.err);
  return stop.status;
}

/** Until the packet ring is set up. */
const startup = millis(60);

export const tcpdumpProgram = (version: string): Program =>
  function* tcpdump(process: Process): Op<number> {
    const request = parse(process.argv.slice(1), version);
    if ('status' in request) return yield* stopWith(process, request);
    const device = chooseDevice(process, request.device);
    if (device !== 'any' && 'status' in device) return yield* stopWith(process, device);
    if (process.user !== 'root') {
      const name = device === 'any' ? 'any' : device.name;
      yield* process.err(
        `tcpdump: ${name}: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n`,
      );
      return 1;
    }
    const hosts = yield* hostNames(process, request.expression);
    const test = compileFilter(request.expression, {
      host: (name) => hosts.get(name),
      port: (name) => portOfService(name, 'tcp') ?? portOfService(name, 'udp'),
    });
    if (typeof test !== 'function') {
      yield* process.err(
        `tcpdump: ${test.problem.startsWith('not simulated') ? test.problem : `can't parse filter expression: ${test.problem}`}\n`,
      );
      return 1;
    }
    yield* sleep(process.sim, startup);
    process.handle(signals.SIGINT, 'catch');
    process.handle(signals.SIGTERM, 'catch');
    const { sockets } = process.kernel;
    const socket = sockets.capture(process.netns, device === 'any' ? 'any' : device.id);
    try {
      yield* process.err(greeting(device, version, request.verbose > 0));
      const session = new Session(process, request, device);
      if (yield* session.run(socket, test)) yield* process.out('\n');
      yield* process.err(
        `${plural(session.printed, 'packet')} captured\n${plural(session.received, 'packet')} received by filter\n0 packets dropped by kernel\n`,
      );
      return 0;
    } finally {
      sockets.close(socket);
    }
  };
