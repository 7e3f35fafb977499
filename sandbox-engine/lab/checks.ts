// A lab's checks: facts about the state that must hold. Each answer says what was found, for the reader whose check fails.
import type { Asker, Check, CheckResult, Finding, ServiceFact } from '../protocol/index.ts';
import { unreachable } from '../std/index.ts';
import { isReplicated, replicasOf } from '../swarmkit/index.ts';
import { containerOf, runningTasks, serviceNamed, swarmNetworkOn, tasksOn } from './swarm-facts.ts';
import { fillIn } from './values.ts';
import type { World } from './world.ts';

/** What checks on a command itself look at. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

export interface CheckContext {
  readonly world: World;
  readonly values: Readonly<Record<string, string>>;
  readonly ran?: Ran | undefined;
  /** What a name means to the asker, asked in a copy of the world; undefined when the asker does not exist. */
  readonly resolved: (check: Extract<Check, { kind: 'resolves' }>) => readonly string[] | undefined;
  /**
   * Does a packet get there? Answered in a copy of the world, so that asking leaves no trace in this one. Undefined: the
   * asker or the target does not exist.
   */
  readonly reaches: (
    check: Extract<Check, { kind: 'reachable' }>,
    to: string,
  ) => boolean | undefined;
}

/** All of them: the first that fails is the answer. */
export function judge(checks: readonly Check[], context: CheckContext): CheckResult {
  const found: Finding[] = [];
  for (const check of checks) {
    const result = judgeOne(check, context);
    if (!result.holds) return result;
    found.push(...result.found);
  }
  return { holds: true, found };
}

function judgeOne(check: Check, context: CheckContext): CheckResult {
  switch (check.kind) {
    case 'network':
      return network(check, context.world);
    case 'container':
      return container(check, context.world);
    case 'published':
      return published(check, context.world);
    case 'file':
      return file(check, context.world);
    case 'reachable':
      return reachable(check, context);
    case 'resolves':
      return resolves(check, context);
    case 'service':
      return service(check, context.world);
    case 'task':
      return task(check, context.world);
    case 'exit':
      return context.ran
        ? {
            holds: context.ran.status === check.exit,
            found: [{ kind: 'exit', status: context.ran.status }],
          }
        : notRun;
    case 'output':
      return context.ran ? output(check, context) : notRun;
    default:
      return unreachable(check);
  }
}

function output(
  check: Extract<Check, { kind: 'output' }>,
  { values, ran }: CheckContext,
): CheckResult {
  const { text: pattern } = fillIn(check.matches, values, (value) =>
    value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const matches = new RegExp(pattern, 'm').test((ran?.output ?? '').replace(/\r/g, ''));
  return { holds: matches, found: [{ kind: 'output', pattern, matches }] };
}

const fails = (found: Finding): CheckResult => ({ holds: false, found: [found] });

const notRun = fails({ kind: 'not-run' });

const present = (
  found: Finding & { readonly there: boolean },
  absent: boolean | undefined,
): CheckResult => ({ holds: found.there !== (absent === true), found: [found] });

function network(check: Extract<Check, { kind: 'network' }>, world: World): CheckResult {
  const row = world.libnetwork.networks
    .where('host', check.host)
    .find((candidate) => candidate.name === check.network);
  const swarmRow = swarmNetworkOn(world, check.host, check.network);
  const driver = row?.driver ?? (swarmRow && (swarmRow.spec.Driver || 'overlay'));
  const there = driver !== undefined;
  const what = { kind: 'network', network: check.network, host: check.host, there } as const;
  if (
    driver !== undefined &&
    !check.absent &&
    check.driver !== undefined &&
    driver !== check.driver
  )
    return fails({ ...what, driver });
  const subnet = (row?.subnets ?? swarmRow?.subnets)?.[0]?.subnet;
  if (
    driver !== undefined &&
    !check.absent &&
    check.subnet !== undefined &&
    subnet !== check.subnet
  )
    return fails({ ...what, subnet: subnet ?? '' });
  return present(what, check.absent);
}

function container(check: Extract<Check, { kind: 'container' }>, world: World): CheckResult {
  const row = containerOf(world, check.host, check);
  const { host } = check;
  const there = row !== undefined;
  const what = { kind: 'container', container: check.container, host, there } as const;
  if (!row || check.absent) return present(what, check.absent);
  if (check.state !== undefined && row.state.status !== check.state)
    return fails({ ...what, state: row.state.status });
  if (check.network !== undefined && !(check.network in row.networks))
    return fails({ ...what, networks: Object.keys(row.networks) });
  if (check.image !== undefined && row.config.Image !== check.image)
    return fails({ ...what, image: row.config.Image });
  return { holds: true, found: [{ ...what, state: row.state.status }] };
}

function published(check: Extract<Check, { kind: 'published' }>, world: World): CheckResult {
  const sandbox = world.libnetwork.sandboxes
    .where('host', check.host)
    .find((row) => row.ports.some((port) => port.hostPort === check.port));
  const { port, host } = check;
  const what = { kind: 'published', port, host, there: sandbox !== undefined } as const;
  if (
    sandbox &&
    !check.absent &&
    check.container !== undefined &&
    sandbox.containerName !== check.container
  )
    return fails({ ...what, container: sandbox.containerName });
  return present(what, check.absent);
}

function file(check: Extract<Check, { kind: 'file' }>, world: World): CheckResult {
  const there = world.machines.get(check.host)?.host.fs.exists(check.file) ?? false;
  return present({ kind: 'file', file: check.file, host: check.host, there }, check.absent);
}

function reachable(
  check: Extract<Check, { kind: 'reachable' }>,
  context: CheckContext,
): CheckResult {
  const { text, missing } = fillIn(check.to, context.values);
  if (missing.length > 0) return fails({ kind: 'no-value', values: missing });
  const reaches = context.reaches(check, text);
  const from = askerOf(check);
  const to = check.port === undefined ? text : `${text}:${check.port}`;
  if (reaches === undefined) return fails({ kind: 'no-asker', from });
  return {
    holds: reaches !== (check.not === true),
    found: [{ kind: 'reaches', from, to, reaches }],
  };
}

function askerOf(check: Extract<Check, { kind: 'reachable' | 'resolves' }>): Asker {
  const { from: host, container, task } = check;
  if (container !== undefined) return { host, container };
  return { host, ...(task !== undefined && { task }) };
}

function resolves(check: Extract<Check, { kind: 'resolves' }>, context: CheckContext): CheckResult {
  const wanted = check.to?.map((text) => fillIn(text, context.values));
  const missing = wanted?.flatMap((one) => one.missing) ?? [];
  if (missing.length > 0) return fails({ kind: 'no-value', values: missing });
  const addresses = context.resolved(check);
  const from = askerOf(check);
  if (!addresses) return fails({ kind: 'no-asker', from });
  const same = (list: readonly string[]) => list.toSorted().join(' ');
  const holds = check.not
    ? addresses.length === 0
    : addresses.length === (check.count ?? wanted?.length ?? addresses.length) &&
      addresses.length > 0 &&
      (!wanted || same(addresses) === same(wanted.map(({ text }) => text)));
  return { holds, found: [{ kind: 'resolves', from, name: check.name, addresses }] };
}

function service(check: Extract<Check, { kind: 'service' }>, world: World): CheckResult {
  const row = serviceNamed(world, check.service);
  const named = check.service;
  if (!row || check.absent)
    return present({ kind: 'service', service: named, there: row !== undefined }, check.absent);
  const has = (what: ServiceFact): Finding => ({ kind: 'service-has', service: named, what });
  const { spec } = row;
  const running = runningTasks(world, check.service).length;
  const replicas = isReplicated(row) ? replicasOf(row) : undefined;
  const image = spec.TaskTemplate.ContainerSpec?.Image ?? '';
  const networks = (spec.TaskTemplate.Networks ?? []).map(
    ({ Target }) => world.swarm.rows.networks.get(Target)?.spec.Name ?? Target,
  );
  const ports = (row.endpoint?.ports ?? []).map((port) => port.PublishedPort);
  if (check.replicas !== undefined && replicas !== check.replicas)
    return fails(has({ kind: 'replicas', ...(replicas !== undefined && { count: replicas }) }));
  if (check.image !== undefined && image.split('@')[0] !== check.image)
    return fails(has({ kind: 'image', image }));
  if (check.network !== undefined && !networks.includes(check.network))
    return fails(has({ kind: 'networks', networks }));
  if (check.publishes !== undefined && !ports.includes(check.publishes))
    return fails(has({ kind: 'ports', ports: ports.flatMap((port) => port ?? []) }));
  return {
    holds: check.running === undefined || running === check.running,
    found: [has({ kind: 'running', count: running })],
  };
}

function task(check: Extract<Check, { kind: 'task' }>, world: World): CheckResult {
  const count = tasksOn(world, check.task, check.host).length;
  const wanted = check.absent ? 0 : check.count;
  return {
    holds: wanted === undefined ? count > 0 : count === wanted,
    found: [{ kind: 'tasks', service: check.task, host: check.host, count }],
  };
}
