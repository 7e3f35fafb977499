// Changing a swarm's own settings: spec, tokens, keys, root CA. Mirrors: swarmkit manager/controlapi/cluster.go.
import { err, type Failure, ok, type Result } from '../../std/index.ts';
import { newRootCa } from '../ca.ts';
import { joinToken, unlockKey } from '../identity.ts';
import type { ClusterRow } from '../objects.ts';
import { rpcError } from '../rpc.ts';
import type { ClusterSpec } from '../specs.ts';
import type { Swarm } from '../swarm.ts';

const minimumExpiry = 3_600_000_000_000;

export interface ClusterChanges {
  readonly spec: ClusterSpec;
  readonly version: number;
  readonly rotateWorkerToken: boolean;
  readonly rotateManagerToken: boolean;
  readonly rotateUnlockKey: boolean;
}

export function updateCluster(swarm: Swarm, changes: ClusterChanges): Result<ClusterRow, Failure> {
  const { store, sim } = swarm;
  const before = store.clusterRow;
  const { spec } = changes;
  if (changes.version !== before.version) return err(rpcError('Unknown', 'update out of sequence'));
  const expiry = spec.CAConfig.NodeCertExpiry ?? 0;
  if (expiry !== 0 && expiry < minimumExpiry)
    return err(rpcError('InvalidArgument', 'minimum certificate expiry time is: 1h0m0s'));
  if ((spec.Dispatcher.HeartbeatPeriod ?? 0) < 0)
    return err(rpcError('InvalidArgument', 'heartbeat time period cannot be a negative duration'));
  const rng = sim.rng('swarmkit/secrets');
  const lock = spec.EncryptionConfig.AutoLockManagers;
  const newKey = lock && (changes.rotateUnlockKey || before.unlockKey === '');
  const rotated = (spec.CAConfig.ForceRotate ?? 0) !== (before.spec.CAConfig.ForceRotate ?? 0);
  const rootRotation = rotated
    ? newRootCa(rng, sim.epochMillis + sim.now() / 1000)
    : before.rootRotation;
  const token = (old: string, rotate: boolean) =>
    rotate ? joinToken(before.rootCa.tokenDigest, rng) : old;
  return ok(
    store.update(store.rows.clusters, swarm.id, {
      spec: { ...spec, Name: before.spec.Name },
      rootRotation,
      joinTokens: {
        worker: token(before.joinTokens.worker, changes.rotateWorkerToken),
        manager: token(before.joinTokens.manager, changes.rotateManagerToken),
      },
      unlockKey: lock ? (newKey ? unlockKey(rng) : before.unlockKey) : '',
    }),
  );
}

/** The role that a token stands for. */
export function roleOfToken(cluster: ClusterRow, token: string): 'worker' | 'manager' | undefined {
  if (token === cluster.joinTokens.worker) return 'worker';
  return token === cluster.joinTokens.manager ? 'manager' : undefined;
}
