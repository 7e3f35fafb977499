// Files that a command wrote, for "what changed below". The writable layers of hosts and containers are rows; what the
// engines write for themselves (/var/lib/docker but for volumes, /run/docker) nobody has asked for and is left out.
import type { ContainerRow } from '../../daemon/index.ts';
import type { FileRow } from '../../os/index.ts';
import type { World } from '../world.ts';

export interface FileText {
  readonly host: string;
  /** A container's name; '' on the host itself. */
  readonly namespace: string;
  readonly kind: 'file';
  readonly text: string;
  /** Another text when the file reads differently. */
  readonly content: string;
}

const enginesOwn =
  /^\/(var\/)?run\/docker|^\/var\/lib\/docker\/(?!volumes\/[^/]+\/_data\/)|^\/proc\/|^\/sys\//;
const shown = new Set(['file', 'symlink', 'directory', 'program']);

/** Undefined: it is nothing that is told. A whiteout is told as what it hides. */
export function describeFile(world: World, row: FileRow): FileText | undefined {
  const { path, node } = row;
  if (path === '/' || enginesOwn.test(path) || !shown.has(node.type)) return undefined;
  const place = placeOf(world, row.fs);
  if (!place) return undefined;
  const text = node.target === undefined ? path : `${path} -> ${node.target}`;
  const content = JSON.stringify([row.whiteout, node.text, node.target, node.mode]);
  return { ...place, kind: 'file', text, content };
}

function placeOf(world: World, fs: string): Pick<FileText, 'host' | 'namespace'> | undefined {
  if (world.machines.has(fs)) return { host: fs, namespace: '' };
  const container = containerOf(world, fs);
  return container && { host: container.host, namespace: container.name };
}

/** The container whose writable layer that is. */
function containerOf({ daemon }: World, fs: string): ContainerRow | undefined {
  const [host = '', layers, layer] = fs.split('/');
  if (layers !== 'overlay2') return undefined;
  return daemon.containers.where('host', host).find(({ layerId }) => layerId === layer);
}

/** Was it there before, in the layers below? */
export function isChanged(world: World, { fs, path }: FileRow): boolean {
  const container = containerOf(world, fs);
  const machine = world.machines.get(container?.host ?? fs);
  const root = container
    ? machine?.daemon.containers.store.runtime(container).fs
    : machine?.host.fs;
  return root?.changes().some((change) => change.path === path && change.kind === 'C') === true;
}
