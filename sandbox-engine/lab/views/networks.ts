// A Docker network as diagrams and lists show it.
import type { NetworkRow } from '../../libnetwork/index.ts';
import type { NetworkView } from '../../protocol/index.ts';
import type { World } from '../world.ts';

export function networkView(row: NetworkRow): NetworkView {
  const [first] = row.subnets;
  return {
    id: row.networkId,
    name: row.name,
    driver: row.driver,
    scope: row.scope,
    ...(first && { subnet: first.subnet }),
    ...(first?.gateway !== undefined && { gateway: first.gateway }),
    ...(row.bridge !== undefined && { bridge: row.bridge }),
    ...(first?.vni !== undefined && { vni: first.vni }),
    ...('encrypted' in row.options && { encrypted: true }),
  };
}

/** A host's networks in order of name, those that connect nothing (host, none) left out. */
export function networksOf(world: World, host: string): NetworkView[] {
  return world.libnetwork.networks
    .where('host', host)
    .filter((row) => row.driver !== 'host' && row.driver !== 'null' && !row.configOnly)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(networkView);
}
