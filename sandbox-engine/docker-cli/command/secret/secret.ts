// docker secret and docker config, which differ in little.
//
// Mirrors: docker/cli cli/command/{secret,config}/*.go.
import { goTime } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { compareNatural, err, ok, type Result } from '../../../std/index.ts';
import { decodeBase64, encodeBase64 } from '../../base64.ts';
import { type Cli, fail, failAll, type Handler, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { labelOf, labelsText } from '../../formatter/display.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { inspectOrPretty, lookupAt } from '../../inspect/inspect.ts';
import { at, compact, list, pairs, text } from '../../json.ts';
import { ago, timeMillis } from '../../time.ts';
import { mapOf } from '../files.ts';
import { printRows } from '../list-command.ts';

type Kind = 'secret' | 'config';

function rowFormat(cli: Cli, kind: Kind): RowFormat<unknown> {
  const since = (item: unknown, key: string): string => ago(cli.sim, timeMillis(text(item, key)));
  return {
    typeName: `*${kind}.${kind}Context`,
    fields: {
      ID: (s) => text(s, 'ID'),
      Name: (s) => text(s, 'Spec.Name'),
      ...(kind === 'secret' ? { Driver: (s: unknown) => text(s, 'Spec.Driver.Name') } : {}),
      CreatedAt: (s) => since(s, 'CreatedAt'),
      UpdatedAt: (s) => since(s, 'UpdatedAt'),
      Labels: (s) => labelsText(at(s, 'Spec.Labels')),
    },
    methods: { Label: (s, [name]) => labelOf(at(s, 'Spec.Labels'), name) },
    headers: { CreatedAt: 'CREATED', UpdatedAt: 'UPDATED' },
    table: `{{.ID}}\\t{{.Name}}\\t${kind === 'secret' ? '{{.Driver}}\\t' : ''}{{.CreatedAt}}\\t{{.UpdatedAt}}`,
  };
}

function* ls(kind: Kind, cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.get(`/${kind}s`, {
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const items = [...list(answer.value)].sort((a, b) =>
    compareNatural(text(a, 'Spec.Name'), text(b, 'Spec.Name')),
  );
  return yield* printRows(cli, flags, rowFormat(cli, kind), items);
}

/** The content of a file, or of standard input for `-`. */
function* content(cli: Cli, path: string): Op<Result<string, string>> {
  const where = path === '-' ? 'STDIN' : path;
  if (path === '-') {
    const input = yield* cli.process.readAll(0);
    return input === '' ? err('error reading from STDIN: data is empty') : ok(input);
  }
  const read = cli.readFile(path);
  if ('error' in read) return err(`error reading from ${where}: ${read.error}`);
  return read.text === '' ? err(`error reading from ${where}: data is empty`) : ok(read.text);
}

function* create(
  kind: Kind,
  cli: Cli,
  flags: Flags,
  [name = '', path]: readonly string[],
): Op<Outcome> {
  const driver = flags.text('driver');
  if (driver && path !== undefined)
    return fail('when using secret driver secret data must be empty');
  let data: string | undefined;
  if (!driver) {
    const read = yield* content(cli, path ?? '-');
    if (!read.ok)
      return fail(
        kind === 'config'
          ? `Error reading content from ${JSON.stringify(path)}: ${read.error}`
          : read.error,
      );
    data = encodeBase64(read.value);
  }
  const template = flags.text('template-driver');
  const answer = yield* cli.client.post(
    `/${kind}s/create`,
    {},
    compact({
      Name: name,
      Labels: mapOf(flags.list('label')),
      Data: data,
      Driver: driver ? { Name: driver } : undefined,
      Templating: template ? { Name: template } : undefined,
    }),
  );
  if (!answer.ok) return fail(answer.error.message);
  yield* cli.out(`${text(answer.value, 'ID')}\n`);
  return undefined;
}

function pretty(kind: Kind, item: unknown): string {
  const labels = pairs(item, 'Spec.Labels')
    .map(([key, value]) => ` - ${key}=${value}`)
    .sort();
  const labelLines = labels.length > 0 ? ['Labels:', ...labels] : [];
  const time = (key: string): string => goTime(text(item, key)).toLowerCase();
  const lines =
    kind === 'secret'
      ? [
          `ID:              ${text(item, 'ID')}`,
          `Name:              ${text(item, 'Spec.Name')}`,
          ...labelLines,
          `Driver:            ${text(item, 'Spec.Driver.Name')}`,
          `Created at:        ${time('CreatedAt')}`,
          `Updated at:        ${time('UpdatedAt')}`,
        ]
      : [
          `ID:\t\t\t${text(item, 'ID')}`,
          `Name:\t\t\t${text(item, 'Spec.Name')}`,
          ...labelLines,
          `Created at:            \t${time('CreatedAt')}`,
          `Updated at:            \t${time('UpdatedAt')}`,
          'Data:',
          decodeBase64(text(item, 'Spec.Data')),
        ];
  return `${lines.join('\n')}\n`;
}

function inspect(kind: Kind, cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const type = `swarm.${kind === 'secret' ? 'Secret' : 'Config'}`;
  const lookup = lookupAt(cli, (name) => `/${kind}s/${name}`, type);
  return inspectOrPretty(cli, flags, names, lookup, (item) => pretty(kind, item));
}

function* rm(kind: Kind, cli: Cli, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  for (const name of names) {
    const answer = yield* cli.client.request('DELETE', `/${kind}s/${name}`);
    if (answer.ok) yield* cli.out(`${name}\n`);
    else errors.push(answer.error.message);
  }
  return failAll(errors);
}

/** The commands of `docker secret` or `docker config`. */
export const secretCommands = (kind: Kind): Readonly<Record<string, Handler>> => ({
  [`${kind} create`]: (cli, flags, args) => create(kind, cli, flags, args),
  [`${kind} ls`]: (cli, flags) => ls(kind, cli, flags),
  [`${kind} inspect`]: (cli, flags, args) => inspect(kind, cli, flags, args),
  [`${kind} rm`]: (cli, _flags, args) => rm(kind, cli, args),
});
