// IPv4 addresses of devices. Mirrors: net/ipv4/devinet.c.
import { err, ok, type Result } from '../std/index.ts';
import { cidrOf, contains, formatIpv4, type Ipv4 } from '../wire/index.ts';
import { flushNeighbours } from './neighbour.ts';
import { addAddressRoutes, removeAddressRoutes, removeRoutesOf, routesChanged } from './route.ts';
import type { AddressRow, Errno } from './rows.ts';
import type { Device } from './state.ts';

/** EEXIST: the device has this very address; EINVAL: no such prefix length. */
export function addAddress(
  device: Device,
  address: Ipv4,
  prefixLength: number,
  options: {
    readonly broadcast?: Ipv4;
    readonly scope?: AddressRow['scope'];
    readonly label?: string;
  } = {},
): Result<AddressRow, Errno> {
  if (prefixLength < 0 || prefixLength > 32) return err('EINVAL');
  const same = (row: AddressRow): boolean => row.prefixLength === prefixLength;
  if (device.addresses.some((row) => same(row) && row.address === address)) return err('EEXIST');
  const network = cidrOf(address, prefixLength);
  const secondary = device.addresses.some((row) => same(row) && contains(network, row.address));
  const { world } = device.netns;
  const row = world.addresses.put({
    id: `${device.id}/addr/${formatIpv4(address)}/${prefixLength}`,
    link: device.id,
    netns: device.netns.id,
    address,
    prefixLength,
    broadcast: options.broadcast,
    scope: options.scope ?? 'global',
    label: options.label ?? device.row.name,
    ...(secondary ? { secondary } : {}),
  });
  device.addresses.push(row);
  addAddressRoutes(device, row);
  routesChanged(device.netns);
  return ok(row);
}

/** Removes an address, and with a subnet's first one the others of that subnet (promote_secondaries=0). */
export function removeAddress(device: Device, row: AddressRow): void {
  const network = cidrOf(row.address, row.prefixLength);
  const gone = row.secondary
    ? [row]
    : device.addresses.filter(
        (other) =>
          other === row ||
          (other.secondary &&
            other.prefixLength === row.prefixLength &&
            contains(network, other.address)),
      );
  for (const each of gone) {
    device.addresses = device.addresses.filter((other) => other !== each);
    device.netns.world.addresses.remove(each.id);
    removeAddressRoutes(device, each);
  }
  // Without an address the device speaks no IP: its other routes go as well.
  if (device.addresses.length === 0) {
    removeRoutesOf(device.netns, device.id, { local: true });
    flushNeighbours(device, { permanent: false });
  }
}
