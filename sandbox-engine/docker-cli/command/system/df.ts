// docker system df and docker system prune.
//
// Mirrors: docker/cli cli/command/system/{df,prune}.go, cli/command/formatter/disk_usage.go.
import type { Op } from '../../../sim/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanSize } from '../../flags/sizes.ts';
import { ellipsis, shortId } from '../../formatter/display.ts';
import { formatRows, type RowFormat } from '../../formatter/list.ts';
import { alignTabs } from '../../formatter/tabwriter.ts';
import { list, number, text, texts } from '../../json.ts';
import { ago } from '../../time.ts';

interface Row {
  readonly type: string;
  readonly total: number;
  readonly active: number;
  readonly size: number;
  readonly free: number;
}

const share = (row: Row): string =>
  row.size > 0
    ? `${humanSize(row.free)} (${Math.trunc((row.free * 100) / row.size)}%)`
    : humanSize(row.free);

const format: RowFormat<Row> = {
  typeName: '*formatter.diskUsageContext',
  fields: {
    Type: (r) => r.type,
    TotalCount: (r) => String(r.total),
    Active: (r) => String(r.active),
    Size: (r) => humanSize(r.size),
    Reclaimable: share,
  },
  headers: { TotalCount: 'TOTAL' },
  table: '{{.Type}}\\t{{.TotalCount}}\\t{{.Active}}\\t{{.Size}}\\t{{.Reclaimable}}',
};

const sum = (items: readonly unknown[], key: string): number =>
  items.reduce<number>((total, item) => total + Math.max(0, number(item, key)), 0);

function rowsOf(usage: unknown): Row[] {
  const images = list(usage, 'Images');
  const containers = list(usage, 'Containers');
  const volumes = list(usage, 'Volumes');
  const cache = list(usage, 'BuildCache');
  const inUse = images.filter((image) => number(image, 'Containers') > 0);
  const used = inUse
    .filter((image) => number(image, 'Size') >= 0 && number(image, 'SharedSize') >= 0)
    .reduce<number>(
      (total, image) => total + number(image, 'Size') - number(image, 'SharedSize'),
      0,
    );
  const layers = number(usage, 'LayersSize');
  const running = containers.filter((c) =>
    ['running', 'paused', 'restarting'].includes(text(c, 'State')),
  );
  const free = volumes.filter((v) => number(v, 'UsageData.RefCount') === 0);
  return [
    {
      type: 'Images',
      total: images.length,
      active: inUse.length,
      size: layers,
      free: layers - used,
    },
    {
      type: 'Containers',
      total: containers.length,
      active: running.length,
      size: sum(containers, 'SizeRw'),
      free: sum(
        containers.filter((c) => !running.includes(c)),
        'SizeRw',
      ),
    },
    {
      type: 'Local Volumes',
      total: volumes.length,
      active: volumes.length - free.length,
      size: sum(volumes, 'UsageData.Size'),
      free: sum(free, 'UsageData.Size'),
    },
    {
      type: 'Build Cache',
      total: cache.length,
      active: 0,
      size: sum(cache, 'Size'),
      free: sum(cache, 'Size'),
    },
  ];
}

function* verbose(cli: Cli, usage: unknown): Op<void> {
  const table = (head: string, rows: readonly (readonly string[])[]): string =>
    `${alignTabs([head, ...rows.map((row) => row.join('\t'))].join('\n'))}\n`;
  const images = list(usage, 'Images').flatMap((image) => {
    const tags = texts(image, 'RepoTags').length > 0 ? texts(image, 'RepoTags') : ['<none>:<none>'];
    return tags.slice(0, 1).map((name) => {
      const colon = name.lastIndexOf(':');
      const shared = Math.max(0, number(image, 'SharedSize'));
      return [
        name.slice(0, colon),
        name.slice(colon + 1),
        shortId(text(image, 'Id')),
        ago(cli.sim, number(image, 'Created') * 1000),
        humanSize(number(image, 'Size'), 3),
        humanSize(shared),
        humanSize(number(image, 'Size') - shared),
        String(Math.max(0, number(image, 'Containers'))),
      ];
    });
  });
  const containers = list(usage, 'Containers').map((container) => [
    shortId(text(container, 'Id')),
    text(container, 'Image').replace(/@sha256:.*$/, ''),
    JSON.stringify(ellipsis(text(container, 'Command'), 20)),
    String(list(container, 'Mounts').filter((mount) => text(mount, 'Driver') === 'local').length),
    humanSize(number(container, 'SizeRw'), 3),
    ago(cli.sim, number(container, 'Created') * 1000),
    text(container, 'Status'),
    texts(container, 'Names')
      .map((name) => name.replace(/^\//, ''))
      .join(','),
  ]);
  const volumes = list(usage, 'Volumes').map((volume) => [
    text(volume, 'Name'),
    String(number(volume, 'UsageData.RefCount')),
    humanSize(number(volume, 'UsageData.Size')),
  ]);
  const cache = list(usage, 'BuildCache');
  yield* cli.out(
    [
      'Images space usage:\n',
      table(
        'REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE\tSHARED SIZE\tUNIQUE SIZE\tCONTAINERS',
        images,
      ),
      'Containers space usage:\n',
      table(
        'CONTAINER ID\tIMAGE\tCOMMAND\tLOCAL VOLUMES\tSIZE\tCREATED\tSTATUS\tNAMES',
        containers,
      ),
      'Local Volumes space usage:\n',
      table('VOLUME NAME\tLINKS\tSIZE', volumes),
      `Build cache usage: ${humanSize(sum(cache, 'Size'))}\n`,
      table('CACHE ID\tCACHE TYPE\tSIZE\tCREATED\tLAST USED\tUSAGE\tSHARED', []),
    ].join('\n'),
  );
}

export function* df(cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.get('/system/df');
  if (!answer.ok) return fail(answer.error.message);
  const given = flags.text('format');
  if (flags.on('verbose')) {
    if (given) return fail('docker: not simulated here: system df --verbose with --format');
    yield* verbose(cli, answer.value);
    return undefined;
  }
  const source = given === '' || given === 'table' ? `table ${format.table}` : given;
  const out = formatRows(format, rowsOf(answer.value), source);
  if (!out.ok) return fail(out.error);
  yield* cli.out(out.value);
  return undefined;
}

// ---- prune --------------------------------------------------------------------------------------

export function* prune(cli: Cli, flags: Flags): Op<Outcome> {
  const [all, volumes] = [flags.on('all'), flags.on('volumes')];
  const filters = filterPairs(flags.list('filter'));
  if (volumes && filters.some(([key]) => key === 'until'))
    return fail('ERROR: The "until" filter is not supported with "--volumes"');
  const what = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all anonymous volumes not used by at least one container'] : []),
    all ? 'all images without at least one container associated to them' : 'all dangling images',
    all ? 'all build cache' : 'unused build cache',
  ];
  const question = `WARNING! This will remove:\n${what.map((line) => `  - ${line}\n`).join('')}\nAre you sure you want to continue?`;
  if (!flags.on('force') && !(yield* cli.confirm(question))) return undefined;
  let freed = 0;
  const step = function* (
    path: string,
    key: string,
    title: string,
    extra: [string, string][] = [],
  ): Op<string | undefined> {
    const answer = yield* cli.client.post(path, { filters: filterJson([...filters, ...extra]) });
    if (!answer.ok) return answer.error.message;
    freed += number(answer.value, 'SpaceReclaimed');
    const lines = list(answer.value, key).map((item) =>
      typeof item === 'string'
        ? item
        : text(item, 'Untagged')
          ? `untagged: ${text(item, 'Untagged')}`
          : `deleted: ${text(item, 'Deleted')}`,
    );
    if (lines.length > 0) yield* cli.out(`${title}:\n${lines.join('\n')}\n\n`);
    return undefined;
  };
  const failed =
    (yield* step('/containers/prune', 'ContainersDeleted', 'Deleted Containers')) ??
    (yield* step('/networks/prune', 'NetworksDeleted', 'Deleted Networks')) ??
    (volumes ? yield* step('/volumes/prune', 'VolumesDeleted', 'Deleted Volumes') : undefined) ??
    (yield* step('/images/prune', 'ImagesDeleted', 'Deleted Images', [['dangling', String(!all)]]));
  if (failed) return fail(failed);
  yield* cli.out(`Total reclaimed space: ${humanSize(freed)}\n`);
  return undefined;
}
