// The numbers by which namespaces know each other (`link-netnsid 0`). Mirrors: net/core/net_namespace.c peernet2id.
import type { Namespace } from './state.ts';

/** The number of `other` in `netns`; the lowest free one is given on first need. */
export function namespaceId(netns: Namespace, other: Namespace): number {
  const { world } = netns;
  const { peerIds } = world.netns.must(netns.id);
  const known = peerIds.indexOf(other.id);
  if (known >= 0) return known;
  const free = peerIds.indexOf(null);
  const number = free >= 0 ? free : peerIds.length;
  const changed = [...peerIds];
  changed[number] = other.id;
  world.netns.update(netns.id, { peerIds: changed });
  return number;
}

/** A namespace is gone: its numbers are free again. */
export function forgetNamespaceId(netns: Namespace, gone: Namespace): void {
  const { peerIds } = netns.world.netns.must(netns.id);
  if (!peerIds.includes(gone.id)) return;
  const changed = peerIds.map((id) => (id === gone.id ? null : id));
  netns.world.netns.update(netns.id, { peerIds: changed });
}
