// The value of --mount: `type=bind,source=/a,target=/b,readonly`.
//
// Mirrors: docker/cli opts/mount.go.
import { err, ok, type Result } from '../../std/index.ts';
import { compact, type Json } from '../json.ts';
import { parseBytes } from './sizes.ts';
import { isTruth, isUntruth } from './values.ts';

/** The fields of a comma-separated value, quotes respected. */
export const csv = (text: string): string[] =>
  [...text.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map((m) => m[1] ?? '')
    .slice(0, -1)
    .concat(text.endsWith(',') ? [''] : [])
    .map((field) => field.replace(/^"(.*)"$/, (_, inner: string) => inner.replaceAll('""', '"')));

/** What the fields have said so far, by the part of the API's mount that they belong to. */
interface Parts {
  readonly mount: Record<string, unknown>;
  readonly volume: Record<string, unknown>;
  readonly bind: Record<string, unknown>;
  readonly tmpfs: Record<string, unknown>;
  readonly image: Record<string, unknown>;
}

/** Sets a field; the answer is what is wrong with its value. */
type Field = (parts: Parts, value: string, key: string) => string | undefined;

const said =
  (part: keyof Parts, name: string, change = (text: string): unknown => text): Field =>
  (parts, value) => {
    parts[part][name] = change(value);
    return undefined;
  };

const lower = (text: string): string => text.toLowerCase();
const bad = (key: string, value: string): string => `invalid value for ${key}: ${value}`;
const isBoolean = (text: string): boolean => isTruth(text) || isUntruth(text);

const readOnly: Field = ({ mount }, value, key) => {
  if (!isBoolean(value)) return bad(key, value);
  mount.ReadOnly = isTruth(value) || undefined;
  return undefined;
};

/** `name=value` pairs that add up: labels and options of a volume's driver. */
function pair(of: Record<string, unknown>, part: string, value: string): undefined {
  const [name = '', ...rest] = value.split('=');
  const before = (of[part] ?? {}) as Readonly<Record<string, string>>;
  of[part] = name === '' ? before : { ...before, [name]: rest.join('=') };
}

function driver(parts: Parts): Record<string, unknown> {
  const known = (parts.volume.DriverConfig ?? {}) as Record<string, unknown>;
  parts.volume.DriverConfig = known;
  return known;
}

const recursion: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  enabled: {},
  disabled: { NonRecursive: true },
  writable: { ReadOnlyNonRecursive: true },
  readonly: { ReadOnlyForceRecursive: true },
};

const fields: Readonly<Record<string, Field>> = {
  type: said('mount', 'Type', lower),
  source: said('mount', 'Source'),
  src: said('mount', 'Source'),
  target: said('mount', 'Target'),
  dst: said('mount', 'Target'),
  destination: said('mount', 'Target'),
  readonly: readOnly,
  ro: readOnly,
  consistency: said('mount', 'Consistency', lower),
  'bind-propagation': said('bind', 'Propagation', lower),
  'bind-nonrecursive': ({ bind }, value, key) => {
    if (!isBoolean(value)) return bad(key, value);
    bind.NonRecursive = isTruth(value) || undefined;
    return undefined;
  },
  'bind-recursive': ({ bind }, value, key) => {
    const options = recursion[value];
    if (!options)
      return `${bad(key, value)} (must be "enabled", "disabled", "writable", or "readonly")`;
    Object.assign(bind, options);
    return undefined;
  },
  'volume-nocopy': ({ volume }, value, key) => {
    if (!isBoolean(value)) return bad(key, value);
    volume.NoCopy = isTruth(value) || undefined;
    return undefined;
  },
  'volume-subpath': said('volume', 'Subpath'),
  'volume-label': ({ volume }, value) => pair(volume, 'Labels', value),
  'volume-driver': (parts, value) => {
    driver(parts).Name = value;
    return undefined;
  },
  'volume-opt': (parts, value) => pair(driver(parts), 'Options', value),
  'image-subpath': said('image', 'Subpath'),
  'tmpfs-size': ({ tmpfs }, value, key) => {
    const bytes = parseBytes(value);
    if (typeof bytes === 'string') return bad(key, value);
    tmpfs.SizeBytes = bytes;
    return undefined;
  },
  'tmpfs-mode': ({ tmpfs }, value, key) => {
    if (!/^[0-7]+$/.test(value)) return bad(key, value);
    tmpfs.Mode = Number.parseInt(value, 8);
    return undefined;
  },
};

/** Fields that may stand without a value. */
const bare = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive']);

/** One mount as the API takes it; the error is docker's. `absolute`: a path as the client sees it. */
export function parseMount(
  value: string,
  absolute = (path: string): string => path,
): Result<Json, string> {
  const parts: Parts = { mount: { Type: 'volume' }, volume: {}, bind: {}, tmpfs: {}, image: {} };
  for (const field of csv(value)) {
    const equals = field.indexOf('=');
    const key = lower(equals < 0 ? field : field.slice(0, equals));
    if (equals < 0 && !bare.has(key))
      return err(`invalid field '${field}' must be a key=value pair`);
    const set = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const problem = set
      ? set(parts, equals < 0 ? 'true' : field.slice(equals + 1), key)
      : `unexpected key '${key}' in '${field}'`;
    if (problem !== undefined) return err(problem);
  }
  const { mount } = parts;
  if (typeof mount.Source === 'string' && mount.Source.startsWith('.'))
    mount.Source = absolute(mount.Source);
  return finished(parts);
}

function finished({ mount, volume, bind, tmpfs, image }: Parts): Result<Json, string> {
  const used = (options: Json): Json | undefined =>
    Object.keys(options).length > 0 ? options : undefined;
  const type = String(mount.Type);
  if (type === '') return err('type is required');
  if (!mount.Target) return err('target is required');
  for (const [kind, options] of Object.entries({ volume, image, bind, tmpfs }))
    if (type !== kind && used(options))
      return err(`cannot mix '${kind}-*' options with mount type '${type}'`);
  if (bind.ReadOnlyNonRecursive && !mount.ReadOnly)
    return err(
      "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction",
    );
  if (bind.ReadOnlyForceRecursive && !mount.ReadOnly)
    return err(
      "option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction",
    );
  if (bind.ReadOnlyForceRecursive && bind.Propagation !== 'rprivate')
    return err(
      "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
    );
  return ok(
    compact({
      Type: type,
      Source: mount.Source || undefined,
      Target: mount.Target,
      ReadOnly: mount.ReadOnly,
      Consistency: mount.Consistency,
      BindOptions: used(bind),
      VolumeOptions: used(volume),
      ImageOptions: used(image),
      TmpfsOptions: used(tmpfs),
    }),
  );
}
