// Which network a word means: among those of this node and, on managers, those of the swarm.
//
// Mirrors: moby daemon/server/router/network/network_routes.go (getNetwork, findUniqueNetwork, getNetworksList).
import type { NetworkController, NetworkRow } from '../../libnetwork/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import type { Filters } from '../query.ts';
import type { ClusterNetworks } from './cluster.ts';

export interface FoundNetwork {
  readonly row: NetworkRow;
  /** Does this node take part in it, or is it only in the manager's store? */
  readonly local: boolean;
}

/** All networks that this node can tell of: the swarm's first, each once. */
export function allNetworks(
  controller: NetworkController,
  cluster: ClusterNetworks | undefined,
): FoundNetwork[] {
  const local = controller.networks();
  const here = new Map(local.map((row) => [row.networkId, row]));
  const swarm = (cluster?.isManager() ? cluster.list() : []).map((row): FoundNetwork => {
    const mine = here.get(row.networkId);
    return { row: mine ?? row, local: mine !== undefined };
  });
  const listed = new Set(swarm.map(({ row }) => row.networkId));
  return [
    ...swarm,
    ...local
      .filter(({ networkId }) => !listed.has(networkId))
      .map((row): FoundNetwork => ({ row, local: true })),
  ];
}

/** By id, then by name, then by the beginning of an id. `scope` leaves the others out. */
export function findUnique(
  networks: readonly FoundNetwork[],
  term: string,
  scope = '',
): Result<FoundNetwork, Failure> {
  const candidates = networks.filter(({ row }) => scope === '' || row.scope === scope);
  const exact = candidates.find(({ row }) => row.networkId === term);
  if (exact) return ok(exact);
  const named = candidates.filter(({ row }) => row.name === term);
  const begun = candidates.filter(({ row }) => row.networkId.startsWith(term));
  for (const [matches, how] of [
    [named, 'name'],
    [begun, 'ID prefix'],
  ] as const) {
    const [first] = matches;
    if (first && matches.length === 1) return ok(first);
    if (first)
      return err(
        failure(
          'invalid_parameter',
          `network ${term} is ambiguous (${matches.length} matches found based on ${how})`,
        ),
      );
  }
  return err(failure('not_found', `network ${term} not found`));
}

export const listFilters = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];

const builtIn = new Set(['bridge', 'host', 'none', 'default']);

/** `docker network ls --filter`. A network is dangling when users made it, in use or not, as the list cannot tell. */
export function filtered(
  networks: readonly FoundNetwork[],
  filters: Filters,
): Result<FoundNetwork[], Failure> {
  const types = filters.get('type');
  const wrongType = types.find((type) => type !== 'custom' && type !== 'builtin');
  if (wrongType !== undefined)
    return err(failure('invalid_parameter', `invalid filter: 'type'='${wrongType}'`));
  const dangling = danglingOf(filters);
  if (!dangling.ok) return dangling;
  return ok(
    networks.filter(({ row }) => {
      const custom = !builtIn.has(row.name);
      return (
        filters.exact('driver', row.driver) &&
        filters.fuzzy('name', row.name) &&
        filters.fuzzy('id', row.networkId) &&
        filters.labels('label', row.labels) &&
        filters.exact('scope', row.scope) &&
        (types.length === 0 || types.includes(custom ? 'custom' : 'builtin')) &&
        (dangling.value === undefined || dangling.value === custom)
      );
    }),
  );
}

function danglingOf(filters: Filters): Result<boolean | undefined, Failure> {
  const values = filters.get('dangling');
  if (values.length === 0) return ok(undefined);
  const [value] = values;
  if (values.length === 1 && (value === 'true' || value === '1')) return ok(true);
  if (values.length === 1 && (value === 'false' || value === '0')) return ok(false);
  return err(
    failure(
      'invalid_parameter',
      `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
    ),
  );
}
