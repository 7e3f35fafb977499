// The parts of a service's spec that Compose writes in its own way: deploy, health, ports, limits.
//
// Mirrors: docker/cli cli/compose/convert/service.go.
import { err, ok, type Result, sortedBy } from '../../std/index.ts';
import { parseBytes } from '../flags/sizes.ts';
import { parseCpus, parseDuration } from '../flags/values.ts';
import { compact, isObject, type Json, list, object, text } from '../json.ts';

export const orAbsent = <T>(items: readonly T[]): readonly T[] | undefined =>
  items.length > 0 ? items : undefined;
export const filled = (value: Json): Json | undefined =>
  Object.keys(value).length > 0 ? value : undefined;
export const nanos = (value: unknown): number | undefined => {
  const parsed = value === undefined || value === null ? undefined : parseDuration(String(value));
  return typeof parsed === 'number' ? parsed : undefined;
};
export const bytes = (value: unknown): number | undefined => {
  const parsed = value === undefined || value === null ? undefined : parseBytes(String(value));
  return typeof parsed === 'number' ? parsed : undefined;
};

export const capability = (name: string): string => {
  const upper = name.toUpperCase();
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
};

export function ulimits(value: unknown): Json[] {
  return Object.entries(isObject(value) ? value : {}).map(([name, limit]) =>
    isObject(limit)
      ? { Name: name, Hard: limit.hard, Soft: limit.soft }
      : { Name: name, Hard: limit, Soft: limit },
  );
}

export function healthcheck(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  if (value.disable === true) return { Test: ['NONE'] };
  const test = value.test;
  return compact({
    Test: Array.isArray(test)
      ? test.map(String)
      : typeof test === 'string'
        ? ['CMD-SHELL', test]
        : undefined,
    Interval: nanos(value.interval),
    Timeout: nanos(value.timeout),
    StartPeriod: nanos(value.start_period),
    StartInterval: nanos(value.start_interval),
    Retries: value.retries,
  });
}

function genericResources(value: unknown): Json[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((one) => {
    const { kind, value: amount } = object(one, 'discrete_resource_spec');
    return { DiscreteResourceSpec: { Kind: kind, Value: amount } };
  });
}

export function resources(value: Json): Json {
  const part = (key: 'limits' | 'reservations'): Json | undefined => {
    const given = value[key];
    if (!isObject(given)) return undefined;
    const cpus = given.cpus === undefined ? undefined : parseCpus(String(given.cpus));
    return compact({
      NanoCPUs: typeof cpus === 'number' ? cpus : undefined,
      MemoryBytes: bytes(given.memory),
      Pids: given.pids,
      GenericResources: genericResources(given.generic_resources),
    });
  };
  return compact({ Limits: part('limits'), Reservations: part('reservations') });
}

export function restartPolicy(service: Json, deploy: Json): Json | undefined {
  const policy = deploy.restart_policy;
  if (isObject(policy))
    return compact({
      Condition: text(policy, 'condition') || undefined,
      Delay: nanos(policy.delay),
      MaxAttempts: policy.max_attempts,
      Window: nanos(policy.window),
    });
  const restart = text(service, 'restart');
  if (restart === '' || restart === 'no') return undefined;
  const [name = '', attempts] = restart.split(':');
  if (name === 'always' || name === 'unless-stopped') return { Condition: 'any' };
  return compact({
    Condition: 'on-failure',
    MaxAttempts: attempts === undefined ? undefined : Number(attempts),
  });
}

/** The `Mode` of a service spec. Mirrors: convertDeployMode of cli/compose/convert/service.go. */
export function mode(deploy: Json): Result<Json, string> {
  const name = text(deploy, 'mode');
  const { replicas } = deploy;
  if (name === 'global' || name === 'global-job') {
    if (replicas !== undefined && replicas !== null)
      return err('replicas can only be used with replicated or replicated-job mode');
    return ok(name === 'global' ? { Global: {} } : { GlobalJob: {} });
  }
  if (name === 'replicated-job')
    return ok({ ReplicatedJob: compact({ MaxConcurrent: replicas, TotalCompletions: replicas }) });
  if (name === '' || name === 'replicated')
    return ok({ Replicated: compact({ Replicas: replicas }) });
  return err(`Unknown mode: ${name}`);
}

export function updateConfig(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  return compact({
    Parallelism: value.parallelism ?? 1,
    Delay: nanos(value.delay) || undefined,
    FailureAction: text(value, 'failure_action') || undefined,
    Monitor: nanos(value.monitor) || undefined,
    MaxFailureRatio: value.max_failure_ratio ?? 0,
    Order: text(value, 'order'),
  });
}

export function ports(service: Json): Json[] {
  const converted = (list(service, 'ports') as readonly Json[]).map((port) =>
    compact({
      Protocol: text(port, 'protocol') || undefined,
      TargetPort: port.target,
      PublishedPort: port.published,
      PublishMode: text(port, 'mode') || undefined,
    }),
  );
  return sortedBy(converted, (port) => Number(port.PublishedPort ?? 0));
}
