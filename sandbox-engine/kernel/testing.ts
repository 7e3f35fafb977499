// Small hosts for tests: a world with kernels on one LAN, and blocking forms of ping, connect and exchange.
import { micros, millis, type Op, Sim, seconds } from '../sim/index.ts';
import { must, type Result } from '../std/index.ts';
import { ip, type Mac, parseInterface } from '../wire/index.ts';
import { createKernel } from './kernel.ts';
import type { IcmpArrival, Kernel } from './kernel-api.ts';
import type { TableName } from './netfilter/api.ts';
import { type FilterFactory, passThroughFilter } from './netfilter/hook.ts';
import { parseRule } from './netfilter/index.ts';
import type { Errno, LinkId, LinkRow, NetnsId, SocketId } from './rows.ts';
import type { NetworkWorld } from './state.ts';
import { createNetworkWorld } from './world.ts';

export class TestNetwork {
  readonly sim: Sim;
  readonly world: NetworkWorld;
  readonly #filter: FilterFactory;

  /** `none`: everything passes, no rules can be made. */
  constructor(rules: 'none' | 'netfilter' = 'none') {
    this.sim = new Sim({ seed: 7, epochMillis: 0 });
    this.world = createNetworkWorld(this.sim);
    this.#filter = rules === 'none' ? passThroughFilter : this.world.netfilter.factory;
  }

  /** A host whose eth0 is on the segment `lan` with that address (`192.168.56.10/24`). */
  host(name: string, address: string): Kernel {
    const last = address.split('/')[0]?.split('.')[3] ?? '1';
    const kernel = createKernel(this.world, {
      host: name,
      filter: this.#filter,
      uplink: { mac: `02:56:00:00:00:${last.padStart(2, '0')}` as Mac, segment: 'lan' },
    });
    give(kernel, mustLink(kernel, kernel.initNetns, 'eth0').id, address);
    return kernel;
  }

  /** Runs a coroutine to its end, up to `limit` seconds of simulated time. */
  run<T>(op: Op<T>, limit = 600): T {
    const coroutine = this.sim.spawn('test', op);
    const end = this.sim.now() + seconds(limit);
    while (!coroutine.ended) {
      const next = this.sim.nextAt();
      if (next === undefined || next > end) throw new Error('the operation does not end');
      this.sim.runNext();
    }
    return coroutine.result as T;
  }

  advance(secondsOfTime: number): void {
    this.sim.runUntil(micros(this.sim.now() + seconds(secondsOfTime)));
  }
}

export function mustOk<T>(result: Result<T, Errno>): T {
  if (!result.ok) throw new Error(`unexpected ${result.error}`);
  return result.value;
}

export const mustLink = (kernel: Kernel, netns: NetnsId, name: string): LinkRow =>
  must(kernel.linkByName(netns, name), `${name} in ${netns}`);

/** Gives an address as `a.b.c.d/n`, with the broadcast address that `ip addr add … brd +` would. */
export function give(kernel: Kernel, link: LinkId, address: string): void {
  const parsed = must(parseInterface(address), address);
  mustOk(kernel.addressAdd(link, parsed.address, parsed.prefixLength));
}

/** A namespace that hangs on a bridge by a veth pair: eth0 inside with that address. */
export function container(kernel: Kernel, bridge: LinkRow, address: string): NetnsId {
  const netns = kernel.netnsAdd();
  mustOk(kernel.linkSet(mustLink(kernel, netns, 'lo').id, { up: true }));
  const outside = mustOk(
    kernel.linkAdd(bridge.netns, {
      name: `veth${Number(netns.split('netns')[1]) + 1}`,
      kind: 'veth',
      mtu: bridge.mtu,
      peer: { name: 'eth0', netns, mtu: bridge.mtu },
    }),
  );
  mustOk(kernel.linkSet(outside.id, { master: bridge.id, up: true }));
  const inside = mustLink(kernel, netns, 'eth0').id;
  give(kernel, inside, address);
  mustOk(kernel.linkSet(inside, { up: true }));
  return netns;
}

/** A bridge with that address, up. */
export function bridge(kernel: Kernel, name: string, address: string): LinkRow {
  const row = mustOk(
    kernel.linkAdd(kernel.initNetns, {
      name,
      kind: 'bridge',
      mac: `02:42:${name.length.toString().padStart(2, '0')}:00:00:01` as Mac,
    }),
  );
  give(kernel, row.id, address);
  return mustOk(kernel.linkSet(row.id, { up: true }));
}

/** `-A CHAIN …` into that table; a chain that is not there is made. */
export function rule(
  kernel: Kernel,
  netns: NetnsId,
  table: TableName,
  chain: string,
  text: string,
): void {
  const parsed = parseRule(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error}`);
  const netfilter = kernel.netfilter(netns);
  netfilter.newChain(table, chain);
  mustOk(netfilter.append(table, chain, parsed.value));
}

/** One echo request; what comes back within `wait` milliseconds. */
export function* ping(
  kernel: Kernel,
  sim: Sim,
  netns: NetnsId,
  to: string,
  options: { size?: number; ttl?: number; dontFragment?: boolean; wait?: number } = {},
): Op<IcmpArrival | Errno | 'timeout'> {
  const { wait = 5000, size = 56, ...rest } = options;
  const socket = kernel.sockets.icmpOpen(netns);
  const sent = kernel.sockets.icmpSend(socket, ip(to), { sequence: 1, size, ...rest });
  if (!sent.ok) return sent.error;
  const until = micros(sim.now() + millis(wait));
  for (;;) {
    const arrival = kernel.sockets.icmpReceive(socket);
    if (arrival || sim.now() >= until) {
      kernel.sockets.close(socket);
      return arrival ?? 'timeout';
    }
    yield { keys: [kernel.sockets.key(socket)], until };
  }
}

/** Opens a TCP connection; the socket, or why not. */
export function* connect(
  kernel: Kernel,
  netns: NetnsId,
  to: string,
  port: number,
): Op<Result<SocketId, Errno>> {
  const made = kernel.sockets.tcpConnect(netns, { to: ip(to), port });
  if (!made.ok) return made;
  for (;;) {
    const state = kernel.sockets.connection(made.value);
    if (state === 'open') return made;
    if (state !== 'pending') return { ok: false, error: state === 'closed' ? 'ECONNRESET' : state };
    yield { keys: [kernel.sockets.key(made.value)] };
  }
}

/** Reads until the peer closes, or the connection breaks. */
export function* readAll(kernel: Kernel, socket: SocketId): Op<string> {
  let text = '';
  for (;;) {
    const got = kernel.sockets.receive(socket);
    if (!got) yield { keys: [kernel.sockets.key(socket)] };
    else if ('text' in got) text += got.text;
    else return 'error' in got ? `${text}(${got.error})` : text;
  }
}

/** Writes everything, waiting where the window is full. */
export function* writeAll(kernel: Kernel, socket: SocketId, text: string): Op<void> {
  let left = text;
  while (left !== '') {
    const sent = kernel.sockets.send(socket, left);
    if (!sent.ok) return;
    if (sent.value === 0) yield { keys: [kernel.sockets.key(socket)] };
    left = left.slice(sent.value);
  }
}

/** A server that answers each connection once: reads one message, writes `answer` of it, closes. Never ends. */
export function* serve(
  kernel: Kernel,
  netns: NetnsId,
  port: number,
  answer: (request: string) => string,
): Op<never> {
  const listener = mustOk(kernel.sockets.tcpListen(netns, { port }));
  for (;;) {
    const socket = kernel.sockets.tcpAccept(listener);
    if (!socket) {
      yield { keys: [kernel.sockets.key(listener)] };
      continue;
    }
    let request = kernel.sockets.receive(socket);
    while (!request) {
      yield { keys: [kernel.sockets.key(socket)] };
      request = kernel.sockets.receive(socket);
    }
    if ('text' in request) yield* writeAll(kernel, socket, answer(request.text));
    kernel.sockets.close(socket);
  }
}
