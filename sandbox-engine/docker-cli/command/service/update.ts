// docker service update.
//
// Mirrors: docker/cli cli/command/service/update.go.
import type { Op } from '../../../sim/index.ts';
import { err, ok, type Result, sortedBy } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import { editedGenericResources } from '../../flags/generic-resources.ts';
import { parseMount } from '../../flags/mounts.ts';
import type { Flags } from '../../flags/parse.ts';
import { parseFileReference, parsePublish } from '../../flags/references.ts';
import { parseUlimits } from '../../flags/ulimits.ts';
import { compact, type Json, list, number, object, text, texts } from '../../json.ts';
import { serviceProgress } from '../../progress/service.ts';
import { mapOf, shellWords } from '../files.ts';
import {
  capability,
  restartPolicy,
  serviceHealth,
  spreads,
  swarmHost,
  updateConfig,
} from './create.ts';
import { networkId, networkTarget, resolveFiles, resolveImage, withImage } from './resolve.ts';

const orAbsent = <T>(items: readonly T[]): readonly T[] | undefined =>
  items.length > 0 ? items : undefined;
const filled = (value: Json): Json | undefined =>
  Object.keys(value).length > 0 ? value : undefined;

/** The same, without what is there twice; a list that flags have changed comes out sorted. */
function editedSorted(flags: Flags, name: string, before: readonly string[]): readonly string[] {
  const after = edited(flags, name, before);
  return flags.has(`${name}-add`) || flags.has(`${name}-rm`) ? [...after].sort() : after;
}

/** Lines `IP name …`: --host-rm takes `name` or `name:IP`, --host-add `name:IP`. */
function editedHosts(flags: Flags, before: readonly string[]): readonly string[] {
  const removed = flags.list('host-rm').map((value) => {
    const [host = '', ...ip] = value.split(':');
    return { host, ip: ip.join(':') };
  });
  const kept = before.flatMap((line) => {
    const [address = '', ...names] = line.split(/\s+/);
    const left = names.filter(
      (name) => !removed.some(({ host, ip }) => host === name && (!ip || ip === address)),
    );
    return left.length > 0 ? [`${address} ${left.join(' ')}`] : [];
  });
  return [...new Set([...kept, ...flags.list('host-add').map(swarmHost)])];
}

/** A list with what --x-rm names taken out and what --x-add names put in; `key` tells when two are the same. */
function edited(
  flags: Flags,
  name: string,
  before: readonly string[],
  key: (item: string) => string = (item) => item,
): readonly string[] {
  const removed = new Set(flags.list(`${name}-rm`).map(key));
  const kept = before.filter((item) => !removed.has(key(item)));
  if (!flags.has(`${name}-add`)) return kept;
  const byKey = new Map(kept.map((item) => [key(item), item]));
  for (const item of flags.list(`${name}-add`)) byKey.set(key(item), item);
  return [...byKey.values()];
}

function editedMap(flags: Flags, name: string, before: Json): Json {
  const after: Record<string, unknown> = { ...before, ...mapOf(flags.list(`${name}-add`)) };
  for (const key of flags.list(`${name}-rm`)) delete after[key];
  return after;
}

const variable = (line: string): string => line.split('=')[0] ?? '';

const portKey = (port: unknown): string =>
  `${number(port, 'PublishedPort')}:${number(port, 'TargetPort')}/${text(port, 'Protocol') || 'tcp'}/${text(port, 'PublishMode') || 'ingress'}`;

/** --publish-rm takes the port inside the container. */
function editedPorts(flags: Flags, before: readonly unknown[]): Result<readonly unknown[], string> {
  const removed: Json[] = [];
  for (const value of flags.list('publish-rm')) {
    const parsed = parsePublish(value);
    if (!parsed.ok) return parsed;
    removed.push(...parsed.value);
  }
  const inside = (port: unknown): string =>
    `${number(port, 'TargetPort')}/${text(port, 'Protocol') || 'tcp'}/${text(port, 'PublishMode') || 'ingress'}`;
  const gone = new Set(removed.map(inside));
  const known = new Set(before.map(portKey));
  const after = before.filter((port) => !gone.has(inside(port)));
  for (const value of flags.list('publish-add')) {
    const parsed = parsePublish(value);
    if (!parsed.ok) return parsed;
    after.push(...parsed.value.filter((port) => !known.has(portKey(port))));
  }
  return ok(sortedBy(after, portKey));
}

function editedMounts(
  cli: Cli,
  flags: Flags,
  before: readonly unknown[],
): Result<readonly unknown[], string> {
  const added = new Map<string, unknown>();
  for (const value of flags.list('mount-add')) {
    const mount = parseMount(value, (path) => cli.file(path));
    if (!mount.ok) return mount;
    const target = text(mount.value, 'Target');
    if (added.has(target)) return err('duplicate mount target');
    added.set(target, mount.value);
  }
  const byTarget = new Map([...before.map((m) => [text(m, 'Target'), m] as const), ...added]);
  for (const target of flags.list('mount-rm')) byTarget.delete(target);
  const order = (mount: unknown): string => `${text(mount, 'Source')}\0${text(mount, 'Target')}`;
  return ok(sortedBy([...byTarget.values()], order));
}

function* editedNetworks(
  cli: Cli,
  flags: Flags,
  before: readonly unknown[],
): Op<Result<readonly unknown[], string>> {
  if (!flags.has('network-add') && !flags.has('network-rm')) return ok(before);
  const removed = new Set<string>();
  for (const name of flags.list('network-rm')) {
    const id = yield* networkId(cli, name);
    if (!id.ok) return id;
    removed.add(id.value);
  }
  const after = before.filter((network) => !removed.has(text(network, 'Target')));
  for (const value of flags.list('network-add')) {
    const network = networkTarget(value);
    const name = text(network, 'Target');
    const id = yield* networkId(cli, name);
    if (!id.ok) return id;
    if (after.some((other) => text(other, 'Target') === id.value))
      return err(`service is already attached to network ${name}`);
    after.push({ ...network, Target: id.value });
  }
  return ok(sortedBy(after, (network) => text(network, 'Target')));
}

function* editedFiles(
  cli: Cli,
  flags: Flags,
  kind: 'secret' | 'config',
  before: readonly unknown[],
): Op<Result<readonly unknown[], string>> {
  const nameKey = kind === 'secret' ? 'SecretName' : 'ConfigName';
  const removed = new Set(flags.list(`${kind}-rm`));
  const kept = before.filter((file) => !removed.has(text(file, nameKey)));
  const values = flags.list(`${kind}-add`);
  const sources = new Set(
    values.map((value) => {
      const parsed = parseFileReference(value, kind);
      return parsed.ok ? parsed.value.source : '';
    }),
  );
  const added = yield* resolveFiles(cli, kind, values);
  if (!added.ok) return added;
  return ok([...kept.filter((file) => !sources.has(text(file, nameKey))), ...added.value]);
}

// ---- the parts of the spec ----------------------------------------------------------------------

function* editedContainer(cli: Cli, flags: Flags, before: Json): Op<Result<Json, string>> {
  const textOr = (flag: string, key: string): string | undefined =>
    (flags.has(flag) ? flags.text(flag) : text(before, key)) || undefined;
  const onOr = (flag: string, key: string): boolean | undefined =>
    flags.has(flag) ? flags.on(flag) : (before[key] as boolean | undefined);
  const mounts = editedMounts(cli, flags, list(before, 'Mounts'));
  if (!mounts.ok) return mounts;
  const health = serviceHealth(flags, before.Healthcheck as Json | undefined);
  if (!health.ok) return health;
  const secrets = yield* editedFiles(cli, flags, 'secret', list(before, 'Secrets'));
  if (!secrets.ok) return secrets;
  const configs = yield* editedFiles(cli, flags, 'config', list(before, 'Configs'));
  if (!configs.ok) return configs;
  const added = parseUlimits(flags.list('ulimit-add'));
  if (!added.ok) return added;
  const gone = new Set(flags.list('ulimit-rm').map(variable));
  const limits = new Map(
    [
      ...list(before, 'Ulimits').filter((limit) => !gone.has(text(limit, 'Name'))),
      ...added.value,
    ].map((limit) => [text(limit, 'Name'), limit]),
  );
  const dns = object(before, 'DNSConfig');
  return ok(
    compact({
      ...before,
      Labels: filled(editedMap(flags, 'container-label', object(before, 'Labels'))),
      Command: flags.has('entrypoint')
        ? orAbsent(shellWords(flags.text('entrypoint')))
        : before.Command,
      Args: flags.has('args') ? orAbsent(shellWords(flags.text('args'))) : before.Args,
      Hostname: textOr('hostname', 'Hostname'),
      Env: orAbsent(edited(flags, 'env', texts(before, 'Env'), variable)),
      Dir: textOr('workdir', 'Dir'),
      User: textOr('user', 'User'),
      Groups: orAbsent(editedSorted(flags, 'group', texts(before, 'Groups'))),
      Init: onOr('init', 'Init'),
      StopSignal: textOr('stop-signal', 'StopSignal'),
      TTY: onOr('tty', 'TTY'),
      ReadOnly: onOr('read-only', 'ReadOnly'),
      Mounts: orAbsent(mounts.value),
      StopGracePeriod: flags.number('stop-grace-period') ?? before.StopGracePeriod,
      Healthcheck: health.value,
      Hosts: orAbsent(editedHosts(flags, texts(before, 'Hosts'))),
      DNSConfig: compact({
        Nameservers: orAbsent(editedSorted(flags, 'dns', texts(dns, 'Nameservers'))),
        Search: orAbsent(editedSorted(flags, 'dns-search', texts(dns, 'Search'))),
        Options: orAbsent(editedSorted(flags, 'dns-option', texts(dns, 'Options'))),
      }),
      Secrets: orAbsent(secrets.value),
      Configs: orAbsent(configs.value),
      Isolation: textOr('isolation', 'Isolation'),
      Sysctls: filled(editedMap(flags, 'sysctl', object(before, 'Sysctls'))),
      ...(flags.has('cap-add') || flags.has('cap-drop') ? capabilities(flags, before) : {}),
      Ulimits: orAbsent(sortedBy([...limits.values()], (limit) => text(limit, 'Name'))),
      OomScoreAdj: flags.number('oom-score-adj') ?? before.OomScoreAdj,
    }),
  );
}

/**
 * What was dropped and is added now is only not dropped any more, and the other way round; what is in both flags is added.
 * RESET forgets what was there before.
 */
function capabilities(flags: Flags, before: Json): Json {
  const toAdd = new Set(flags.list('cap-add').map(capability));
  const toDrop = new Set(flags.list('cap-drop').map(capability));
  const add = new Set(toAdd.delete(reset) ? [] : texts(before, 'CapabilityAdd'));
  const drop = new Set(toDrop.delete(reset) ? [] : texts(before, 'CapabilityDrop'));
  for (const name of toDrop) if (!toAdd.has(name) && !add.delete(name)) drop.add(name);
  for (const name of toAdd) if (!drop.delete(name)) add.add(name);
  const shown = (names: ReadonlySet<string>) =>
    orAbsent(names.has('ALL') ? ['ALL'] : [...names].sort());
  return { CapabilityAdd: shown(add), CapabilityDrop: shown(drop) };
}

const reset = 'CAP_RESET';

function editedResources(flags: Flags, before: Json): Result<Json, string> {
  const generic = editedGenericResources(
    object(before, 'Reservations'),
    flags.list('generic-resource-add'),
    flags.list('generic-resource-rm'),
  );
  if (!generic.ok) return generic;
  const part = (kind: 'limit' | 'reserve', key: 'Limits' | 'Reservations'): Json | undefined => {
    const old = before[key] as Json | undefined;
    const named = (name: string): number | undefined => flags.number(`${kind}-${name}`);
    const changed = compact({
      NanoCPUs: named('cpu'),
      MemoryBytes: named('memory'),
      Pids: named('pids'),
      GenericResources: kind === 'reserve' ? generic.value : undefined,
    });
    if (!filled(changed)) return old;
    const isSomething = (value: unknown) => value !== 0 && !(Array.isArray(value) && !value.length);
    return Object.fromEntries(
      Object.entries({ ...old, ...changed }).filter(([, value]) => isSomething(value)),
    );
  };
  return ok(
    compact({
      ...before,
      Limits: part('limit', 'Limits'),
      Reservations: part('reserve', 'Reservations'),
    }),
  );
}

function editedPlacement(flags: Flags, before: Json): Json | undefined {
  const preferences = [
    ...list(before, 'Preferences').filter(
      (item) =>
        !flags
          .list('placement-pref-rm')
          .some(
            (value) =>
              value.slice(value.indexOf('=') + 1) === text(item, 'Spread.SpreadDescriptor'),
          ),
    ),
    ...spreads(flags.list('placement-pref-add')),
  ];
  const constraints = edited(flags, 'constraint', texts(before, 'Constraints'));
  return compact({
    ...before,
    Constraints: orAbsent(
      flags.has('constraint-add') || flags.has('constraint-rm')
        ? [...constraints].sort()
        : constraints,
    ),
    Preferences: orAbsent(preferences),
    MaxReplicas: (flags.number('replicas-max-per-node') ?? before.MaxReplicas) || undefined,
  });
}

function editedMode(flags: Flags, before: Json): Result<Json, string> {
  const replicas = flags.number('replicas');
  if (replicas === undefined) return ok(before);
  if (before.Replicated === undefined) return err('replicas can only be used with replicated mode');
  return ok({ Replicated: { ...object(before, 'Replicated'), Replicas: replicas } });
}

/** The whole spec as the flags change it. */
function* editedSpec(cli: Cli, flags: Flags, before: Json): Op<Result<Json, string>> {
  const template = object(before, 'TaskTemplate');
  const container = yield* editedContainer(cli, flags, object(template, 'ContainerSpec'));
  if (!container.ok) return container;
  const mode = editedMode(flags, object(before, 'Mode'));
  if (!mode.ok) return mode;
  const networks = yield* editedNetworks(cli, flags, list(template, 'Networks'));
  if (!networks.ok) return networks;
  const endpoint = object(before, 'EndpointSpec');
  const ports =
    flags.has('publish-add') || flags.has('publish-rm')
      ? editedPorts(flags, list(endpoint, 'Ports'))
      : ok(list(endpoint, 'Ports'));
  if (!ports.ok) return ports;
  const driver = flags.given('log-driver');
  const resources = editedResources(flags, object(template, 'Resources'));
  if (!resources.ok) return resources;
  return ok(
    compact({
      ...before,
      Labels: editedMap(flags, 'label', object(before, 'Labels')),
      TaskTemplate: compact({
        ...template,
        ContainerSpec: container.value,
        Resources: resources.value,
        RestartPolicy: restartPolicy(flags, template.RestartPolicy as Json | undefined),
        Placement: editedPlacement(flags, object(template, 'Placement')),
        Networks: orAbsent(networks.value),
        LogDriver:
          driver === undefined || driver === ''
            ? template.LogDriver
            : compact({ Name: driver, Options: filled(mapOf(flags.list('log-opt'))) }),
        ForceUpdate: number(template, 'ForceUpdate') + (flags.on('force') ? 1 : 0),
      }),
      Mode: mode.value,
      UpdateConfig: updateConfig(flags, 'update', before.UpdateConfig as Json | undefined),
      RollbackConfig: updateConfig(flags, 'rollback', before.RollbackConfig as Json | undefined),
      EndpointSpec: filled(
        compact({
          ...endpoint,
          Mode: flags.given('endpoint-mode') ?? endpoint.Mode,
          Ports: orAbsent(ports.value),
        }),
      ),
    }),
  );
}

export function* update(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const found = yield* cli.client.get(`/services/${name}`);
  if (!found.ok) return fail(found.error.message);
  const rollback = flags.on('rollback');
  let spec = object(found.value, 'Spec');
  let warning: string | undefined;
  if (rollback) {
    const others = ['detach', 'quiet', 'rollback'];
    const extra = cli.spec.flags.find(
      (flag) => flags.has(flag.name) && !others.includes(flag.name),
    );
    if (extra) return fail('other flags may not be combined with --rollback');
  } else {
    if (flags.has('credential-spec')) return fail('docker: not simulated here: --credential-spec');
    const changed = yield* editedSpec(cli, flags, spec);
    if (!changed.ok) return fail(changed.error);
    spec = changed.value;
    if (flags.has('image')) {
      const pinned = yield* resolveImage(cli, flags.text('image'), !flags.on('no-resolve-image'));
      spec = withImage(spec, pinned);
      warning = pinned.warning;
    }
  }
  const answer = yield* cli.client.post(
    `/services/${text(found.value, 'ID')}/update`,
    {
      version: number(found.value, 'Version.Index'),
      registryAuthFrom: flags.on('with-registry-auth') ? undefined : 'spec',
      rollback: rollback ? 'previous' : undefined,
    },
    spec,
  );
  if (!answer.ok) return fail(answer.error.message);
  for (const line of [...texts(answer.value, 'Warnings'), ...(warning ? [warning] : [])])
    yield* cli.err(`${line}\n`);
  yield* cli.out(`${name}\n`);
  if (flags.on('detach')) return undefined;
  return yield* serviceProgress(cli, name, flags.on('quiet'));
}
