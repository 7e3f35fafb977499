// A lab's checks: facts about the state that must hold. Each answer says what was found, for the reader whose check fails.
import type { Check, CheckResult } from '../protocol/index.ts';
import { unreachable } from '../std/index.ts';
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
    case 'exit':
      return context.ran
        ? { holds: context.ran.status === check.exit, found: `exit ${context.ran.status}` }
        : notRun;
    case 'output':
      return context.ran ? output(check, context.ran) : notRun;
    default:
      return unreachable(check);
  }
}

function output(check: Extract<Check, { kind: 'output' }>, ran: Ran): CheckResult {
  const holds = new RegExp(check.matches, 'm').test(ran.output.replace(/\r/g, ''));
  return { holds, found: `the output ${holds ? 'has' : 'has no'} /${check.matches}/` };
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
  const what = `network ${check.network} on ${check.host}`;
  if (row && !check.absent && check.driver !== undefined && row.driver !== check.driver)
    return { holds: false, found: `${what} has driver ${row.driver}` };
  return present(row !== undefined, check.absent, what);
}

function container(check: Extract<Check, { kind: 'container' }>, world: World): CheckResult {
  const row = world.daemon.containers
    .where('host', check.host)
    .find((candidate) => candidate.name === check.container);
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
  const from = check.container === undefined ? check.from : `${check.container} on ${check.from}`;
  const target = check.port === undefined ? text : `${text}:${check.port}`;
  if (reaches === undefined) return { holds: false, found: `no ${from}` };
  return {
    holds: reaches !== (check.not === true),
    found: reaches ? `${from} reaches ${target}` : `${from} does not reach ${target}`,
  };
}
