// Secrets and configs. Mirrors: swarmkit manager/controlapi/{secret,config}.go, api/validation/secrets.go.
import type { Collection } from '../../sim/index.ts';
import { err, type Failure, ok, type Result } from '../../std/index.ts';
import { newId } from '../identity.ts';
import type { SecretRow } from '../objects.ts';
import { rpcError } from '../rpc.ts';
import type { SecretSpec } from '../specs.ts';
import type { Swarm } from '../swarm.ts';

export type SecretKind = 'secret' | 'config';

const namePattern = /^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/;
const largest = { secret: 512_000, config: 1_024_000 } as const;

const collectionOf = (swarm: Swarm, kind: SecretKind): Collection<SecretRow> =>
  kind === 'secret' ? swarm.store.rows.secrets : swarm.store.rows.configs;

const dataLength = (base64 = ''): number => Math.floor((base64.replace(/=+$/, '').length * 3) / 4);

export function createSecret(
  swarm: Swarm,
  kind: SecretKind,
  spec: SecretSpec,
): Result<SecretRow, Failure> {
  const collection = collectionOf(swarm, kind);
  if (!namePattern.test(spec.Name) || spec.Name.length > 64)
    return err(
      rpcError(
        'InvalidArgument',
        'invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]',
      ),
    );
  const length = dataLength(spec.Data);
  if (!spec.Driver && (length === 0 || length >= largest[kind]))
    return err(
      rpcError(
        'InvalidArgument',
        `${kind} data must be larger than 0 and less than ${largest[kind]} bytes`,
      ),
    );
  if (swarm.store.all(collection).some((row) => row.spec.Name === spec.Name))
    return err(rpcError('AlreadyExists', `${kind} ${spec.Name} already exists`));
  const id = newId(swarm.sim.rng('swarmkit/ids'));
  return ok(swarm.store.create(collection, { id, spec }));
}

export function updateSecret(
  swarm: Swarm,
  kind: SecretKind,
  id: string,
  version: number,
  spec: SecretSpec,
): Result<SecretRow, Failure> {
  const collection = collectionOf(swarm, kind);
  const row = collection.get(id);
  if (!row) return err(rpcError('NotFound', `${kind} ${id} not found`));
  const sameData = spec.Data === undefined || spec.Data === row.spec.Data;
  if (spec.Name !== row.spec.Name || !sameData)
    return err(rpcError('InvalidArgument', 'only updates to Labels are allowed'));
  if (version !== row.version) return err(rpcError('Unknown', 'update out of sequence'));
  return ok(swarm.store.update(collection, id, { spec: { ...row.spec, Labels: spec.Labels } }));
}

export function removeSecret(swarm: Swarm, kind: SecretKind, id: string): Result<void, Failure> {
  const { store } = swarm;
  const row = collectionOf(swarm, kind).get(id);
  if (!row) return err(rpcError('NotFound', `${kind} ${id} not found`));
  const users = store.all(store.rows.services).filter(({ spec, pendingDelete }) => {
    if (pendingDelete) return false;
    const container = spec.TaskTemplate.ContainerSpec;
    return kind === 'secret'
      ? container?.Secrets?.some((one) => one.SecretID === id)
      : container?.Configs?.some((one) => one.ConfigID === id);
  });
  if (users.length > 0) {
    const names = users.map(({ spec }) => spec.Name).join(', ');
    const plural = users.length > 1 ? 's' : '';
    return err(
      rpcError(
        'InvalidArgument',
        `${kind} '${row.spec.Name}' is in use by the following service${plural}: ${names}`,
      ),
    );
  }
  store.remove(collectionOf(swarm, kind), id);
  return ok(undefined);
}
