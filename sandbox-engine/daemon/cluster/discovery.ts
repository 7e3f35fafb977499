// What a node makes of the endpoints that it hears of: neighbours and FDB entries for those of other nodes, and names.
//
// Mirrors: libnetwork/agent.go (handleEpTableEvent), drivers/overlay/peerdb.go, service_common.go (addServiceBinding):
// a container answers to its own names, `tasks.SERVICE` means all tasks, and SERVICE the virtual address, or all tasks
// where there is none.
import type { NetworkController } from '../../libnetwork/index.ts';
import { type Ipv4, parseIpv4 } from '../../wire/index.ts';
import type { EndpointRecord, TableListener } from './gossip.ts';

interface Name {
  readonly name: string;
  readonly address: Ipv4;
  readonly reverse: boolean;
}

export interface DiscoveryOptions {
  readonly controller: NetworkController;
  /** This node's own address. */
  readonly address: () => string;
}

/** Names that the record's service answers to. */
function serviceNames({ address, service }: EndpointRecord): Name[] {
  if (!service) return [];
  const vip = service.virtualIp === undefined ? undefined : parseIpv4(service.virtualIp);
  const plain = (name: string, to: Ipv4): Name => ({ name, address: to, reverse: false });
  return [service.serviceName, ...service.aliases].flatMap((name) => [
    plain(`tasks.${name}`, address),
    plain(name, vip ?? address),
  ]);
}

/** Names of the endpoint itself. Those of this node's own are libnetwork's matter. */
function ownNames({ address, names }: EndpointRecord): Name[] {
  return names.map((name, index) => ({ name, address, reverse: index === 0 }));
}

export function discovery(options: DiscoveryOptions): TableListener {
  const { controller } = options;
  return (networkId, node, before, after) => {
    const remote = node !== options.address();
    const kept = new Set(after.map((record) => JSON.stringify(record)));
    const had = new Set(before.map((record) => JSON.stringify(record)));
    const at = parseIpv4(node);
    for (const record of before) {
      if (kept.has(JSON.stringify(record))) continue;
      controller.removeNames(networkId, ownerOf(record));
      if (remote && at !== undefined)
        controller.removePeer(networkId, {
          address: record.address,
          mac: record.mac,
          node: at,
        });
    }
    for (const record of after) {
      if (had.has(JSON.stringify(record))) continue;
      if (remote && at !== undefined)
        controller.addPeer(networkId, { address: record.address, mac: record.mac, node: at });
      const names = [...(remote ? ownNames(record) : []), ...serviceNames(record)];
      controller.addNames(networkId, ownerOf(record), names);
    }
  };
}

const ownerOf = ({ endpointId }: EndpointRecord): string => `gossip ${endpointId}`;
