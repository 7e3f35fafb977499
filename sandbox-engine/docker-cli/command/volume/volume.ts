// docker volume.
//
// Mirrors: docker/cli cli/command/volume/*.go.
import type { Op } from '../../../sim/index.ts';
import { compareNatural } from '../../../std/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanSize } from '../../flags/sizes.ts';
import { labelOf, labelsText } from '../../formatter/display.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { inspectAll, lookupAt } from '../../inspect/inspect.ts';
import { at, list, number, text, texts } from '../../json.ts';
import { mapOf } from '../files.ts';
import { printRows } from '../list-command.ts';

export const volumeFormat: RowFormat<unknown> = {
  typeName: '*formatter.volumeContext',
  fields: {
    Name: (v) => text(v, 'Name'),
    Driver: (v) => text(v, 'Driver'),
    Scope: (v) => text(v, 'Scope'),
    Mountpoint: (v) => text(v, 'Mountpoint'),
    Labels: (v) => labelsText(at(v, 'Labels')),
    Links: (v) => (at(v, 'UsageData') ? String(number(v, 'UsageData.RefCount')) : 'N/A'),
    Size: (v) => (at(v, 'UsageData') ? humanSize(number(v, 'UsageData.Size')) : 'N/A'),
    Group: () => 'N/A',
    Availability: () => 'N/A',
    Status: () => 'N/A',
  },
  methods: { Label: (v, [name]) => labelOf(at(v, 'Labels'), name) },
  headers: { Name: 'VOLUME NAME' },
  table: '{{.Driver}}\\t{{.Name}}',
  raw: 'name: {{.Name}}\\ndriver: {{.Driver}}\\n',
  quiet: '{{.Name}}',
};

export function* ls(cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.get('/volumes', {
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const volumes = [...list(answer.value, 'Volumes')].sort((a, b) =>
    compareNatural(text(a, 'Name'), text(b, 'Name')),
  );
  return yield* printRows(cli, flags, volumeFormat, volumes);
}

export function* create(cli: Cli, flags: Flags, [name]: readonly string[]): Op<Outcome> {
  const answer = yield* cli.client.post(
    '/volumes/create',
    {},
    {
      Driver: flags.text('driver'),
      DriverOpts: mapOf(flags.list('opt')),
      Labels: mapOf(flags.list('label')),
      Name: name ?? '',
    },
  );
  if (!answer.ok) return fail(answer.error.message);
  yield* cli.out(`${text(answer.value, 'Name')}\n`);
  return undefined;
}

export const inspect = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  inspectAll(
    cli,
    names,
    flags.text('format'),
    lookupAt(cli, (name) => `/volumes/${name}`, 'volume.Volume'),
  );

export function* rm(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  for (const name of names) {
    const answer = yield* cli.client.request('DELETE', `/volumes/${name}`, {
      force: flags.on('force') ? 1 : undefined,
    });
    if (answer.ok) yield* cli.out(`${name}\n`);
    else errors.push(answer.error.message);
  }
  return failAll(errors);
}

export function* prune(cli: Cli, flags: Flags): Op<Outcome> {
  const all = flags.on('all');
  const what = all ? 'all local volumes' : 'anonymous local volumes';
  const question = `WARNING! This will remove ${what} not used by at least one container.\nAre you sure you want to continue?`;
  if (!flags.on('force') && !(yield* cli.confirm(question))) return undefined;
  const filters = filterPairs(flags.list('filter'));
  if (all) filters.push(['all', 'true']);
  const answer = yield* cli.client.post('/volumes/prune', { filters: filterJson(filters) });
  if (!answer.ok) return fail(answer.error.message);
  const removed = texts(answer.value, 'VolumesDeleted');
  if (removed.length > 0) yield* cli.out(`Deleted Volumes:\n${removed.join('\n')}\n\n`);
  yield* cli.out(`Total reclaimed space: ${humanSize(number(answer.value, 'SpaceReclaimed'))}\n`);
  return undefined;
}
