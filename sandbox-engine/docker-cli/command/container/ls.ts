// docker ps: the list of containers.
//
// Mirrors: docker/cli cli/command/container/list.go, formatter/container.go.
import { parseTemplate, quote } from '../../../gotemplate/index.ts';
import { mapOrder, type Op } from '../../../sim/index.ts';
import { compareText } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanSize } from '../../flags/sizes.ts';
import { ellipsis, idOf, labelOf, labelsText, shortId } from '../../formatter/display.ts';
import { chooseFormat, formatRows, type RowFormat, templateObject } from '../../formatter/list.ts';
import { at, list, number, object, text, texts } from '../../json.ts';
import { ago, goDate } from '../../time.ts';

const address = (ip: string, port: number | string): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;

interface PortGroup {
  readonly ip: string;
  readonly type: string;
  readonly first: number;
  last: number;
}

function groupText(group: PortGroup): string {
  const range = group.first === group.last ? String(group.first) : `${group.first}-${group.last}`;
  const shown = group.ip ? `${address(group.ip, range)}->${range}` : range;
  return `${shown}/${group.type}`;
}

/** The PORTS cell: neighbouring ports that need no translation form ranges; mappings stand behind them one by one. */
export function portsText(ports: readonly unknown[]): string {
  const sorted = [...ports].sort(
    (a, b) =>
      number(a, 'PrivatePort') - number(b, 'PrivatePort') ||
      compareText(text(a, 'IP'), text(b, 'IP')) ||
      number(a, 'PublicPort') - number(b, 'PublicPort') ||
      compareText(text(a, 'Type'), text(b, 'Type')),
  );
  const done: string[] = [];
  const mappings: string[] = [];
  const open = new Map<string, PortGroup>();
  for (const port of sorted) {
    const [ip, type, inside, outside] = [
      text(port, 'IP'),
      text(port, 'Type'),
      number(port, 'PrivatePort'),
      number(port, 'PublicPort'),
    ];
    if (ip && outside !== inside) {
      mappings.push(`${address(ip, outside)}->${inside}/${type}`);
      continue;
    }
    const key = `${ip}/${type}`;
    const group = open.get(key);
    if (group && inside === group.last + 1) group.last = inside;
    else {
      if (group) done.push(groupText(group));
      open.set(key, { ip, type, first: inside, last: inside });
    }
  }
  return [...done, ...[...open.values()].map(groupText), ...mappings].join(', ');
}

function imageText(row: unknown, full: boolean): string {
  const image = text(row, 'Image');
  if (image === '') return '<no image>';
  if (full) return image;
  const id = shortId(text(row, 'ImageID'));
  if (id === shortId(image)) return id;
  return image.replace(/@sha256:[0-9a-f]+$/, '');
}

function mountsText(row: unknown, full: boolean): string {
  return list(row, 'Mounts')
    .map((mount) => text(mount, 'Name') || text(mount, 'Source'))
    .map((name) => (full ? name : ellipsis(name, 15)))
    .join(',');
}

function sizeText(row: unknown): string {
  const own = humanSize(number(row, 'SizeRw'), 3);
  const all = number(row, 'SizeRootFs');
  return all > 0 ? `${own} (virtual ${humanSize(all, 3)})` : own;
}

function rowFormat(cli: Cli, full: boolean, size: boolean): RowFormat<unknown> {
  return {
    typeName: '*formatter.ContainerContext',
    fields: {
      ID: (c) => idOf(text(c, 'Id'), full),
      Names: (c) =>
        texts(c, 'Names')
          .map((name) => name.replace(/^\//, ''))
          .filter((name) => full || !name.includes('/'))
          .join(','),
      Image: (c) => imageText(c, full),
      Command: (c) => quote(full ? text(c, 'Command') : ellipsis(text(c, 'Command'), 20)),
      CreatedAt: (c) => goDate(number(c, 'Created')),
      RunningFor: (c) => ago(cli.sim, number(c, 'Created') * 1000),
      Ports: (c) => portsText(list(c, 'Ports')),
      State: (c) => text(c, 'State'),
      Status: (c) => text(c, 'Status'),
      Size: sizeText,
      Labels: (c) => labelsText(at(c, 'Labels')),
      Mounts: (c) => mountsText(c, full),
      LocalVolumes: (c) =>
        String(list(c, 'Mounts').filter((mount) => text(mount, 'Driver') === 'local').length),
      Networks: (c) => {
        const names = Object.keys(object(c, 'NetworkSettings.Networks')).sort();
        return mapOrder(cli.sim.rng('docker-cli/ps map'), names).join(',');
      },
      Platform: () => null,
    },
    methods: { Label: (c, [name]) => labelOf(at(c, 'Labels'), name) },
    headers: { ID: 'CONTAINER ID', RunningFor: 'CREATED', LocalVolumes: 'LOCAL VOLUMES' },
    table: `{{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Ports}}\\t{{.Names}}${size ? '\\t{{.Size}}' : ''}`,
    raw: 'container_id: {{.ID}}\\nimage: {{.Image}}\\ncommand: {{.Command}}\\ncreated_at: {{.CreatedAt}}\\nstate: {{.State}}\\nstatus: {{.Status}}\\nnames: {{.Names}}\\nlabels: {{.Labels}}\\nports: {{.Ports}}\\n',
  };
}

/** Is the size of the containers wanted? It is when the template mentions it. */
function wantsSize(
  flags: Flags,
  format: RowFormat<unknown>,
): { size: boolean } | { error: string } {
  const given = flags.text('format');
  if (
    flags.on('size') ||
    given === '' ||
    given === 'json' ||
    flags.on('quiet') ||
    flags.has('size')
  )
    return { size: flags.on('size') };
  const template = parseTemplate(given);
  if (!template.ok) return { error: `failed to parse template: ${template.error}` };
  const used = new Set<string>();
  const tried = template.value.execute(templateObject(format, {}, used));
  if (!tried.ok) return { error: `failed to execute template: ${tried.error}` };
  return { size: used.has('Size') };
}

export function* ls(cli: Cli, flags: Flags): Op<Outcome> {
  const format = rowFormat(cli, flags.on('no-trunc'), flags.on('size'));
  const wants = wantsSize(flags, format);
  if ('error' in wants) return fail(wants.error);
  const last = flags.on('latest') && !flags.has('last') ? 1 : Number(flags.text('last'));
  const answer = yield* cli.client.get('/containers/json', {
    all: flags.on('all') ? 1 : undefined,
    limit: last > 0 ? last : undefined,
    size: wants.size ? 1 : undefined,
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const quiet = flags.on('quiet');
  if (quiet && flags.text('format') !== '')
    yield* cli.err('WARNING: Ignoring custom format, because both --format and --quiet are set.\n');
  const source = chooseFormat(format, quiet ? '' : flags.text('format'), quiet);
  const out = formatRows(format, list(answer.value), source);
  if (!out.ok) return fail(out.error);
  yield* cli.out(out.value);
  return undefined;
}
