// The routes of the swarm itself: init, join, leave, update, unlock, inspect. Mirrors: moby daemon/cluster/swarm.go,
// router/swarm/cluster_routes.go.
import type { ApiRequest, ApiResponse } from '../../api/index.ts';
import { millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { type ClusterSpec, defaultClusterSpec, updateCluster } from '../../swarmkit/index.ts';
import { formatCidr, parseCidr } from '../../wire/index.ts';
import { booleanOf, isObject, listOf, numberOf, objectOf, textMapOf, textOf } from '../body.ts';
import { flag } from '../query.ts';
import { failed, json, type Route, slowRoute } from '../router.ts';
import type { ClusterNode } from './node.ts';
import { commitMillis } from './node-routes.ts';
import { swarmView } from './views.ts';

export function swarmRoutes(sim: Sim, node: ClusterNode): Route[] {
  return [
    slowRoute('POST', '/swarm/init', (request) => init(node, request)),
    slowRoute('POST', '/swarm/join', (request) => join(node, request)),
    slowRoute('POST', '/swarm/leave', (request) => leave(node, request)),
    slowRoute('GET', '/swarm', () => inspect(sim, node)),
    slowRoute('POST', '/swarm/update', (request) => update(sim, node, request)),
    slowRoute('POST', '/swarm/unlock', (request) => unlock(node, request)),
    slowRoute('GET', '/swarm/unlockkey', () => unlockKey(node)),
  ];
}

/** The spec of a body; what it leaves out (or has as nothing) stays out. */
function specOf(value: unknown): Partial<ClusterSpec> {
  const body = objectOf(value);
  const raft = objectOf(body.Raft);
  const part = <Key extends keyof ClusterSpec>(key: Key): Partial<Pick<ClusterSpec, Key>> =>
    isObject(body[key]) ? ({ [key]: body[key] } as Partial<Pick<ClusterSpec, Key>>) : {};
  return {
    ...(isObject(body.Labels) && { Labels: textMapOf(body.Labels) ?? {} }),
    ...part('Orchestration'),
    ...(isObject(body.Raft) && {
      Raft: raft as unknown as ClusterSpec['Raft'],
    }),
    ...part('Dispatcher'),
    ...part('CAConfig'),
    ...part('EncryptionConfig'),
  };
}

/** The network that an address with a prefix length is in. */
function networkOf(pool: string): string | undefined {
  const network = parseCidr(pool);
  return network && formatCidr(network);
}

/** Mirrors: moby daemon/cluster/listen_addr.go (validateDefaultAddrPool, getDataPathPort). */
function dataPathProblem(
  port: number,
  pools: readonly string[],
  subnetSize: number,
): string | undefined {
  if (subnetSize > 29) return `subnet size is out of range: ${subnetSize}`;
  for (const pool of pools) {
    const network = parseCidr(pool);
    if (!network)
      return pool.includes(':')
        ? 'not simulated here: IPv6 address pools'
        : `invalid base pool ${pool}: invalid CIDR address: ${pool}`;
    if (subnetSize < network.prefixLength)
      return `invalid CIDR: ${JSON.stringify(pool)}. Subnet size is too small for pool: ${subnetSize}`;
  }
  return port !== 0 && (port < 1024 || port > 49_151)
    ? `Datapath port number is not in valid range (1024-49151) : ${port}`
    : undefined;
}

function* init(node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const body = objectOf(request.body);
  const port = numberOf(body.DataPathPort);
  const subnetSize = numberOf(body.SubnetSize, 24);
  const pools = listOf(body.DefaultAddrPool).map((pool) => String(pool).trim());
  // One that is in a swarm already is told that first.
  const problem = node.nodeId === undefined ? dataPathProblem(port, pools, subnetSize) : undefined;
  if (problem !== undefined) return failed(failure('invalid_parameter', problem));
  const made = yield* node.init({
    listenAddr: textOf(body.ListenAddr),
    advertiseAddr: textOf(body.AdvertiseAddr),
    dataPathAddr: textOf(body.DataPathAddr),
    dataPathPort: port,
    forceNewCluster: booleanOf(body.ForceNewCluster),
    spec: specOf(body.Spec),
    autolock: booleanOf(body.AutoLockManagers),
    availability: textOf(body.Availability),
    addressPools: pools.map((pool) => networkOf(pool) ?? pool),
    subnetSize,
  });
  return made.ok ? json(made.value) : failed(made.error);
}

function* join(node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const body = objectOf(request.body);
  const joined = yield* node.join({
    listenAddr: textOf(body.ListenAddr),
    advertiseAddr: textOf(body.AdvertiseAddr),
    dataPathAddr: textOf(body.DataPathAddr),
    remoteAddrs: listOf(body.RemoteAddrs).map(String),
    token: textOf(body.JoinToken),
    availability: textOf(body.Availability),
  });
  return joined.ok ? { status: 200 } : failed(joined.error);
}

function* leave(node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const left = yield* node.leave(flag(request, 'force'));
  return left.ok ? { status: 200 } : failed(left.error);
}

function* inspect(sim: Sim, node: ClusterNode): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  return swarm.ok ? json(swarmView(sim, swarm.value.store.clusterRow)) : failed(swarm.error);
}

/** What an update must say in full. */
function fullSpecOf(value: unknown): Result<ClusterSpec, Failure> {
  const given = specOf(value);
  const d = defaultClusterSpec;
  const election = given.Raft?.ElectionTick ?? 0;
  if (election === 0 && given.Raft === undefined)
    return err(failure('invalid_parameter', 'the spec of the swarm is missing'));
  return ok({
    Name: 'default',
    Labels: given.Labels ?? {},
    Orchestration: given.Orchestration ?? {},
    Raft: given.Raft ?? d.Raft,
    Dispatcher: given.Dispatcher ?? {},
    CAConfig: given.CAConfig ?? {},
    TaskDefaults: {},
    EncryptionConfig: given.EncryptionConfig ?? d.EncryptionConfig,
  });
}

function* update(sim: Sim, node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const spec = fullSpecOf(request.body);
  if (!spec.ok) return failed(spec.error);
  const swarm = yield* node.swarm();
  if (!swarm.ok) return failed(swarm.error);
  yield* sleep(sim, millis(commitMillis));
  const updated = updateCluster(swarm.value, {
    spec: spec.value,
    version: Number(request.query?.version ?? Number.NaN),
    rotateWorkerToken: flag(request, 'rotateWorkerToken'),
    rotateManagerToken: flag(request, 'rotateManagerToken'),
    rotateUnlockKey: flag(request, 'rotateManagerUnlockKey'),
  });
  return updated.ok ? { status: 200 } : failed(updated.error);
}

function* unlock(node: ClusterNode, request: ApiRequest): Op<ApiResponse> {
  const unlocked = yield* node.unlock(textOf(objectOf(request.body).UnlockKey));
  return unlocked.ok ? { status: 200 } : failed(unlocked.error);
}

function* unlockKey(node: ClusterNode): Op<ApiResponse> {
  const swarm = yield* node.swarm();
  return swarm.ok
    ? json({ UnlockKey: swarm.value.store.clusterRow.unlockKey })
    : failed(swarm.error);
}
