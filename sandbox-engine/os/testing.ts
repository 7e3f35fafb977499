// A host for unit tests: a kernel that knows only names and sysctls, and commands that run to their end.
//
// Not part of the engine's bundle: only tests import it.
import type { Kernel, NetnsId } from '../kernel/index.ts';
import { type Micros, micros, Sim, seconds } from '../sim/index.ts';
import { must, ok } from '../std/index.ts';
import type { FileTree, Host, Process, Program, Tty } from './api.ts';
import { createHost } from './host.ts';
import { drainPipe, feedPipe } from './pipe.ts';
import { createOsWorld } from './world.ts';

export interface TestHostOptions {
  readonly name?: string;
  readonly tree?: FileTree;
  readonly programs?: Readonly<Record<string, Program>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly kernel?: Kernel;
  readonly sim?: Sim;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Simulated seconds after which the world stops running. */
  readonly patience?: number;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** A kernel with one namespace, no devices, and sysctls that take any number. */
export function fakeKernel(host: string): Kernel {
  const netns = `${host}/init` as NetnsId;
  const values = new Map([
    ['net.ipv4.ip_forward', '1'],
    ['net.ipv4.conf.all.rp_filter', '2'],
  ]);
  const known: Partial<Kernel> = {
    host,
    initNetns: netns,
    netnsList: () => [netns],
    sysctl: (_netns, name) => values.get(name),
    sysctls: () => values,
    sysctlSet: (_netns, name, value) => {
      if (!/^\d+$/.test(value)) return { ok: false, error: 'EINVAL' };
      values.set(name, value);
      return ok(undefined);
    },
  };
  return known as Kernel;
}

/** Every program of `programs` is installed as /bin/NAME. */
export function testHost(options: TestHostOptions = {}): Host {
  const name = options.name ?? 'manager1';
  const sim = options.sim ?? new Sim({ seed: 1, epochMillis: 1_735_689_600_000 });
  const programs = new Map(Object.entries(options.programs ?? {}));
  const tree: Record<string, FileTree[string]> = {
    '/root': { directory: true },
    '/tmp': { directory: true },
  };
  for (const program of programs.keys()) tree[`/bin/${program}`] = { program };
  return createHost({
    world: createOsWorld(sim),
    name,
    kernel: options.kernel ?? fakeKernel(name),
    tree: { ...tree, ...options.tree },
    programs,
    env: new Map(
      Object.entries({
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        USER: 'root',
        ...options.env,
      }),
    ),
  });
}

/** Runs `bash -c command` (or the argument vector) on pipes until it has ended and answers what it printed. */
export function run(
  host: Host,
  command: string | readonly string[],
  options: RunOptions = {},
): RunResult {
  const output = host.pipe();
  const errors = host.pipe();
  const input = host.pipe();
  const argv = typeof command === 'string' ? ['bash', '-c', command] : command;
  const started = host.spawn({
    argv,
    cwd: options.cwd ?? '/root',
    ...(options.env && { env: new Map([...host.rootEnv, ...Object.entries(options.env)]) }),
    fds: new Map([
      [0, options.stdin === undefined ? host.nullFile() : input.reader],
      [1, output.writer],
      [2, errors.writer],
    ]),
  });
  for (const file of [input.reader, output.writer, errors.writer]) file.release();
  if (!started.ok) return { stdout: '', stderr: started.error, exit: 127 };
  const out: string[] = [];
  const err: string[] = [];
  const drains = [
    host.sim.spawn(
      'test: stdout',
      drainPipe(output.reader, (part) => out.push(part)),
    ),
    host.sim.spawn(
      'test: stderr',
      drainPipe(errors.reader, (part) => err.push(part)),
    ),
    host.sim.spawn('test: stdin', feedPipe(input.writer, options.stdin ?? '')),
  ];
  const process = started.value;
  runUntil(
    host.sim,
    () => process.exitStatus !== undefined && drains.slice(0, 2).every((one) => one.ended),
    options.patience ?? 600,
  );
  return { stdout: out.join(''), stderr: err.join(''), exit: process.exitStatus ?? -1 };
}

/** Runs the world until `over` holds, nothing more happens, or so many simulated seconds have passed. */
export function runUntil(sim: Sim, over: () => boolean, patience = 600): void {
  const deadline: Micros = micros(sim.now() + seconds(patience));
  while (!over()) {
    const next = sim.nextAt();
    if (next === undefined || next > deadline) return;
    sim.runNext();
  }
}

/** A program on a terminal of its own, with what it shows. */
export interface TerminalSession {
  readonly tty: Tty;
  readonly process: Process;
  /** Types, lets the world run for so many seconds, and answers what was shown meanwhile. */
  type(text: string, forSeconds?: number): string;
}

export function onTerminal(
  host: Host,
  argv: readonly string[],
  size = { columns: 80, rows: 24 },
): TerminalSession {
  const tty = host.openTty(size);
  const file = tty.open();
  const started = host.spawn({
    argv,
    cwd: '/root',
    tty,
    fds: new Map([0, 1, 2].map((fd) => [fd, file])),
    group: true,
  });
  const process = must(started.ok ? started.value : undefined, argv.join(' '));
  tty.foreground = process.row.group;
  return {
    tty,
    process,
    type: (text, forSeconds = 1) => {
      tty.input(text);
      host.sim.runUntil(micros(host.sim.now() + seconds(forSeconds)));
      return tty.takeOutput();
    },
  };
}
