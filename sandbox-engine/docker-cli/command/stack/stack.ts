// docker stack.
//
// Mirrors: docker/cli cli/command/stack.
import type { Op } from '../../../sim/index.ts';
import { compareNatural, err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import { configOutput } from '../../compose/config-output.ts';
import { namespaceLabel } from '../../compose/convert.ts';
import { type Compose, loadCompose } from '../../compose/load.ts';
import { writeYaml } from '../../compose/yaml-write.ts';
import type { Flags } from '../../flags/parse.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { list, object, text } from '../../json.ts';
import { printRows } from '../list-command.ts';
import { byName, serviceFormat } from '../service/ls.ts';
import { printTasks, taskFilters } from '../service/tasks.ts';

/** Reads the files of --compose-file. */
export function* loadFiles(
  cli: Cli,
  flags: Flags,
  interpolate = true,
): Op<Result<Compose, string>> {
  const paths = flags.list('compose-file');
  if (paths.length === 0) return err('Specify a Compose file (with --compose-file)');
  const sources: string[] = [];
  for (const path of paths) {
    if (path === '-') {
      sources.push(yield* cli.process.readAll(0));
      continue;
    }
    const read = cli.readFile(path);
    if ('error' in read) return err(read.error);
    sources.push(read.text);
  }
  const first = paths[0] ?? '-';
  const directory =
    first === '-' ? cli.process.cwd : cli.file(first).replace(/\/[^/]*$/, '') || '/';
  return loadCompose(sources, {
    environment: cli.process.env,
    directory,
    interpolate,
    readFile: (path) => cli.readFile(path),
  });
}

export function* config(cli: Cli, flags: Flags): Op<Outcome> {
  const loaded = yield* loadFiles(cli, flags, !flags.on('skip-interpolation'));
  if (!loaded.ok) return fail(loaded.error);
  yield* cli.out(writeYaml(configOutput(loaded.value)));
  return undefined;
}

// ---- lists --------------------------------------------------------------------------------------

const stackFilter = (namespace: string): readonly [string, string] => [
  'label',
  `${namespaceLabel}=${namespace}`,
];

const labelIn = (item: unknown, path: string): string => {
  const value = object(item, path)[namespaceLabel];
  return typeof value === 'string' ? value : '';
};

interface StackRow {
  readonly name: string;
  readonly services: number;
}

const stackFormat: RowFormat<StackRow> = {
  typeName: '*formatter.stackContext',
  fields: { Name: (s) => s.name, Services: (s) => String(s.services) },
  table: '{{.Name}}\\t{{.Services}}',
};

export function* ls(cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.get('/services', {
    filters: filterJson([['label', namespaceLabel]]),
  });
  if (!answer.ok) return fail(answer.error.message);
  const counts = new Map<string, number>();
  for (const service of list(answer.value)) {
    const name = labelIn(service, 'Spec.Labels');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const rows = [...counts].map(([name, services]) => ({ name, services }));
  return yield* printRows(
    cli,
    flags,
    stackFormat,
    rows.sort((a, b) => compareNatural(a.name, b.name)),
  );
}

export function* services(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const answer = yield* cli.client.get('/services', {
    status: 'true',
    filters: filterJson([...filterPairs(flags.list('filter')), stackFilter(name)]),
  });
  if (!answer.ok) return fail(answer.error.message);
  if (list(answer.value).length === 0) {
    yield* cli.err(`Nothing found in stack: ${name}\n`);
    return undefined;
  }
  return yield* printRows(cli, flags, serviceFormat, byName(answer.value));
}

export function* ps(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const filters = yield* taskFilters(cli, flags);
  if (!filters.ok) return fail(filters.error);
  const tasks = yield* cli.client.get('/tasks', {
    filters: filterJson([...filters.value, stackFilter(name)]),
  });
  if (!tasks.ok) return fail(tasks.error.message);
  if (list(tasks.value).length === 0) return fail(`nothing found in stack: ${name}`);
  return yield* printTasks(cli, flags, list(tasks.value));
}

// ---- rm -----------------------------------------------------------------------------------------

type Kind = 'service' | 'secret' | 'config' | 'network';

/** The objects of a stack, in the order of their names. */
export function* stackObjects(
  cli: Cli,
  kind: Kind,
  namespace: string,
): Op<Result<readonly unknown[], string>> {
  const answer = yield* cli.client.get(`/${kind}s`, {
    filters: filterJson([stackFilter(namespace)]),
  });
  if (!answer.ok) return err(answer.error.message);
  const name = (item: unknown): string => text(item, kind === 'network' ? 'Name' : 'Spec.Name');
  return ok([...list(answer.value)].sort((a, b) => compareNatural(name(a), name(b))));
}

/** Removes objects one by one; answers whether one of them could not be. */
export function* removeObjects(cli: Cli, kind: Kind, items: readonly unknown[]): Op<boolean> {
  let failed = false;
  for (const item of items) {
    const network = kind === 'network';
    const id = text(item, network ? 'Id' : 'ID');
    yield* cli.out(`Removing ${kind} ${text(item, network ? 'Name' : 'Spec.Name')}\n`);
    const answer = yield* cli.client.request('DELETE', `/${kind}s/${id}`);
    if (answer.ok) continue;
    failed = true;
    yield* cli.err(`Failed to remove ${kind} ${id}: ${answer.error.message}`);
  }
  return failed;
}

export function* rm(cli: Cli, _flags: Flags, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  for (const name of names) {
    const found = new Map<Kind, readonly unknown[]>();
    for (const kind of ['service', 'network', 'secret', 'config'] as const) {
      const items = yield* stackObjects(cli, kind, name);
      if (!items.ok) return fail(items.error);
      found.set(kind, items.value);
    }
    if ([...found.values()].every((items) => items.length === 0)) {
      yield* cli.err(`Nothing found in stack: ${name}\n`);
      continue;
    }
    let failed = false;
    for (const kind of ['service', 'secret', 'config', 'network'] as const)
      failed = (yield* removeObjects(cli, kind, found.get(kind) ?? [])) || failed;
    if (failed) errors.push(`failed to remove some resources from stack: ${name}`);
  }
  return failAll(errors);
}
