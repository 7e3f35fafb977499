// redis-server: a key-value store on port 6379.
//
// Mirrors: redis 8.0 as Debian builds it. Differs: nothing is written to disk; texts only.
import type { SocketId } from '../../kernel/index.ts';
import {
  type Process,
  type Program,
  receiveSome,
  sendAll,
  signals,
  strerror,
} from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { civilTime, monthNames } from '../../std/index.ts';
import { nowMillis } from '../http-server.ts';
import { listen, TcpServer } from '../tcp-server.ts';
import { type Database, run } from './commands.ts';
import { encode, RespReader } from './protocol.ts';

export const redisVersion = '8.0.5';

const defaultPort = 6379;

const two = (n: number): string => String(n).padStart(2, '0');

/** `1:M 22 Nov 2026 00:04:55.123 * Ready …` */
function logLine(process: Process, role: 'C' | 'M', level: string, text: string): string {
  const t = civilTime(nowMillis(process.sim));
  const clock = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}.${String(t.millisecond).padStart(3, '0')}`;
  const date = `${two(t.day)} ${monthNames[t.month - 1]} ${t.year}`;
  return `${process.pid}:${role} ${date} ${clock} ${level} ${text}\n`;
}

interface Options {
  readonly port: number;
  readonly configured: boolean;
}

function parse(argv: readonly string[]): Options | string {
  let port = defaultPort;
  const words = argv.slice(1);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--port') port = Number(words[at + 1]);
    else if (!word.startsWith('--') && at === 0) return word;
  }
  return { port, configured: words.length > 0 };
}

export const redisServer: Program = function* (process) {
  if (process.argv.includes('--version') || process.argv.includes('-v')) {
    yield* process.out(
      `Redis server v=${redisVersion} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64\n`,
    );
    return 0;
  }
  const options = parse(process.argv);
  if (typeof options === 'string') {
    yield* process.err(`redis-server: not simulated here: the configuration file ${options}\n`);
    return 1;
  }
  yield* greet(process, options);
  const listener = listen(process, { port: options.port, fd: 6 });
  if (!listener.ok) {
    const problem = `Warning: Could not create server TCP listening socket *:${options.port}: bind: ${strerror(listener.error)}`;
    yield* process.out(logLine(process, 'M', '#', problem));
    yield* process.out(logLine(process, 'M', '#', 'Failed listening on port, aborting.'));
    return 1;
  }
  yield* process.out(logLine(process, 'M', '*', 'Server initialized'));
  yield* process.out(logLine(process, 'M', '*', 'Ready to accept connections tcp'));
  process.rename([`redis-server *:${options.port}`]);
  return yield* serve(process, listener.value, options.port);
};

function* greet(process: Process, { port, configured }: Options): Op<void> {
  yield* process.out(
    logLine(process, 'C', '*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo') +
      logLine(
        process,
        'C',
        '*',
        `Redis version=${redisVersion}, bits=64, commit=00000000, modified=0, pid=${process.pid}, just started`,
      ) +
      (configured
        ? logLine(process, 'C', '*', 'Configuration loaded')
        : logLine(
            process,
            'C',
            '#',
            'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
          )) +
      logLine(process, 'M', '*', 'monotonic clock: POSIX clock_gettime') +
      logLine(process, 'M', '*', `Running mode=standalone, port=${port}.`),
  );
}

function* serve(process: Process, listener: SocketId, port: number): Op<number> {
  const db: Database = {
    sim: process.sim,
    values: new Map(),
    expiry: new Map(),
    startedAt: process.sim.now(),
    version: redisVersion,
    port,
    pid: process.pid,
    clients: 0,
    commands: 0,
  };
  process.handle(signals.SIGTERM, 'catch');
  process.handle(signals.SIGINT, 'catch');
  process.handle(signals.SIGHUP, 'ignore');
  const server = new TcpServer(process, (client) => serveClient(process, db, client));
  server.start(listener);
  try {
    let signal = process.takeSignal();
    while (signal === undefined) {
      yield { keys: [`${process.endKey}:never`] };
      signal = process.takeSignal();
    }
    const name = signal === signals.SIGINT ? 'SIGINT' : 'SIGTERM';
    yield* process.out(
      logLine(process, 'M', '*', `Received ${name} scheduling shutdown...`) +
        logLine(process, 'M', '*', 'User requested shutdown...') +
        logLine(process, 'M', '#', 'Redis is now ready to exit, bye bye...'),
    );
    return 0;
  } finally {
    server.stop();
    process.kernel.sockets.close(listener);
  }
}

function* serveClient(process: Process, db: Database, client: SocketId): Op<void> {
  const reader = new RespReader();
  db.clients += 1;
  process.kernel.sockets.noDelay(client);
  try {
    for (;;) {
      const command = reader.command();
      if (command === undefined) {
        const text = yield* receiveSome(process, client);
        if (!text.ok && text.error === 'EINTR') continue;
        if (!text.ok || text.value === null) return;
        reader.push(text.value);
        continue;
      }
      if (command.length === 0) continue;
      const quit = command[0]?.toLowerCase() === 'quit';
      const reply = quit ? '+OK\r\n' : encode(run(db, command));
      const sent = yield* sendAll(process, client, reply);
      if (quit || !sent.ok) return;
    }
  } finally {
    db.clients -= 1;
  }
}
