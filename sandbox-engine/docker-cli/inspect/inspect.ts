// The `inspect` commands: JSON of several objects, or a template over each.
//
// Mirrors: docker/cli cli/command/inspect/inspector.go: a template sees the Go struct first, and the bare JSON when that fails.
import { goJson, parseTemplate, type Template } from '../../gotemplate/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../cli.ts';
import type { Flags } from '../flags/parse.ts';
import { apiTypes } from './types.ts';

export interface Inspected {
  readonly body: unknown;
  /** Name of its Go type. */
  readonly type: string;
  /** The CLI has only the struct: no second try with the JSON, and <, > and & come out escaped. */
  readonly structOnly?: boolean;
}

export type Lookup = (reference: string) => Op<Result<Inspected, string>>;

/** Inspects the objects; errors come at the end, and what was found is shown all the same. */
export function* inspectAll(
  cli: Cli,
  references: readonly string[],
  format: string,
  lookup: Lookup,
): Op<Outcome> {
  const template = format !== '' && format !== 'json' ? parseTemplate(format) : undefined;
  if (template && !template.ok) return fail(`template parsing error: ${template.error}`, 64);
  const errors: string[] = [];
  const found: Inspected[] = [];
  let out = '';
  for (const reference of references) {
    const answer = yield* lookup(reference);
    if (!answer.ok) {
      errors.push(answer.error);
      continue;
    }
    if (!template) found.push(answer.value);
    else {
      const text = render(template.value, answer.value);
      if (text.ok) out += `${text.value}\n`;
      else errors.push(`template parsing error: ${text.error}`);
    }
  }
  if (template) yield* cli.out(out === '' ? '\n' : out);
  else yield* cli.out(`${listJson(found, format === 'json')}\n`);
  return failAll(errors);
}

/** The same of what also has a form for people: `--pretty` shows that of each object, one after the other. */
export function* inspectOrPretty(
  cli: Cli,
  flags: Flags,
  references: readonly string[],
  lookup: Lookup,
  pretty: (body: unknown) => string | Op<string>,
): Op<Outcome> {
  const format = flags.text('format');
  if (flags.on('pretty') && format !== '' && format !== 'pretty')
    return fail('--format is incompatible with human friendly format');
  if (!flags.on('pretty') && format !== 'pretty')
    return yield* inspectAll(cli, references, format, lookup);
  const errors: string[] = [];
  for (const reference of references) {
    const found = yield* lookup(reference);
    if (!found.ok) errors.push(found.error);
    else {
      const shown = pretty(found.value.body);
      yield* cli.out(typeof shown === 'string' ? shown : yield* shown);
    }
  }
  return failAll(errors);
}

function render(template: Template, item: Inspected): Result<string, string> {
  const typed = template.execute(item.body, apiTypes.type(item.type));
  if (typed.ok || item.structOnly) return typed;
  return template.execute(item.body, undefined, { missingKeyIsError: true });
}

function listJson(found: readonly Inspected[], dense: boolean): string {
  const style = {
    ...(dense ? {} : { indent: '    ' }),
    escapeHtml: found.some((item) => item.structOnly),
  };
  return goJson(
    found.map((item) => item.body),
    style,
  );
}

/** A lookup by one GET. */
export function lookupAt(
  cli: Cli,
  path: (reference: string) => string,
  type: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Lookup {
  return function* (reference) {
    const answer = yield* cli.client.get(path(reference), query);
    return answer.ok ? ok({ body: answer.value, type }) : err(answer.error.message);
  };
}
