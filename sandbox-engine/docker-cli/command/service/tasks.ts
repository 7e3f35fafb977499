// Lists of tasks: docker service ps, node ps, stack ps.
//
// Mirrors: docker/cli cli/command/task/{print,formatter}.go, cli/command/service/ps.go, cli/command/idresolver.
import type { Op } from '../../../sim/index.ts';
import { compareNatural, err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { capitalised, ellipsis, familiarImage, idOf } from '../../formatter/display.ts';
import { chooseFormat, formatRows, type RowFormat } from '../../formatter/list.ts';
import { list, number, text } from '../../json.ts';
import { humanDuration, nowMillis, timeMillis } from '../../time.ts';

const errorWidth = 30;

/** Finds names for ids, each one only once. */
export class Names {
  readonly #cli: Cli;
  readonly #plain: boolean;
  readonly #known = new Map<string, string>();

  /** `plain`: ids stay as they are (--no-resolve). */
  constructor(cli: Cli, plain: boolean) {
    this.#cli = cli;
    this.#plain = plain;
  }

  *service(id: string): Op<string> {
    return yield* this.#find(`/services/${id}`, id, 'Spec.Name');
  }

  *node(id: string): Op<string> {
    return yield* this.#find(`/nodes/${id}`, id, 'Description.Hostname');
  }

  *#find(path: string, id: string, key: string): Op<string> {
    if (this.#plain || id === '') return id;
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const answer = yield* this.#cli.client.get(path);
    const own = answer.ok ? text(answer.value, 'Spec.Name') : '';
    const name = answer.ok ? own || text(answer.value, key) || id : id;
    this.#known.set(path, name);
    return name;
  }
}

interface Row {
  readonly task: unknown;
  readonly name: string;
  readonly node: string;
}

function taskFormat(cli: Cli, full: boolean): RowFormat<Row> {
  return {
    typeName: '*task.taskContext',
    fields: {
      ID: (r) => idOf(text(r.task, 'ID'), full),
      Name: (r) => r.name,
      Image: (r) => {
        const image = text(r.task, 'Spec.ContainerSpec.Image');
        return full ? image : familiarImage(image);
      },
      Node: (r) => r.node,
      DesiredState: (r) => capitalised(text(r.task, 'DesiredState')),
      CurrentState: (r) => {
        const since = nowMillis(cli.sim) - timeMillis(text(r.task, 'Status.Timestamp'));
        return `${capitalised(text(r.task, 'Status.State'))} ${humanDuration(since).toLowerCase()} ago`;
      },
      Error: (r) => {
        const message = text(r.task, 'Status.Err');
        const shown = full ? message : ellipsis(message, errorWidth);
        return shown ? `"${shown}"` : '';
      },
      Ports: (r) =>
        list(r.task, 'Status.PortStatus.Ports')
          .map(
            (p) =>
              `*:${number(p, 'PublishedPort')}->${number(p, 'TargetPort')}/${text(p, 'Protocol')}`,
          )
          .join(','),
    },
    table:
      '{{.ID}}\\t{{.Name}}\\t{{.Image}}\\t{{.Node}}\\t{{.DesiredState}}\\t{{.CurrentState}}\\t{{.Error}}\\t{{.Ports}}',
    raw: 'id: {{.ID}}\\nname: {{.Name}}\\nimage: {{.Image}}\\nnode: {{.Node}}\\ndesired_state: {{.DesiredState}}\\ncurrent_state: {{.CurrentState}}\\nerror: {{.Error}}\\nports: {{.Ports}}\\n',
  };
}

/** Prints tasks by name; older ones of the same slot stand indented below the newest. */
export function* printTasks(cli: Cli, flags: Flags, tasks: readonly unknown[]): Op<Outcome> {
  const names = new Names(cli, flags.on('no-resolve'));
  const quiet = flags.on('quiet');
  const format = taskFormat(cli, flags.on('no-trunc') || quiet);
  const source = chooseFormat(format, flags.text('format'), quiet);
  const named: { task: unknown; name: string; created: number }[] = [];
  for (const task of tasks) {
    const service = yield* names.service(text(task, 'ServiceID'));
    const place = number(task, 'Slot') !== 0 ? number(task, 'Slot') : text(task, 'NodeID');
    named.push({ task, name: `${service}.${place}`, created: timeMillis(text(task, 'CreatedAt')) });
  }
  named.sort((a, b) => compareNatural(a.name, b.name) || b.created - a.created);
  const indent = source.startsWith('table') ? ' \\_ ' : '';
  const shown = new Map<string, { name: string; node: string }>();
  let previous = '';
  for (const { task, name } of named) {
    const node = yield* names.node(text(task, 'NodeID'));
    shown.set(text(task, 'ID'), { name: name === previous ? indent + name : name, node });
    previous = name;
  }
  const rows = named.map(({ task }) => ({
    task,
    ...(shown.get(text(task, 'ID')) ?? { name: '', node: '' }),
  }));
  const out = formatRows(format, rows, source);
  if (!out.ok) return fail(out.error);
  yield* cli.out(out.value);
  return undefined;
}

/** Turns `--filter node=self` into the node's id. */
export function* taskFilters(
  cli: Cli,
  flags: Flags,
): Op<Result<(readonly [string, string])[], string>> {
  const filters: (readonly [string, string])[] = [];
  for (const [key, value] of filterPairs(flags.list('filter'))) {
    if (key === 'node' && value === 'self') {
      const info = yield* cli.client.get('/info');
      if (!info.ok) return err(info.error.message);
      filters.push([key, text(info.value, 'Swarm.NodeID')]);
    } else filters.push([key, value]);
  }
  return ok(filters);
}

/** The ids of services given by full id, name, or the beginning of an id. */
function* findServices(
  cli: Cli,
  references: readonly string[],
): Op<Result<{ ids: readonly string[]; missing: readonly string[] }, string>> {
  const byId = yield* cli.client.get('/services', {
    filters: filterJson(references.map((r) => ['id', r])),
  });
  if (!byId.ok) return err(byId.error.message);
  const byName = yield* cli.client.get('/services', {
    filters: filterJson(references.map((r) => ['name', r])),
  });
  if (!byName.ok) return err(byName.error.message);
  const ids: string[] = [];
  const missing: string[] = [];
  for (const reference of references) {
    const exact =
      list(byId.value).find((s) => text(s, 'ID') === reference) ??
      list(byName.value).find((s) => text(s, 'Spec.Name') === reference);
    const begin = exact
      ? [exact]
      : list(byId.value).filter((s) => text(s, 'ID').startsWith(reference));
    if (begin.length > 1) return err(`multiple services found with provided prefix: ${reference}`);
    if (begin.length === 1) ids.push(text(begin[0], 'ID'));
    else missing.push(`no such service: ${reference}`);
  }
  return ids.length > 0 ? ok({ ids, missing }) : err(missing.join('\n'));
}

export function* ps(cli: Cli, flags: Flags, references: readonly string[]): Op<Outcome> {
  const found = yield* findServices(cli, references);
  if (!found.ok) return fail(found.error);
  const filters = yield* taskFilters(cli, flags);
  if (!filters.ok) return fail(filters.error);
  const tasks = yield* cli.client.get('/tasks', {
    filters: filterJson([
      ...filters.value,
      ...found.value.ids.map((id) => ['service', id] as const),
    ]),
  });
  if (!tasks.ok) return fail(tasks.error.message);
  const printed = yield* printTasks(cli, flags, list(tasks.value));
  if (printed) return printed;
  return found.value.missing.length > 0 ? fail(found.value.missing.join('\n')) : undefined;
}
