// The value of --mount: `type=bind,source=/a,target=/b,readonly`.
//
// Mirrors: docker/cli opts/mount.go.
import { err, ok, type Result } from '../../std/index.ts';
import { compact, type Json } from '../json.ts';
import { parseBytes } from './sizes.ts';
import { isTruth } from './values.ts';

const bare = ['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive'];

/** The fields of a comma-separated value, quotes respected. */
export const csv = (text: string): string[] =>
  [...text.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map((m) => m[1] ?? '')
    .slice(0, -1)
    .concat(text.endsWith(',') ? [''] : [])
    .map((field) => field.replace(/^"(.*)"$/, (_, inner: string) => inner.replaceAll('""', '"')));

/** One mount as the API takes it; the error is docker's. */
export function parseMount(value: string): Result<Json, string> {
  const mount: Record<string, unknown> = { Type: 'volume' };
  const volume: Record<string, unknown> = {};
  const labels: Record<string, string> = {};
  const driver: { Name?: string; Options?: Record<string, string> } = {};
  const bind: Record<string, unknown> = {};
  const tmpfs: Record<string, unknown> = {};
  for (const field of csv(value)) {
    const equals = field.indexOf('=');
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const text = equals < 0 ? '' : field.slice(equals + 1);
    if (equals < 0 && !bare.includes(key))
      return err(`invalid field '${field}' must be a key=value pair`);
    const on = equals < 0 || isTruth(text);
    switch (key) {
      case 'type':
        mount.Type = text.toLowerCase();
        break;
      case 'source':
      case 'src':
        mount.Source = text;
        break;
      case 'target':
      case 'dst':
      case 'destination':
        mount.Target = text;
        break;
      case 'readonly':
      case 'ro':
        mount.ReadOnly = on || undefined;
        break;
      case 'consistency':
        mount.Consistency = text.toLowerCase();
        break;
      case 'bind-propagation':
        bind.Propagation = text.toLowerCase();
        break;
      case 'bind-nonrecursive':
        bind.NonRecursive = on;
        break;
      case 'bind-recursive':
        break;
      case 'volume-nocopy':
        volume.NoCopy = on;
        break;
      case 'volume-subpath':
        volume.Subpath = text;
        break;
      case 'volume-label': {
        const [name = '', ...rest] = text.split('=');
        labels[name] = rest.join('=');
        volume.Labels = labels;
        break;
      }
      case 'volume-driver':
        driver.Name = text;
        volume.DriverConfig = driver;
        break;
      case 'volume-opt': {
        const [name = '', ...rest] = text.split('=');
        driver.Options = { ...driver.Options, [name]: rest.join('=') };
        volume.DriverConfig = driver;
        break;
      }
      case 'tmpfs-size':
        tmpfs.SizeBytes = parseBytes(text);
        break;
      case 'tmpfs-mode':
        tmpfs.Mode = Number.parseInt(text, 8);
        break;
      default:
        return err(`unexpected key '${key}' in '${field}'`);
    }
  }
  const used = (options: Json): Json | undefined =>
    Object.keys(options).length ? options : undefined;
  const type = String(mount.Type);
  if (type === '') return err('type is required');
  if (mount.Target === undefined) return err('target is required');
  for (const [kind, options] of Object.entries({ volume, bind, tmpfs }))
    if (type !== kind && used(options))
      return err(`cannot mix '${kind}-*' options with mount type '${type}'`);
  return ok(
    compact({
      Type: type,
      Source: mount.Source,
      Target: mount.Target,
      ReadOnly: mount.ReadOnly,
      Consistency: mount.Consistency,
      BindOptions: used(bind),
      VolumeOptions: used(volume),
      TmpfsOptions: used(tmpfs),
    }),
  );
}
