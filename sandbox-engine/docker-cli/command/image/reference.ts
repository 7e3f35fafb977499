// Names of images as the CLI checks and completes them.
//
// Mirrors: distribution/reference (normalize.go, regexp.go).
import { err, ok, type Result } from '../../../std/index.ts';

export interface Reference {
  /** Registry, `docker.io` by default. */
  readonly domain: string;
  /** `library/alpine`. */
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** As people write it: `alpine`, `nvbeta/node`. */
  readonly familiar: string;
}

const component = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);

export function parseReference(name: string): Result<Reference, string> {
  if (/^[0-9a-f]{64}$/.test(name))
    return err(`invalid repository name (${name}), cannot specify 64-byte hexadecimal strings`);
  const [, rest = name, digest] = /^(.*?)@(\w+:[0-9a-f]+)$/.exec(name) ?? [];
  const slash = rest.indexOf('/');
  const first = slash < 0 ? '' : rest.slice(0, slash);
  const hasDomain =
    slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const domain = hasDomain ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const remote = hasDomain ? rest.slice(slash + 1) : rest;
  const colon = remote.indexOf(':');
  const short = colon < 0 ? remote : remote.slice(0, colon);
  const tag = colon < 0 ? undefined : remote.slice(colon + 1);
  const path = domain === 'docker.io' && !short.includes('/') ? `library/${short}` : short;
  if (path.toLowerCase() !== path)
    return err(`invalid reference format: repository name (${path}) must be lowercase`);
  if (!pathPattern.test(path) || (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)))
    return err('invalid reference format');
  const familiar = domain === 'docker.io' ? path.replace(/^library\//, '') : `${domain}/${path}`;
  return ok({ domain, path, tag, digest, familiar });
}

/** `alpine:latest`: the familiar name, with the default tag when neither tag nor digest was given. */
export function familiarWithTag(reference: Reference): string {
  if (reference.digest !== undefined)
    return `${reference.familiar}${reference.tag ? `:${reference.tag}` : ''}@${reference.digest}`;
  return `${reference.familiar}:${reference.tag ?? 'latest'}`;
}
