// /info, /version, /system/df: the engine about itself.
//
// Mirrors: moby daemon/{info,info_unix,disk_usage}.go, as Debian's build 28.5.2 answers on the lab's machines.
import type { Containers } from '../containers/containers.ts';
import { listContainers } from '../containers/list.ts';
import { countsAsRunning } from '../containers/rows.ts';
import { machineMemory } from '../containers/stats.ts';
import { timestamp } from '../context.ts';
import { layersSize, sharedSize, summary } from '../images/inspect.ts';
import { Filters } from '../query.ts';

export const engineVersion = '28.5.2+dfsg4';
export const apiVersion = '1.51';
export const oldestApiVersion = '1.24';
const kernelVersion = '6.12.101';
const buildTime = '2026-09-15T11:02:57.000000000+00:00';
const engineCommit = '3ef3c07c883be49a2e8097bcf6d2952fce1d70eb';
const goVersion = 'go1.27.1';

/** The part of /info that a node outside of any swarm has. */
const inactiveSwarm = {
  NodeID: '',
  NodeAddr: '',
  LocalNodeState: 'inactive',
  ControlAvailable: false,
  Error: '',
  RemoteManagers: null,
};

export function info(containers: Containers, engineId: string): object {
  const { store, images } = containers;
  const { context } = store;
  const rows = store.rows();
  const running = rows.filter((row) => countsAsRunning(row.state) && row.state.status !== 'paused');
  const paused = rows.filter((row) => row.state.status === 'paused');
  return {
    ID: engineId,
    Containers: rows.length,
    ContainersRunning: running.length,
    ContainersPaused: paused.length,
    ContainersStopped: rows.length - running.length - paused.length,
    Images: images.rows().length,
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', 'extfs'],
      ['Supports d_type', 'true'],
      ['Using metacopy', 'false'],
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'],
      Authorization: null,
      Log: ['awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'local', 'splunk', 'syslog'],
    },
    MemoryLimit: true,
    SwapLimit: false,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: false,
    PidsLimit: true,
    IPv4Forwarding: true,
    Debug: false,
    NFd: 24 + 3 * running.length,
    OomKillDisable: false,
    NGoroutines: 45 + 10 * running.length,
    SystemTime: timestamp(context.sim, context.sim.now()),
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: '2',
    NEventsListener: 0,
    KernelVersion: kernelVersion,
    OperatingSystem: 'Debian GNU/Linux forky/sid',
    OSVersion: '',
    OSType: 'linux',
    Architecture: 'x86_64',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      AllowNondistributableArtifactsCIDRs: null,
      AllowNondistributableArtifactsHostnames: null,
      InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8'],
      IndexConfigs: {
        'docker.io': { Name: 'docker.io', Mirrors: [], Secure: true, Official: true },
      },
      Mirrors: null,
    },
    NCPU: 1,
    MemTotal: machineMemory,
    GenericResources: null,
    DockerRootDir: '/var/lib/docker',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: context.host.name,
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: engineVersion,
    Runtimes: {
      'io.containerd.runc.v2': { path: 'runc' },
      runc: { path: 'runc' },
    },
    DefaultRuntime: 'runc',
    Swarm: context.cluster?.info() ?? inactiveSwarm,
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: '1.3.6+ds1-1' },
    InitCommit: { ID: '' },
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
    FirewallBackend: { Driver: 'iptables' },
    CDISpecDirs: ['/etc/cdi', '/var/run/cdi'],
    Containerd: {
      Address: '/run/containerd/containerd.sock',
      Namespaces: { Containers: 'moby', Plugins: 'plugins.moby' },
    },
    Warnings: ['WARNING: No swap limit support', 'WARNING: No cpuset support'],
  };
}

export const version: object = {
  Platform: { Name: '' },
  Components: [
    {
      Name: 'Engine',
      Version: engineVersion,
      Details: {
        ApiVersion: apiVersion,
        Arch: 'amd64',
        BuildTime: buildTime,
        Experimental: 'false',
        GitCommit: engineCommit,
        GoVersion: goVersion,
        KernelVersion: kernelVersion,
        MinAPIVersion: oldestApiVersion,
        Os: 'linux',
      },
    },
    { Name: 'containerd', Version: '2.1.9+unknown', Details: { GitCommit: '' } },
    { Name: 'runc', Version: '1.3.6+ds1', Details: { GitCommit: '1.3.6+ds1-1' } },
    { Name: 'docker-init', Version: '0.19.0', Details: { GitCommit: '' } },
  ],
  Version: engineVersion,
  ApiVersion: apiVersion,
  MinAPIVersion: oldestApiVersion,
  GitCommit: engineCommit,
  GoVersion: goVersion,
  Os: 'linux',
  Arch: 'amd64',
  KernelVersion: kernelVersion,
  BuildTime: buildTime,
};

/** `docker system df`. */
export function diskUsage(containers: Containers): object {
  const { store, images, volumes } = containers;
  const { sim } = store.context;
  const rows = images.rows();
  const users = (imageId: string): number =>
    store.rows().filter((row) => row.imageId === imageId).length;
  const listed = listContainers(store, images, new Filters(), { all: true, limit: 0, size: true });
  return {
    LayersSize: layersSize(images, rows),
    Images: rows.map((row) =>
      summary(sim, images, row, {
        containers: users(row.imageId),
        sharedSize: sharedSize(images, row),
      }),
    ),
    Containers: listed.ok ? listed.value : [],
    Volumes: volumes.rows().map((row) => ({
      ...volumes.inspect(row),
      UsageData: { RefCount: volumes.users(row.name).length, Size: volumes.size(row) },
    })),
    BuildCache: [],
  };
}
