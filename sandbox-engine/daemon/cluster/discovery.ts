// What a node makes of the tables that it hears of: neighbours and FDB entries for endpoints of other nodes, and what serves
// under which names. Mirrors: libnetwork/agent.go (handleEpTableEvent), drivers/overlay/peerdb.go.
import type { NetworkController } from '../../libnetwork/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import type { PeerRecord, TableListener } from './gossip.ts';

export interface DiscoveryOptions {
  readonly controller: NetworkController;
  /** This node's own address. */
  readonly address: () => string;
}

export function discovery({ controller, address }: DiscoveryOptions): TableListener {
  return (networkId, from, before, after) => {
    const node = parseIpv4(from);
    if (node === undefined || from === address()) return;
    const has = (list: readonly PeerRecord[], peer: PeerRecord) =>
      list.some((other) => other.address === peer.address && other.mac === peer.mac);
    for (const peer of before.peers)
      if (!has(after.peers, peer)) controller.removePeer(networkId, { ...peer, node });
    for (const peer of after.peers)
      if (!has(before.peers, peer)) controller.addPeer(networkId, { ...peer, node });
    const kept = new Set(after.services.map(({ endpointId }) => endpointId));
    for (const { endpointId } of before.services)
      if (!kept.has(endpointId)) controller.removeServiceEndpoint(networkId, endpointId);
    for (const endpoint of after.services) controller.addServiceEndpoint(networkId, endpoint);
  };
}
