// Plain containers on attachable networks: the manager makes a task of its own for each, so that they get an address.
// Mirrors: swarmkit manager/resourceapi/allocator.go.
import { micros, type Op, seconds } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import {
  newId,
  notSimulated,
  rank,
  rpcError,
  type Swarm,
  type TaskRow,
} from '../../swarmkit/index.ts';
import type { ControlRequest } from './messages.ts';

const allocationLimit = seconds(20);

/** The manager knows of the container and has found no address for it. */
export const noAttachment = failure(
  'system',
  'attaching to network failed, make sure your network options are correct and check manager logs: context deadline exceeded',
);

/** By id, by name, by the beginning of an id. */
function findNetwork(swarm: Swarm, term: string) {
  const { store } = swarm;
  const all = store.all(store.rows.networks);
  return (
    all.find((network) => network.id === term) ??
    all.find((network) => network.spec.Name === term) ??
    all.find((network) => network.id.startsWith(term))
  );
}

export function* attachTask(
  swarm: Swarm,
  request: Extract<ControlRequest, { kind: 'attach' }>,
): Op<Result<TaskRow, Failure>> {
  const { store, sim } = swarm;
  const network = findNetwork(swarm, request.network);
  if (!network) return err(rpcError('NotFound', `network ${request.network} not found`));
  if (!network.spec.Attachable)
    return err(rpcError('PermissionDenied', `network ${request.network} not manually attachable`));
  const unlike = notSimulated(network);
  if (unlike) return err(unlike);
  const config = { Target: network.id, Addresses: request.addresses };
  const { id } = store.create(store.rows.tasks, {
    id: newId(sim.rng('swarmkit/ids')),
    serviceId: '',
    serviceName: '',
    slot: 0,
    nodeId: request.nodeId,
    spec: {
      NetworkAttachmentSpec: { ContainerID: request.containerId },
      Networks: [config],
      ForceUpdate: 0,
    },
    specVersion: 0,
    status: { at: sim.now(), state: 'new', message: 'created', error: '' },
    desiredState: 'running',
    attachments: [],
    serviceLabels: {},
  });
  const until = micros(sim.now() + allocationLimit);
  for (;;) {
    swarm.settle();
    const task = store.rows.tasks.get(id);
    if (!task) return err(failure('system', 'the attachment was removed'));
    if (task.attachments.length > 0) return ok(markRunning(swarm, task));
    if (sim.now() >= until) break;
    yield { keys: [swarm.changeKey], until };
  }
  store.remove(store.rows.tasks, id);
  return err(noAttachment);
}

/** The node itself is the one that asked: nothing is left to be scheduled or started. */
function markRunning(swarm: Swarm, task: TaskRow): TaskRow {
  const { store, sim } = swarm;
  const running = store.update(store.rows.tasks, task.id, {
    status: { at: sim.now(), state: 'running', message: 'started', error: '' },
  });
  swarm.settle();
  swarm.dispatcher.announce(task.nodeId);
  return running;
}

/** The container has left: the address is free. */
export function detachTask(swarm: Swarm, taskId: string): void {
  const { store } = swarm;
  const task = store.rows.tasks.get(taskId);
  if (task?.serviceId !== '' || rank(task.status.state) > rank('running')) return;
  store.remove(store.rows.tasks, taskId);
  swarm.settle();
  swarm.dispatcher.announce(task.nodeId);
}
