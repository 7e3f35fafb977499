// A lab's checks: facts about the state that must hold. Each answer says what was found, for the reader whose check fails.
import type { Check, CheckResult } from '../protocol/index.ts';
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
  const found: string[] = [];
  for (const check of checks) {
    const result = judgeOne(check, context);
    if (!result.holds) return result;
    found.push(result.found);
  }
  return { holds: true, found: found.join('; ') };
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
        ? { holds: context.ran.status === check.exit, found: `exit ${context.ran.status}` }
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
  const holds = new RegExp(pattern, 'm').test((ran?.output ?? '').replace(/\r/g, ''));
  return { holds, found: `the output ${holds ? 'has' : 'has no'} /${pattern}/` };
}

const notRun: CheckResult = { holds: false, found: 'the command has not been run' };

const present = (there: boolean, absent: boolean | undefined, what: string): CheckResult => ({
  holds: there !== (absent === true),
  found: there ? what : `no ${what}`,
});

function network(check: Extract<Check, { kind: 'network' }>, world: World): CheckResult {
  const row = world.libnetwork.networks
    .where('host', check.host)
    .find((candidate) => candidate.name === check.network);
  const swarmRow = swarmNetworkOn(world, check.host, check.network);
  const driver = row?.driver ?? (swarmRow && (swarmRow.spec.Driver || 'overlay'));
  const what = `network ${check.network} on ${check.host}`;
  if (
    driver !== undefined &&
    !check.absent &&
    check.driver !== undefined &&
    driver !== check.driver
  )
    return { holds: false, found: `${what} has driver ${driver}` };
  const subnet = (row?.subnets ?? swarmRow?.subnets)?.[0]?.subnet;
  if (
    driver !== undefined &&
    !check.absent &&
    check.subnet !== undefined &&
    subnet !== check.subnet
  )
    return { holds: false, found: `${what} has subnet ${subnet ?? 'none'}` };
  return present(driver !== undefined, check.absent, what);
}

function container(check: Extract<Check, { kind: 'container' }>, world: World): CheckResult {
  const row = containerOf(world, check.host, check);
  const what = `container ${check.container} on ${check.host}`;
  if (!row || check.absent) return present(row !== undefined, check.absent, what);
  if (check.state !== undefined && row.state.status !== check.state)
    return { holds: false, found: `${what} is ${row.state.status}` };
  if (check.network !== undefined && !(check.network in row.networks))
    return {
      holds: false,
      found: `${what} is on ${Object.keys(row.networks).join(', ') || 'no network'}`,
    };
  if (check.image !== undefined && row.config.Image !== check.image)
    return { holds: false, found: `${what} runs ${row.config.Image}` };
  return { holds: true, found: `${what} is ${row.state.status}` };
}

function published(check: Extract<Check, { kind: 'published' }>, world: World): CheckResult {
  const sandbox = world.libnetwork.sandboxes
    .where('host', check.host)
    .find((row) => row.ports.some((port) => port.hostPort === check.port));
  const what = `published port ${check.port} on ${check.host}`;
  if (
    sandbox &&
    !check.absent &&
    check.container !== undefined &&
    sandbox.containerName !== check.container
  )
    return { holds: false, found: `${what} leads to ${sandbox.containerName}` };
  return present(sandbox !== undefined, check.absent, what);
}

function file(check: Extract<Check, { kind: 'file' }>, world: World): CheckResult {
  const there = world.machines.get(check.host)?.host.fs.exists(check.file) ?? false;
  return present(there, check.absent, `file ${check.file} on ${check.host}`);
}

function reachable(
  check: Extract<Check, { kind: 'reachable' }>,
  context: CheckContext,
): CheckResult {
  const { text, missing } = fillIn(check.to, context.values);
  if (missing.length > 0) return { holds: false, found: `no ${missing.join(', ')} yet` };
  const reaches = context.reaches(check, text);
  const from = askerOf(check);
  const target = check.port === undefined ? text : `${text}:${check.port}`;
  if (reaches === undefined) return { holds: false, found: `no ${from}` };
  return {
    holds: reaches !== (check.not === true),
    found: reaches ? `${from} reaches ${target}` : `${from} does not reach ${target}`,
  };
}

function askerOf(check: Extract<Check, { kind: 'reachable' | 'resolves' }>): string {
  const inside = check.container ?? (check.task && `a task of ${check.task}`);
  return inside === undefined ? check.from : `${inside} on ${check.from}`;
}

function resolves(check: Extract<Check, { kind: 'resolves' }>, context: CheckContext): CheckResult {
  const wanted = check.to?.map((text) => fillIn(text, context.values));
  const missing = wanted?.flatMap((one) => one.missing) ?? [];
  if (missing.length > 0) return { holds: false, found: `no ${missing.join(', ')} yet` };
  const addresses = context.resolved(check);
  const from = askerOf(check);
  if (!addresses) return { holds: false, found: `no ${from}` };
  const same = (list: readonly string[]) => list.toSorted().join(' ');
  const holds = check.not
    ? addresses.length === 0
    : addresses.length === (check.count ?? wanted?.length ?? addresses.length) &&
      addresses.length > 0 &&
      (!wanted || same(addresses) === same(wanted.map(({ text }) => text)));
  const means = addresses.length === 0 ? 'does not resolve' : `is ${addresses.join(', ')}`;
  return { holds, found: `for ${from}, ${check.name} ${means}` };
}

function service(check: Extract<Check, { kind: 'service' }>, world: World): CheckResult {
  const row = serviceNamed(world, check.service);
  const what = `service ${check.service}`;
  if (!row || check.absent) return present(row !== undefined, check.absent, what);
  const { spec } = row;
  const running = runningTasks(world, check.service).length;
  const replicas = isReplicated(row) ? replicasOf(row) : undefined;
  const image = spec.TaskTemplate.ContainerSpec?.Image ?? '';
  const networks = (spec.TaskTemplate.Networks ?? []).map(
    ({ Target }) => world.swarm.rows.networks.get(Target)?.spec.Name ?? Target,
  );
  const ports = (row.endpoint?.ports ?? []).map((port) => port.PublishedPort);
  if (check.replicas !== undefined && replicas !== check.replicas)
    return { holds: false, found: `${what} asks for ${replicas ?? 'no number of'} tasks` };
  if (check.image !== undefined && image.split('@')[0] !== check.image)
    return { holds: false, found: `${what} runs ${image}` };
  if (check.network !== undefined && !networks.includes(check.network))
    return { holds: false, found: `${what} is on ${networks.join(', ') || 'no network'}` };
  if (check.publishes !== undefined && !ports.includes(check.publishes))
    return { holds: false, found: `${what} publishes ${ports.join(', ') || 'no port'}` };
  return {
    holds: check.running === undefined || running === check.running,
    found: `${what} has ${running} running tasks`,
  };
}

function task(check: Extract<Check, { kind: 'task' }>, world: World): CheckResult {
  const count = tasksOn(world, check.task, check.host).length;
  const wanted = check.absent ? 0 : check.count;
  return {
    holds: wanted === undefined ? count > 0 : count === wanted,
    found: `${count} tasks of ${check.task} run on ${check.host}`,
  };
}
