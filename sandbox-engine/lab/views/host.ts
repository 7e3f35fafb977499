// One host's networking as it is drawn: namespaces, devices, and what is joined to what.
import type { LinkRow, NetnsId } from '../../kernel/index.ts';
import type { DeviceView, HostView, NamespaceView } from '../../protocol/index.ts';
import { sortedBy } from '../../std/index.ts';
import { formatCidr, formatIpv4, type Ipv4 } from '../../wire/index.ts';
import type { Machine, World } from '../world.ts';
import { networksOf } from './networks.ts';

export function hostView(world: World, machine: Machine): HostView {
  const host = machine.name;
  const namespaces = world.network.netns
    .all()
    .filter((row) => row.host === host)
    .map((row) => namespaceView(world, machine, row.id));
  const shown = new Set(namespaces.map((namespace) => namespace.id));
  const links = world.network.links.all().filter((link) => shown.has(link.netns));
  return {
    host,
    namespaces,
    wires: wiresAmong(links),
    networks: networksOf(world, host),
    publishedPorts: publishedPorts(world, host),
  };
}

function namespaceView(world: World, machine: Machine, id: NetnsId): NamespaceView {
  const { kernel } = machine.host;
  const devices = kernel.links(id).map((link) => deviceView(world, machine, link));
  const routes = kernel.routes(id, 'main').map((route) => {
    const to = route.destination.prefixLength === 0 ? 'default' : formatCidr(route.destination);
    const via = route.via === undefined ? '' : ` via ${formatIpv4(route.via)}`;
    const link = route.link === undefined ? undefined : kernel.link(route.link);
    return `${to}${via}${link ? ` dev ${link.name}` : ''}`;
  });
  return { id, ...identity(world, machine, id), devices, routes };
}

/** What a namespace is: the host's own, a container's, or one of those that Docker hides. */
export function identity(
  world: World,
  machine: Machine,
  id: NetnsId,
): Pick<NamespaceView, 'kind' | 'name' | 'container'> {
  if (id === machine.host.kernel.initNetns) return { kind: 'host', name: machine.name };
  const sandbox = world.libnetwork.sandboxes
    .where('host', machine.name)
    .find((row) => row.netns === id);
  const container = world.daemon.containers
    .where('host', machine.name)
    .find((row) => row.containerId === sandbox?.containerId);
  if (container)
    return {
      kind: 'container',
      name: container.name,
      container: {
        id: container.containerId.slice(0, 12),
        image: container.config.Image,
        state: container.state.status,
      },
    };
  const file = world.libnetwork.namespaces
    .where('host', machine.name)
    .find((row) => row.netns === id);
  const name = (file?.key ?? sandbox?.key ?? id).split('/').at(-1) ?? id;
  if (name === 'ingress_sbox') return { kind: 'ingress', name };
  if (name.startsWith('lb_')) return { kind: 'loadbalancer', name };
  return { kind: 'overlay', name };
}

function deviceView(world: World, machine: Machine, link: LinkRow): DeviceView {
  const { kernel } = machine.host;
  const network = networkOf(world, machine, link);
  return {
    id: link.id,
    index: link.ifindex,
    name: link.name,
    kind: link.kind,
    mac: link.mac,
    mtu: link.mtu,
    up: link.up,
    addresses: kernel
      .addresses({ link: link.id })
      .map((row) => `${formatIpv4(row.address)}/${row.prefixLength}`),
    ...(network !== undefined && { network }),
    ...(link.vxlan && { vxlan: vxlanView(machine, link, link.vxlan) }),
  };
}

/** What a VXLAN device knows of other nodes: its forwarding entries, with the addresses that its neighbour entries give. */
function vxlanView(
  { host: { kernel } }: Machine,
  link: LinkRow,
  { vni, port }: NonNullable<LinkRow['vxlan']>,
): NonNullable<DeviceView['vxlan']> {
  const addresses = new Map(
    kernel
      .neighbours(link.netns)
      .filter((row) => row.link === link.id && row.mac !== undefined)
      .map((row) => [row.mac as string, formatIpv4(row.address)]),
  );
  const peers = kernel.fdb(link.netns).flatMap(({ link: of, mac, remote }) => {
    if (of !== link.id || remote === undefined) return [];
    const address = addresses.get(mac);
    return [{ mac, node: formatIpv4(remote), ...(address !== undefined && { address }) }];
  });
  return { vni, port, peers: sortedBy(peers, (peer) => peer.mac) };
}

/** The Docker network that a device belongs to: the bridge's own, its ports', and the ends in containers. */
function networkOf(world: World, machine: Machine, link: LinkRow): string | undefined {
  const rows = world.libnetwork.networks.where('host', machine.name);
  const bridge =
    link.kind === 'bridge' ? link : link.master && machine.host.kernel.link(link.master);
  if (bridge && bridge.netns === machine.host.kernel.initNetns)
    return rows.find((row) => row.bridge === bridge.name)?.name;
  if (bridge || link.kind === 'vxlan') return overlayIn(world, machine, link);
  return world.libnetwork.endpoints.where('host', machine.name).find((row) => {
    const hostEnd = row.hostLink && machine.host.kernel.link(row.hostLink);
    return hostEnd?.id === link.id || hostEnd?.peer === link.id;
  })?.networkName;
}

/** The overlay whose namespace this is. */
function overlayIn(world: World, machine: Machine, { netns }: LinkRow): string | undefined {
  const file = world.libnetwork.namespaces
    .where('host', machine.name)
    .find((row) => row.netns === netns);
  return world.libnetwork.networks
    .where('host', machine.name)
    .find((row) => row.networkId === file?.networkId)?.name;
}

function wiresAmong(links: readonly LinkRow[]): HostView['wires'] {
  const known = new Set<string>(links.map((link) => link.id));
  const wires: HostView['wires'][number][] = [];
  for (const link of links) {
    if (link.peer !== undefined && known.has(link.peer) && link.id < link.peer)
      wires.push({ from: link.id, to: link.peer, kind: 'veth' });
    if (link.master !== undefined && known.has(link.master))
      wires.push({
        from: link.id,
        to: link.master,
        kind: link.kind === 'vxlan' ? 'vxlan' : 'port',
      });
    if (link.lower !== undefined && known.has(link.lower))
      wires.push({ from: link.id, to: link.lower, kind: 'port' });
    if (link.kind === 'ether' && link.segment !== undefined)
      wires.push({ from: link.id, to: `segment:${link.segment}`, kind: 'uplink' });
  }
  return wires;
}

function publishedPorts(world: World, host: string): HostView['publishedPorts'] {
  const ports = world.libnetwork.sandboxes.where('host', host).flatMap((sandbox) => {
    const address = world.libnetwork.endpoints
      .where('sandbox', sandbox.id)
      .find((row) => row.address !== undefined)?.address;
    return sandbox.ports
      .filter((port) => port.hostIp !== '::')
      .map((port) => ({
        port: port.hostPort,
        protocol: port.protocol,
        to: address === undefined ? '' : formatIpv4(address as Ipv4),
        toPort: port.containerPort,
        container: sandbox.containerName,
      }));
  });
  return sortedBy(ports, (port) => port.port);
}
