// Facts about a network device that several tools print: flags, queue, the other end.
//
// Mirrors: net/core/rtnetlink.c of Linux 6.12.
import type { Kernel, LinkRow } from '../../kernel/index.ts';

/** IFF_* in the order in which iproute2 prints them, NO-CARRIER first. */
export function linkFlags(kernel: Kernel, link: LinkRow): readonly string[] {
  const { carrier } = kernel.linkState(link.id);
  const flags: string[] = [];
  if (link.up && !carrier) flags.push('NO-CARRIER');
  if (link.kind === 'loopback') flags.push('LOOPBACK');
  else if (link.kind === 'dummy') flags.push('BROADCAST', 'NOARP');
  else flags.push('BROADCAST', 'MULTICAST');
  if (link.up) flags.push('UP');
  if (link.up && carrier) flags.push('LOWER_UP');
  return flags;
}

/** Does a packet given to this device have a chance to leave it (IFF_RUNNING)? */
export const isRunning = (kernel: Kernel, link: LinkRow): boolean =>
  link.up && kernel.linkState(link.id).carrier;

/** The transmit queue's length; devices that Docker makes have 0. */
export const queueLength = (link: LinkRow): number =>
  link.queueLength ?? (link.kind === 'loopback' || link.kind === 'ether' ? 1000 : 0);

/** A device that has never been up has no queue of its own yet. */
export function queueDiscipline(link: LinkRow): string {
  if (!link.up) return 'noop';
  return link.kind === 'ether' ? 'pfifo_fast' : 'noqueue';
}

export const broadcastMacOf = (link: LinkRow): string =>
  link.kind === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff';

/** What stands after `@`: the other end of a veth, what a macvlan shares, or the device that a VXLAN hangs on. */
export interface LowerLink {
  readonly ifindex: number;
  /** Its row, if it is in the same namespace. */
  readonly here: LinkRow | undefined;
  /** The number of its namespace, if it is in another one. */
  readonly netnsId: number | undefined;
  readonly netns: LinkRow['netns'];
}

export function lowerLink(kernel: Kernel, link: LinkRow): LowerLink | undefined {
  const other = link.peer ?? link.lower;
  const peer = other === undefined ? undefined : kernel.link(other);
  if (peer) {
    const elsewhere = peer.netns !== link.netns;
    return {
      ifindex: peer.ifindex,
      here: elsewhere ? undefined : peer,
      netnsId: elsewhere ? kernel.peerNetnsId(link.netns, peer.netns) : undefined,
      netns: peer.netns,
    };
  }
  // A VXLAN device that was moved away from its underlay names itself.
  const underlay = link.vxlan?.underlay;
  if (underlay === undefined || underlay === link.netns) return undefined;
  return {
    ifindex: link.ifindex,
    here: undefined,
    netnsId: kernel.peerNetnsId(link.netns, underlay),
    netns: underlay,
  };
}
