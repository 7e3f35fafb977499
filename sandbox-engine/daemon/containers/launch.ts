// Starting the process of a container: root, mounts, environment, user, and the runtime's refusals.
//
// Mirrors: moby daemon/{start.go,oci_linux.go} and what runc and the shim say. Differs: no cgroups.

import type { SandboxRow } from '../../libnetwork/index.ts';
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { numberOf } from '../body.ts';
import { stand } from '../processes.ts';
import { capabilitiesOf } from './capabilities.ts';
import { spend } from './durations.ts';
import { initArgv, initProgram } from './init-process.ts';
import { ProcessIo } from './io.ts';
import { linkVariables } from './links.ts';
import { mountAll } from './mounts.ts';
import { containerDirectory, managedFiles, mountManagedFiles, ownHostname } from './networking.ts';
import type { ContainerRow } from './rows.ts';
import { limitProblem, limitsOf, sysctlProblem } from './runtime-limits.ts';
import type { ContainerStore, Runtime } from './store.ts';
import { type ExecUser, findUser } from './users.ts';

/** Numbers that the threads of runc's init take in the container. */
const initThreads = 5;

const runcFailed =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed';
const createFailed = `${runcFailed}: unable to start container process`;

export interface LaunchFailure {
  readonly failure: Failure;
  /** What the container is said to have exited with. */
  readonly exitCode: number;
}

/** `exec: "x": …`, in runc's words, with the code that the CLI passes on. */
export function execProblem(
  command: string,
  error: 'ENOENT' | 'EACCES' | 'EAGAIN',
): { readonly text: string; readonly exitCode: number } {
  if (error === 'EAGAIN')
    return { text: "can't fork: resource temporarily unavailable", exitCode: 128 };
  if (error === 'EACCES') return { text: `exec: "${command}": permission denied`, exitCode: 126 };
  return command.includes('/')
    ? { text: `exec: "${command}": stat ${command}: no such file or directory`, exitCode: 127 }
    : { text: `exec: "${command}": executable file not found in $PATH`, exitCode: 127 };
}

/** PATH, HOSTNAME, TERM, links, the configured variables in their order, HOME. */
export function environment(
  base: readonly string[],
  configured: readonly string[],
  home: string,
): Map<string, string> {
  const env = new Map<string, string>();
  for (const entry of [...base, ...configured]) {
    const cut = entry.indexOf('=');
    if (cut < 0) env.delete(entry);
    else env.set(entry.slice(0, cut), entry.slice(cut + 1));
  }
  if (!env.has('HOME')) env.set('HOME', home);
  return env;
}

const standardPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a process of a container starts with. `extra`: variables of one exec. */
export function containerEnvironment(
  store: ContainerStore,
  row: ContainerRow,
  options: { readonly home: string; readonly tty: boolean; readonly extra?: readonly string[] },
): Map<string, string> {
  return environment(
    [
      standardPath,
      `HOSTNAME=${ownHostname(row)}`,
      ...(options.tty ? ['TERM=xterm'] : []),
      ...linkVariables(store, row),
    ],
    [...row.config.Env, ...(options.extra ?? [])],
    options.home,
  );
}

/** Shows volumes, directories of the host and temporary file systems in the container's root. */
export function mountVolumes(store: ContainerStore, row: ContainerRow): void {
  const { fs } = store.runtime(row);
  // runc makes the mount points first, and the root read-only last: `launch` does.
  fs.remount({ readOnly: false });
  mountAll(store.context, fs, row, (mount) => tmpfsDirectory(store, row, mount.destination));
  for (const mount of row.mounts)
    if (mount.name) volumeEvent(store, row, 'mount', mount.name, mount.destination, mount.writable);
}

export function unmountVolumes(store: ContainerStore, row: ContainerRow): void {
  const { fs } = store.runtime(row);
  for (const mount of row.mounts) {
    fs.unmount(mount.destination);
    if (mount.name) volumeEvent(store, row, 'unmount', mount.name, mount.destination);
  }
  for (const path of managedFiles) fs.unmount(path);
}

/** Starts the container's process in its network stack. */
export function* launch(
  store: ContainerStore,
  row: ContainerRow,
  sandbox: SandboxRow,
  output: (channel: 'stdout' | 'stderr', text: string) => void,
): Op<Result<Process, LaunchFailure>> {
  const { host } = store.context;
  const runtime = store.runtime(row);
  const user = findUser(runtime.fs, row.config.User, row.hostConfig.GroupAdd);
  if (!user.ok) return err({ failure: user.error, exitCode: 128 });
  mountManagedFiles(store, row, runtime.fs);
  runtime.fs.remount({ readOnly: row.hostConfig.ReadonlyRootfs === true });
  yield* spend(store.context, row.managed, 'launch');
  yield* spend(store.context, row.managed, 'process');
  const refused = sysctlProblem(row.hostConfig) ?? limitProblem(limitsOf(row.hostConfig));
  if (refused !== undefined)
    return err({ failure: failure('system', `${runcFailed}: ${refused}`), exitCode: 128 });
  const env = containerEnvironment(store, row, {
    home: user.value.home,
    tty: row.config.Tty,
  });
  const cwd = row.config.WorkingDir || '/';
  // With --init runc starts docker-init, which is always there.
  const found = hasInit(row) ? undefined : host.lookup(runtime.fs, env, cwd, row.path);
  if (found && !found.ok) {
    const { text, exitCode } = execProblem(row.path, found.error);
    const message = `${createFailed}: error during container init: ${text}`;
    return err({ failure: failure('invalid_parameter', message), exitCode });
  }
  const process = spawnInit(store, row, runtime, sandbox, {
    env,
    cwd,
    user: user.value,
    output,
  });
  if (process.ok) return process;
  const { text, exitCode } = execProblem(row.path, process.error);
  return err({ failure: failure('system', `${createFailed}: ${text}`), exitCode });
}

const hasInit = ({ hostConfig }: ContainerRow): boolean => hostConfig.Init === true;

function spawnInit(
  store: ContainerStore,
  row: ContainerRow,
  runtime: Runtime,
  sandbox: SandboxRow,
  how: {
    readonly env: ReadonlyMap<string, string>;
    readonly cwd: string;
    readonly user: ExecUser;
    readonly output: (channel: 'stdout' | 'stderr', text: string) => void;
  },
) {
  const { host } = store.context;
  const size = row.hostConfig.ConsoleSize;
  const [rows, columns] = Array.isArray(size) ? size.map((n) => numberOf(n)) : [];
  const io = new ProcessIo(
    host,
    {
      tty: row.config.Tty,
      stdin: row.config.OpenStdin,
      ...(rows && columns && { rows, columns }),
    },
    how.output,
  );
  runtime.shim = startShim(store, row);
  const command = [row.path, ...row.args];
  const started = host.spawn({
    ...(hasInit(row)
      ? { argv: initArgv(command), program: initProgram(command) }
      : { argv: command }),
    env: how.env,
    cwd: how.cwd,
    fs: runtime.fs,
    netns: sandbox.netns,
    pidNamespace: pidNamespace(row),
    user: how.user.name,
    gids: how.user.gids,
    capabilities: capabilitiesOf(row.hostConfig),
    limits: limitsOf(row.hostConfig),
    hostname: row.hostConfig.UTSMode === 'host' ? host.name : ownHostname(row),
    tty: io.tty,
    fds: io.fds,
    group: true,
    threads: initThreads,
    ...(row.hostConfig.PidMode === 'host' && { parent: runtime.shim }),
  });
  if (!started.ok) {
    io.discard();
    return started;
  }
  io.started(started.value, `${store.host}: ${row.name}`);
  runtime.io = io;
  io.onPrompt = (prompt) => {
    for (const stream of runtime.attached) stream.push({ channel: 'prompt', ...prompt });
  };
  for (const give of runtime.early.splice(0)) give(io);
  runtime.process = started.value;
  return ok(started.value);
}

export const pidNamespace = (row: ContainerRow): string =>
  row.hostConfig.PidMode === 'host' ? 'init' : row.containerId;

/** The process that stands between containerd and the container, as `ps` on the host shows it. */
const startShim = (store: ContainerStore, row: ContainerRow): Process =>
  stand(store.context.host, [
    '/usr/bin/containerd-shim-runc-v2',
    '-namespace',
    'moby',
    '-id',
    row.containerId,
    '-address',
    '/run/containerd/containerd.sock',
  ]);

function tmpfsDirectory(store: ContainerStore, row: ContainerRow, destination: string): string {
  const path = `${containerDirectory(row)}/mounts/tmpfs${destination.replaceAll('/', '-')}`;
  const { fs } = store.context.host;
  fs.remove(path, { recursive: true });
  fs.mkdir(path, { parents: true });
  return path;
}

export function volumeEvent(
  store: ContainerStore,
  row: ContainerRow,
  action: 'mount' | 'unmount',
  name: string,
  destination: string,
  writable = true,
): void {
  const attributes = { container: row.containerId, driver: 'local' };
  store.context.events.log(
    'volume',
    action,
    name,
    action === 'mount'
      ? { ...attributes, destination, propagation: '', 'read/write': String(writable) }
      : attributes,
  );
}
