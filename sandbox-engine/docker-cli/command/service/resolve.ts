// Things that service commands look up before they send a spec: networks, secrets, configs, image digests.
//
// Mirrors: docker/cli cli/command/service/{opts,parse}.go, moby client/service_create.go (image digests).
import type { Op } from '../../../sim/index.ts';
import { err, ok, type Result, sortedBy } from '../../../std/index.ts';
import type { Cli } from '../../cli.ts';
import { filterJson } from '../../client.ts';
import { csv } from '../../flags/mounts.ts';
import { type FileReference, parseFileReference } from '../../flags/references.ts';
import { compact, type Json, list, object, text } from '../../json.ts';
import { mapOf } from '../files.ts';
import { familiarWithTag, parseReference } from '../image/reference.ts';

/** The id of a network that the whole swarm knows. */
export function* networkId(cli: Cli, name: string): Op<Result<string, string>> {
  const answer = yield* cli.client.get(`/networks/${name}`, { scope: 'swarm' });
  return answer.ok ? ok(text(answer.value, 'Id')) : err(answer.error.message);
}

/** One value of --network of a service: a name, or `name=net,alias=a`. */
export function networkTarget(value: string): Json {
  if (!value.includes('=')) return { Target: value };
  const aliases: string[] = [];
  const options: string[] = [];
  let target = '';
  for (const field of csv(value)) {
    const equals = field.indexOf('=');
    const [key, rest] = [field.slice(0, equals).toLowerCase(), field.slice(equals + 1)];
    if (key === 'name') target = rest;
    else if (key === 'alias') aliases.push(rest);
    else if (key === 'driver-opt') options.push(rest);
  }
  return compact({
    Target: target,
    Aliases: aliases.length > 0 ? aliases : undefined,
    DriverOpts: options.length > 0 ? mapOf(options) : undefined,
  });
}

/** The attachments of a service, in the order of the networks' ids. */
export function* resolveNetworks(
  cli: Cli,
  values: readonly string[],
): Op<Result<readonly Json[], string>> {
  const networks: Json[] = [];
  for (const value of values) {
    const network = networkTarget(value);
    const id = yield* networkId(cli, text(network, 'Target'));
    if (!id.ok) return id;
    networks.push({ ...network, Target: id.value });
  }
  return ok(sortedBy(networks, (network) => text(network, 'Target')));
}

/** Finds the ids of secrets or configs by name. */
export function* resolveFiles(
  cli: Cli,
  kind: 'secret' | 'config',
  values: readonly string[],
): Op<Result<readonly Json[], string>> {
  if (values.length === 0) return ok([]);
  const references: FileReference[] = [];
  for (const value of values) {
    const parsed = parseFileReference(value, kind);
    if (!parsed.ok) return parsed;
    if (references.some((other) => other.file.Name === parsed.value.file.Name))
      return err(`duplicate ${kind} target for ${parsed.value.source} not allowed`);
    references.push(parsed.value);
  }
  const answer = yield* cli.client.get(`/${kind}s`, {
    filters: filterJson(references.map((reference) => ['name', reference.source] as const)),
  });
  if (!answer.ok) return err(answer.error.message);
  const ids = new Map(
    list(answer.value).map((item) => [text(item, 'Spec.Name'), text(item, 'ID')]),
  );
  const files: Json[] = [];
  for (const { source, file } of references) {
    const id = ids.get(source);
    if (id === undefined) return err(`${kind} not found: ${source}`);
    files.push(
      kind === 'secret'
        ? { File: file, SecretID: id, SecretName: source }
        : { File: file, ConfigID: id, ConfigName: source },
    );
  }
  return ok(files);
}

export interface ResolvedImage {
  readonly image: string;
  readonly platforms: readonly Json[] | undefined;
  /** What to print when the registry could not be asked. */
  readonly warning: string | undefined;
}

const digestWarning = (image: string): string =>
  `image ${image} could not be accessed on a registry to record
its digest. Each node will access ${image} independently,
possibly leading to different nodes running different
versions of the image.
`;

/** Pins an image to the digest that the registry has for its tag. */
export function* resolveImage(cli: Cli, name: string, ask: boolean): Op<ResolvedImage> {
  const reference = parseReference(name);
  const image = reference.ok ? familiarWithTag(reference.value) : name;
  if (!ask) return { image, platforms: undefined, warning: undefined };
  const answer = yield* cli.client.get(`/distribution/${image}/json`);
  const digest = answer.ok ? text(answer.value, 'Descriptor.digest') : '';
  if (!answer.ok || !digest)
    return {
      image,
      platforms: undefined,
      warning: reference.ok ? digestWarning(image) : undefined,
    };
  const platforms = list(answer.value, 'Platforms').map((platform) => ({
    Architecture: text(platform, 'architecture') === 'arm' ? '' : text(platform, 'architecture'),
    OS: text(platform, 'os'),
  }));
  const pinned = image.includes('@') ? image : `${image}@${digest}`;
  return {
    image: pinned,
    platforms: platforms.length > 0 ? platforms : undefined,
    warning: undefined,
  };
}

/** Puts a resolved image into a service's spec. */
export function withImage(spec: Json, resolved: ResolvedImage): Json {
  const template = object(spec, 'TaskTemplate');
  const placement = object(template, 'Placement');
  return {
    ...spec,
    TaskTemplate: {
      ...template,
      ContainerSpec: { ...object(template, 'ContainerSpec'), Image: resolved.image },
      Placement: resolved.platforms ? { ...placement, Platforms: resolved.platforms } : placement,
    },
  };
}
