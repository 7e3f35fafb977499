// `nc -u`: datagrams between standard input and output.
//
// Mirrors: OpenBSD netcat (readwrite): who listens talks to the first that writes, and to nobody else; with -k it answers
// nobody and prints what anybody sends.
import { type Process, receiveDatagram, socketOwner, strerror } from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import type { Ipv4 } from '../../wire/index.ts';

interface Manner {
  readonly keep: boolean;
  readonly scan: boolean;
  /** Seconds without anything coming or going, after which it ends. */
  readonly wait: number | undefined;
  /** Ends as soon as standard input does. */
  readonly quitAtEof: boolean;
}

type Socket = Parameters<Process['kernel']['sockets']['udpSend']>[0];

/** Sends what is typed and prints what comes back; false when the other side refuses. */
export function* sendDatagrams(
  process: Process,
  manner: Manner,
  to: Ipv4,
  port: number,
): Op<boolean> {
  const { sockets } = process.kernel;
  const bound = sockets.udpBind(process.netns, { owner: socketOwner(process, 3) });
  if (!bound.ok) return false;
  try {
    return yield* exchange(process, manner, bound.value, to, port);
  } finally {
    sockets.close(bound.value);
  }
}

/** The exit status. */
export function* listenUdp(process: Process, manner: Manner, port: number): Op<number> {
  const { sockets } = process.kernel;
  const bound = sockets.udpBind(process.netns, { port, owner: socketOwner(process, 3) });
  if (!bound.ok) {
    yield* process.err(`nc: ${strerror(bound.error)}\n`);
    return 1;
  }
  try {
    for (;;) {
      const arrived = yield* receiveDatagram(process, bound.value);
      if (!arrived.ok) return arrived.error === 'EINTR' ? 0 : 1;
      const { payload, from, fromPort } = arrived.value;
      if (payload.kind === 'text') yield* process.out(payload.text);
      if (manner.keep) continue;
      yield* exchange(process, manner, bound.value, from, fromPort);
      return 0;
    }
  } finally {
    sockets.close(bound.value);
  }
}

function* exchange(
  process: Process,
  { wait, quitAtEof, scan }: Manner,
  socket: Socket,
  to: Ipv4,
  port: number,
): Op<boolean> {
  const { sockets } = process.kernel;
  const input = process.fds.get(0);
  for (;;) {
    const arrived = sockets.udpReceive(socket);
    if (arrived && 'error' in arrived) return false;
    const known = arrived?.from === to && arrived.fromPort === port;
    if (known && arrived.payload.kind === 'text') yield* process.out(arrived.payload.text);
    const typed = input?.read();
    if (typed !== undefined && typed !== null && typed !== '') {
      sockets.udpSend(socket, to, port, { kind: 'text', text: typed });
      continue;
    }
    // With -w an answer is still waited for.
    if (typed === null && (quitAtEof || scan)) return true;
    const keys = [sockets.key(socket), ...(typed === undefined && input ? [input.readKey] : [])];
    const wake = yield wait === undefined
      ? { keys }
      : { keys, until: micros(process.sim.now() + seconds(wait)) };
    if (wake.by === 'time' && wait !== undefined) return true;
    if (wake.by === 'signal') return true;
  }
}
