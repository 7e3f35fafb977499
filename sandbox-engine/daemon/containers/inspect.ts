// `GET /containers/{id}/json`: everything about one container, in the key order of API 1.51.
//
// Mirrors: moby daemon/inspect.go, api/types/container/container.go.
import type { EndpointRow, SandboxRow } from '../../libnetwork/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { sortedKeys } from '../body.ts';
import { timestamp } from '../context.ts';
import { layerDirectory, overlayData } from '../images/inspect.ts';
import type { ImageStore } from '../images/store.ts';
import { containerDirectory, logPath } from './networking.ts';
import {
  type Attachment,
  type ContainerRow,
  countsAsRunning,
  type HostPort,
  type MountPoint,
} from './rows.ts';
import type { ContainerStore } from './store.ts';

export function inspectContainer(
  store: ContainerStore,
  images: ImageStore,
  row: ContainerRow,
  withSize: boolean,
): object {
  const { sim } = store.context;
  const directory = containerDirectory(row);
  const execs = store.runtime(row).execs;
  return {
    Id: row.containerId,
    Created: timestamp(sim, row.createdAt),
    Path: row.path,
    Args: row.args,
    State: stateOf(store, row),
    Image: row.imageId,
    ResolvConfPath: `${directory}/resolv.conf`,
    HostnamePath: `${directory}/hostname`,
    HostsPath: `${directory}/hosts`,
    LogPath: logPath(row),
    Name: `/${row.name}`,
    RestartCount: row.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: execs.size > 0 ? [...execs] : null,
    HostConfig: { ...row.hostConfig, Links: linksOf(store, row) },
    GraphDriver: { Data: graphData(images, row), Name: 'overlay2' },
    ...(withSize && sizes(store, images, row)),
    Mounts: row.mounts.map(mountOf),
    Config: row.config,
    NetworkSettings: networkSettings(store, row),
  };
}

export function sizes(
  store: ContainerStore,
  images: ImageStore,
  row: ContainerRow,
): { readonly SizeRw: number; readonly SizeRootFs: number } {
  const written = store.runtime(row).fs.upperBytes();
  const image = images.definition(row.imageId).layers.reduce((sum, layer) => sum + layer.size, 0);
  return { SizeRw: written, SizeRootFs: image + written };
}

function stateOf(store: ContainerStore, row: ContainerRow): object {
  const { sim } = store.context;
  const { state } = row;
  const { health } = state;
  return {
    Status: state.status,
    Running: countsAsRunning(state),
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: false,
    Dead: state.status === 'dead',
    Pid: state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: timestamp(sim, state.startedAt),
    FinishedAt: timestamp(sim, state.finishedAt),
    ...(health && {
      Health: {
        Status: health.status,
        FailingStreak: health.failingStreak,
        Log: health.log.map((probe) => ({
          Start: timestamp(sim, probe.start),
          End: timestamp(sim, probe.end),
          ExitCode: probe.exitCode,
          Output: probe.output,
        })),
      },
    }),
  };
}

function linksOf(store: ContainerStore, row: ContainerRow): readonly string[] | null {
  const links = row.links.flatMap(({ container, alias }) => {
    const other = store.get(container);
    return other ? [`/${other.name}:/${row.name}/${alias}`] : [];
  });
  return links.length > 0 ? links : null;
}

function graphData(images: ImageStore, row: ContainerRow): object {
  const lower = [...images.definition(row.imageId).layers]
    .reverse()
    .map((layer) => `/var/lib/docker/overlay2/${layerDirectory(layer.diffId)}/diff`);
  return {
    ID: row.containerId,
    LowerDir: [`/var/lib/docker/overlay2/${row.layerId}-init/diff`, ...lower].join(':'),
    ...overlayData(row.layerId),
  };
}

export const mountOf = (mount: MountPoint): object => ({
  Type: mount.type,
  ...(mount.name && { Name: mount.name }),
  Source: mount.source,
  Destination: mount.destination,
  ...(mount.driver && { Driver: mount.driver }),
  Mode: mount.mode,
  RW: mount.writable,
  Propagation: mount.propagation,
});

// ---- networks ------------------------------------------------------------------------------------

const gatewayOf = (endpoint: EndpointRow): string =>
  endpoint.gateway === undefined ? '' : formatIpv4(endpoint.gateway);
const addressOf = (endpoint: EndpointRow): string =>
  endpoint.address === undefined ? '' : formatIpv4(endpoint.address);

/** An address that the swarm's manager gave stands where the user's would, for as long as it is held. */
function givenAddress({ attached, allocatedAddress }: Attachment): object | null {
  const [address] = allocatedAddress?.split('/') ?? [];
  return attached && address ? { IPv4Address: address } : null;
}

export function endpointOf(attachment: Attachment, endpoint: EndpointRow | undefined): object {
  const has = endpoint?.address !== undefined;
  return {
    IPAMConfig: attachment.ipam ?? givenAddress(attachment),
    Links: attachment.links,
    Aliases: attachment.aliases,
    MacAddress: endpoint ? (endpoint.mac ?? '') : attachment.mac,
    DriverOpts: attachment.driverOptions,
    GwPriority: attachment.gatewayPriority,
    NetworkID: endpoint?.networkId ?? attachment.networkId,
    EndpointID: endpoint?.endpointId ?? '',
    Gateway: endpoint ? gatewayOf(endpoint) : '',
    IPAddress: endpoint ? addressOf(endpoint) : '',
    IPPrefixLen: has ? endpoint.prefixLength : 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DNSNames: attachment.dnsNames,
  };
}

/** The endpoints of a container's own sandbox, by network name. */
export function endpointsByNetwork(
  store: ContainerStore,
  sandbox: SandboxRow | undefined,
): ReadonlyMap<string, EndpointRow> {
  if (!sandbox) return new Map();
  const { controller } = store.context;
  return new Map(controller.endpointsOf(sandbox.id).map((e) => [e.networkName, e]));
}

function networkSettings(store: ContainerStore, row: ContainerRow): object {
  const sandbox = store.context.controller.sandboxOf(row.containerId);
  const endpoints = endpointsByNetwork(store, sandbox);
  const bridge = endpoints.get('bridge');
  const networks = Object.entries(row.networks).map(([name, attachment]): [string, object] => [
    name,
    endpointOf(attachment, endpoints.get(name)),
  ]);
  return {
    Bridge: '',
    SandboxID: sandbox?.sandboxId ?? '',
    SandboxKey: sandbox?.key ?? '',
    Ports: boundPorts(row, sandbox),
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.endpointId ?? '',
    Gateway: bridge ? gatewayOf(bridge) : '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    IPAddress: bridge ? addressOf(bridge) : '',
    IPPrefixLen: bridge?.address === undefined ? 0 : bridge.prefixLength,
    IPv6Gateway: '',
    MacAddress: bridge?.mac ?? '',
    Networks: sortedKeys(Object.fromEntries(networks)),
  };
}

/** `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8000"}, …]}`; exposed ports that are not published are null. */
export function boundPorts(
  row: ContainerRow,
  sandbox: SandboxRow | undefined,
): Readonly<Record<string, readonly HostPort[] | null>> {
  const published = sandbox?.ports ?? row.lostPorts;
  if (!published || row.hostConfig.NetworkMode === 'host') return {};
  const ports: Record<string, HostPort[] | null> = {};
  for (const name of Object.keys(row.config.ExposedPorts ?? {})) ports[name] = null;
  for (const bound of published) {
    const name = `${bound.containerPort}/${bound.protocol}`;
    const list = ports[name] ?? [];
    list.push({ HostIp: bound.hostIp, HostPort: String(bound.hostPort) });
    ports[name] = list;
  }
  return sortedKeys(ports);
}
