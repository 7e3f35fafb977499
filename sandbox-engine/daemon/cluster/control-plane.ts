// How the daemons of a swarm speak to each other: requests and answers over TCP connections that cross the simulated LAN.
//
// What stands on the wire is only the number of the request (the real one is gRPC over TLS, unreadable anyway); request and
// answer themselves are handed over in memory once those bytes have arrived. So a cut cable, a dropped packet or a dead
// machine has its effect, and nothing has to be encoded. Mirrors: swarmkit's gRPC services on port 2377.
import type { Kernel, SocketId, SocketRow } from '../../kernel/index.ts';
import {
  acceptClient,
  connectTcp,
  receiveSome,
  type SocketContext,
  sendAll,
} from '../../os/index.ts';
import {
  type Coroutine,
  type Micros,
  micros,
  type Op,
  type Sim,
  seconds,
} from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';

/** An unanswered connection attempt or request is given up after this. */
const patience = seconds(5);
/** A connection that nobody has used for so long is closed. */
const idleLimit = seconds(30);

interface Call {
  readonly request: object;
  answer: object | undefined;
}

/** Why a request was not answered, in Go's words. */
export type CallError =
  | { readonly kind: 'dial'; readonly reason: string }
  | { readonly kind: 'lost' };

/** The requests under way between all daemons of a world. */
export class ControlPlane {
  readonly #calls = new Map<number, Call>();
  #next = 0;

  open(request: object): number {
    this.#next += 1;
    this.#calls.set(this.#next, { request, answer: undefined });
    return this.#next;
  }

  get(number: number): Call | undefined {
    return this.#calls.get(number);
  }

  close(number: number): object | undefined {
    const answer = this.#calls.get(number)?.answer;
    this.#calls.delete(number);
    return answer;
  }
}

export interface EndpointOptions {
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly plane: ControlPlane;
  /** Of the sockets; another one after each start of the daemon. */
  readonly owner: () => NonNullable<SocketRow['owner']>;
}

/** Answers a request of another daemon. */
export type Handler = (request: object, from: Ipv4) => Op<object>;

const dialTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  EAGAIN: 'i/o timeout',
};

interface Connection {
  readonly socket: SocketId;
  readonly address: string;
  buffer: string;
  usedAt: Micros;
}

/** One daemon's end: what it asks of others. */
export class ControlClient {
  readonly #options: EndpointOptions;
  readonly #context: SocketContext;
  #idle: Connection[] = [];

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { sim, kernel } = options;
    this.#context = { sim, kernel, netns: kernel.initNetns };
  }

  /** Asks the daemon at `host:port`; `within` is how long the answer may take. */
  *call(
    address: string,
    request: object,
    within: Micros = patience,
  ): Op<Result<object, CallError>> {
    const { plane, sim } = this.#options;
    const until = micros(sim.now() + within);
    const connection = this.#take(address) ?? (yield* this.#dial(address));
    if ('kind' in connection) return err(connection);
    const number = plane.open(request);
    let kept = false;
    try {
      const sent = yield* sendAll(this.#context, connection.socket, `${number}\n`, until);
      if (!sent.ok) return err({ kind: 'lost' });
      while (!connection.buffer.includes('\n')) {
        const part = yield* receiveSome(this.#context, connection.socket, until);
        if (!part.ok || part.value === null) return err({ kind: 'lost' });
        connection.buffer += part.value;
      }
      connection.buffer = '';
      kept = true;
      const answer = plane.get(number)?.answer;
      return answer ? ok(answer) : err({ kind: 'lost' });
    } finally {
      plane.close(number);
      if (kept) {
        connection.usedAt = sim.now();
        this.#idle.push(connection);
      } else this.#options.kernel.sockets.close(connection.socket);
    }
  }

  closeAll(): void {
    for (const { socket } of this.#idle) this.#options.kernel.sockets.close(socket);
    this.#idle = [];
  }

  #take(address: string): Connection | undefined {
    const { sockets } = this.#options.kernel;
    const oldest = this.#options.sim.now() - idleLimit;
    const usable = ({ socket, usedAt }: Connection) =>
      usedAt >= oldest && sockets.connection(socket) === 'open';
    for (const stale of this.#idle.filter((one) => !usable(one))) sockets.close(stale.socket);
    this.#idle = this.#idle.filter(usable);
    const index = this.#idle.findIndex((one) => one.address === address);
    return index < 0 ? undefined : this.#idle.splice(index, 1)[0];
  }

  *#dial(address: string): Op<Connection | CallError> {
    const { sim, owner } = this.#options;
    const [host = '', port = ''] = address.split(':');
    const to = parseIpv4(host);
    if (to === undefined) return { kind: 'dial', reason: `dial tcp: lookup ${host}: no such host` };
    const until = micros(sim.now() + patience);
    const opened = yield* connectTcp(this.#context, {
      to,
      port: Number(port),
      until,
      owner: owner(),
    });
    if (opened.ok) return { socket: opened.value, address, buffer: '', usedAt: sim.now() };
    const reason = dialTexts[opened.error] ?? 'connect: connection refused';
    return { kind: 'dial', reason: `dial tcp ${formatIpv4(to)}:${port}: ${reason}` };
  }
}

/** A listening daemon. */
export class ControlServer {
  readonly #options: EndpointOptions;
  readonly #context: SocketContext;
  readonly #handler: Handler;
  #listener: SocketId | undefined;
  #coroutines: Coroutine<void>[] = [];
  readonly #sockets = new Set<SocketId>();

  constructor(options: EndpointOptions, handler: Handler) {
    this.#options = options;
    this.#handler = handler;
    const { sim, kernel } = options;
    this.#context = { sim, kernel, netns: kernel.initNetns };
  }

  /** False when the port is taken. `address` undefined: on all addresses, of both families. */
  listen(port: number, address: Ipv4 | undefined): boolean {
    const { kernel, sim, owner } = this.#options;
    const listener = kernel.sockets.tcpListen(kernel.initNetns, {
      port,
      family: address === undefined ? 'any' : 'ipv4',
      backlog: 4096,
      owner: owner(),
      ...(address !== undefined && { address }),
    });
    if (!listener.ok) return false;
    this.#listener = listener.value;
    this.#coroutines.push(sim.spawn(`control server :${port}`, this.#accept(listener.value)));
    return true;
  }

  close(): void {
    const { kernel, sim } = this.#options;
    for (const coroutine of this.#coroutines) sim.cancel(coroutine as Coroutine<unknown>);
    this.#coroutines = [];
    if (this.#listener) kernel.sockets.close(this.#listener);
    this.#listener = undefined;
    for (const socket of this.#sockets) kernel.sockets.close(socket);
    this.#sockets.clear();
  }

  *#accept(listener: SocketId): Op<void> {
    for (;;) {
      const client = yield* acceptClient(this.#context, listener);
      if (!client.ok) return;
      this.#sockets.add(client.value);
      this.#coroutines = this.#coroutines.filter((one) => !one.ended);
      const { sim } = this.#options;
      this.#coroutines.push(sim.spawn('control connection', this.#serve(client.value)));
    }
  }

  *#serve(socket: SocketId): Op<void> {
    const { plane, kernel } = this.#options;
    const from = kernel.sockets.get(socket)?.remoteAddress;
    let buffer = '';
    try {
      for (;;) {
        const part = yield* receiveSome(this.#context, socket);
        if (!part.ok || part.value === null || from === undefined) return;
        buffer += part.value;
        for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
          const call = plane.get(Number(buffer.slice(0, end)));
          buffer = buffer.slice(end + 1);
          if (call) call.answer = yield* this.#handler(call.request, from);
          const sent = yield* sendAll(this.#context, socket, 'ok\n');
          if (!sent.ok) return;
        }
      }
    } finally {
      this.#sockets.delete(socket);
      kernel.sockets.close(socket);
    }
  }
}
