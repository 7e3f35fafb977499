// A socket behind a file descriptor: what a shell reads and writes through /dev/tcp/HOST/PORT and /dev/udp/HOST/PORT.
//
// Mirrors: bash lib/sh/netopen.c. Differs: services have numbers only; the first address of a name is tried, no other.
import type { SocketId, Sockets } from '../kernel/index.ts';
import type { Op } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import type { OpenFile, Process } from './api.ts';
import { lookupIpv4, resolveErrorText } from './resolve.ts';
import { connectTcp, socketOwner, strerror } from './sockets.ts';

/** The ends of a connection, as a file sees them. */
interface Ends {
  readonly send: (text: string) => number | 'EPIPE';
  /** undefined: nothing yet; null: the end. */
  readonly receive: () => string | null | undefined;
}

class SocketFile implements OpenFile {
  readonly kind = 'stream';
  readonly readKey: string;
  readonly writeKey: string;
  readonly #sockets: Sockets;
  readonly #socket: SocketId;
  readonly #ends: Ends;
  #holders = 1;
  #left = '';

  constructor(sockets: Sockets, socket: SocketId, ends: Ends) {
    this.#sockets = sockets;
    this.#socket = socket;
    this.#ends = ends;
    this.readKey = sockets.key(socket);
    this.writeKey = this.readKey;
  }

  read(max: number = Number.MAX_SAFE_INTEGER): string | null | undefined {
    const arrived = this.#left === '' ? this.#ends.receive() : this.#left;
    if (arrived === null || arrived === undefined) return arrived;
    this.#left = arrived.slice(max);
    return arrived.slice(0, max);
  }

  write(text: string): number | 'EPIPE' {
    return this.#ends.send(text);
  }

  retain(): OpenFile {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#sockets.close(this.#socket);
  }
}

function tcpEnds(sockets: Sockets, socket: SocketId): Ends {
  return {
    send: (text) => {
      const sent = sockets.send(socket, text);
      return sent.ok ? sent.value : 'EPIPE';
    },
    receive: () => {
      const arrived = sockets.receive(socket);
      if (!arrived) return undefined;
      return 'text' in arrived ? arrived.text : null;
    },
  };
}

/** Each write is one datagram; what comes back is read as it comes. */
function udpEnds(sockets: Sockets, socket: SocketId, to: Ipv4, port: number): Ends {
  return {
    send: (text) => {
      sockets.udpSend(socket, to, port, { kind: 'text', text });
      return text.length;
    },
    receive: () => {
      const arrived = sockets.udpReceive(socket);
      if (!arrived) return undefined;
      return 'error' in arrived
        ? null
        : arrived.payload.kind === 'text'
          ? arrived.payload.text
          : '';
    },
  };
}

/** `stage`: what failed, the look-up of the host or of the port, or the connection. */
export interface NetworkFileError {
  readonly stage: 'host' | 'port' | 'connect';
  readonly text: string;
}

/** Opens a connection as a file; whoever gets it holds one reference. */
export function* openNetworkFile(
  process: Process,
  protocol: 'tcp' | 'udp',
  host: string,
  service: string,
): Op<Result<OpenFile, NetworkFileError>> {
  if (!/^\d+$/.test(service) || Number(service) > 65_535)
    return err({ stage: 'port', text: 'Servname not supported for ai_socktype' });
  const port = Number(service);
  const found = yield* lookupIpv4(process, host);
  if (!found.ok) return err({ stage: 'host', text: resolveErrorText[found.error] });
  const [to] = found.value;
  if (to === undefined) return err({ stage: 'host', text: 'Name or service not known' });
  const { sockets } = process.kernel;
  const owner = socketOwner(process, 3);
  const opened =
    protocol === 'tcp'
      ? yield* connectTcp(process, { to, port, owner })
      : sockets.udpBind(process.netns, { owner });
  if (!opened.ok) return err({ stage: 'connect', text: strerror(opened.error) });
  const socket = opened.value;
  const ends = protocol === 'tcp' ? tcpEnds(sockets, socket) : udpEnds(sockets, socket, to, port);
  return ok(new SocketFile(sockets, socket, ends));
}
