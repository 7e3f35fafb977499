// For tests: one machine with an engine, a gateway on its LAN, and the engine's API without a client.

import type { ApiRequest, ApiResponse, ApiStream, StreamPiece } from '../api/index.ts';
import {
  gatewayTree,
  hostLayers,
  type PublishedTag,
  publishedTags,
  startGateway,
} from '../apps/index.ts';
import { imagePrograms } from '../apps/programs/index.ts';
import { createKernel, createNetworkWorld } from '../kernel/index.ts';
import { createNetworkController, createNetworkRows } from '../libnetwork/index.ts';
import { createHost, createOsWorld, type FileTree, type Host, type Program } from '../os/index.ts';
import { micros, Sim, seconds, sleep } from '../sim/index.ts';
import { must } from '../std/index.ts';
import { cidr, ip, type Mac } from '../wire/index.ts';
import { createDaemonCollections } from './context.ts';
import { createDaemon, type Daemon } from './daemon.ts';
import { proxyStarter, startEngineProcesses } from './processes.ts';

/** A shell that can just about run the entrypoints of the images: `exec "$@"`, and `-c` with `exit N` or a text to print. */
const tinyShell: Program = function* (process) {
  const [, first = '', ...rest] = process.argv;
  if (first === '-c') {
    const code = /^exit (\d+)$/.exec(rest[0] ?? '');
    if (code) return Number(code[1]);
    yield* process.out(`${rest[0] ?? ''}\n`);
    return 0;
  }
  const next = first === '' ? undefined : process.exec({ argv: rest });
  if (next?.ok) return yield* next.value;
  for (;;) {
    const line = yield* process.readLine(0);
    if (line === null) return 0;
    yield* process.out(`heard ${line}\n`);
  }
};

const small: Readonly<Record<string, Program>> = {
  ash: tinyShell,
  'busybox:true': function* () {
    return 0;
  },
  'busybox:false': function* () {
    return 1;
  },
  'busybox:env': function* (process) {
    for (const [name, value] of process.env) yield* process.out(`${name}=${value}\n`);
    return 0;
  },
  'busybox:sleep': function* (process) {
    yield* sleep(process.sim, seconds(Number(process.argv[1])));
    return 0;
  },
  'busybox:test': function* (process) {
    return process.fs.exists(process.argv[2] ?? '') ? 0 : 1;
  },
  'busybox:touch': function* (process) {
    return process.fs.write(process.argv[1] ?? '', '').ok ? 0 : 1;
  },
};

export class TestEngine {
  readonly sim = new Sim({ seed: 1, epochMillis: 1_795_305_600_000 });
  readonly host: Host;
  readonly gateway: Host;
  readonly daemon: Daemon;

  constructor(images: readonly PublishedTag[] = publishedTags) {
    const { sim } = this;
    const machine = machines(sim);
    this.gateway = machine('gateway', '192.168.56.1', gatewayTree);
    startGateway(this.gateway);
    const host = machine('manager1', '192.168.56.10', hostLayers('manager1'));
    const { kernel } = host;
    kernel.routeAdd(kernel.initNetns, {
      destination: cidr('0.0.0.0/0'),
      via: ip('192.168.56.1'),
      link: must(kernel.linkByName(kernel.initNetns, 'eth0'), 'eth0').id,
    });
    const { dockerd } = startEngineProcesses(host);
    const controller = createNetworkController({
      sim,
      kernel,
      host: 'manager1',
      rows: createNetworkRows(sim.journal),
      readHostFile: (path) => {
        const file = host.fs.read(path);
        return file.ok ? file.value : undefined;
      },
      startProxy: proxyStarter(host),
      daemonPid: dockerd.row.pid,
    });
    const collections = createDaemonCollections(sim.journal);
    this.host = host;
    this.daemon = createDaemon({ sim, host, collections, controller, images });
  }

  /** Asks the API and runs the world until it has answered, for at most a simulated minute. */
  ask(
    method: ApiRequest['method'],
    path: string,
    query: Readonly<Record<string, string>> = {},
    body?: unknown,
  ): ApiResponse {
    const { sim } = this;
    const call = sim.spawn('request', this.daemon.api.handle({ method, path, query, body }));
    const deadline = sim.now() + seconds(60);
    while (!call.ended && sim.now() < deadline) if (!sim.runNext()) break;
    return must(call.result, `the answer to ${method} ${path}`);
  }

  /** The body of an answer, of which the caller knows what it looks like. */
  get<T>(path: string, query: Readonly<Record<string, string>> = {}): T {
    return this.ask('GET', path, query).body as T;
  }

  /** The message of a refusal. */
  refusal(...request: Parameters<TestEngine['ask']>): string {
    const { status, body } = this.ask(...request);
    return `${status} ${(body as { message?: string } | undefined)?.message ?? ''}`;
  }

  run(secondsLong: number): void {
    this.sim.runUntil(micros(this.sim.now() + seconds(secondsLong)));
  }

  /** Creates and starts a container as `docker run -d` does; answers the refusal, or ''. */
  start(name: string, body: Readonly<Record<string, unknown>>): string {
    const created = this.ask('POST', '/containers/create', { name }, body);
    if (created.status !== 201) return messageOf(created);
    const { Id } = created.body as { readonly Id: string };
    return messageOf(this.ask('POST', `/containers/${Id}/start`));
  }

  /** Takes what a stream says within so many seconds. */
  pieces(stream: ApiStream | undefined, secondsLong = 1): StreamPiece[] {
    this.run(secondsLong);
    const taken: StreamPiece[] = [];
    for (let piece = stream?.take(); piece; piece = stream?.take()) taken.push(piece);
    return taken;
  }

  text(stream: ApiStream | undefined, secondsLong = 1): string {
    return this.pieces(stream, secondsLong)
      .map((piece) => ('text' in piece ? piece.text : ''))
      .join('');
  }

  /** Runs a command in a container; answers its output and exit code. */
  exec(
    name: string,
    command: readonly string[],
    options: Readonly<Record<string, unknown>> = {},
  ): { readonly text: string; readonly exitCode: number | null } {
    const made = this.ask(
      'POST',
      `/containers/${name}/exec`,
      {},
      {
        Cmd: command,
        AttachStdout: true,
        AttachStderr: true,
        ...options,
      },
    );
    const { Id } = made.body as { readonly Id: string };
    const started = this.ask('POST', `/exec/${Id}/start`, {}, {});
    const text = this.text(started.stream);
    const { ExitCode } = this.get<{ readonly ExitCode: number | null }>(`/exec/${Id}/json`);
    return { text, exitCode: ExitCode };
  }
}

/** Makes machines on one LAN. */
function machines(sim: Sim) {
  const network = createNetworkWorld(sim);
  const world = createOsWorld(sim);
  return (name: string, address: string, tree: FileTree | readonly FileTree[]): Host => {
    const last = (address.split('.').at(-1) ?? '').padStart(2, '0');
    const kernel = createKernel(network, {
      host: name,
      uplink: { mac: `02:56:00:00:00:${last}` as Mac, segment: 'lan' },
    });
    const eth0 = must(kernel.linkByName(kernel.initNetns, 'eth0'), 'eth0');
    kernel.addressAdd(eth0.id, ip(address), 24);
    return createHost({
      world,
      name,
      kernel,
      tree,
      programs: new Map([...imagePrograms, ...Object.entries(small)]),
      env: new Map(),
    });
  };
}

const messageOf = (answer: ApiResponse): string =>
  (answer.body as { message?: string } | undefined)?.message ?? '';
