// Runs one more process in a running container: execs and health probes.
import type { Process } from '../../os/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { capabilitiesOf, privilegedCapabilities } from './capabilities.ts';
import { type IoOptions, type Output, ProcessIo } from './io.ts';
import { execProblem, pidNamespace } from './launch.ts';
import { sandboxOf } from './namespaces.ts';
import { ownHostname } from './networking.ts';
import type { ContainerRow } from './rows.ts';
import { limitsOf } from './runtime-limits.ts';
import type { ContainerStore } from './store.ts';
import type { ExecUser } from './users.ts';

export interface InsideOptions {
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly user: Pick<ExecUser, 'name' | 'gids'>;
  /** `docker exec --privileged`. */
  readonly privileged?: boolean;
  readonly io: IoOptions;
  readonly output: Output;
}

/** Starts a process in the namespaces and the root of a container. */
export function runInside(
  store: ContainerStore,
  row: ContainerRow,
  options: InsideOptions,
): Result<
  { readonly process: Process; readonly io: ProcessIo },
  { readonly text: string; readonly exitCode: number }
> {
  const { host } = store.context;
  const { fs } = store.runtime(row);
  const command = options.argv[0] ?? '';
  const directory = fs.stat(options.cwd);
  if (!directory.ok || directory.value.type !== 'directory') {
    return err({
      text: `chdir to cwd ("${options.cwd}") set in config.json failed: no such file or directory`,
      exitCode: 127,
    });
  }
  const found = host.lookup(fs, options.env, options.cwd, command);
  if (!found.ok) return err(execProblem(command, found.error));
  const io = new ProcessIo(host, options.io, options.output);
  const sandbox = sandboxOf(store, row);
  const started = host.spawn({
    argv: options.argv,
    env: options.env,
    cwd: options.cwd,
    fs,
    netns: sandbox?.netns ?? host.kernel.initNetns,
    pidNamespace: pidNamespace(row),
    user: options.user.name,
    gids: options.user.gids,
    capabilities: options.privileged ? privilegedCapabilities : capabilitiesOf(row.hostConfig),
    limits: limitsOf(row.hostConfig),
    hostname: ownHostname(row),
    tty: io.tty,
    fds: io.fds,
    group: true,
  });
  if (!started.ok) {
    io.discard();
    return err(execProblem(command, started.error));
  }
  io.started(started.value, `${store.host}: ${row.name}: ${command}`);
  return ok({ process: started.value, io });
}
