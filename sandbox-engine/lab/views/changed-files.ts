// Files that a command wrote, for "what changed below". The writable layers of hosts and containers are rows; what the
// engines write for themselves (/var/lib/docker but for volumes, /run/docker) nobody has asked for and is left out.
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
  const [host = '', layers, layer] = fs.split('/');
  if (layers !== 'overlay2') return undefined;
  const container = world.daemon.containers
    .where('host', host)
    .find(({ layerId }) => layerId === layer);
  return container && { host, namespace: container.name };
}

/** Was it there before, in the layers below? */
export const isChanged = (world: World, { fs, path }: FileRow): boolean =>
  world.machines
    .get(fs)
    ?.host.fs.changes()
    .some((change) => change.path === path && change.kind === 'C') === true;
