// docker stop, restart, kill, rm, pause, unpause, wait, rename, prune, update: one request for each container.
//
// Mirrors: docker/cli cli/command/container/{stop,restart,kill,rm,pause,unpause,wait,rename,prune,update}.go.
import { join, type Op } from '../../../sim/index.ts';
import type { Result } from '../../../std/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import { type ApiError, filterJson, filterPairs, type Query } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanSize } from '../../flags/sizes.ts';
import { compact, number, text, texts } from '../../json.ts';

type Act = (cli: Cli, name: string) => Op<Result<unknown, ApiError>>;

/** Does something to all containers at the same time, and prints the names of those that it worked on. */
function* each(cli: Cli, names: readonly string[], act: Act): Op<Outcome> {
  const errors: string[] = [];
  const running = names.map((name) => cli.sim.spawn(`docker ${name}`, act(cli, name)));
  for (const [i, name] of names.entries()) {
    const call = running[i];
    const answer = call && (yield* join(call));
    if (answer?.ok) yield* cli.out(`${name}\n`);
    else if (answer) errors.push(answer.error.message);
  }
  return failAll(errors);
}

const posting =
  (action: string, query: Query = {}): Act =>
  (cli, name) =>
    cli.client.post(`/containers/${name}/${action}`, query);

const stopQuery = (flags: Flags): Query => ({
  signal: flags.given('signal'),
  t: flags.given('timeout') ?? flags.given('time'),
});

export const stop = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  each(cli, names, posting('stop', stopQuery(flags)));
export const kill = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  each(cli, names, posting('kill', { signal: flags.given('signal') }));
export const pause = (cli: Cli, _flags: Flags, names: readonly string[]): Op<Outcome> =>
  each(cli, names, posting('pause'));
export const unpause = (cli: Cli, _flags: Flags, names: readonly string[]): Op<Outcome> =>
  each(cli, names, posting('unpause'));

export function* restart(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  for (const name of names) {
    const answer = yield* cli.client.post(`/containers/${name}/restart`, stopQuery(flags));
    if (answer.ok) yield* cli.out(`${name}\n`);
    else errors.push(answer.error.message);
  }
  return failAll(errors);
}

export function* rm(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const force = flags.on('force');
  const query = {
    v: flags.on('volumes') ? 1 : undefined,
    link: flags.on('link') ? 1 : undefined,
    force: force ? 1 : undefined,
  };
  const errors: string[] = [];
  const running = names.map((name) => {
    const target = name.replace(/^\//, '');
    return cli.sim.spawn(
      `docker rm ${name}`,
      cli.client.request('DELETE', `/containers/${target}`, query),
    );
  });
  for (const [i, name] of names.entries()) {
    const call = running[i];
    const answer = call && (yield* join(call));
    if (!answer) continue;
    if (answer.ok) yield* cli.out(`${name}\n`);
    else if (force && answer.error.status === 404) yield* cli.err(`${answer.error.message}\n`);
    else errors.push(answer.error.message);
  }
  return failAll(errors);
}

export function* wait(cli: Cli, _flags: Flags, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  for (const name of names) {
    const answer = yield* cli.client.post(`/containers/${name}/wait`);
    if (answer.ok) yield* cli.out(`${number(answer.value, 'StatusCode')}\n`);
    else errors.push(answer.error.message);
  }
  return failAll(errors);
}

export function* rename(
  cli: Cli,
  _flags: Flags,
  [from = '', to = '']: readonly string[],
): Op<Outcome> {
  if (from.trim() === '' || to.trim() === '')
    return fail('Error: Neither old nor new names may be empty');
  const answer = yield* cli.client.post(`/containers/${from.trim()}/rename`, { name: to.trim() });
  if (answer.ok) return undefined;
  return fail(`${answer.error.message}\nError: failed to rename container named ${from.trim()}`);
}

export function* prune(cli: Cli, flags: Flags): Op<Outcome> {
  const question =
    'WARNING! This will remove all stopped containers.\nAre you sure you want to continue?';
  if (!flags.on('force') && !(yield* cli.confirm(question))) return undefined;
  const answer = yield* cli.client.post('/containers/prune', {
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const removed = texts(answer.value, 'ContainersDeleted');
  if (removed.length > 0) yield* cli.out(`Deleted Containers:\n${removed.join('\n')}\n\n`);
  yield* cli.out(`Total reclaimed space: ${humanSize(number(answer.value, 'SpaceReclaimed'))}\n`);
  return undefined;
}

export function* update(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const [policy = '', count] = flags.text('restart').split(':');
  const body = compact({
    CpuShares: flags.number('cpu-shares'),
    Memory: flags.number('memory'),
    NanoCpus: flags.number('cpus'),
    CpuPeriod: flags.number('cpu-period'),
    CpuQuota: flags.number('cpu-quota'),
    CpuRealtimePeriod: flags.number('cpu-rt-period'),
    CpuRealtimeRuntime: flags.number('cpu-rt-runtime'),
    CpusetCpus: flags.given('cpuset-cpus'),
    CpusetMems: flags.given('cpuset-mems'),
    BlkioWeight: flags.number('blkio-weight'),
    MemoryReservation: flags.number('memory-reservation'),
    MemorySwap: flags.number('memory-swap'),
    PidsLimit: flags.number('pids-limit'),
    RestartPolicy: flags.has('restart')
      ? { Name: policy, MaximumRetryCount: Number(count ?? 0) }
      : undefined,
  });
  if (Object.keys(body).length === 0)
    return fail('you must provide one or more flags when using this command');
  const errors: string[] = [];
  for (const name of names) {
    const answer = yield* cli.client.post(`/containers/${name}/update`, {}, body);
    if (!answer.ok) errors.push(answer.error.message);
    else {
      yield* cli.out(`${name}\n`);
      for (const warning of texts(answer.value, 'Warnings')) yield* cli.err(`${text(warning)}\n`);
    }
  }
  return failAll(errors);
}
