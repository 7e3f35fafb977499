// Services as requests describe them, brought into the form in which the API shows them: keys in Docker's order, empty
// parts left out, defaults that the swarm itself fills in. Mirrors: moby daemon/cluster/convert/{service,container}.go.
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import type {
  ContainerSpec,
  EndpointSpec,
  PortConfig,
  RestartPolicy,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from '../../swarmkit/index.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  sortedKeys,
  textMapOf,
  textOf,
} from '../body.ts';

const containerKeys = [
  'Image',
  'Labels',
  'Command',
  'Args',
  'Hostname',
  'Env',
  'Dir',
  'User',
  'Groups',
  'Privileges',
  'Init',
  'StopSignal',
  'TTY',
  'OpenStdin',
  'ReadOnly',
  'Mounts',
  'StopGracePeriod',
  'Healthcheck',
  'Hosts',
  'DNSConfig',
  'Secrets',
  'Configs',
  'Isolation',
  'Sysctls',
  'CapabilityAdd',
  'CapabilityDrop',
  'Ulimits',
  'OomScoreAdj',
];

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** Fields of which it is known whether they were said. */
const pointers: ReadonlySet<string> = new Set(['Init', 'StopGracePeriod']);

function pick(body: JsonObject, keys: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const key of keys) {
    const value = body[key];
    const kept = value === false || value === 0 ? pointers.has(key) : !isEmpty(value);
    if (kept) picked[key] = value;
  }
  return picked;
}

function containerSpecOf(value: unknown): ContainerSpec {
  const body = objectOf(value);
  const labels = textMapOf(body.Labels);
  const isolation = textOf(body.Isolation).toLowerCase();
  const complete: JsonObject = {
    ...body,
    ...(labels && { Labels: labels }),
    DNSConfig: { ...pick(objectOf(body.DNSConfig), ['Nameservers', 'Search', 'Options']), _: 1 },
    Isolation: ['hyperv', 'process'].find((one) => one === isolation) ?? 'default',
  };
  const picked = pick(complete, containerKeys);
  const { _: __, ...dns } = picked.DNSConfig as JsonObject;
  return { ...picked, Image: textOf(body.Image), DNSConfig: dns } as ContainerSpec;
}

function restartPolicyOf(value: unknown): Result<RestartPolicy | undefined, Failure> {
  if (!isObject(value)) return ok(undefined);
  const condition = textOf(value.Condition).toLowerCase() || 'any';
  if (condition !== 'none' && condition !== 'on-failure' && condition !== 'any')
    return err(
      failure('invalid_parameter', `invalid RestartCondition: "${textOf(value.Condition)}"`),
    );
  return ok({
    Condition: condition,
    ...(value.Delay !== undefined && { Delay: numberOf(value.Delay) }),
    MaxAttempts: numberOf(value.MaxAttempts),
    ...(value.Window !== undefined && { Window: numberOf(value.Window) }),
  });
}

const quantities = (value: unknown): object =>
  pick(objectOf(value), ['NanoCPUs', 'MemoryBytes', 'Pids', 'GenericResources']);

const mountTypes = ['bind', 'volume', 'tmpfs', 'npipe', 'cluster'];

function taskSpecOf(value: unknown): Result<TaskSpec, Failure> {
  const body = objectOf(value);
  for (const mount of listOf(objectOf(body.ContainerSpec).Mounts)) {
    const type = textOf(objectOf(mount).Type);
    if (type !== '' && !mountTypes.includes(type.toLowerCase()))
      return err(failure('invalid_parameter', `invalid MountType: "${type}"`));
  }
  const restart = restartPolicyOf(body.RestartPolicy);
  if (!restart.ok) return restart;
  const resources = objectOf(body.Resources);
  const networks = listOf(body.Networks).map((one) => networkOf(one));
  return ok({
    ContainerSpec: containerSpecOf(body.ContainerSpec),
    ...(isObject(body.Resources) && {
      Resources: {
        ...(isObject(resources.Limits) && { Limits: quantities(resources.Limits) }),
        ...(isObject(resources.Reservations) && {
          Reservations: quantities(resources.Reservations),
        }),
      },
    }),
    ...(restart.value && { RestartPolicy: restart.value }),
    Placement: pick(objectOf(body.Placement), [
      'Constraints',
      'Preferences',
      'MaxReplicas',
      'Platforms',
    ]),
    ...(networks.length > 0 && { Networks: networks }),
    ...(isObject(body.LogDriver) && { LogDriver: body.LogDriver }),
    ForceUpdate: numberOf(body.ForceUpdate),
    Runtime: textOf(body.Runtime) || 'container',
  });
}

function networkOf(value: unknown) {
  const body = objectOf(value);
  const aliases = listOf(body.Aliases).map(String);
  const options = textMapOf(body.DriverOpts);
  return {
    Target: textOf(body.Target),
    ...(aliases.length > 0 && { Aliases: aliases }),
    ...(options && Object.keys(options).length > 0 && { DriverOpts: options }),
  };
}

function modeOf(value: unknown): Result<ServiceMode, Failure> {
  const body = objectOf(value);
  if (isObject(body.Global)) return ok({ Global: {} });
  if (isObject(body.GlobalJob)) return ok({ GlobalJob: {} });
  if (isObject(body.ReplicatedJob)) {
    const { MaxConcurrent, TotalCompletions } = body.ReplicatedJob;
    const together = numberOf(MaxConcurrent, 1);
    return ok({
      ReplicatedJob: {
        MaxConcurrent: together,
        TotalCompletions: numberOf(TotalCompletions, together),
      },
    });
  }
  return ok({ Replicated: { Replicas: numberOf(objectOf(body.Replicated).Replicas, 1) } });
}

function updateConfigOf(value: unknown): Result<UpdateConfig | undefined, Failure> {
  if (!isObject(value)) return ok(undefined);
  const action = textOf(value.FailureAction) || 'pause';
  if (action !== 'pause' && action !== 'continue' && action !== 'rollback')
    return err(failure('invalid_parameter', `unrecognized update failure action ${action}`));
  const order = textOf(value.Order) || 'stop-first';
  if (order !== 'stop-first' && order !== 'start-first')
    return err(failure('invalid_parameter', `unrecognized update order ${order}`));
  return ok({
    Parallelism: numberOf(value.Parallelism),
    ...(numberOf(value.Delay) !== 0 && { Delay: numberOf(value.Delay) }),
    FailureAction: action,
    Monitor: numberOf(value.Monitor) || 5_000_000_000,
    MaxFailureRatio: numberOf(value.MaxFailureRatio),
    Order: order,
  });
}

function portOf(value: unknown): PortConfig {
  const body = objectOf(value);
  const name = textOf(body.Name);
  const published = numberOf(body.PublishedPort);
  return {
    ...(name && { Name: name }),
    Protocol: (textOf(body.Protocol) || 'tcp') as PortConfig['Protocol'],
    TargetPort: numberOf(body.TargetPort),
    ...(published > 0 && { PublishedPort: published }),
    PublishMode: (textOf(body.PublishMode) || 'ingress') as PortConfig['PublishMode'],
  };
}

function endpointOf(value: unknown): Result<EndpointSpec, Failure> {
  const body = objectOf(value);
  const mode = textOf(body.Mode) || 'vip';
  if (mode !== 'vip' && mode !== 'dnsrr')
    return err(failure('invalid_parameter', `invalid resolution mode: "${mode}"`));
  const ports = listOf(body.Ports).map(portOf);
  return ok({ Mode: mode, ...(ports.length > 0 && { Ports: ports }) });
}

export function serviceSpecOf(value: unknown): Result<ServiceSpec, Failure> {
  const body = objectOf(value);
  const task = taskSpecOf(body.TaskTemplate);
  if (!task.ok) return task;
  const mode = modeOf(body.Mode);
  if (!mode.ok) return mode;
  const update = updateConfigOf(body.UpdateConfig);
  if (!update.ok) return update;
  const rollback = updateConfigOf(body.RollbackConfig);
  if (!rollback.ok) return rollback;
  const endpoint = endpointOf(body.EndpointSpec);
  if (!endpoint.ok) return endpoint;
  return ok({
    Name: textOf(body.Name),
    Labels: sortedKeys(textMapOf(body.Labels) ?? {}),
    TaskTemplate: task.value,
    Mode: mode.value,
    ...(update.value && { UpdateConfig: update.value }),
    ...(rollback.value && { RollbackConfig: rollback.value }),
    EndpointSpec: endpoint.value,
  });
}

/** The spec with what users did not say filled in: `service inspect`. */
export function withServiceDefaults(spec: ServiceSpec): object {
  const { TaskTemplate: task } = spec;
  const container = task.ContainerSpec;
  const update = {
    Parallelism: 1,
    FailureAction: 'pause',
    Monitor: 5_000_000_000,
    MaxFailureRatio: 0,
    Order: 'stop-first',
  };
  const restart = {
    Condition: task.RestartPolicy?.Condition ?? 'any',
    Delay: task.RestartPolicy?.Delay ?? 5_000_000_000,
    MaxAttempts: task.RestartPolicy?.MaxAttempts ?? 0,
    ...(task.RestartPolicy?.Window !== undefined && { Window: task.RestartPolicy.Window }),
  };
  return {
    Name: spec.Name,
    Labels: spec.Labels,
    TaskTemplate: {
      ContainerSpec: container && containerView({ StopGracePeriod: 10_000_000_000, ...container }),
      ...(task.Resources && { Resources: task.Resources }),
      RestartPolicy: restart,
      Placement: task.Placement,
      ...(task.Networks && { Networks: task.Networks }),
      ...(task.LogDriver && { LogDriver: task.LogDriver }),
      ForceUpdate: task.ForceUpdate,
      Runtime: task.Runtime,
    },
    Mode: spec.Mode,
    UpdateConfig: spec.UpdateConfig ?? update,
    RollbackConfig: spec.RollbackConfig ?? update,
    EndpointSpec: spec.EndpointSpec,
  };
}

/** The keys of a container spec in Docker's order; DNSConfig always. */
export const containerView = (container: ContainerSpec): object => {
  const shown: Record<string, unknown> = {};
  for (const key of containerKeys) {
    const value = container[key];
    if (key === 'DNSConfig') shown[key] = value ?? {};
    else if (value !== undefined) shown[key] = value;
  }
  return shown;
};
