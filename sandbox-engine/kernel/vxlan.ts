// VXLAN devices: Ethernet frames in UDP between nodes. Which node has a MAC address is what the device's FDB says;
// ARP is answered from permanent neighbours (`proxy`), so that no broadcast needs to leave the node.
// Mirrors: drivers/net/vxlan/vxlan_core.c. Differs: no multicast groups, no IPv6, netlink misses are not reported.
import { err, ok, type Result } from '../std/index.ts';
import {
  type ArpPacket,
  anyIpv4,
  type EthernetFrame,
  formatIpv4,
  type Ipv4,
  type Mac,
  type Transport,
  type UdpDatagram,
  zeroMac,
} from '../wire/index.ts';
import { drop, isGroup, receiveSoon } from './links.ts';
import type { PacketContext } from './netfilter/hook.ts';
import { receiveFrame } from './receive.ts';
import type { Errno } from './rows.ts';
import type { UdpSocket } from './socket-table.ts';
import { type Device, type Namespace, traceHop, type VxlanEntry } from './state.ts';
import { udpBind, udpClose, udpSend } from './udp.ts';

/** Sends a frame into the tunnel. */
export function vxlanTransmit(device: Device, frame: EthernetFrame, flow: number): void {
  if (device.row.vxlan?.proxy && frame.payload.kind === 'arp') {
    answerArp(device, frame.payload, frame.source, flow);
    return;
  }
  const entries =
    (isGroup(frame.destination) ? undefined : device.remotes.get(frame.destination)) ??
    device.remotes.get(zeroMac);
  if (!entries) {
    const [name, mac] = [device.row.name, frame.destination];
    drop(device, frame, flow, { kind: 'no-fdb-entry', device: name, mac });
    return;
  }
  for (const entry of entries) encapsulate(device, frame, flow, entry);
}

/** Answers for neighbours behind the tunnel; what it does not know stays unanswered. Mirrors: arp_reduce. */
function answerArp(device: Device, arp: ArpPacket, asker: Mac, flow: number): void {
  if (arp.operation !== 'request') return;
  const neighbour = device.neighbours.get(arp.targetIp)?.row;
  const mac = neighbour?.mac;
  if (!mac || neighbour.state === 'FAILED' || neighbour.state === 'INCOMPLETE') return;
  if (device.netns.world.trace.enabled)
    traceHop(device.netns, {
      flow,
      link: device.row.name,
      stage: 'neighbour',
      decision: { kind: 'arp-proxy', device: device.row.name, address: arp.targetIp, mac },
      cause: { collection: 'neighbours', id: neighbour.id },
      packet: { source: asker, destination: mac, payload: arp },
    });
  const reply: EthernetFrame = {
    source: mac,
    destination: arp.senderMac,
    payload: {
      kind: 'arp',
      operation: 'reply',
      senderMac: mac,
      senderIp: arp.targetIp,
      targetMac: arp.senderMac,
      targetIp: arp.senderIp,
    },
  };
  receiveSoon(device, reply, flow);
}

function encapsulate(device: Device, frame: EthernetFrame, flow: number, entry: VxlanEntry): void {
  const underlay = underlayOf(device);
  const { vxlan } = device.row;
  const socket = underlay && vxlan && kernelSocket(underlay, vxlan.port);
  if (!underlay || !vxlan || !socket) return;
  if (device.netns.world.trace.enabled)
    traceHop(device.netns, {
      flow,
      link: device.row.name,
      stage: 'encapsulate',
      decision: {
        kind: 'encapsulate',
        mac: frame.destination,
        node: entry.remote,
        vni: vxlan.vni,
        port: vxlan.port,
      },
      cause: { collection: 'fdb', id: entry.row.id },
      packet: frame,
    });
  const payload = { kind: 'vxlan', vni: vxlan.vni, frame } as const;
  const sourcePort = flowPort(underlay, frame);
  udpSend(socket, entry.remote, vxlan.port, payload, { flow, sourcePort });
}

const underlayOf = (device: Device): Namespace | undefined =>
  device.row.vxlan && device.netns.world.namespaces.get(device.row.vxlan.underlay);

/** The source port that stands for the inner conversation: a hash of it. Mirrors: udp_flow_src_port. */
function flowPort(underlay: Namespace, { source, destination, payload }: EthernetFrame): number {
  let hash = underlay.host.hashSeed | 0;
  const mix = (n: number): void => {
    hash = Math.imul(hash ^ n, 0x01000193);
    hash ^= hash >>> 15;
  };
  if (payload.kind === 'ipv4') {
    mix(payload.source);
    mix(payload.destination);
    mix(portsOf(payload.transport));
  } else for (const text of [source, destination]) for (const c of text) mix(c.charCodeAt(0));
  const { low, count } = underlay.sysctl.ephemeralPorts;
  return low + ((hash >>> 0) % Math.max(1, count));
}

const portsOf = (transport: Transport): number =>
  transport.protocol === 'tcp' || transport.protocol === 'udp'
    ? (transport.sourcePort << 16) ^ transport.destinationPort
    : 0;

/** A datagram for the VXLAN port of an underlay namespace. */
function vxlanInput(underlay: Namespace, context: PacketContext, datagram: UdpDatagram): void {
  const { payload } = datagram;
  if (payload.kind !== 'vxlan') return;
  const device = underlay.vxlans.get(`${datagram.destinationPort}/${payload.vni}`);
  if (!device?.row.up) return;
  const { frame } = payload;
  if (frame.source === device.row.mac) return;
  if (device.netns.world.trace.enabled)
    traceHop(device.netns, {
      flow: context.flow,
      link: device.row.name,
      stage: 'decapsulate',
      decision: {
        kind: 'decapsulate',
        vni: payload.vni,
        node: context.packet.source,
        device: device.row.name,
      },
      cause: { collection: 'links', id: device.id },
      packet: frame,
    });
  if (device.row.vxlan?.learning && !learn(device, frame.source, context.packet.source)) return;
  receiveFrame(device, frame, context.flow);
}

/** Notes where a MAC address came from. False: it is fixed elsewhere, and the frame is dropped. Mirrors: vxlan_snoop. */
function learn(device: Device, mac: Mac, remote: Ipv4): boolean {
  const known = device.remotes.get(mac)?.[0];
  if (known?.remote === remote) {
    known.seenAt = device.netns.world.sim.now();
    return true;
  }
  if (known?.row.permanent) return false;
  if (known) removeRemote(device, mac, undefined);
  addRemote(device, mac, remote, false);
  return true;
}

// ---- the device's FDB ---------------------------------------------------------------------------

/** `bridge fdb append MAC dev vxlan0 dst NODE self`. EEXIST: that MAC already has an entry (only 00:… may have several). */
export function addRemote(
  device: Device,
  mac: Mac,
  remote: Ipv4,
  permanent: boolean,
): Result<void, Errno> {
  const entries = device.remotes.get(mac) ?? [];
  if (entries.some((entry) => entry.remote === remote)) return err('EEXIST');
  if (entries.length > 0 && mac !== zeroMac) return err('EEXIST');
  const { world } = device.netns;
  const row = world.fdb.put({
    id: `${device.id}/fdb/${mac}/${formatIpv4(remote)}`,
    netns: device.netns.id,
    link: device.id,
    mac,
    table: 'self',
    permanent,
    remote,
    seenAt: world.sim.now(),
  });
  entries.push({ row, remote, seenAt: world.sim.now() });
  device.remotes.set(mac, entries);
  return ok(undefined);
}

/** Without `remote` all of that MAC's. ENOENT: there is none. */
export function removeRemote(
  device: Device,
  mac: Mac,
  remote: Ipv4 | undefined,
): Result<void, Errno> {
  const entries = device.remotes.get(mac) ?? [];
  const gone = entries.filter((entry) => remote === undefined || entry.remote === remote);
  if (gone.length === 0) return err('ENOENT');
  for (const entry of gone) device.netns.world.fdb.remove(entry.row.id);
  const kept = entries.filter((entry) => !gone.includes(entry));
  if (kept.length > 0) device.remotes.set(mac, kept);
  else device.remotes.delete(mac);
  return ok(undefined);
}

// ---- the UDP socket -----------------------------------------------------------------------------

const kernelSocket = (underlay: Namespace, port: number): UdpSocket | undefined =>
  underlay.sockets.udp.get(port)?.find((socket) => socket.handler !== undefined);

/** The device comes up: it listens in its underlay namespace. EADDRINUSE: someone else has the port. */
export function vxlanOpen(device: Device): Result<void, Errno> {
  const underlay = underlayOf(device);
  const { vxlan } = device.row;
  if (!underlay || !vxlan) return err('ENODEV');
  if (!kernelSocket(underlay, vxlan.port)) {
    const bound = udpBind(underlay, {
      address: anyIpv4,
      port: vxlan.port,
      handler: (context, datagram) => vxlanInput(underlay, context, datagram),
    });
    if (!bound.ok) return bound;
  }
  underlay.vxlans.set(`${vxlan.port}/${vxlan.vni}`, device);
  return ok(undefined);
}

/** The device goes down; the last one of a port closes its socket. */
export function vxlanClose(device: Device): void {
  const underlay = underlayOf(device);
  const { vxlan } = device.row;
  if (!underlay || !vxlan) return;
  const key = `${vxlan.port}/${vxlan.vni}`;
  if (underlay.vxlans.get(key) === device) underlay.vxlans.delete(key);
  const others = [...underlay.vxlans.keys()].some((other) => other.startsWith(`${vxlan.port}/`));
  const socket = kernelSocket(underlay, vxlan.port);
  if (!others && socket) udpClose(socket);
}
