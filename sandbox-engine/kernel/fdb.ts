// `bridge fdb`: the entries of bridges and VXLAN devices, with those that the kernel itself keeps (own addresses,
// multicast groups), in the kernel's order. Listed from rows alone, so that it also holds when looking back.
// Mirrors: net/core/rtnetlink.c rtnl_fdb_dump, net/bridge/br_fdb.c; net/ipv4/igmp.c and net/ipv6/mcast.c for the groups
// that every device joins.
import { err, ok, type Result } from '../std/index.ts';
import type { Ipv4, Mac } from '../wire/index.ts';
import { putEntry, removeEntry } from './bridge.ts';
import type { Errno, FdbRow, LinkRow, NetnsId } from './rows.ts';
import type { Device, NetworkWorld } from './state.ts';
import { addRemote, removeRemote } from './vxlan.ts';

/** All entries, device by device in order of interface number. */
export function listFdb(world: NetworkWorld, netns: NetnsId): FdbRow[] {
  const links = world.links.where('netns', netns).sort((a, b) => a.ifindex - b.ifindex);
  const stored = world.fdb.where('netns', netns).map((row) => fresh(world, row));
  return links.flatMap((link) => entriesOf(world, link, stored));
}

/** An entry with the time at which it was last seen, where its device still is. */
function fresh(world: NetworkWorld, row: FdbRow): FdbRow {
  const device = world.devices.get(row.link);
  const entry =
    row.table === 'bridge'
      ? device?.master?.fdb.get(row.mac)
      : device?.remotes.get(row.mac)?.find((each) => each.row === row);
  return entry && entry.row === row && entry.seenAt > row.seenAt
    ? { ...row, seenAt: entry.seenAt }
    : row;
}

function entriesOf(world: NetworkWorld, link: LinkRow, stored: readonly FdbRow[]): FdbRow[] {
  if (link.kind === 'loopback') return [];
  const ofLink = (table: FdbRow['table']): FdbRow[] =>
    stored.filter((row) => row.link === link.id && row.table === table);
  const bridge = link.kind === 'bridge' ? link : link.master && world.links.get(link.master);
  // A bridge lists its newest entries first, and last those with which it began.
  // The address that a bridge has taken over from a port is entered once, for the port.
  const borrowed =
    link.kind === 'bridge' &&
    world.links
      .where('netns', link.netns)
      .some((port) => port.master === link.id && port.mac === link.mac);
  const ofBridge = bridge
    ? [...ofLink('bridge').reverse(), ...(borrowed ? [] : portEntries(link, bridge))]
    : [];
  switch (link.kind) {
    case 'bridge':
      return [...groups(link), ...ofBridge];
    case 'vxlan':
      return [...ofBridge, ...ofLink('self')];
    default:
      return [...ofBridge, ...groups(link)];
  }
}

/** The port's own address, once for each VLAN that it is in and once without. */
function portEntries(port: LinkRow, bridge: LinkRow): FdbRow[] {
  const pvid = bridge.defaultPvid ?? 1;
  const plain = own(port, port.mac, 'bridge', undefined);
  return pvid > 0 ? [own(port, port.mac, 'bridge', pvid), plain] : [plain];
}

/** The groups that a device listens to: all nodes of IPv6 and IPv4, its solicited node; a bridge also all snoopers. */
function groups(link: LinkRow): FdbRow[] {
  const macs = ['33:33:00:00:00:01'];
  if (link.up && link.kind === 'bridge') macs.push('01:00:5e:00:00:6a', '33:33:00:00:00:6a');
  if (link.up) macs.push('01:00:5e:00:00:01');
  if (link.ipv6LinkLocal) macs.push(`33:33:ff:${link.mac.slice(9)}`);
  return macs.map((mac) => own(link, mac as Mac, 'self', undefined));
}

const own = (
  link: LinkRow,
  mac: Mac,
  table: FdbRow['table'],
  vlan: number | undefined,
): FdbRow => ({
  id: `${link.id}/own/${mac}${vlan === undefined ? '' : `/${vlan}`}`,
  netns: link.netns,
  link: link.id,
  mac,
  table,
  vlan,
  permanent: true,
  seenAt: 0 as FdbRow['seenAt'],
});

/** Errors: EEXIST, EOPNOTSUPP (neither a port nor, with a node to send to, a VXLAN device). */
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
