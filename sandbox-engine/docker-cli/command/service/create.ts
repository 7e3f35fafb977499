// docker service create.
//
// Mirrors: docker/cli cli/command/service/{create,opts}.go.
import type { Op } from '../../../sim/index.ts';
import { err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import { parseGenericResources } from '../../flags/generic-resources.ts';
import { parseMount } from '../../flags/mounts.ts';
import type { Flags } from '../../flags/parse.ts';
import { parsePublish } from '../../flags/references.ts';
import { parseUlimits, type Ulimit } from '../../flags/ulimits.ts';
import { compact, type Json, text, texts } from '../../json.ts';
import { serviceProgress } from '../../progress/service.ts';
import { environment, mapOf, shellWords } from '../files.ts';
import { resolveFiles, resolveImage, resolveNetworks, withImage } from './resolve.ts';

const orAbsent = <T>(items: readonly T[]): readonly T[] | undefined =>
  items.length > 0 ? items : undefined;
const filled = (value: Json): Json | undefined =>
  Object.keys(value).length > 0 ? value : undefined;
const given = (flags: Flags, ...names: string[]): boolean => names.some((name) => flags.has(name));
const absentIfEmpty = (value: string): string | undefined => value || undefined;

function mode(flags: Flags): Result<Json, string> {
  const replicas = flags.number('replicas');
  const name = flags.text('mode');
  if (!['replicated', 'global', 'replicated-job', 'global-job'].includes(name))
    return err(`Unknown mode: ${name}, only replicated and global supported`);
  if (name.startsWith('global')) {
    if (replicas !== undefined)
      return err('replicas can only be used with replicated or replicated-job mode');
    if ((flags.number('replicas-max-per-node') ?? 0) > 0)
      return err('replicas-max-per-node can only be used with replicated or replicated-job mode');
  }
  if (flags.has('max-concurrent') && name !== 'replicated-job')
    return err('max-concurrent can only be used with replicated-job mode');
  if (name === 'global') return ok({ Global: {} });
  if (name === 'global-job') return ok({ GlobalJob: {} });
  if (name === 'replicated') return ok({ Replicated: compact({ Replicas: replicas }) });
  return ok({
    ReplicatedJob: compact({
      MaxConcurrent: flags.number('max-concurrent') ?? replicas,
      TotalCompletions: replicas,
    }),
  });
}

const updateDefaults = {
  Parallelism: 1,
  FailureAction: 'pause',
  Monitor: 5e9,
  MaxFailureRatio: 0,
  Order: 'stop-first',
};

/** UpdateConfig or RollbackConfig as far as flags change it; undefined when none of them was given. */
export function updateConfig(
  flags: Flags,
  kind: 'update' | 'rollback',
  before?: Json,
): Json | undefined {
  const names = ['parallelism', 'delay', 'failure-action', 'monitor', 'max-failure-ratio', 'order'];
  if (!names.some((name) => flags.has(`${kind}-${name}`))) return before;
  const base: Json = before ?? updateDefaults;
  const changed = compact({
    ...base,
    Parallelism: flags.number(`${kind}-parallelism`) ?? base.Parallelism,
    Delay: flags.number(`${kind}-delay`) ?? base.Delay,
    FailureAction: flags.given(`${kind}-failure-action`) ?? base.FailureAction,
    Monitor: flags.number(`${kind}-monitor`) ?? base.Monitor,
    MaxFailureRatio: flags.number(`${kind}-max-failure-ratio`) ?? base.MaxFailureRatio,
    Order: flags.given(`${kind}-order`) ?? base.Order,
  });
  const { Delay, ...rest } = changed;
  return Delay ? { ...rest, Delay } : rest;
}

export function restartPolicy(flags: Flags, before?: Json): Json | undefined {
  if (!given(flags, 'restart-condition', 'restart-delay', 'restart-max-attempts', 'restart-window'))
    return before;
  const base: Json = before ?? { Condition: 'any', Delay: 5e9, MaxAttempts: 0 };
  return compact({
    ...base,
    Condition: flags.given('restart-condition') ?? base.Condition,
    Delay: flags.number('restart-delay') ?? base.Delay,
    MaxAttempts: flags.number('restart-max-attempts') ?? base.MaxAttempts,
    Window: flags.number('restart-window') ?? base.Window,
  });
}

export function serviceHealth(flags: Flags, before?: Json): Result<Json | undefined, string> {
  const names = ['cmd', 'interval', 'timeout', 'retries', 'start-period', 'start-interval'];
  const changed = names.some((name) => flags.has(`health-${name}`));
  if (flags.on('no-healthcheck'))
    return changed
      ? err('--no-healthcheck conflicts with --health-* options')
      : ok({ Test: ['NONE'] });
  if (!changed) return ok(before);
  return ok(
    compact({
      ...before,
      Test: flags.has('health-cmd')
        ? flags.text('health-cmd')
          ? ['CMD-SHELL', flags.text('health-cmd')]
          : undefined
        : texts(before, 'Test')[0] === 'NONE'
          ? undefined
          : before?.Test,
      Interval: flags.number('health-interval') ?? before?.Interval,
      Timeout: flags.number('health-timeout') ?? before?.Timeout,
      StartPeriod: flags.number('health-start-period') ?? before?.StartPeriod,
      StartInterval: flags.number('health-start-interval') ?? before?.StartInterval,
      Retries: flags.number('health-retries') ?? before?.Retries,
    }),
  );
}

/** `host:ip` → `ip host`, as services keep it. */
export const swarmHost = (value: string): string => {
  const at = value.search(/[:=]/);
  return `${value.slice(at + 1).replace(/^\[(.*)\]$/, '$1')} ${value.slice(0, at)}`;
};

export const capability = (name: string): string => {
  const upper = name.toUpperCase();
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
};

export const spreads = (values: readonly string[]): Json[] =>
  values.map((value) => ({ Spread: { SpreadDescriptor: value.slice(value.indexOf('=') + 1) } }));

function resources(flags: Flags, generic: readonly Json[]): Json {
  return {
    Limits: compact({
      NanoCPUs: flags.number('limit-cpu') || undefined,
      MemoryBytes: flags.number('limit-memory') || undefined,
      Pids: flags.number('limit-pids') || undefined,
    }),
    Reservations: compact({
      NanoCPUs: flags.number('reserve-cpu') || undefined,
      MemoryBytes: flags.number('reserve-memory') || undefined,
      GenericResources: orAbsent(generic),
    }),
  };
}

interface Parts {
  readonly env: readonly string[];
  readonly health: Json | undefined;
  readonly mounts: readonly Json[];
  readonly ulimits: readonly Ulimit[];
}

function containerSpec(flags: Flags, image: string, args: readonly string[], parts: Parts): Json {
  const entrypoint = shellWords(flags.text('entrypoint'));
  return compact({
    Image: image,
    Labels: filled(mapOf(flags.list('container-label'))),
    Command: orAbsent(entrypoint),
    Args: orAbsent(args),
    Hostname: absentIfEmpty(flags.text('hostname')),
    Env: orAbsent(parts.env),
    Dir: absentIfEmpty(flags.text('workdir')),
    User: absentIfEmpty(flags.text('user')),
    Groups: orAbsent(flags.list('group')),
    Init: flags.on('init'),
    StopSignal: absentIfEmpty(flags.text('stop-signal')),
    TTY: flags.on('tty') || undefined,
    ReadOnly: flags.on('read-only') || undefined,
    Mounts: orAbsent(parts.mounts),
    StopGracePeriod: flags.number('stop-grace-period'),
    Healthcheck: parts.health,
    Hosts: orAbsent(flags.list('host').map(swarmHost)),
    DNSConfig: compact({
      Nameservers: orAbsent(flags.list('dns')),
      Search: orAbsent(flags.list('dns-search')),
      Options: orAbsent(flags.list('dns-option')),
    }),
    Isolation: absentIfEmpty(flags.text('isolation')),
    Sysctls: filled(mapOf(flags.list('sysctl'))),
    CapabilityAdd: orAbsent(flags.list('cap-add').map(capability)),
    CapabilityDrop: orAbsent(flags.list('cap-drop').map(capability)),
    Ulimits: orAbsent(parts.ulimits),
    OomScoreAdj: flags.number('oom-score-adj') || undefined,
  });
}

/** The spec that the flags describe, before networks, secrets, configs and the image are looked up. */
function serviceSpec(
  cli: Cli,
  flags: Flags,
  image: string,
  args: readonly string[],
): Result<Json, string> {
  if (flags.has('credential-spec')) return err('docker: not simulated here: --credential-spec');
  const env = environment(cli, flags);
  if (!env.ok) return env;
  const health = serviceHealth(flags);
  if (!health.ok) return health;
  const modeSpec = mode(flags);
  if (!modeSpec.ok) return modeSpec;
  const rollouts = [updateConfig(flags, 'update'), updateConfig(flags, 'rollback')];
  if (flags.text('mode').endsWith('-job') && rollouts.some((config) => config !== undefined))
    return err('update and rollback configuration is not supported for jobs');
  const mounts: Json[] = [];
  for (const value of flags.list('mount')) {
    const mount = parseMount(value, (path) => cli.file(path));
    if (!mount.ok) return mount;
    mounts.push(mount.value);
  }
  const ports: Json[] = [];
  for (const value of flags.list('publish')) {
    const parsed = parsePublish(value);
    if (!parsed.ok) return parsed;
    ports.push(...parsed.value);
  }
  const ulimits = parseUlimits(flags.list('ulimit'));
  if (!ulimits.ok) return ulimits;
  const generic = parseGenericResources(flags.list('generic-resource'));
  if (!generic.ok) return generic;
  return ok(
    compact({
      Name: flags.text('name'),
      Labels: mapOf(flags.list('label')),
      TaskTemplate: compact({
        ContainerSpec: containerSpec(flags, image, args, {
          env: [...new Map(env.value.map((line) => [line.split('=')[0], line])).values()],
          health: health.value,
          mounts,
          ulimits: ulimits.value,
        }),
        Resources: resources(flags, generic.value),
        RestartPolicy: restartPolicy(flags),
        Placement: compact({
          Constraints: orAbsent(flags.list('constraint')),
          Preferences: orAbsent(spreads(flags.list('placement-pref'))),
          MaxReplicas: flags.number('replicas-max-per-node') || undefined,
        }),
        LogDriver: flags.text('log-driver')
          ? compact({
              Name: flags.text('log-driver'),
              Options: filled(mapOf(flags.list('log-opt'))),
            })
          : undefined,
        ForceUpdate: 0,
      }),
      Mode: modeSpec.value,
      UpdateConfig: rollouts[0],
      RollbackConfig: rollouts[1],
      EndpointSpec: compact({
        Mode: flags.text('endpoint-mode').toLowerCase(),
        Ports: orAbsent(ports),
      }),
    }),
  );
}

/** A spec with its networks, secrets and configs found. */
function* resolved(cli: Cli, flags: Flags, spec: Json): Op<Result<Json, string>> {
  const networks = yield* resolveNetworks(cli, flags.list('network'));
  if (!networks.ok) return networks;
  const secrets = yield* resolveFiles(cli, 'secret', flags.list('secret'));
  if (!secrets.ok) return secrets;
  const configs = yield* resolveFiles(cli, 'config', flags.list('config'));
  if (!configs.ok) return configs;
  const template = spec.TaskTemplate as Json;
  return ok({
    ...spec,
    TaskTemplate: {
      ...template,
      ContainerSpec: compact({
        ...(template.ContainerSpec as Json),
        Secrets: orAbsent(secrets.value),
        Configs: orAbsent(configs.value),
      }),
      ...(networks.value.length > 0 ? { Networks: networks.value } : {}),
    },
  });
}

export function* create(
  cli: Cli,
  flags: Flags,
  [image = '', ...args]: readonly string[],
): Op<Outcome> {
  const plain = serviceSpec(cli, flags, image, args);
  if (!plain.ok) return fail(plain.error);
  const spec = yield* resolved(cli, flags, plain.value);
  if (!spec.ok) return fail(spec.error);
  const pinned = yield* resolveImage(cli, image, !flags.on('no-resolve-image'));
  const answer = yield* cli.client.post('/services/create', {}, withImage(spec.value, pinned));
  if (!answer.ok) return fail(answer.error.message);
  const warnings = [
    ...texts(answer.value, 'Warnings'),
    ...(pinned.warning ? [pinned.warning] : []),
  ];
  for (const warning of warnings) yield* cli.err(`${warning}\n`);
  const id = text(answer.value, 'ID');
  yield* cli.out(`${id}\n`);
  if (flags.on('detach')) return undefined;
  return yield* serviceProgress(cli, id, flags.on('quiet'));
}
