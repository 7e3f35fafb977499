// "What changed below": the journal between two moments as a list for people, in the words of the tools that would show
// each thing. What was put and removed again in between is left out.

import type { ContainerRow } from '../../daemon/index.ts';
import type { AddressRow, LinkRow, NeighbourRow, RouteRow, RuleRow } from '../../kernel/index.ts';
import { formatRule } from '../../kernel/index.ts';
import type { NameRow, NetworkRow } from '../../libnetwork/index.ts';
import type { FileRow } from '../../os/index.ts';
import type { ChangesView } from '../../protocol/index.ts';
import type { Change, Revision } from '../../sim/index.ts';
import { formatCidr, formatIpv4 } from '../../wire/index.ts';
import type { World } from '../world.ts';
import { describeFile, isChanged } from './changed-files.ts';

export type Entry = ChangesView['entries'][number];
type Described = Pick<Entry, 'host' | 'namespace' | 'kind' | 'text'> & {
  /** Where the text does not tell that something reads differently. */
  readonly content?: string;
};

/**
 * One line for each row that is there now and was not at that revision, is gone, or reads differently. Rows that are gone
 * are described in the state as it was then, when the names around them still existed.
 */
export function entriesSince(world: World, revision: Revision): Entry[] {
  const { journal } = world.sim;
  const from = Math.max(revision, journal.oldest);
  const first = new Map<string, Change>();
  const last = new Map<string, Change>();
  for (const change of journal.changesSince(from)) {
    if (!(change.collection in describers)) continue;
    const key = `${change.collection} ${change.id}`;
    if (!first.has(key)) first.set(key, change);
    last.set(key, change);
  }
  const then = journal.at(from, () =>
    [...first].map(([, change]) => describe(world, change.collection, change.before)),
  );
  return [...first.keys()].flatMap((key, i): Entry[] => {
    const change = last.get(key);
    const before = then[i];
    const after = change && describe(world, change.collection, change.after);
    const file = change?.collection === 'files' ? (change.after as FileRow | undefined) : undefined;
    const found = file ? fileChange(world, file, before) : changeOf(before, after);
    const told = after ?? before;
    if (!told || found === undefined) return [];
    const { content: _, ...entry } = told;
    const both = before !== undefined && after !== undefined && before.text !== after.text;
    return [{ ...entry, change: found, text: both ? `${before.text} → ${after.text}` : told.text }];
  });
}

function changeOf(
  before: Described | undefined,
  after: Described | undefined,
): Entry['change'] | undefined {
  if (!before) return after && 'added';
  if (!after) return 'removed';
  return before.text === after.text && before.content === after.content ? undefined : 'changed';
}

/** Of a file that is written for the first time, the layers below tell whether it is new; a whiteout takes one of theirs away. */
function fileChange(
  world: World,
  row: FileRow,
  before: Described | undefined,
): Entry['change'] | undefined {
  if (row.whiteout) return 'removed';
  const after = describe(world, 'files', row);
  return !before && after && isChanged(world, row) ? 'changed' : changeOf(before, after);
}

const describers: Readonly<Record<string, (world: World, row: never) => Described | undefined>> = {
  links: (world, row: LinkRow) => {
    if (row.name === 'lo') return undefined;
    const master = row.master === undefined ? undefined : world.network.links.get(row.master);
    const text = `${row.ifindex}: ${row.name} (${row.kind}, ${row.mac}, mtu ${row.mtu})${master ? ` on ${master.name}` : ''}${row.up ? '' : ', down'}`;
    return { ...placeOf(world, row.netns), kind: 'interface', text };
  },
  addresses: (world, row: AddressRow) => {
    const link = world.network.links.get(row.link);
    if (link?.name === 'lo') return undefined;
    const dev = link ? ` dev ${link.name}` : '';
    return {
      ...placeOf(world, row.netns),
      kind: 'address',
      text: `${formatIpv4(row.address)}/${row.prefixLength}${dev}`,
    };
  },
  routes: (world, row: RouteRow) => {
    if (row.table !== 'main') return undefined;
    const link = row.link === undefined ? undefined : world.network.links.get(row.link);
    const to = row.destination.prefixLength === 0 ? 'default' : formatCidr(row.destination);
    const via = row.via === undefined ? '' : ` via ${formatIpv4(row.via)}`;
    return {
      ...placeOf(world, row.netns),
      kind: 'route',
      text: `${to}${via}${link ? ` dev ${link.name}` : ''}`,
    };
  },
  neighbours: (world, row: NeighbourRow) => {
    if (row.mac === undefined) return undefined;
    const link = world.network.links.get(row.link);
    return {
      ...placeOf(world, row.netns),
      kind: 'neighbour',
      text: `${formatIpv4(row.address)} lladdr ${row.mac}${link ? ` dev ${link.name}` : ''}`,
    };
  },
  rules: (world, row: RuleRow) => ({
    ...placeOf(world, row.netns),
    kind: 'rule',
    text: `-t ${row.table} -A ${row.chain} ${formatRule(row.spec)}`,
  }),
  'libnetwork.networks': (_world, row: NetworkRow) => ({
    host: row.host,
    namespace: '',
    kind: 'network',
    text: `${row.name} (${row.driver}${row.subnets[0] ? `, ${row.subnets[0].subnet}` : ''})`,
  }),
  'libnetwork.names': (world, row: NameRow) => {
    const network = world.libnetwork.networks
      .where('host', row.host)
      .find((candidate) => candidate.networkId === row.networkId);
    return {
      host: row.host,
      namespace: '',
      kind: 'name',
      text: `${row.name} → ${formatIpv4(row.address)}${network ? ` (${network.name})` : ''}`,
    };
  },
  files: describeFile,
  containers: (_world, row: ContainerRow) => ({
    host: row.host,
    namespace: '',
    kind: 'container',
    // As `docker ps` shows the image of a task: without the digest that its service has pinned.
    text: `${row.name} (${row.config.Image.split('@')[0]}): ${row.state.status}`,
  }),
};

function describe(
  world: World,
  collection: string,
  row: object | undefined,
): Described | undefined {
  if (!row) return undefined;
  return describers[collection]?.(world, row as never);
}

/** Host and name of a namespace, also of one that is gone. */
function placeOf(world: World, netns: string): Pick<Entry, 'host' | 'namespace'> {
  const host = netns.split('/')[0] ?? '';
  if (world.machines.get(host)?.host.kernel.initNetns === netns) return { host, namespace: '' };
  const sandbox = world.libnetwork.sandboxes.where('host', host).find((row) => row.netns === netns);
  if (sandbox) return { host, namespace: sandbox.containerName };
  const file = world.libnetwork.namespaces.where('host', host).find((row) => row.netns === netns);
  return { host, namespace: file?.key ?? netns.slice(host.length + 1) };
}
