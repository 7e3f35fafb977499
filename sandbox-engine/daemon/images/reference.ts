// Names of images: `nginx`, `nvbeta/node:latest`, `alpine@sha256:…`, with a registry in front or without.
//
// Mirrors: github.com/distribution/reference.
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';

export interface Reference {
  /** `docker.io`, `registry.example:5000`. */
  readonly domain: string;
  /** With `library/` for official images. */
  readonly path: string;
  /** As people write it: `nginx`, `nvbeta/node`. */
  readonly familiar: string;
  readonly tag?: string;
  /** `sha256:…`. */
  readonly digest?: string;
}

const pathPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const pathPattern = new RegExp(`^${pathPart}(?:/${pathPart})*$`);
const tagPattern = /^[\w][\w.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

const invalid = (why: string): Failure => failure('invalid_parameter', why);

/** Splits a name; what is wrong with it is told in the words of the reference package. */
export function parseReference(text: string): Result<Reference, Failure> {
  if (/^[0-9a-f]{64}$/.test(text)) {
    return err(
      invalid(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`),
    );
  }
  const [named = '', digest] = text.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const first = name.split('/')[0] ?? '';
  const hasDomain =
    name.includes('/') && (/[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first));
  const domain = hasDomain ? first : 'docker.io';
  const familiar = hasDomain ? name.slice(first.length + 1) : name;
  const path = domain === 'docker.io' && !familiar.includes('/') ? `library/${familiar}` : familiar;
  if (path.toLowerCase() !== path)
    return err(invalid(`invalid reference format: repository name (${path}) must be lowercase`));
  const wellFormed =
    pathPattern.test(path) &&
    (tag === undefined || tagPattern.test(tag)) &&
    (digest === undefined || digestPattern.test(digest));
  if (!wellFormed) return err(invalid('invalid reference format'));
  const shown = domain === 'docker.io' ? path.replace(/^library\//, '') : `${domain}/${path}`;
  return ok({
    domain,
    path,
    familiar: shown,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  });
}

/** `nginx:latest`: the name with its tag, `latest` if it has neither tag nor digest. */
export function familiarString(reference: Reference): string {
  const { familiar, tag, digest } = reference;
  if (digest) return `${familiar}${tag ? `:${tag}` : ''}@${digest}`;
  return `${familiar}:${tag ?? 'latest'}`;
}

/** Does a name fit a `reference=` pattern: with its tag, or the repository alone? `*` and `?` stop at slashes. */
export function fitsPattern(pattern: string, familiar: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|\\]/g, '\\$&');
  let expression: RegExp;
  try {
    expression = new RegExp(`^${escaped.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
  } catch {
    return false;
  }
  const at = familiar.indexOf('@');
  const named = at < 0 ? familiar : familiar.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  return expression.test(familiar) || expression.test(repository);
}
