// docker info.
//
// Mirrors: docker/cli cli/command/system/info.go.
import { goJson, parseTemplate } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanBytes } from '../../flags/sizes.ts';
import { apiTypes } from '../../inspect/types.ts';
import { at, flag, list, number, object, text, texts } from '../../json.ts';
import { humanDuration } from '../../time.ts';
import { clientPlugins, clientVersion } from '../../version.ts';

const clientLines = (): string[] => [
  'Client:',
  ` Version:    ${clientVersion.Version}`,
  ` Context:    ${clientVersion.Context}`,
  ' Debug Mode: false',
  ' Plugins:',
  ...clientPlugins.flatMap((plugin) => [
    `  ${plugin.name}: ${plugin.title} (Docker Inc.)`,
    `    Version:  ${plugin.version}`,
    `    Path:     /usr/libexec/docker/cli-plugins/docker-${plugin.name}`,
  ]),
];

function swarmLines(info: unknown): string[] {
  const swarm = object(info, 'Swarm');
  const state = text(swarm, 'LocalNodeState');
  const lines = [` Swarm: ${state}`];
  if (state === 'inactive' || state === 'locked' || state === '') return lines;
  lines.push(`  NodeID: ${text(swarm, 'NodeID')}`);
  if (text(swarm, 'Error')) lines.push(`  Error: ${text(swarm, 'Error')}`);
  lines.push(`  Is Manager: ${flag(swarm, 'ControlAvailable')}`);
  const cluster = at(swarm, 'Cluster');
  if (cluster && flag(swarm, 'ControlAvailable') && !text(swarm, 'Error') && state !== 'error')
    lines.push(...clusterLines(swarm, cluster));
  lines.push(`  Node Address: ${text(swarm, 'NodeAddr')}`);
  const managers = list(swarm, 'RemoteManagers')
    .map((peer) => text(peer, 'Addr'))
    .sort();
  if (managers.length > 0)
    lines.push('  Manager Addresses:', ...managers.map((address) => `   ${address}`));
  return lines;
}

function clusterLines(swarm: unknown, cluster: unknown): string[] {
  const spec = object(cluster, 'Spec');
  const pools = texts(cluster, 'DefaultAddrPool');
  const duration = (nanos: number): string => humanDuration(nanos / 1e6);
  // The pool that everybody has is not worth a line.
  const shownPools = pools.length > 0 && !(pools.length === 1 && pools[0] === '10.0.0.0/8');
  return [
    `  ClusterID: ${text(cluster, 'ID')}`,
    `  Managers: ${number(swarm, 'Managers')}`,
    `  Nodes: ${number(swarm, 'Nodes')}`,
    ...(shownPools
      ? [
          `  Default Address Pool: ${pools.map((pool) => `${pool}  `).join('')}`,
          `  SubnetSize: ${number(cluster, 'SubnetSize')}`,
        ]
      : []),
    ...(number(cluster, 'DataPathPort') > 0
      ? [`  Data Path Port: ${number(cluster, 'DataPathPort')}`]
      : []),
    '  Orchestration:',
    `   Task History Retention Limit: ${number(spec, 'Orchestration.TaskHistoryRetentionLimit')}`,
    '  Raft:',
    `   Snapshot Interval: ${number(spec, 'Raft.SnapshotInterval')}`,
    `   Number of Old Snapshots to Retain: ${number(spec, 'Raft.KeepOldSnapshots')}`,
    `   Heartbeat Tick: ${number(spec, 'Raft.HeartbeatTick')}`,
    `   Election Tick: ${number(spec, 'Raft.ElectionTick')}`,
    '  Dispatcher:',
    `   Heartbeat Period: ${duration(number(spec, 'Dispatcher.HeartbeatPeriod'))}`,
    '  CA Configuration:',
    `   Expiry Duration: ${duration(number(spec, 'CAConfig.NodeCertExpiry'))}`,
    `   Force Rotate: ${number(spec, 'CAConfig.ForceRotate')}`,
    `  Autolock Managers: ${flag(spec, 'EncryptionConfig.AutoLockManagers')}`,
    `  Root Rotation In Progress: ${flag(cluster, 'RootRotationInProgress')}`,
  ];
}

function securityLines(info: unknown): string[] {
  const options = texts(info, 'SecurityOptions');
  if (options.length === 0) return [];
  return [
    ' Security Options:',
    ...options.flatMap((option) => {
      const fields = new Map(option.split(',').map((pair) => pair.split('=') as [string, string]));
      const others = [...fields].filter(([key]) => key !== 'name');
      return [
        `  ${fields.get('name') ?? option}`,
        ...others.map(
          ([key, value]) => `   ${key.slice(0, 1).toUpperCase()}${key.slice(1)}: ${value}`,
        ),
      ];
    }),
  ];
}

function serverLines(info: unknown): string[] {
  const plugins = object(info, 'Plugins');
  const runtimes = Object.keys(object(info, 'Runtimes')).sort();
  const cdi = texts(info, 'CDISpecDirs');
  const registries = object(info, 'RegistryConfig');
  const cidrs = texts(registries, 'InsecureRegistryCIDRs');
  const labels = texts(info, 'Labels');
  const warnsOfCid = (path: string): string => text(object(info, path), 'ID');
  return [
    'Server:',
    ` Containers: ${number(info, 'Containers')}`,
    `  Running: ${number(info, 'ContainersRunning')}`,
    `  Paused: ${number(info, 'ContainersPaused')}`,
    `  Stopped: ${number(info, 'ContainersStopped')}`,
    ` Images: ${number(info, 'Images')}`,
    ` Server Version: ${text(info, 'ServerVersion')}`,
    ` Storage Driver: ${text(info, 'Driver')}`,
    ...list(info, 'DriverStatus').map((pair) => `  ${text(list(pair)[0])}: ${text(list(pair)[1])}`),
    ` Logging Driver: ${text(info, 'LoggingDriver')}`,
    ` Cgroup Driver: ${text(info, 'CgroupDriver')}`,
    ` Cgroup Version: ${text(info, 'CgroupVersion')}`,
    ' Plugins:',
    ...['Volume', 'Network', 'Authorization', 'Log']
      .filter((type) => texts(plugins, type).length > 0)
      .map((type) => `  ${type}: ${texts(plugins, type).join(' ')}`),
    ...(cdi.length > 0 ? [' CDI spec directories:', ...cdi.map((path) => `  ${path}`)] : []),
    ...swarmLines(info),
    ...(runtimes.length > 0
      ? [` Runtimes: ${runtimes.join(' ')}`, ` Default Runtime: ${text(info, 'DefaultRuntime')}`]
      : []),
    ` Init Binary: ${text(info, 'InitBinary')}`,
    ` containerd version: ${warnsOfCid('ContainerdCommit')}`,
    ` runc version: ${warnsOfCid('RuncCommit')}`,
    ` init version: ${warnsOfCid('InitCommit')}`,
    ...securityLines(info),
    ` Kernel Version: ${text(info, 'KernelVersion')}`,
    ` Operating System: ${text(info, 'OperatingSystem')}`,
    ` OSType: ${text(info, 'OSType')}`,
    ` Architecture: ${text(info, 'Architecture')}`,
    ` CPUs: ${number(info, 'NCPU')}`,
    ` Total Memory: ${humanBytes(number(info, 'MemTotal'))}`,
    ` Name: ${text(info, 'Name')}`,
    ` ID: ${text(info, 'ID')}`,
    ` Docker Root Dir: ${text(info, 'DockerRootDir')}`,
    ` Debug Mode: ${flag(info, 'Debug')}`,
    ...(labels.length > 0 ? [' Labels:', ...labels.map((label) => `  ${label}`)] : []),
    ` Experimental: ${flag(info, 'ExperimentalBuild')}`,
    ...(cidrs.length > 0 ? [' Insecure Registries:', ...cidrs.map((cidr) => `  ${cidr}`)] : []),
    ` Live Restore Enabled: ${flag(info, 'LiveRestoreEnabled')}`,
  ];
}

export function* info(cli: Cli, flags: Flags): Op<Outcome> {
  const format = flags.text('format');
  const answer = yield* cli.client.get('/info');
  if (format) {
    if (!answer.ok) return fail(answer.error.message);
    if (format === 'json') {
      yield* cli.out(`${goJson(answer.value)}\n`);
      return undefined;
    }
    const template = parseTemplate(format);
    if (!template.ok) return fail(`template parsing error: ${template.error}`, 64);
    const out = template.value.execute(answer.value, apiTypes.type('system.dockerInfo'));
    if (!out.ok) return fail(out.error);
    yield* cli.out(`${out.value}\n`);
    return undefined;
  }
  yield* cli.out(`${clientLines().join('\n')}\n\n`);
  if (!answer.ok) {
    yield* cli.out('Server:\n');
    return fail(`${answer.error.message}\nerrors pretty printing info`);
  }
  yield* cli.out(`${serverLines(answer.value).join('\n')}\n\n`);
  for (const warning of texts(answer.value, 'Warnings')) yield* cli.err(`${warning}\n`);
  return undefined;
}
