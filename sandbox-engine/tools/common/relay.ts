// Between a terminal and a connection: what nc and telnet do once they are connected.
import type { SocketId } from '../../kernel/index.ts';
import { type Process, sendAll } from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';

export interface RelayOptions {
  /** What the end of standard input does to the connection. */
  readonly atEof: 'keep' | 'shutdown' | 'leave';
  /** Seconds of silence after which it is over. */
  readonly wait?: number | undefined;
}

/** Copies both ways; tells who ended it. */
export function* relay(
  process: Process,
  socket: SocketId,
  options: RelayOptions,
): Op<'peer' | 'input' | 'silence' | 'signal'> {
  const { sockets } = process.kernel;
  const input = process.fds.get(0);
  let inputOpen = input !== undefined;
  for (;;) {
    const arrived = sockets.receive(socket);
    if (arrived && 'text' in arrived) {
      yield* process.out(arrived.text);
      continue;
    }
    if (arrived) return 'peer';
    const typed = inputOpen ? input?.read() : undefined;
    if (typed === null) {
      inputOpen = false;
      if (options.atEof === 'leave') return 'input';
      if (options.atEof === 'shutdown') sockets.shutdown(socket);
      continue;
    }
    if (typed !== undefined && typed !== '') {
      const sent = yield* sendAll(process, socket, typed);
      if (!sent.ok) return 'peer';
      continue;
    }
    const keys = [sockets.key(socket), ...(inputOpen && input ? [input.readKey] : [])];
    const until =
      options.wait === undefined ? undefined : micros(process.sim.now() + seconds(options.wait));
    const wake = yield until === undefined ? { keys } : { keys, until };
    if (wake.by === 'time' && until !== undefined) return 'silence';
    if (wake.by === 'signal' && process.takeSignal() !== undefined) return 'signal';
  }
}
