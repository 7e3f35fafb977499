// `bridge fdb`: the entries of bridges and VXLAN devices, with those that the kernel itself keeps (own addresses,
// multicast groups), in the kernel's order. Mirrors: net/core/rtnetlink.c rtnl_fdb_dump, net/bridge/br_fdb.c,
// net/ipv4/igmp.c and net/ipv6/mcast.c for the groups that every device joins.
import { err, ok, type Result } from '../std/index.ts';
import type { Ipv4, Mac } from '../wire/index.ts';
import { putEntry, removeEntry } from './bridge.ts';
import type { Errno, FdbRow } from './rows.ts';
import type { Device, Namespace } from './state.ts';
import { addRemote, removeRemote } from './vxlan.ts';

/** All entries, device by device in order of interface number. */
export function listFdb(netns: Namespace): FdbRow[] {
  const devices = [...netns.devices.values()].sort((a, b) => a.row.ifindex - b.row.ifindex);
  return devices.flatMap(entriesOf);
}

function entriesOf(device: Device): FdbRow[] {
  const { kind } = device.row;
  if (kind === 'loopback') return [];
  if (kind === 'bridge') return [...groups(device), ...bridgeEntries(device, device)];
  const ofPort = device.master ? bridgeEntries(device.master, device) : [];
  if (kind === 'vxlan')
    return [
      ...ofPort,
      ...[...device.remotes.values()]
        .flat()
        .map((entry) =>
          entry.seenAt > entry.row.seenAt ? { ...entry.row, seenAt: entry.seenAt } : entry.row,
        ),
    ];
  return [...ofPort, ...groups(device)];
}

/** What a bridge keeps about one port (or about itself), newest first. */
function bridgeEntries(bridge: Device, port: Device): FdbRow[] {
  const learned: FdbRow[] = [];
  for (const entry of bridge.fdb.values())
    if (entry.port === port) learned.unshift({ ...entry.row, seenAt: entry.seenAt });
  const pvid = bridge.row.defaultPvid ?? 1;
  const own: FdbRow[] = [ownEntry(port, port.row.mac, 'bridge', undefined)];
  if (pvid > 0) own.unshift(ownEntry(port, port.row.mac, 'bridge', pvid));
  return [...learned, ...own];
}

/** The groups that a device listens to: all nodes of IPv6 and IPv4, its solicited node; a bridge also all snoopers. */
function groups(device: Device): FdbRow[] {
  const { row } = device;
  const macs = ['33:33:00:00:00:01'];
  if (row.up && row.kind === 'bridge') macs.push('01:00:5e:00:00:6a', '33:33:00:00:00:6a');
  if (row.up) macs.push('01:00:5e:00:00:01');
  if (row.ipv6LinkLocal) macs.push(`33:33:ff:${row.mac.slice(9)}`);
  return macs.map((mac) => ownEntry(device, mac as Mac, 'self', undefined));
}

const ownEntry = (
  device: Device,
  mac: Mac,
  table: FdbRow['table'],
  vlan: number | undefined,
): FdbRow => ({
  id: `${device.id}/own/${mac}${vlan === undefined ? '' : `/${vlan}`}`,
  netns: device.netns.id,
  link: device.id,
  mac,
  table,
  vlan,
  permanent: true,
  seenAt: device.netns.world.sim.now(),
});

/** Errors: EEXIST, EINVAL (a VXLAN entry without a node), EOPNOTSUPP (neither a port nor a VXLAN device). */
export function addFdb(
  device: Device,
  mac: Mac,
  options: { readonly remote?: Ipv4; readonly permanent?: boolean },
): Result<void, Errno> {
  if (options.remote !== undefined) {
    if (device.row.kind !== 'vxlan') return err('EOPNOTSUPP');
    return addRemote(device, mac, options.remote, options.permanent ?? true);
  }
  const bridge = device.master;
  if (!bridge) return err('EOPNOTSUPP');
  if (bridge.fdb.get(mac)?.row.permanent) return err('EEXIST');
  putEntry(bridge, device, mac, options.permanent ?? true);
  return ok(undefined);
}

/** ENOENT: there is no such entry. */
export function deleteFdb(device: Device, mac: Mac, remote: Ipv4 | undefined): Result<void, Errno> {
  if (remote !== undefined || (device.row.kind === 'vxlan' && device.remotes.has(mac)))
    return removeRemote(device, mac, remote);
  const bridge = device.master;
  if (!bridge || bridge.fdb.get(mac)?.port !== device) return err('ENOENT');
  removeEntry(bridge, mac);
  return ok(undefined);
}
