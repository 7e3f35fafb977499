// What is drawn of one host, before it is known how: boxes (namespaces) with devices in them, and lines between devices.
// A veth pair between a namespace and a bridge becomes one line that carries the name of its outer end.
import type { DeviceView, HostView, NamespaceView } from '../../sandbox-engine/protocol/index.ts';
import { bareImage } from './words.ts';

/** How a line is drawn: one stroke per kind of network. */
export type Stroke = 'bridge' | 'gwbridge' | 'overlay' | 'ingress' | 'lan' | 'publish';

export interface PictureDevice {
  readonly id: string;
  readonly name: string;
  /** The number by which the ends of a veth pair know each other. */
  readonly index: number;
  readonly kind: string;
  readonly vxlan: DeviceView['vxlan'];
  readonly addresses: readonly string[];
  readonly up: boolean;
  readonly network: string | undefined;
}

export interface PictureBox {
  readonly id: string;
  readonly kind: NamespaceView['kind'];
  readonly title: string;
  readonly image: string | undefined;
  readonly state: string | undefined;
  readonly devices: readonly PictureDevice[];
}

export interface PictureLine {
  readonly from: string;
  readonly to: string;
  /** The name of the device in between. */
  readonly label: string;
  readonly stroke: Stroke;
}

export interface HostPicture {
  readonly host: string;
  /** The host's own namespace first. */
  readonly boxes: readonly PictureBox[];
  readonly lines: readonly PictureLine[];
  readonly ports: HostView['publishedPorts'];
}

/** `18: veth1`, as `ip link` begins its lines. */
export const numbered = (device: Pick<DeviceView, 'index' | 'name'> | undefined): string =>
  device ? `${device.index}: ${device.name}` : '';

/** `web.1` for the container of a task, which is named `web.1.<task id>`. */
export const shortContainer = (name: string): string =>
  name.replace(/^(.+\.(?:\d+|[0-9a-z]{25}))\.[0-9a-z]{25}$/, '$1');

export function hostPicture(view: HostView): HostPicture {
  const devices = new Map<string, DeviceView>();
  const boxOf = new Map<string, NamespaceView>();
  for (const namespace of view.namespaces)
    for (const device of namespace.devices) {
      devices.set(device.id, device);
      boxOf.set(device.id, namespace);
    }
  const drivers = new Map(view.networks.map(({ name, driver }) => [name, driver]));
  const strokeOf = (network: string | undefined): Stroke => {
    if (network === 'docker_gwbridge') return 'gwbridge';
    if (network === 'ingress') return 'ingress';
    return network !== undefined && drivers.get(network) === 'overlay' ? 'overlay' : 'bridge';
  };

  // The outer end of a pair, in the same namespace as the bridge that it is a port of, is left out as a box of its own.
  const outer = new Map<string, string>();
  const bridgePorts = view.wires.filter(({ kind }) => kind === 'port' || kind === 'vxlan');
  const pairs = view.wires.filter(({ kind }) => kind === 'veth');
  const ends = ({ from, to }: { readonly from: string; readonly to: string }) =>
    devices.get(from)?.kind === 'bridge' ? { port: to, bridge: from } : { port: from, bridge: to };
  for (const wire of bridgePorts) {
    const { port, bridge } = ends(wire);
    const inPair = pairs.some((pair) => pair.from === port || pair.to === port);
    if (inPair && boxOf.get(port) === boxOf.get(bridge)) outer.set(port, bridge);
  }

  const lines: PictureLine[] = [];
  for (const { from, to } of pairs) {
    const [inner, end] = outer.has(from) && !outer.has(to) ? [to, from] : [from, to];
    const network = devices.get(inner)?.network ?? devices.get(end)?.network;
    lines.push({
      from: inner,
      to: outer.get(end) ?? end,
      label: outer.has(end) ? numbered(devices.get(end)) : '',
      stroke: strokeOf(network),
    });
  }
  for (const wire of bridgePorts) {
    const { port, bridge } = ends(wire);
    if (outer.has(port)) continue;
    const network = devices.get(port)?.network ?? devices.get(bridge)?.network;
    const inOverlay = network === undefined && boxOf.get(bridge)?.kind === 'overlay';
    lines.push({
      from: bridge,
      to: port,
      label: '',
      stroke: inOverlay ? 'overlay' : strokeOf(network),
    });
  }

  const boxes = view.namespaces.map((namespace) => ({
    id: namespace.id,
    kind: namespace.kind,
    title: shortContainer(namespace.name),
    image: namespace.container && bareImage(namespace.container.image),
    state: namespace.container?.state,
    devices: namespace.devices
      .filter(({ id, kind }) => kind !== 'loopback' && !outer.has(id))
      .map(({ id, name, index, kind, vxlan, addresses, up, network }) => ({
        id,
        name,
        index,
        kind,
        vxlan,
        addresses,
        up,
        network,
      })),
  }));
  boxes.sort((a, b) => Number(b.kind === 'host') - Number(a.kind === 'host'));
  // What a VXLAN device sends goes out through the host's own namespace.
  const uplink = boxes
    .find(({ kind }) => kind === 'host')
    ?.devices.find(({ kind }) => kind === 'ether');
  for (const device of boxes.flatMap((box) => box.devices))
    if (device.vxlan && uplink)
      lines.push({
        from: device.id,
        to: uplink.id,
        label: `UDP ${device.vxlan.port}`,
        stroke: strokeOf(device.network),
      });
  const ports = view.publishedPorts.map((port) => ({
    ...port,
    container: shortContainer(port.container),
  }));
  return { host: view.host, boxes, lines, ports };
}
