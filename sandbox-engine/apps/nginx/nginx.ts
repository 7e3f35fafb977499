// nginx: a master that reads the configuration, listens and keeps workers.
//
// Mirrors: nginx 1.30 (src/os/unix/ngx_process_cycle.c). Differs: connections are shared out by the kernel's queue in
// order, no cache, no TLS; only the configuration that `config.ts` knows.
import type { SocketId } from '../../kernel/index.ts';
import { lookupIpv4, type Process, type Program, signals, strerror } from '../../os/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { type Ipv4, parseIpv4 } from '../../wire/index.ts';
import { listen } from '../tcp-server.ts';
import { nginxVersion } from './answers.ts';
import { type NginxConfig, type ProxyPass, readConfig } from './config.ts';
import { NginxLog } from './log.ts';
import { failed, makePaths } from './paths.ts';
import { upstreamKey } from './proxy.ts';
import { type Loaded, work } from './worker.ts';

const defaultFile = '/etc/nginx/nginx.conf';

interface Options {
  readonly file: string;
  readonly globals: string;
  readonly test: boolean;
  readonly version: boolean;
  readonly signal: string;
}

function parse(argv: readonly string[]): Options | string {
  const options = { file: defaultFile, globals: '', test: false, version: false, signal: '' };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const next = argv[at + 1];
    if (word === '-t' || word === '-T') options.test = true;
    else if (word === '-v' || word === '-V') options.version = true;
    else if (word === '-q') continue;
    else if (['-g', '-c', '-s', '-p'].includes(word)) {
      if (next === undefined) return `option "${word}" requires parameter`;
      at += 1;
      if (word === '-g') options.globals = next;
      else if (word === '-c') options.file = next;
      else if (word === '-s') options.signal = next;
    } else
      return word.startsWith('-')
        ? `invalid option: "${word.slice(1)}"`
        : `invalid option: "${word}"`;
  }
  return options;
}

export const nginx: Program = function* (process) {
  const options = parse(process.argv);
  if (typeof options === 'string') {
    yield* process.err(`nginx: ${options}\n`);
    return 1;
  }
  if (options.version) {
    yield* process.err(`nginx version: ${nginxVersion}\n`);
    return 0;
  }
  const read = configOf(process, options);
  const loaded = read.ok ? yield* resolveUpstreams(process, read.value) : read;
  if (!loaded.ok) return yield* refuse(process, loaded.error, options);
  if (options.test) {
    yield* process.err(
      `nginx: the configuration file ${options.file} syntax is ok\nnginx: configuration file ${options.file} test is successful\n`,
    );
    return 0;
  }
  if (options.signal !== '') return yield* sendSignal(process, loaded.value.config, options.signal);
  if (!loaded.value.config.daemon) return yield* new Master(process, options, loaded.value).run();
  return yield* inBackground(process, options, loaded.value);
};

/** A child goes on; the caller is done when it has started, or could not. Differs: nginx forks when all that is done. */
function* inBackground(process: Process, options: Options, loaded: Loaded): Op<number> {
  const key = `${process.endKey}:nginx`;
  let runs = false;
  const started = () => {
    runs = true;
    process.sim.wake(key);
  };
  const child = process.spawn({
    argv: process.argv,
    parent: process,
    program: (daemon) => new Master(daemon, options, loaded, started).run(),
    group: true,
  });
  if (!child.ok) return 1;
  while (!runs && child.value.exitStatus === undefined) yield { keys: [key, child.value.endKey] };
  return runs ? 0 : (child.value.exitStatus ?? 1);
}

/** The configuration as this process may use it: only root needs an account for its workers. */
function configOf(process: Process, options: Options): Result<NginxConfig, string> {
  const read = readConfig(process.fs, options.file, options.globals);
  if (!read.ok || process.user !== 'root') return read;
  const { account } = read.value.user;
  return account.ok ? read : account;
}

function* refuse(process: Process, message: string, options: Options): Op<number> {
  const log = new NginxLog(process, '/var/log/nginx/error.log');
  log.message(process, 'emerg', message);
  log.close();
  yield* process.err(`nginx: [emerg] ${message}\n`);
  if (options.test) yield* process.err(`nginx: configuration file ${options.file} test failed\n`);
  return 1;
}

// ---- upstreams ---------------------------------------------------------------------------------------

/** Names in proxy_pass are looked up once, when the configuration is read. */
function* resolveUpstreams(process: Process, config: NginxConfig): Op<Result<Loaded, string>> {
  const addresses = new Map<string, readonly Ipv4[]>();
  const passes = config.servers.flatMap((s) => s.locations.flatMap((l) => l.proxyPass ?? []));
  for (const pass of passes) {
    const found = yield* addressesOf(process, pass);
    if (found.length === 0)
      return err(`host not found in upstream "${pass.host}" in ${pass.file}:${pass.line}`);
    addresses.set(upstreamKey(pass), found);
  }
  return ok({ config, addresses });
}

function* addressesOf(process: Process, pass: ProxyPass): Op<readonly Ipv4[]> {
  const literal = parseIpv4(pass.host);
  if (literal !== undefined) return [literal];
  const found = yield* lookupIpv4(process, pass.host);
  return found.ok ? found.value : [];
}

// ---- -s ------------------------------------------------------------------------------------------------

const commands: Readonly<Record<string, number>> = {
  stop: signals.SIGTERM,
  quit: signals.SIGQUIT,
  reload: signals.SIGHUP,
  reopen: signals.SIGUSR1,
};

function* sendSignal(process: Process, config: NginxConfig, name: string): Op<number> {
  const signal = commands[name];
  if (signal === undefined) {
    yield* process.err(`nginx: invalid option: "-s ${name}"\n`);
    return 1;
  }
  const file = process.fs.read(config.pid);
  if (!file.ok) {
    yield* process.err(
      `nginx: [error] open() "${config.pid}" failed (2: No such file or directory)\n`,
    );
    return 1;
  }
  const sent = process.kill(Number(file.value.trim()), signal);
  if (sent.ok) return 0;
  yield* process.err(
    `nginx: [error] kill(${file.value.trim()}, ${signal}) ${failed(sent.error)}\n`,
  );
  return 1;
}

// ---- the master ------------------------------------------------------------------------------------------

const signalName = (signal: number): string =>
  Object.entries(signals).find(([, number]) => number === signal)?.[0] ?? String(signal);

class Master {
  readonly #process: Process;
  readonly #options: Options;
  readonly #started: () => void;
  #loaded: Loaded;
  #errors: NginxLog;
  readonly #listeners = new Map<number, SocketId>();
  #workers: Process[] = [];
  readonly #exited: Process[] = [];
  #stopping = false;

  /** `started`: is called when it has all that it needs. */
  constructor(process: Process, options: Options, loaded: Loaded, started = (): void => undefined) {
    this.#process = process;
    this.#started = started;
    this.#options = options;
    this.#loaded = loaded;
    this.#errors = new NginxLog(process, loaded.config.errorLog);
  }

  #notice(text: string): void {
    this.#errors.message(this.#process, 'notice', text);
  }

  /** Into the log and to whoever started it: while it starts, they may be two places. */
  *#says(level: 'warn' | 'emerg', text: string): Op<void> {
    this.#errors.message(this.#process, level, text);
    yield* this.#process.err(`nginx: [${level}] ${text}\n`);
  }

  *run(): Op<number> {
    try {
      const started = yield* this.#start();
      if (!started) return 1;
      this.#started();
      yield* this.#cycle();
      this.#notice('exit');
      this.#process.fs.remove(this.#loaded.config.pid);
      return 0;
    } finally {
      for (const listener of this.#listeners.values()) this.#process.kernel.sockets.close(listener);
      this.#errors.close();
    }
  }

  /** False: it said why it cannot run. */
  *#start(): Op<boolean> {
    const process = this.#process;
    const { user, pid } = this.#loaded.config;
    if (process.user !== 'root' && user.place !== '')
      yield* this.#says(
        'warn',
        `the "user" directive makes sense only if the master process runs with super-user privileges, ignored in ${user.place}`,
      );
    const problem = makePaths(process, user);
    if (problem !== undefined) {
      yield* this.#says('emerg', problem);
      return false;
    }
    const bound = yield* this.#bind();
    if (!bound.ok) {
      yield* process.err('nginx: [emerg] still could not bind()\n');
      return false;
    }
    const { SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGCHLD } = signals;
    for (const signal of [SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGCHLD])
      process.handle(signal, 'catch');
    this.#notice('using the "epoll" event method');
    this.#notice(nginxVersion);
    this.#notice('built by gcc 16.2.0 (Debian 16.2.0-3) ');
    this.#notice('OS: Linux 6.12.101');
    const { soft, hard } = process.limits.get('nofile') ?? { soft: -1, hard: -1 };
    this.#notice(`getrlimit(RLIMIT_NOFILE): ${soft}:${hard}`);
    process.rename([`nginx: master process ${process.argv.join(' ')}`]);
    const written = process.fs.write(pid, `${process.pid}\n`);
    if (!written.ok) {
      yield* this.#says('emerg', `open() "${pid}" ${failed(written.error)}`);
      return false;
    }
    this.#startWorkers();
    return true;
  }

  /** Listens on the ports of all servers; a port in use is tried five times. */
  *#bind(): Op<Result<void, string>> {
    for (const port of this.#ports()) {
      for (let tries = 0; !this.#listeners.has(port); tries += 1) {
        if (tries === 5) return err('still could not bind()');
        const made = listen(this.#process, { port, fd: 5 + this.#listeners.size });
        if (made.ok) this.#listeners.set(port, made.value);
        else {
          const message = `bind() to 0.0.0.0:${port} failed (98: ${strerror(made.error)})`;
          this.#errors.message(this.#process, 'emerg', message);
          yield* this.#process.err(`nginx: [emerg] ${message}\n`);
          yield* sleep(this.#process.sim, millis(500));
        }
      }
    }
    return ok(undefined);
  }

  #ports(): number[] {
    return [...new Set(this.#loaded.config.servers.flatMap((server) => server.ports))];
  }

  /** Only root can run its workers as somebody else. */
  #workerIdentity(): { readonly user?: string; readonly gids?: readonly number[] } {
    if (this.#process.user !== 'root') return {};
    const { name, account } = this.#loaded.config.user;
    return { user: name, ...(account.ok && { gids: [account.value.gid] }) };
  }

  #startWorkers(): void {
    this.#notice('start worker processes');
    const loaded = this.#loaded;
    const listeners = new Map(this.#listeners);
    for (let n = 0; n < loaded.config.workers; n += 1) {
      const started = this.#process.spawn({
        argv: ['nginx: worker process'],
        ...this.#workerIdentity(),
        program: (process) => work(process, loaded, listeners),
      });
      if (!started.ok) continue;
      const worker = started.value;
      this.#workers.push(worker);
      worker.onExit.push(() => this.#exited.push(worker));
      this.#notice(`start worker process ${worker.pid}`);
    }
  }

  *#cycle(): Op<void> {
    for (;;) {
      for (;;) {
        const signal = this.#process.takeSignal();
        if (signal === undefined) break;
        yield* this.#signalled(signal);
      }
      this.#reap();
      if (this.#stopping && this.#workers.length === 0) return;
      yield { keys: [`${this.#process.endKey}:never`] };
    }
  }

  *#signalled(signal: number): Op<void> {
    const name = signalName(signal);
    switch (signal) {
      case signals.SIGCHLD: {
        const from = this.#exited[0];
        if (from) this.#notice(`signal ${signal} (${name}) received from ${from.pid}`);
        return;
      }
      case signals.SIGHUP:
        this.#notice(`signal ${signal} (${name}) received, reconfiguring`);
        yield* this.#reload();
        return;
      case signals.SIGUSR1:
        this.#notice(`signal ${signal} (${name}) received, reopening logs`);
        this.#notice('reopening logs');
        return;
      default: {
        const gentle = signal === signals.SIGQUIT;
        this.#notice(
          `signal ${signal} (${name}) received, ${gentle ? 'shutting down' : 'exiting'}`,
        );
        this.#stopping = true;
        for (const worker of this.#workers)
          this.#process.kill(worker.pid, gentle ? signals.SIGQUIT : signals.SIGTERM);
      }
    }
  }

  #reap(): void {
    for (const worker of this.#exited.splice(0)) {
      this.#workers = this.#workers.filter((other) => other !== worker);
      const how =
        worker.exitSignal === undefined
          ? `exited with code ${worker.exitStatus ?? 0}`
          : `exited on signal ${worker.exitSignal}`;
      const level = worker.exitSignal === undefined ? 'notice' : 'alert';
      this.#errors.message(this.#process, level, `worker process ${worker.pid} ${how}`);
      // A worker that died is replaced; one that was asked to go is not.
      if (!this.#stopping && worker.exitSignal !== undefined) this.#startWorkers();
    }
  }

  *#reload(): Op<void> {
    this.#notice('reconfiguring');
    const read = configOf(this.#process, this.#options);
    const loaded = read.ok ? yield* resolveUpstreams(this.#process, read.value) : read;
    if (!loaded.ok) {
      this.#errors.message(this.#process, 'emerg', loaded.error);
      return;
    }
    const old = [...this.#workers];
    this.#loaded = loaded.value;
    yield* this.#bind();
    this.#notice('using the "epoll" event method');
    this.#startWorkers();
    for (const worker of old) this.#process.kill(worker.pid, signals.SIGQUIT);
  }
}
