// What all servers have in common: listening sockets, a coroutine for each client, and their end with the process.
import type { SocketId } from '../kernel/index.ts';
import { acceptClient, type Process, type SocketError, socketOwner } from '../os/index.ts';
import type { Coroutine, Op } from '../sim/index.ts';
import type { Result } from '../std/index.ts';
import { anyIpv4, type Ipv4 } from '../wire/index.ts';

/** A client's address, as servers log it. */
export interface Peer {
  readonly address: Ipv4;
  readonly port: number;
}

/** Opens a listening socket of a process. The caller closes it. */
export function listen(
  process: Process,
  options: { readonly port: number; readonly address?: Ipv4; readonly fd: number },
): Result<SocketId, SocketError> {
  return process.kernel.sockets.tcpListen(process.netns, {
    port: options.port,
    address: options.address ?? anyIpv4,
    family: 'ipv4',
    backlog: 511,
    owner: socketOwner(process, options.fd),
  });
}

/** Accepts clients on listening sockets and serves each in a coroutine of its own. */
export class TcpServer {
  readonly #process: Process;
  readonly #serve: (client: SocketId, peer: Peer) => Op<void>;
  readonly #clients = new Set<Coroutine<void>>();
  readonly #acceptors: Coroutine<void>[] = [];

  constructor(process: Process, serve: (client: SocketId, peer: Peer) => Op<void>) {
    this.#process = process;
    this.#serve = serve;
  }

  start(listener: SocketId): void {
    const name = `${this.#process.host.name}: ${this.#process.argv[0] ?? 'server'}`;
    this.#acceptors.push(this.#process.sim.spawn(`${name}: accept`, this.#accept(listener, name)));
  }

  *#accept(listener: SocketId, name: string): Op<void> {
    const { sim, kernel } = this.#process;
    for (;;) {
      const accepted = yield* acceptClient(this.#process, listener);
      if (!accepted.ok) return;
      const client = accepted.value;
      const row = kernel.sockets.get(client);
      if (!row) continue;
      const peer = { address: row.remoteAddress, port: row.remotePort };
      const task = sim.spawn(`${name}: client`, this.#client(client, peer));
      this.#clients.add(task);
      task.onEnd.push(() => this.#clients.delete(task));
    }
  }

  *#client(client: SocketId, peer: Peer): Op<void> {
    try {
      yield* this.#serve(client, peer);
    } finally {
      this.#process.kernel.sockets.close(client);
    }
  }

  /** No further clients. */
  stopAccepting(): void {
    for (const acceptor of this.#acceptors) this.#process.sim.cancel(acceptor);
    this.#acceptors.length = 0;
  }

  /** Cuts every connection. */
  stop(): void {
    this.stopAccepting();
    for (const client of [...this.#clients]) this.#process.sim.cancel(client);
  }
}

/** Serves every client of a listening socket until the process ends; then the socket is closed. */
export function* serveClients(
  process: Process,
  listener: SocketId,
  serve: (client: SocketId, peer: Peer) => Op<void>,
): Op<never> {
  const server = new TcpServer(process, serve);
  server.start(listener);
  try {
    for (;;) yield { keys: [`${process.endKey}:never`] };
  } finally {
    server.stop();
    process.kernel.sockets.close(listener);
  }
}
