// A worker of nginx: takes connections from the master's sockets until it is asked to go.
//
// Mirrors: nginx src/os/unix/ngx_process_cycle.c ngx_worker_process_cycle.
import type { SocketId } from '../../kernel/index.ts';
import { type Process, signals } from '../../os/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { serveHttp } from '../http-server.ts';
import { TcpServer } from '../tcp-server.ts';
import type { NginxConfig } from './config.ts';
import type { Worker } from './exchange.ts';
import { NginxLog } from './log.ts';
import { answerer, clientTimeout, malformed } from './serve.ts';

/** A configuration, and the addresses of the hosts that it hands requests to. */
export interface Loaded {
  readonly config: NginxConfig;
  readonly addresses: ReadonlyMap<string, readonly Ipv4[]>;
}

/** The program of a worker: serves the master's sockets. */
export function* work(
  process: Process,
  loaded: Loaded,
  listeners: ReadonlyMap<number, SocketId>,
): Op<number> {
  const { config } = loaded;
  const worker: Worker = {
    process,
    config,
    errors: new NginxLog(process, config.errorLog),
    access: new NginxLog(process, config.accessLog),
    upstreams: new Map(
      [...loaded.addresses].map(([key, addresses]) => [key, { addresses, next: 0 }]),
    ),
    connections: 0,
    active: 0,
  };
  for (const signal of [signals.SIGTERM, signals.SIGINT, signals.SIGQUIT])
    process.handle(signal, 'catch');
  process.handle(signals.SIGHUP, 'ignore');
  const server = serverOf(worker, listeners);
  try {
    yield* untilAsked(worker, server);
    return 0;
  } finally {
    server.stop();
    worker.errors.close();
    worker.access.close();
  }
}

function serverOf(worker: Worker, listeners: ReadonlyMap<number, SocketId>): TcpServer {
  const { sockets } = worker.process.kernel;
  const server = new TcpServer(worker.process, (client, peer) => {
    const port = sockets.get(client)?.localPort ?? 80;
    return serveHttp(worker.process, client, {
      idle: clientTimeout(worker.config),
      answer: answerer(worker, port, peer),
      malformed: () => malformed(worker, peer),
    });
  });
  for (const listener of listeners.values()) server.start(listener);
  return server;
}

/** Serves until a signal says to stop; SIGQUIT lets requests that are being answered finish first. */
function* untilAsked(worker: Worker, server: TcpServer): Op<void> {
  const { process } = worker;
  const notice = (text: string): void => worker.errors.message(process, 'notice', text);
  for (;;) {
    const signal = process.takeSignal();
    if (signal === undefined) {
      yield { keys: [`${process.endKey}:never`] };
      continue;
    }
    server.stopAccepting();
    if (signal === signals.SIGQUIT) {
      notice('gracefully shutting down');
      while (worker.active > 0) yield* sleep(process.sim, millis(20));
    }
    notice('exiting');
    notice('exit');
    return;
  }
}
