// `traceroute`: of Dmitry Butskoy (Debian), which probes several hops at once, and the BusyBox applet, which goes one by one.
//
// Mirrors: traceroute 2.1 and networking/traceroute.c of BusyBox 1.38. Differs: UDP and ICMP probes only; IPv4 only.
import {
  lookupAddress,
  lookupIpv4,
  type Process,
  type Program,
  resolveErrorText,
} from '../../os/index.ts';
import { type Op, seconds } from '../../sim/index.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';
import { busyboxUsage } from '../common/busybox.ts';
import { getopt, optionErrorText } from '../common/getopt.ts';
import {
  later,
  type Probe,
  type ProbeMethod,
  type ProbeResult,
  sendProbe,
  waitForProbes,
} from './probes.ts';

interface Request {
  readonly host: string;
  readonly numeric: boolean;
  readonly firstHop: number;
  readonly hops: number;
  readonly probes: number;
  /** Seconds. */
  readonly wait: number;
  readonly icmp: boolean;
  readonly port: number;
  readonly source: string | undefined;
  /** Bytes of the whole packet. */
  readonly length: number;
}

type Flavour = 'debian' | 'busybox';

const usages: Readonly<Record<Flavour, string>> = {
  debian: `Usage:
  traceroute [ -46dFITnreAUDV ] [ -f first_ttl ] [ -g gate,... ] [ -i device ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -t tos ] [ -l flow_label ] [ -w MAX,HERE,NEAR ] [ -q nqueries ] [ -s src_addr ] [ -z sendwait ] [ --fwmark=num ] host [ packetlen ]
`,
  busybox: busyboxUsage(
    'traceroute',
    '[-46IFlnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]\n\t[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]\n\t[-z PAUSE_MSEC] HOST [BYTES]',
    'Trace the route to HOST',
  ),
};

function parse(args: readonly string[], flavour: Flavour): Request | string {
  const parsed = getopt(
    args,
    flavour === 'debian' ? '46dFITnreAUDVf:g:i:m:N:p:t:l:w:q:s:z:' : '46IFlnrvf:m:q:p:t:w:s:i:z:',
  );
  if ('error' in parsed) return `${optionErrorText('traceroute', parsed)}${usages[flavour]}`;
  const value = (name: string, standard: number): number => {
    const text = parsed.options.findLast((o) => o.name === name)?.value.split(',')[0];
    return text === undefined ? standard : Number(text);
  };
  const has = (name: string): boolean => parsed.options.some((o) => o.name === name);
  const [host, length] = parsed.operands;
  if (host === undefined) return usages[flavour];
  if (has('T')) return 'traceroute: not simulated here: -T\n';
  const request: Request = {
    host,
    numeric: has('n'),
    firstHop: value('f', 1),
    hops: value('m', 30),
    probes: value('q', 3),
    wait: value('w', flavour === 'debian' ? 5 : 3),
    icmp: has('I'),
    port: value('p', 33434),
    source: parsed.options.find((o) => o.name === 's')?.value,
    length: length === undefined ? (flavour === 'debian' ? 60 : 46) : Number(length),
  };
  const numbers = [
    request.firstHop,
    request.hops,
    request.probes,
    request.wait,
    request.port,
    request.length,
  ];
  return numbers.every(Number.isFinite) ? request : usages[flavour];
}

const milliseconds = (micros: number): string => (micros / 1000).toFixed(3);

class Trace {
  readonly #process: Process;
  readonly #request: Request;
  readonly #method: ProbeMethod;
  readonly #flavour: Flavour;
  readonly #names = new Map<Ipv4, string | undefined>();
  #sequence = 0;

  constructor(process: Process, request: Request, method: ProbeMethod, flavour: Flavour) {
    this.#process = process;
    this.#request = request;
    this.#method = method;
    this.#flavour = flavour;
  }

  /** The exit status. */
  *run(): Op<number> {
    return this.#flavour === 'debian' ? yield* this.#inParallel() : yield* this.#oneByOne();
  }

  #send(hop: number): Probe | undefined {
    const probe = sendProbe(this.#process, this.#method, hop, this.#sequence);
    this.#sequence += 1;
    return probe;
  }

  // ---- BusyBox ------------------------------------------------------------------------------

  *#oneByOne(): Op<number> {
    const { firstHop, hops, probes, wait } = this.#request;
    for (let hop = firstHop; hop <= hops; hop += 1) {
      yield* this.#process.out(`${`${hop}`.padStart(2)}`);
      let last: Ipv4 | undefined;
      let reached = false;
      for (let i = 0; i < probes; i += 1) {
        const probe = this.#send(hop);
        if (!probe) return yield* this.#refused();
        yield* this.#settle([probe], probe.sentAt + seconds(wait));
        const { result } = probe;
        if (typeof result !== 'object') {
          yield* this.#process.out('  *');
          continue;
        }
        if (result.from !== last) yield* this.#process.out(`  ${yield* this.#place(result.from)}`);
        last = result.from;
        yield* this.#process.out(`  ${milliseconds(result.took)} ms${result.mark}`);
        reached ||= result.final;
      }
      yield* this.#process.out('\n');
      if (reached) return 0;
    }
    return 0;
  }

  *#settle(probes: readonly Probe[], until: number): Op<void> {
    try {
      while (probes.some((probe) => probe.result === undefined) && this.#process.sim.now() < until)
        yield* waitForProbes(this.#process, probes, this.#method, later(until));
    } finally {
      for (const probe of probes) this.#close(probe);
    }
  }

  #close(probe: Probe): void {
    probe.result ??= 'lost';
    this.#process.kernel.sockets.close(probe.socket);
  }

  *#refused(): Op<number> {
    yield* this.#process.err(
      this.#flavour === 'debian'
        ? 'connect: Network is unreachable\n'
        : '\ntraceroute: sendto: Network is unreachable\n',
    );
    return 1;
  }

  // ---- Debian -------------------------------------------------------------------------------

  *#inParallel(): Op<number> {
    const { firstHop, hops, probes } = this.#request;
    const sent: Probe[] = [];
    const total = (hops - firstHop + 1) * probes;
    let printedHops = 0;
    try {
      for (;;) {
        const open = sent.filter((probe) => probe.result === undefined);
        const reachedAt = finalHop(sent);
        while (
          open.length < 16 &&
          sent.length < total &&
          hopAt(sent.length, firstHop, probes) <= reachedAt
        ) {
          const probe = this.#send(hopAt(sent.length, firstHop, probes));
          if (!probe) return yield* this.#refused();
          sent.push(probe);
          open.push(probe);
        }
        this.#expire(sent);
        while (printedHops * probes < sent.length) {
          const row = sent.slice(printedHops * probes, (printedHops + 1) * probes);
          if (row.length < probes || row.some((probe) => probe.result === undefined)) break;
          yield* this.#printRow(row);
          printedHops += 1;
          if (row.some((probe) => typeof probe.result === 'object' && probe.result.final)) return 0;
        }
        const waiting = sent.filter((probe) => probe.result === undefined);
        if (waiting.length === 0 && sent.length >= total) return 0;
        if (waiting.length === 0) continue;
        const until = Math.min(...waiting.map((probe) => this.#expiry(probe, sent)));
        yield* waitForProbes(this.#process, waiting, this.#method, later(until));
      }
    } finally {
      for (const probe of sent) this.#close(probe);
    }
  }

  /** A probe is given up earlier when others of its hop, or of later hops, have answered: -w MAX,HERE,NEAR. */
  #expiry(probe: Probe, sent: readonly Probe[]): number {
    const answered = (test: (other: Probe) => boolean): number | undefined => {
      const found = sent.find((other) => typeof other.result === 'object' && test(other));
      return found && typeof found.result === 'object' ? found.result.took : undefined;
    };
    const here = answered((other) => other.hop === probe.hop);
    const near = answered((other) => other.hop > probe.hop);
    const limit = seconds(this.#request.wait);
    const factored = here !== undefined ? here * 3 : near !== undefined ? near * 10 : limit;
    return probe.sentAt + Math.min(limit, Math.max(factored, 10_000));
  }

  #expire(sent: readonly Probe[]): void {
    const now = this.#process.sim.now();
    for (const probe of sent)
      if (probe.result === undefined && now >= this.#expiry(probe, sent)) probe.result = 'lost';
  }

  *#printRow(row: readonly Probe[]): Op<void> {
    let last: Ipv4 | undefined;
    let line = `${`${row[0]?.hop ?? 0}`.padStart(2)} `;
    for (const { result } of row) {
      if (typeof result !== 'object') {
        line += ' *';
        continue;
      }
      if (result.from !== last) line += ` ${yield* this.#place(result.from)}`;
      last = result.from;
      line += `  ${milliseconds(result.took)} ms${result.mark}`;
    }
    yield* this.#process.out(`${line}\n`);
  }

  *#place(address: Ipv4): Op<string> {
    const text = formatIpv4(address);
    if (this.#request.numeric) return text;
    if (!this.#names.has(address))
      this.#names.set(address, yield* lookupAddress(this.#process, address));
    return `${this.#names.get(address) ?? text} (${text})`;
  }
}

const hopAt = (index: number, firstHop: number, probes: number): number =>
  firstHop + Math.floor(index / probes);

/** The hop at which the destination has answered, or infinity. */
function finalHop(sent: readonly Probe[]): number {
  const isFinal = (result: Probe['result']): result is ProbeResult =>
    typeof result === 'object' && result.final;
  return Math.min(
    Infinity,
    ...sent.filter((probe) => isFinal(probe.result)).map((probe) => probe.hop),
  );
}

export const tracerouteProgram = (flavour: Flavour): Program =>
  function* traceroute(process: Process): Op<number> {
    const request = parse(process.argv.slice(1), flavour);
    if (typeof request === 'string') {
      yield* process.err(request);
      return flavour === 'debian' ? 2 : 1;
    }
    const found = yield* lookupIpv4(process, request.host);
    const [to] = found.ok ? found.value : [];
    if (to === undefined) {
      const why = found.ok ? '' : resolveErrorText[found.error];
      yield* process.err(
        flavour === 'debian'
          ? `${request.host}: ${why}\nCannot handle "host" cmdline arg \`${request.host}' on position 1 (argc 1)\n`
          : `traceroute: bad address '${request.host}'\n`,
      );
      return flavour === 'debian' ? 2 : 1;
    }
    const header = `traceroute to ${request.host} (${formatIpv4(to)}), ${request.hops} hops max, ${request.length} byte packets\n`;
    const route = process.kernel.routeLookup(process.netns, to);
    if (!route.ok && flavour === 'debian') {
      yield* process.err('connect: Network is unreachable\n');
      return 1;
    }
    yield* process.out(header);
    const method: ProbeMethod = {
      icmp: request.icmp,
      to,
      from: request.source === undefined ? undefined : parseIpv4(request.source),
      basePort: request.port,
      size: Math.max(0, request.length - 28),
    };
    return yield* new Trace(process, request, method, flavour).run();
  };
