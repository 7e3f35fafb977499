// Making, changing and removing services. Mirrors: swarmkit manager/controlapi/service.go, common.go.
import { err, type Failure, ok, type Result } from '../../std/index.ts';
import { usesIngress } from '../allocator/allocator.ts';
import { parseConstraints } from '../constraint.ts';
import { newId } from '../identity.ts';
import { notSimulated, type ServiceRow } from '../objects.ts';
import { rpcError } from '../rpc.ts';
import type { EndpointSpec, HealthSpec, Quantities, ServiceSpec, TaskSpec } from '../specs.ts';
import type { Swarm } from '../swarm.ts';

const invalid = (text: string) => err(rpcError('InvalidArgument', text));
const fine: Result<void, Failure> = ok(undefined);

const namePattern = /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/;
const minimumMemory = 4 * 1024 * 1024;

function checkName(name: string): Result<void, Failure> {
  if (!namePattern.test(name)) return invalid('name must be valid as a DNS name component');
  return name.length > 63 ? invalid('name must be 63 characters or fewer') : fine;
}

function checkQuantities({ NanoCPUs = 0, MemoryBytes = 0 }: Quantities): Result<void, Failure> {
  if (NanoCPUs !== 0 && NanoCPUs < 1e6)
    return invalid(`invalid cpu value ${NanoCPUs / 1e9}: Must be at least 0.001`);
  if (MemoryBytes !== 0 && MemoryBytes < minimumMemory)
    return invalid(`invalid memory value ${MemoryBytes}: Must be at least 4MiB`);
  return fine;
}

const reference =
  /^(?:(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?)\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** Two secrets, or two configs, in one place. */
function sharedTarget(kind: string, uses: readonly (readonly [name: string, target: string])[]) {
  const seen = new Map<string, string>();
  for (const [name, target] of uses) {
    const other = seen.get(target);
    if (other !== undefined)
      return invalid(
        `${kind} references '${other}' and '${name}' have a conflicting target: '${target}'`,
      );
    seen.set(target, name);
  }
  return undefined;
}

function checkUpdate(spec: ServiceSpec): Result<void, Failure> {
  const { Delay = 0, Monitor = 0, MaxFailureRatio = 0 } = spec.UpdateConfig ?? {};
  if ('ReplicatedJob' in spec.Mode || 'GlobalJob' in spec.Mode)
    return spec.UpdateConfig ? invalid('Jobs may not have an update config') : fine;
  if (Delay < 0) return invalid('TaskSpec: update-delay cannot be negative');
  if (Monitor < 0) return invalid('TaskSpec: update-monitor cannot be negative');
  if (MaxFailureRatio < 0 || MaxFailureRatio > 1)
    return invalid('TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1');
  return fine;
}

function checkTask(spec: TaskSpec): Result<void, Failure> {
  const { Resources, RestartPolicy, Placement, ContainerSpec } = spec;
  for (const quantities of [Resources?.Limits, Resources?.Reservations]) {
    const checked = quantities ? checkQuantities(quantities) : fine;
    if (!checked.ok) return checked;
  }
  if ((RestartPolicy?.Delay ?? 0) < 0) return invalid('TaskSpec: restart-delay cannot be negative');
  if ((RestartPolicy?.Window ?? 0) < 0)
    return invalid('TaskSpec: restart-window cannot be negative');
  const constraints = parseConstraints(Placement?.Constraints ?? []);
  if (!constraints.ok) return err(rpcError('Unknown', constraints.error));
  const { Secrets = [], Configs = [] } = ContainerSpec ?? {};
  const clash =
    sharedTarget(
      'secret',
      Secrets.map((one) => [one.SecretName, one.File?.Name ?? '']),
    ) ??
    sharedTarget(
      'config',
      Configs.map((one) => [one.ConfigName, one.File?.Name ?? '']),
    );
  if (clash) return clash;
  const image = ContainerSpec?.Image ?? '';
  if (image === '') return invalid('ContainerSpec: image reference must be provided');
  if (!reference.test(image))
    return invalid(`ContainerSpec: "${image}" is not a valid repository/tag`);
  const targets = (ContainerSpec?.Mounts ?? []).map((mount) => String(mount.Target ?? ''));
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) return invalid(`ContainerSpec: duplicate mount point: ${twice}`);
  return checkHealth(ContainerSpec?.Healthcheck ?? {});
}

const shortestHealthNanos = 1_000_000;

function checkHealth(health: HealthSpec): Result<void, Failure> {
  for (const name of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const) {
    const value = health[name] ?? 0;
    if (value !== 0 && value < shortestHealthNanos)
      return invalid(`ContainerSpec: ${name} in HealthConfig cannot be less than 1ms`);
  }
  return (health.Retries ?? 0) < 0
    ? invalid('ContainerSpec: Retries in HealthConfig cannot be negative')
    : fine;
}

function checkEndpoint({ Mode = 'vip', Ports = [] }: EndpointSpec): Result<void, Failure> {
  if (Mode === 'dnsrr' && Ports.some((port) => port.PublishMode === 'ingress'))
    return invalid("EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
  const seen = new Set<string>();
  for (const port of Ports) {
    if (!port.PublishedPort) continue;
    const key = `${port.PublishMode} ${port.Protocol} ${port.PublishedPort} ${port.TargetPort}`;
    const plain = `${port.Protocol} ${port.PublishedPort}`;
    if (seen.has(plain) || seen.has(key))
      return invalid('EndpointSpec: duplicate published ports provided');
    seen.add(plain);
  }
  return fine;
}

/** Is a wanted port another service's? */
function checkPorts(swarm: Swarm, spec: ServiceSpec, own: string): Result<void, Failure> {
  const { store } = swarm;
  for (const port of spec.EndpointSpec?.Ports ?? []) {
    if (!port.PublishedPort) continue;
    for (const other of store.all(store.rows.services)) {
      if (other.id === own || other.pendingDelete) continue;
      const taken = [...(other.endpoint?.ports ?? []), ...(other.spec.EndpointSpec?.Ports ?? [])];
      const clash = taken.find(
        (one) => one.PublishedPort === port.PublishedPort && one.Protocol === port.Protocol,
      );
      // Two services may both publish it on the nodes themselves: the scheduler keeps them apart.
      if (!clash || (clash.PublishMode === 'host' && port.PublishMode === 'host')) continue;
      const how =
        clash.PublishMode === 'ingress' ? 'as an ingress port' : 'as a host-published port';
      return invalid(
        `port '${port.PublishedPort}' is already in use by service '${other.spec.Name}' (${other.id}) ${how}`,
      );
    }
  }
  return fine;
}

function checkNetworks(swarm: Swarm, spec: ServiceSpec): Result<void, Failure> {
  for (const { Target } of spec.TaskTemplate.Networks ?? []) {
    const network = swarm.store.rows.networks.get(Target);
    if (network?.spec.Ingress)
      return invalid(
        `Service cannot be explicitly attached to the ingress network "${network.spec.Name}"`,
      );
    const unlike = network && notSimulated(network);
    if (unlike) return err(unlike);
  }
  return fine;
}

function checkReferences(swarm: Swarm, spec: ServiceSpec): Result<void, Failure> {
  const { rows } = swarm.store;
  const { Secrets = [], Configs = [] } = spec.TaskTemplate.ContainerSpec ?? {};
  const missing = (what: string, names: readonly string[]) =>
    names.length === 0
      ? undefined
      : invalid(`${what}${names.length > 1 ? 's' : ''} not found: ${names.join(', ')}`);
  const secrets = Secrets.filter((one) => !rows.secrets.has(one.SecretID));
  const configs = Configs.filter((one) => !rows.configs.has(one.ConfigID));
  return (
    missing(
      'secret',
      secrets.map((one) => one.SecretName),
    ) ??
    missing(
      'config',
      configs.map((one) => one.ConfigName),
    ) ??
    fine
  );
}

function validate(swarm: Swarm, spec: ServiceSpec, own: string): Result<void, Failure> {
  const checks = [
    () => checkName(spec.Name),
    () => checkTask(spec.TaskTemplate),
    () => checkUpdate(spec),
    () => checkEndpoint(spec.EndpointSpec ?? {}),
    () => checkNetworks(swarm, spec),
    () => checkReferences(swarm, spec),
    () => checkPorts(swarm, spec, own),
    () => checkIngress(swarm, spec),
  ];
  for (const check of checks) {
    const checked = check();
    if (!checked.ok) return checked;
  }
  return fine;
}

/** What is published by the mesh needs the mesh. */
function checkIngress({ store }: Swarm, spec: ServiceSpec): Result<void, Failure> {
  if (!usesIngress(spec.EndpointSpec ?? {})) return fine;
  return store.all(store.rows.networks).some((row) => row.spec.Ingress)
    ? fine
    : err(
        rpcError(
          'FailedPrecondition',
          'service needs ingress network, but no ingress network is present',
        ),
      );
}

const jobOf = (swarm: Swarm, spec: ServiceSpec, iteration: number): ServiceRow['job'] =>
  'ReplicatedJob' in spec.Mode || 'GlobalJob' in spec.Mode
    ? { iteration, lastExecution: swarm.sim.now() }
    : undefined;

export function createService(swarm: Swarm, spec: ServiceSpec): Result<ServiceRow, Failure> {
  const { store } = swarm;
  const valid = validate(swarm, spec, '');
  if (!valid.ok) return valid;
  const taken = store
    .all(store.rows.services)
    .some((row) => !row.pendingDelete && row.spec.Name === spec.Name);
  if (taken)
    return err(
      rpcError(
        'AlreadyExists',
        `name conflicts with an existing object: service ${spec.Name} already exists`,
      ),
    );
  const job = jobOf(swarm, spec, 0);
  const row = store.create(store.rows.services, {
    id: newId(swarm.sim.rng('swarmkit/ids')),
    spec,
    specVersion: store.index + 1,
    ...(job && { job }),
  });
  return ok(row);
}

const modeOf = (spec: ServiceSpec): string => Object.keys(spec.Mode)[0] ?? '';

export function updateService(
  swarm: Swarm,
  id: string,
  version: number,
  change: { readonly spec: ServiceSpec } | { readonly rollback: true },
): Result<ServiceRow, Failure> {
  const { store } = swarm;
  const service = store.rows.services.get(id);
  if (!service || service.pendingDelete)
    return err(rpcError('NotFound', `service ${id} not found`));
  if (version !== service.version) return err(rpcError('Unknown', 'update out of sequence'));
  if ('rollback' in change) return rollBack(swarm, service);
  const { spec } = change;
  const valid = validate(swarm, spec, id);
  if (!valid.ok) return valid;
  if (spec.Name !== service.spec.Name)
    return err(rpcError('Unimplemented', 'renaming services is not supported'));
  if (modeOf(spec) !== modeOf(service.spec))
    return err(rpcError('Unimplemented', 'service mode change is not allowed'));
  const job = jobOf(swarm, spec, (service.job?.iteration ?? 0) + 1);
  return ok(
    store.update(store.rows.services, id, {
      spec,
      specVersion: store.index + 1,
      previousSpec: service.spec,
      previousSpecVersion: service.specVersion,
      updateStatus: undefined,
      ...(job && { job }),
    }),
  );
}

function rollBack(swarm: Swarm, service: ServiceRow): Result<ServiceRow, Failure> {
  const { store, sim } = swarm;
  if (!service.previousSpec)
    return err(
      rpcError('FailedPrecondition', `service ${service.id} does not have a previous spec`),
    );
  const job = jobOf(swarm, service.previousSpec, (service.job?.iteration ?? 0) + 1);
  return ok(
    store.update(store.rows.services, service.id, {
      spec: service.previousSpec,
      // The version it had: tasks of it that are left are up to date.
      specVersion: service.previousSpecVersion ?? service.specVersion,
      previousSpec: service.spec,
      previousSpecVersion: service.specVersion,
      updateStatus: {
        state: 'rollback_started',
        startedAt: sim.now(),
        message: 'manually requested rollback',
      },
      ...(job && { job }),
    }),
  );
}

export function removeService(swarm: Swarm, id: string): Result<void, Failure> {
  const { store } = swarm;
  const service = store.rows.services.get(id);
  if (!service || service.pendingDelete)
    return err(rpcError('NotFound', `service ${id} not found`));
  store.update(store.rows.services, id, { pendingDelete: true });
  return ok(undefined);
}
