// The engine's own processes as `ps` and `ss -p` on the host show them: containerd, dockerd, docker-proxy.
//
// Mirrors: the processes of docker-ce and containerd. Differs: their work is done by the daemon's coroutines; the
// processes only stand there.
import type { ProxyProcess, ProxySpec } from '../libnetwork/index.ts';
import { type Host, type Process, type Program, signals } from '../os/index.ts';
import { assert, must } from '../std/index.ts';
import { ip } from '../wire/index.ts';

const waiting: Program = function* (process) {
  for (;;) yield { keys: [`${process.endKey}:never`] };
};

/** Starts a process that only stands there, as a child of process 1. */
export function stand(host: Host, argv: readonly string[]): Process {
  const init = host.process(1);
  const started = host.spawn({
    argv,
    cwd: '/',
    program: waiting,
    group: true,
    ...(init && { parent: init }),
  });
  return must(started.ok ? started.value : undefined, argv[0] ?? 'a process');
}

export interface EngineProcesses {
  readonly containerd: Process;
  readonly dockerd: Process;
}

/** Starts both services. Their numbers are below those of everything that runs in containers. */
export function startEngineProcesses(host: Host): EngineProcesses {
  const containerd = stand(host, ['containerd', '--log-level', 'warn']);
  listenForStreams(host, containerd);
  return { containerd, dockerd: startDockerd(host) };
}

export function startDockerd(host: Host): Process {
  const dockerd = stand(host, [
    'dockerd',
    '-H',
    'unix:///var/run/docker.sock',
    '--containerd=/run/containerd/containerd.sock',
  ]);
  // It reads its configuration anew then, and there is none. Differs: no event says so.
  dockerd.handle(signals.SIGHUP, 'ignore');
  return dockerd;
}

/** containerd's streaming server: a port of the loopback that the kernel picked. */
function listenForStreams(host: Host, { row }: Process): void {
  const { sockets, initNetns } = host.kernel;
  const listener = sockets.tcpListen(initNetns, {
    address: ip('127.0.0.1'),
    port: 32_768 + host.sim.rng('daemon/containerd port').below(28_000),
    family: 'ipv4',
    backlog: 4096,
    owner: { program: 'containerd', pid: row.pid, fd: 12 },
  });
  assert(listener.ok, 'a port for containerd');
}

/** Shows a docker-proxy for each published address and port: `startProxy` of a network controller. */
export const proxyStarter =
  (host: Host): ((spec: ProxySpec) => ProxyProcess) =>
  (spec) => {
    const { pid } = stand(host, spec.argv).row;
    return { pid, stop: () => void host.kill(pid, signals.SIGKILL) };
  };
