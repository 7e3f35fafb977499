// What changes in the swarm, as events of its managers' daemons (`docker events`, scope swarm).
// Mirrors: moby daemon/events.go (logClusterEvent and its like).
import {
  replicasOf,
  type SecretRow,
  type ServiceRow,
  type SwarmChange,
  type SwarmNetworkRow,
  type SwarmNodeRow,
} from '../../swarmkit/index.ts';
import type { EventLog, EventType } from '../events.ts';

type Attributes = Record<string, string>;

/** `what.old` and `what.new`, where they differ. */
function difference(what: string, old: string | undefined, now: string | undefined): Attributes {
  if (old === now || now === undefined) return {};
  return { ...(old !== undefined && { [`${what}.old`]: old }), [`${what}.new`]: now };
}

const nodeAttributes = (row: SwarmNodeRow, old: SwarmNodeRow | undefined): Attributes => ({
  name: row.description?.hostname ?? '',
  ...(old && {
    ...difference('availability', old.spec.Availability, row.spec.Availability),
    ...difference('role', old.spec.Role, row.spec.Role),
    ...difference('state', old.status.state, row.status.state),
  }),
});

/** Who leads and who answers is raft's own knowledge, not in the store: nobody is told of it (052:24). */
const concernsRaftAlone = (row: SwarmNodeRow, old: SwarmNodeRow | undefined): boolean =>
  old?.manager !== undefined &&
  row.manager !== undefined &&
  row.manager !== old.manager &&
  row.spec === old.spec &&
  row.status === old.status &&
  row.description === old.description &&
  row.attachments === old.attachments;

const replicas = (row: ServiceRow): string | undefined =>
  'Replicated' in row.spec.Mode ? String(replicasOf(row)) : undefined;

const imageOf = ({ spec }: ServiceRow): string => spec.TaskTemplate.ContainerSpec?.Image ?? '';

const serviceAttributes = (row: ServiceRow, old: ServiceRow | undefined): Attributes => ({
  name: row.spec.Name,
  ...(old && {
    ...difference('image', imageOf(old), imageOf(row)),
    ...difference('replicas', replicas(old), replicas(row)),
    ...difference('updatestate', old.updateStatus?.state, row.updateStatus?.state),
  }),
});

/** Writes the changes that users may see into one daemon's log. */
export function logChanges(events: EventLog, changes: readonly SwarmChange[]): void {
  const log = (type: EventType, action: string, id: string, attributes: Attributes) =>
    events.log(type, action, id, attributes, 'swarm');
  for (const { kind, action, row, old } of changes)
    switch (kind) {
      case 'nodes': {
        const node = row as SwarmNodeRow;
        const before = old as SwarmNodeRow | undefined;
        if (concernsRaftAlone(node, before)) break;
        log('node', action, row.id, nodeAttributes(node, before));
        break;
      }
      case 'networks':
        log('network', action, row.id, { name: (row as SwarmNetworkRow).spec.Name });
        break;
      case 'services': {
        const service = row as ServiceRow;
        const before = old as ServiceRow | undefined;
        const removed = service.pendingDelete === true;
        // A removed service lives on behind the scenes until its last task has gone.
        if (removed && (action === 'remove' || before?.pendingDelete)) break;
        const attributes = serviceAttributes(service, before);
        log('service', removed ? 'remove' : action, row.id, attributes);
        break;
      }
      case 'secrets':
      case 'configs':
        log(kind === 'secrets' ? 'secret' : 'config', action, row.id, {
          name: (row as SecretRow).spec.Name,
        });
        break;
      default:
    }
}
