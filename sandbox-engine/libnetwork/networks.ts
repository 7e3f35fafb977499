// Networks of one daemon: making, finding and removing them.
//
// Mirrors: moby daemon/network.go (createNetwork, FindNetwork, deleteNetwork), libnetwork/controller.go NewNetwork.
// Differs: no plugins, no IPv6; config-only networks are recorded but `--config-from` is read from them only once.
import { mapOrder } from '../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../std/index.ts';
import type { NetworkRow, NetworkSpec } from './api.ts';
import { newId } from './context.ts';
import { type Allocation, allocateSubnets } from './ipam/ipam.ts';
import { onHost } from './rows.ts';
import {
  driverOf,
  endpointsOn,
  networkNamed,
  networkRow,
  networksOf,
  type State,
} from './state.ts';
import { isPredefined, notSimulated, validateIpam } from './validate.ts';

const forbidden = (message: string): Failure => failure('forbidden', message);

export const networkExists = (name: string): Failure =>
  failure('conflict', `network with name ${name} already exists`);

export const noSuchNetwork = (term: string): Failure =>
  failure('not_found', `network ${term} not found`);

/** By id, then by name, then by the beginning of an id. */
export function findNetwork(
  networks: readonly NetworkRow[],
  term: string,
): Result<NetworkRow, Failure> {
  const byId = networks.find((row) => row.networkId === term);
  if (byId) return ok(byId);
  const named = networks.filter((row) => row.name === term);
  const begun = networks.filter((row) => row.networkId.startsWith(term));
  for (const [found, how] of [
    [named, 'name'],
    [begun, 'ID prefix'],
  ] as const) {
    const [only, ...others] = found;
    if (only && others.length === 0) return ok(only);
    if (only)
      return err(
        failure(
          'invalid_parameter',
          `network ${term} is ambiguous (${found.length} matches found ${how === 'name' ? 'on name' : 'based on ID prefix'})`,
        ),
      );
  }
  return err(noSuchNetwork(term));
}

/** `docker network create` for networks of this daemon alone. */
export function createNetwork(state: State, spec: NetworkSpec): Result<NetworkRow, Failure> {
  if (isPredefined(spec.name))
    return err(forbidden(`operation is not permitted on predefined ${spec.name} network`));
  if (spec.name.trim() === '')
    return err(failure('invalid_parameter', 'invalid name: name is empty'));
  const ipam = validateIpam(spec.ipam?.config ?? []);
  if (!ipam.ok) return ipam;
  if (networkNamed(state, spec.name)) return err(networkExists(spec.name));
  const refusal = refuse(state, spec);
  if (refusal) return err(refusal);
  const configured = spec.configFrom ? fromConfiguration(state, spec) : ok(spec);
  return configured.ok ? makeNetwork(state, configured.value) : configured;
}

function refuse(state: State, spec: NetworkSpec): Failure | undefined {
  if (spec.enableIpv6) return notSimulated('IPv6 networks');
  if (spec.enableIpv4 === false) return notSimulated('networks without IPv4');
  if (spec.configOnly) return refuseConfigOnly(spec);
  const driver = spec.driver || 'bridge';
  if (driver === 'overlay')
    return spec.scope === 'local'
      ? forbidden('cannot downgrade network scope for overlay networks')
      : forbidden(
          'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
        );
  if (!state.drivers.has(driver)) return failure('not_found', `plugin "${driver}" not found`);
  const ipamDriver = spec.ipam?.driver || 'default';
  if (spec.ingress) return forbidden('Ingress network can only be global scope network');
  if (spec.scope === 'swarm')
    return forbidden('cannot create a swarm scoped network when swarm is not active');
  if (ipamDriver !== 'default' && ipamDriver !== 'null')
    return failure('not_found', `plugin "${ipamDriver}" not found`);
  return undefined;
}

function refuseConfigOnly(spec: NetworkSpec): Failure | undefined {
  const { ingress, internal, attachable, scope } = spec;
  return ingress || internal || attachable || scope
    ? forbidden(
        'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.',
      )
    : undefined;
}

/** The settings of a config-only network take the place of the user's, who may give none of his own. */
function fromConfiguration(state: State, spec: NetworkSpec): Result<NetworkSpec, Failure> {
  if (spec.configOnly)
    return err(forbidden('a configuration network cannot depend on another configuration network'));
  const isGiven = (settings: object = {}): boolean => Object.keys(settings).length > 0;
  const isOwn = isGiven(spec.ipam?.config) || isGiven(spec.labels ?? {});
  if (isOwn || isGiven(spec.options)) {
    const what = isOwn ? 'user specified configurations' : 'network driver options';
    return err(
      forbidden(`${what} are not supported if the network depends on a configuration network`),
    );
  }
  const source = networkNamed(state, spec.configFrom ?? '');
  if (!source?.configOnly)
    return err(failure('not_found', `configuration network "${spec.configFrom}" does not exist`));
  return ok({
    ...spec,
    ipam: { driver: source.ipam.driver, options: source.ipam.options, config: source.ipam.config },
    options: source.options,
    labels: { ...source.labels, ...spec.labels },
  });
}

/** Makes a network whose name and settings have been checked. */
export function makeNetwork(state: State, spec: NetworkSpec): Result<NetworkRow, Failure> {
  const { context } = state;
  const driver = state.drivers.get(spec.configOnly ? 'null' : spec.driver || 'bridge');
  if (!driver) return err(failure('not_found', `plugin "${spec.driver}" not found`));
  const configs = spec.ipam?.config ?? [];
  const nothing: Allocation = { config: configs, subnets: [], userSubnets: false };
  const allocation =
    driver.hasAddresses && !spec.configOnly ? allocateSubnets(context, configs) : ok(nothing);
  if (!allocation.ok) return allocation;
  const networkId = newId(context);
  const row: NetworkRow = {
    id: onHost(context.host, networkId),
    host: context.host,
    networkId,
    name: spec.name,
    driver: driver.name,
    scope: 'local',
    createdAt: context.sim.now(),
    ipam: {
      driver: spec.ipam?.driver || 'default',
      options: spec.ipam?.options ?? null,
      config: allocation.value.config,
    },
    subnets: allocation.value.subnets,
    userSubnets: allocation.value.userSubnets ?? false,
    internal: spec.internal ?? false,
    attachable: spec.attachable ?? false,
    ingress: false,
    configOnly: spec.configOnly ?? false,
    configFrom: spec.configFrom ?? '',
    enableIpv4: true,
    enableIpv6: false,
    options: spec.options ?? {},
    labels: spec.labels ?? {},
  };
  const made = spec.configOnly ? ok(row) : driver.createNetwork(row);
  return made.ok ? ok(context.rows.networks.put(made.value)) : made;
}

/** `docker network rm` for networks of this daemon alone. */
export function removeNetwork(state: State, networkId: string): Result<void, Failure> {
  const row = networkRow(state, networkId);
  if (!row) return err(noSuchNetwork(networkId));
  if (isPredefined(row.name))
    return err(forbidden(`${row.name} is a pre-defined network and cannot be removed`));
  const users = networksOf(state).some((other) => other.configFrom === row.name);
  if (row.configOnly && users)
    return err(forbidden(`configuration network "${row.name}" is in use`));
  const active = activeEndpoints(state, row);
  if (active) return err(forbidden(`error while removing network: ${active}`));
  if (!row.configOnly) driverOf(state, row).deleteNetwork(row);
  state.context.rows.networks.remove(row.id);
  return ok(undefined);
}

function activeEndpoints(state: State, row: NetworkRow): string | undefined {
  if (endpointsOn(state, row.networkId).length === 0) return undefined;
  // The list is made by walking the map of all the daemon's endpoints.
  const all = networksOf(state).flatMap(({ networkId }) => endpointsOn(state, networkId));
  const list = mapOrder(state.context.sim.rng('libnetwork/endpoint map'), all)
    .filter(({ networkId }) => networkId === row.networkId)
    .map(({ name, endpointId }) => `name:"${name}" id:"${endpointId.slice(0, 12)}"`);
  return `network ${row.name} has active endpoints (${list.join(', ')})`;
}
