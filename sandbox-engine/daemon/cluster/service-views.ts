// Services and tasks as the Engine API shows them. Mirrors: moby daemon/cluster/convert/{service,task,network}.go.
import type { Sim } from '../../sim/index.ts';
import {
  isTerminal,
  type PortConfig,
  replicasOf,
  type ServiceRow,
  type SwarmNetworkRow,
  type SwarmStore,
  type TaskRow,
} from '../../swarmkit/index.ts';
import { timestamp } from '../context.ts';
import { keptViews } from './kept-views.ts';
import { containerView, withServiceDefaults } from './service-spec.ts';
import { metaView } from './views.ts';

function plainSpec({ spec }: ServiceRow): object {
  const { TaskTemplate, ...rest } = spec;
  const { ContainerSpec, ...task } = TaskTemplate;
  return {
    Name: rest.Name,
    Labels: rest.Labels,
    TaskTemplate: {
      ...(ContainerSpec && { ContainerSpec: containerView(ContainerSpec) }),
      ...task,
    },
    Mode: rest.Mode,
    ...(rest.UpdateConfig && { UpdateConfig: rest.UpdateConfig }),
    ...(rest.RollbackConfig && { RollbackConfig: rest.RollbackConfig }),
    EndpointSpec: rest.EndpointSpec,
  };
}

const portView = ({ Protocol, TargetPort, PublishedPort, PublishMode, ...rest }: PortConfig) => ({
  ...rest,
  Protocol,
  TargetPort,
  ...(PublishedPort !== undefined && { PublishedPort }),
  PublishMode,
});

function endpointView({ endpoint }: ServiceRow): object {
  if (!endpoint) return { Spec: {} };
  const { spec, ports, virtualIps } = endpoint;
  return {
    Spec: spec,
    ...(ports.length > 0 && { Ports: ports.map(portView) }),
    ...(virtualIps.length > 0 && {
      VirtualIPs: virtualIps.map(({ networkId, address }) => ({
        NetworkID: networkId,
        Addr: address,
      })),
    }),
  };
}

const iterationView = (iteration: number): object => (iteration === 0 ? {} : { Index: iteration });

export interface ServiceViewOptions {
  readonly insertDefaults: boolean;
  /** How many of its tasks run: `service ls`. */
  readonly status?: object | undefined;
}

export function serviceView(sim: Sim, row: ServiceRow, options: ServiceViewOptions): object {
  const { insertDefaults, status } = options;
  const show = (service: ServiceRow): object =>
    insertDefaults ? withServiceDefaults(service.spec) : plainSpec(service);
  const { updateStatus: update, job, previousSpec } = row;
  return {
    ...metaView(sim, row),
    Spec: show(row),
    ...(previousSpec && { PreviousSpec: plainSpec({ ...row, spec: previousSpec }) }),
    Endpoint: endpointView(row),
    ...(update && {
      UpdateStatus: {
        State: update.state,
        ...(update.startedAt !== undefined && { StartedAt: timestamp(sim, update.startedAt) }),
        ...(update.completedAt !== undefined && {
          CompletedAt: timestamp(sim, update.completedAt),
        }),
        Message: update.message,
      },
    }),
    ...(status && { ServiceStatus: status }),
    ...(job && {
      JobStatus: {
        JobIteration: iterationView(job.iteration),
        LastExecution: timestamp(sim, job.lastExecution),
      },
    }),
  };
}

/**
 * Running, wanted and completed tasks. A dead node's tasks count as running until they are heard of again. Of global services
 * only what is to run now is wanted, and of global jobs only what is not complete yet. Only jobs complete tasks.
 */
export function serviceStatus(store: SwarmStore, service: ServiceRow): object {
  const { job } = service;
  const all = store.rows.tasks.where('service', service.id);
  const tasks = job ? all.filter((task) => task.jobIteration === job.iteration) : all;
  const count = (fits: (task: TaskRow) => boolean): number => tasks.filter(fits).length;
  const complete = count((task) => task.status.state === 'complete');
  const { Mode } = service.spec;
  let wanted: number;
  if ('Replicated' in Mode) wanted = replicasOf(service);
  else if ('ReplicatedJob' in Mode) wanted = Mode.ReplicatedJob.MaxConcurrent ?? 1;
  else if (job)
    wanted = count((task) => task.desiredState === 'complete' && task.status.state !== 'complete');
  else wanted = count((task) => task.desiredState === 'running');
  return {
    RunningTasks: count((task) => task.status.state === 'running'),
    DesiredTasks: wanted,
    CompletedTasks: job ? complete : 0,
  };
}

// ---- tasks --------------------------------------------------------------------------------------

const keptNetworks = keptViews<SwarmNetworkRow>();

function networkAttachmentView(sim: Sim, row: SwarmNetworkRow): object {
  const { spec, subnets } = row;
  return keptNetworks(row, [], () => ({
    ...metaView(sim, row),
    Spec: {
      Name: spec.Name,
      Labels: spec.Labels,
      DriverConfiguration: {
        ...(!spec.Ingress && { Name: spec.Driver }),
        ...(Object.keys(spec.DriverOptions).length > 0 && { Options: spec.DriverOptions }),
      },
      ...(spec.Internal && { Internal: true }),
      ...(spec.Attachable && { Attachable: true }),
      ...(spec.Ingress && { Ingress: true }),
      IPAMOptions: {
        Driver: { ...(!spec.Ingress && { Name: spec.IpamDriver }) },
        ...(spec.Ipam.length > 0 && { Configs: spec.Ipam }),
      },
      Scope: 'swarm',
    },
    DriverState: {
      Name: 'overlay',
      Options: {
        'com.docker.network.driver.overlay.vxlanid_list': subnets.map(({ vni }) => vni).join(','),
        ...spec.DriverOptions,
      },
    },
    IPAMOptions: {
      Driver: { Name: 'default' },
      Configs: subnets.map(({ subnet, gateway }, index) => {
        const range = spec.Ipam[index]?.IPRange;
        return { Subnet: subnet, ...(range && { Range: range }), Gateway: gateway };
      }),
    },
  }));
}

/** What stood in the task's network when it was made is not kept; today's is shown. */
function attachmentsView(sim: Sim, store: SwarmStore, task: TaskRow): object[] {
  return task.attachments.flatMap(({ networkId, addresses }) => {
    const network = store.rows.networks.get(networkId);
    return network ? [{ Network: networkAttachmentView(sim, network), Addresses: addresses }] : [];
  });
}

function taskSpecView(task: TaskRow): object {
  const { ContainerSpec, NetworkAttachmentSpec, Runtime: _, ...rest } = task.spec;
  return {
    ...(ContainerSpec && { ContainerSpec: containerView(ContainerSpec) }),
    ...(NetworkAttachmentSpec && { NetworkAttachmentSpec }),
    ...rest,
    ...(NetworkAttachmentSpec && { Runtime: 'attachment' }),
  };
}

const keptTasks = keptViews<TaskRow>();

export function taskView(sim: Sim, store: SwarmStore, task: TaskRow): object {
  const networks = task.attachments.map(({ networkId }) => store.rows.networks.get(networkId));
  return keptTasks(task, networks, () => makeTaskView(sim, store, task));
}

function makeTaskView(sim: Sim, store: SwarmStore, task: TaskRow): object {
  const { status, jobIteration } = task;
  const { container, ports } = status;
  const attachments = attachmentsView(sim, store, task);
  return {
    ...metaView(sim, task),
    Labels: {},
    Spec: taskSpecView(task),
    ...(task.serviceId !== '' && { ServiceID: task.serviceId }),
    ...(task.slot > 0 && { Slot: task.slot }),
    ...(task.nodeId !== '' && { NodeID: task.nodeId }),
    Status: {
      Timestamp: timestamp(sim, status.at),
      State: status.state,
      Message: status.message,
      ...(status.error !== '' && { Err: status.error }),
      ...(container && {
        ContainerStatus: {
          ContainerID: container.containerId,
          PID: isTerminal(status.state) ? 0 : container.pid,
          ExitCode: container.exitCode,
        },
      }),
      PortStatus: { ...(ports && ports.length > 0 && { Ports: ports.map(portView) }) },
    },
    DesiredState: task.desiredState,
    ...(attachments.length > 0 && { NetworksAttachments: attachments }),
    ...(jobIteration !== undefined && { JobIteration: iterationView(jobIteration) }),
    Volumes: null,
  };
}
