// docker images, history, inspect, rm, prune, tag.
//
// Mirrors: docker/cli cli/command/image/*.go, cli/command/formatter/{image,history}.go.
import type { Op } from '../../../sim/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanSize } from '../../flags/sizes.ts';
import { ellipsis, idOf } from '../../formatter/display.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { inspectAll, lookupAt } from '../../inspect/inspect.ts';
import { list, number, text, texts } from '../../json.ts';
import { ago, goDate } from '../../time.ts';
import { printRows } from '../list-command.ts';
import { familiarWithTag, parseReference } from './reference.ts';

interface ImageRow {
  readonly image: unknown;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const none = '<none>';

/** A row for each name of an image, or one without a name. */
function rowsOf(image: unknown, digests: boolean, all: readonly string[]): ImageRow[] {
  const tags = texts(image, 'RepoTags').filter((tag) => tag !== '<none>:<none>');
  const digestOf = new Map(
    texts(image, 'RepoDigests').map((digest) => {
      const at = digest.indexOf('@');
      return [digest.slice(0, at), digest.slice(at + 1)] as const;
    }),
  );
  const rows = tags
    .map((name) => {
      const colon = name.lastIndexOf(':');
      return { image, repository: name.slice(0, colon), tag: name.slice(colon + 1) };
    })
    .filter((row) => all.length === 0 || all.includes(row.repository))
    .map((row) => ({ ...row, digest: digestOf.get(row.repository) ?? none }));
  if (rows.length > 0) return rows;
  const [repository = none] = [...digestOf.keys()];
  return [
    { image, repository, tag: none, digest: digests ? (digestOf.get(repository) ?? none) : none },
  ];
}

function imageFormat(cli: Cli, full: boolean, digests: boolean): RowFormat<ImageRow> {
  return {
    typeName: '*formatter.imageContext',
    fields: {
      ID: (r) => idOf(text(r.image, 'Id'), full),
      Repository: (r) => r.repository,
      Tag: (r) => r.tag,
      Digest: (r) => r.digest,
      CreatedSince: (r) => ago(cli.sim, number(r.image, 'Created') * 1000),
      CreatedAt: (r) => goDate(number(r.image, 'Created')),
      Size: (r) => humanSize(number(r.image, 'Size'), 3),
      Containers: (r) => counted(number(r.image, 'Containers'), String),
      VirtualSize: (r) => humanSize(number(r.image, 'Size'), 3),
      SharedSize: (r) => counted(number(r.image, 'SharedSize'), humanSize),
      UniqueSize: (r) =>
        counted(
          number(r.image, 'SharedSize') < 0
            ? -1
            : number(r.image, 'Size') - number(r.image, 'SharedSize'),
          humanSize,
        ),
    },
    headers: { ID: 'IMAGE ID', CreatedSince: 'CREATED' },
    table: `{{.Repository}}\\t{{.Tag}}\\t${digests ? '{{.Digest}}\\t' : ''}{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}`,
    raw: 'repository: {{.Repository}}\\ntag: {{.Tag}}\\nimage_id: {{.ID}}\\ncreated_at: {{.CreatedAt}}\\nvirtual_size: {{.Size}}\\n',
  };
}

const counted = (n: number, show: (n: number) => string): string => (n < 0 ? 'N/A' : show(n));

export function* ls(cli: Cli, flags: Flags, [pattern]: readonly string[]): Op<Outcome> {
  if (flags.on('tree')) return fail('docker: not simulated here: images --tree');
  const filters = filterPairs(flags.list('filter'));
  if (pattern !== undefined) filters.push(['reference', pattern]);
  const answer = yield* cli.client.get('/images/json', {
    all: flags.on('all') ? 1 : undefined,
    filters: filterJson(filters),
  });
  if (!answer.ok) return fail(answer.error.message);
  const digests = flags.on('digests');
  const rows = list(answer.value).flatMap((image) => rowsOf(image, digests, []));
  return yield* printRows(cli, flags, imageFormat(cli, flags.on('no-trunc'), digests), rows);
}

export function* history(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const answer = yield* cli.client.get(`/images/${name}/history`);
  if (!answer.ok) return fail(answer.error.message);
  const full = flags.on('no-trunc');
  const human = flags.text('human') !== 'false';
  const format: RowFormat<unknown> = {
    typeName: '*image.historyContext',
    fields: {
      ID: (h) => (text(h, 'Id') === '<missing>' ? '<missing>' : idOf(text(h, 'Id'), full)),
      CreatedSince: (h) =>
        human ? ago(cli.sim, number(h, 'Created') * 1000) : goDate(number(h, 'Created')),
      CreatedAt: (h) => goDate(number(h, 'Created')),
      CreatedBy: (h) => {
        const by = text(h, 'CreatedBy').replaceAll('\t', ' ');
        return full ? by : ellipsis(by, 45);
      },
      Size: (h) => (human ? humanSize(number(h, 'Size'), 3) : String(number(h, 'Size'))),
      Comment: (h) => text(h, 'Comment'),
    },
    headers: { ID: 'IMAGE', CreatedSince: 'CREATED' },
    table: '{{.ID}}\\t{{.CreatedSince}}\\t{{.CreatedBy}}\\t{{.Size}}\\t{{.Comment}}',
  };
  return yield* printRows(cli, flags, format, list(answer.value));
}

export const inspect = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  inspectAll(
    cli,
    names,
    flags.text('format'),
    lookupAt(cli, (name) => `/images/${name}/json`, 'image.InspectResponse'),
  );

export function* rm(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  let onlyMissing = true;
  for (const name of names) {
    const answer = yield* cli.client.request('DELETE', `/images/${name}`, {
      force: flags.on('force') ? 1 : undefined,
      noprune: flags.on('no-prune') ? 1 : undefined,
    });
    if (!answer.ok) {
      errors.push(answer.error.message);
      onlyMissing &&= answer.error.status === 404;
      continue;
    }
    for (const item of list(answer.value.body)) {
      const deleted = text(item, 'Deleted');
      yield* cli.out(deleted ? `Deleted: ${deleted}\n` : `Untagged: ${text(item, 'Untagged')}\n`);
    }
  }
  if (flags.on('force') && onlyMissing && errors.length > 0) {
    yield* cli.err(`${errors.join('\n')}\n`);
    return undefined;
  }
  return failAll(errors);
}

export function* prune(cli: Cli, flags: Flags): Op<Outcome> {
  const all = flags.on('all');
  const what = all
    ? 'all images without at least one container associated to them'
    : 'all dangling images';
  const question = `WARNING! This will remove ${what}.\nAre you sure you want to continue?`;
  if (!flags.on('force') && !(yield* cli.confirm(question))) return undefined;
  const filters = filterPairs(flags.list('filter'));
  filters.push(['dangling', String(!all)]);
  const answer = yield* cli.client.post('/images/prune', { filters: filterJson(filters) });
  if (!answer.ok) return fail(answer.error.message);
  const items = list(answer.value, 'ImagesDeleted').map((item) =>
    text(item, 'Untagged')
      ? `untagged: ${text(item, 'Untagged')}`
      : `deleted: ${text(item, 'Deleted')}`,
  );
  if (items.length > 0) yield* cli.out(`Deleted Images:\n${items.join('\n')}\n\n`);
  yield* cli.out(`Total reclaimed space: ${humanSize(number(answer.value, 'SpaceReclaimed'))}\n`);
  return undefined;
}

export function* tag(
  cli: Cli,
  _flags: Flags,
  [from = '', to = '']: readonly string[],
): Op<Outcome> {
  const target = parseReference(to);
  if (!target.ok)
    return fail(
      `Error parsing reference: ${JSON.stringify(to)} is not a valid repository/tag: ${target.error}`,
    );
  const full = familiarWithTag(target.value);
  const colon = full.lastIndexOf(':');
  const answer = yield* cli.client.post(`/images/${from}/tag`, {
    repo: full.slice(0, colon),
    tag: full.slice(colon + 1),
  });
  return answer.ok ? undefined : fail(answer.error.message);
}
