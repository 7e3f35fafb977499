// The values of --generic-resource: `gpu=2`, an amount of something that nodes say they have.
//
// Mirrors: docker/cli cli/command/service/generic_resource_opts.go, swarmkit api/genericresource/parse.go.
// Differs: in the order of the kinds, where Go walks a map.
import { compareText, err, ok, type Result } from '../../std/index.ts';
import { type Json, list, text } from '../json.ts';

const amount = /^[+-]?\d+$/;

/** The resources of a repeated flag, as the API takes them; the error is docker's. */
export function parseGenericResources(values: readonly string[]): Result<readonly Json[], string> {
  const kinds = new Map<string, string[]>();
  const refuse = (why: string): Result<never, string> =>
    err(`invalid generic resource specification: could not parse GenericResource: ${why}`);
  for (const term of values) {
    const [kind = '', value, ...more] = term.split('=').map((part) => part.trim());
    if (value === undefined || more.length > 0)
      return refuse(`incorrect term ${term}, missing '=' or malformed expression`);
    kinds.set(kind, [...(kinds.get(kind) ?? []), value]);
  }
  const resources: Json[] = [];
  for (const [kind, given] of [...kinds].sort(([a], [b]) => compareText(a, b))) {
    const [value = '', ...others] = given;
    if (others.length === 0 && amount.test(value)) {
      if (Number(value) < 0) return refuse(`cannot ask for negative resource ${kind}`);
      resources.push({ DiscreteResourceSpec: { Kind: kind, Value: Number(value) } });
    } else if (given.some((one) => amount.test(one)))
      return refuse(
        `mixed discrete and named resources in expression '${kind}=[${given.join(' ')}]'`,
      );
    else
      return err(
        `invalid generic-resource request \`${kind}=${value}\`, Named Generic Resources is not supported for service create or update`,
      );
  }
  return ok(resources);
}

const kindOf = (resource: unknown): string => text(resource, 'DiscreteResourceSpec.Kind');

/** What a service asks for after `--generic-resource-add` and `-rm`; undefined when neither was given. */
export function editedGenericResources(
  before: Json | undefined,
  added: readonly string[],
  removed: readonly string[],
): Result<readonly unknown[] | undefined, string> {
  if (added.length === 0 && removed.length === 0) return ok(undefined);
  const fresh = parseGenericResources(added);
  if (!fresh.ok) return fresh;
  const byKind = new Map(
    [...list(before, 'GenericResources'), ...fresh.value].map((one) => [kindOf(one), one]),
  );
  for (const kind of removed)
    if (!byKind.delete(kind))
      return err(`could not find generic-resource \`${kind}\` to remove it`);
  return ok([...byKind.values()]);
}
