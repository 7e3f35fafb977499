// The `ping` applet of BusyBox.
//
// Mirrors: networking/ping.c of BusyBox 1.38. Differs: IPv4 only; no -p pattern on the wire.
import type { SocketId } from '../../kernel/index.ts';
import { lookupIpv4, type Process, receiveIcmp, signals, strerror } from '../../os/index.ts';
import { type Micros, micros, type Op, seconds } from '../../sim/index.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';
import { busyboxUsage } from '../common/busybox.ts';
import { getopt, optionErrorText } from '../common/getopt.ts';

const usage = busyboxUsage(
  'ping',
  '[OPTIONS] HOST',
  `Send ICMP ECHO_REQUESTs to HOST

	-4,-6		Force IP or IPv6 name resolution
	-c CNT		Send only CNT pings
	-s SIZE		Send SIZE data bytes in packets (default 56)
	-i SECS		Interval
	-A		Ping as soon as reply is received
	-t TTL		Set TTL
	-I IFACE/IP	Source interface or IP address
	-W SEC		Seconds to wait for the first response (default 10)
			(after all -c CNT packets are sent)
	-w SEC		Seconds until ping exits (default:infinite)
			(can exit earlier with -c CNT)
	-q		Quiet, only display output at start/finish
	-p HEXBYTE	Payload pattern`,
);

interface Options {
  host: string;
  count: number;
  size: number;
  interval: number;
  ttl: number | undefined;
  wait: number;
  deadline: number | undefined;
  quiet: boolean;
  source: string | undefined;
}

function parse(args: readonly string[]): Options | { readonly err: string } {
  const parsed = getopt(args, '46c:s:i:At:I:W:w:qp:');
  if ('error' in parsed) return { err: `${optionErrorText('ping', parsed)}${usage}` };
  const options: Options = {
    host: parsed.operands[0] ?? '',
    count: 0,
    size: 56,
    interval: 1,
    ttl: undefined,
    wait: 10,
    deadline: undefined,
    quiet: false,
    source: undefined,
  };
  for (const { name, value } of parsed.options) {
    if ('csitWw'.includes(name) && !/^\d*\.?\d+$/.test(value))
      return { err: `ping: invalid number '${value}'\n` };
    if (name === 'c') options.count = Number(value);
    if (name === 's') options.size = Number(value);
    if (name === 'i') options.interval = Number(value);
    if (name === 't') options.ttl = Number(value);
    if (name === 'W') options.wait = Number(value);
    if (name === 'w') options.deadline = Number(value);
    if (name === 'q') options.quiet = true;
    if (name === 'I') options.source = value;
  }
  return options.host === '' ? { err: usage } : options;
}

interface Tally {
  transmitted: number;
  received: number;
  duplicates: number;
  readonly times: number[];
}

const milliseconds = (micros: number): string => (micros / 1000).toFixed(3);

function statistics(host: string, tally: Tally): string {
  const { transmitted, received, duplicates, times } = tally;
  const loss = transmitted === 0 ? 0 : Math.floor(((transmitted - received) * 100) / transmitted);
  const repeated = duplicates > 0 ? `${duplicates} duplicates, ` : '';
  const head = `\n--- ${host} ping statistics ---\n${transmitted} packets transmitted, ${received} packets received, ${repeated}${loss}% packet loss\n`;
  if (times.length === 0) return head;
  const mean = Math.floor(times.reduce((a, b) => a + b, 0) / times.length);
  return `${head}round-trip min/avg/max = ${milliseconds(Math.min(...times))}/${milliseconds(mean)}/${milliseconds(Math.max(...times))} ms\n`;
}

/** `failed`: a packet could not be sent, which ends the applet without statistics. */
function* run(
  process: Process,
  options: Options,
  socket: SocketId,
  to: Ipv4,
  from: Ipv4 | undefined,
): Op<Tally | 'failed'> {
  const { sim, kernel } = process;
  const tally: Tally = { transmitted: 0, received: 0, duplicates: 0, times: [] };
  const sentAt = new Map<number, number>();
  const answered = new Set<number>();
  const end = options.deadline === undefined ? Infinity : sim.now() + seconds(options.deadline);
  let nextSend: number = sim.now();
  let giveUpAt = Infinity;
  for (;;) {
    const now = sim.now();
    if (now >= end || now >= giveUpAt) return tally;
    if (now >= nextSend) {
      sentAt.set(tally.transmitted, now);
      const sent = kernel.sockets.icmpSend(socket, to, {
        sequence: tally.transmitted,
        size: options.size,
        ...(options.ttl !== undefined && { ttl: options.ttl }),
        ...(from !== undefined && { from }),
      });
      if (!sent.ok) {
        yield* process.err(`ping: sendto: ${strerror(sent.error)}\n`);
        return 'failed';
      }
      tally.transmitted += 1;
      nextSend = now + seconds(options.interval);
      if (options.count > 0 && tally.transmitted >= options.count) {
        nextSend = Infinity;
        giveUpAt = now + lastWait(options, tally);
      }
    }
    const until = Math.min(end, nextSend, giveUpAt);
    const arrival = yield* receiveIcmp(
      process,
      socket,
      Number.isFinite(until) ? micros(until) : undefined,
    );
    if (!arrival.ok) {
      if (arrival.error === 'EINTR' && process.takeSignal() === signals.SIGINT) return tally;
      continue;
    }
    const { type, sequence, ttl, size, from: sender } = arrival.value;
    if (type !== 0) continue;
    const took = (sim.now() as Micros) - (sentAt.get(sequence) ?? sim.now());
    const again = answered.has(sequence);
    answered.add(sequence);
    if (again) tally.duplicates += 1;
    else {
      tally.received += 1;
      if (options.size >= 4) tally.times.push(took);
    }
    if (!options.quiet) {
      const time = options.size >= 4 ? ` time=${milliseconds(took)} ms` : '';
      yield* process.out(
        `${size + 8} bytes from ${formatIpv4(sender)}: seq=${sequence} ttl=${ttl}${time}${again ? ' (DUP!)' : ''}\n`,
      );
    }
    if (options.count > 0 && tally.received >= options.count) return tally;
  }
}

/** After the last packet: twice the longest round trip in whole seconds, at least one; -W when nothing has come yet. */
function lastWait(options: Options, tally: Tally): number {
  if (tally.received === 0) return seconds(options.wait);
  return seconds(Math.max(1, Math.floor(Math.max(...tally.times) / (512 * 1024))));
}

export function* busyboxPing(process: Process): Op<number> {
  const options = parse(process.argv.slice(1));
  if ('err' in options) {
    yield* process.err(options.err);
    return 1;
  }
  const found = yield* lookupIpv4(process, options.host);
  const [to] = found.ok ? found.value : [];
  if (to === undefined) {
    yield* process.err(`ping: bad address '${options.host}'\n`);
    return 1;
  }
  const link =
    options.source === undefined
      ? undefined
      : process.kernel.linkByName(process.netns, options.source);
  const from =
    options.source === undefined
      ? undefined
      : (parseIpv4(options.source) ??
        (link && process.kernel.addresses({ link: link.id })[0]?.address));
  process.handle(signals.SIGINT, 'catch');
  const socket = process.kernel.sockets.icmpOpen(process.netns);
  try {
    const source = from === undefined ? '' : ` from ${formatIpv4(from)}`;
    yield* process.out(
      `PING ${options.host} (${formatIpv4(to)})${source}: ${options.size} data bytes\n`,
    );
    const tally = yield* run(process, options, socket, to, from);
    if (tally === 'failed') return 1;
    yield* process.out(statistics(options.host, tally));
    return tally.received === 0 ? 1 : 0;
  } finally {
    process.kernel.sockets.close(socket);
  }
}
