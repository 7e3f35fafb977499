// Interfaces of a sandbox: taking a device in under its name, with its addresses, and giving it back.
//
// Mirrors: libnetwork/osl/interface_linux.go (AddInterface, Interface.Remove).
import type { Kernel, LinkId, LinkRow, NetnsId } from '../../kernel/index.ts';
import { must } from '../../std/index.ts';
import { type Cidr, cidrOf, type Ipv4, lastAddress } from '../../wire/index.ts';

/** The broadcast address to set along with an address, where the network has one. */
export const withBroadcast = (network: Cidr): { readonly broadcast?: Ipv4 } =>
  network.prefixLength < 31 ? { broadcast: lastAddress(network) } : {};

/** A new namespace's lo is down; with it up 127.0.0.1 is there. */
export function setLoopbackUp(kernel: Kernel, netns: NetnsId): void {
  const lo = kernel.linkByName(netns, 'lo');
  if (lo) kernel.linkSet(lo.id, { up: true });
}

/** `eth0`, `eth1` …: the lowest number that the namespace does not have yet. */
export function freeName(kernel: Kernel, netns: NetnsId, prefix: string): string {
  for (let n = 0; ; n += 1) if (!kernel.linkByName(netns, `${prefix}${n}`)) return `${prefix}${n}`;
}

/** Gives a device that is in the namespace its name and address, and sets it up. */
export function addInterface(
  kernel: Kernel,
  netns: NetnsId,
  link: LinkId,
  lease: { readonly address: Ipv4 | undefined; readonly prefixLength: number },
): LinkRow {
  const name = freeName(kernel, netns, 'eth');
  kernel.linkSet(link, { name });
  // Why: IPv6 is off on the interfaces of containers whose networks have none, so they get no fe80:: address.
  kernel.sysctlSet(netns, `net.ipv6.conf.${name}.disable_ipv6`, '1');
  if (lease.address !== undefined) {
    const network = cidrOf(lease.address, lease.prefixLength);
    kernel.addressAdd(link, lease.address, lease.prefixLength, withBroadcast(network));
  }
  kernel.linkSet(link, { up: true });
  if (lease.address !== undefined) kernel.announce(link, lease.address);
  return must(kernel.link(link), `interface ${name}`);
}

/**
 * Takes a device out of a sandbox. Docker moves it to the host's namespace before the driver deletes it; there it needs
 * a new number where its own is taken, which is why interface numbers of a host have gaps.
 */
export function removeInterface(kernel: Kernel, link: LinkId, temporaryName: string): void {
  if (!kernel.link(link)) return;
  kernel.linkSet(link, { up: false, name: temporaryName });
  kernel.linkSet(link, { netns: kernel.initNetns });
}
