// docker events.
//
// Mirrors: docker/cli cli/command/system/events.go.
import { goJson, parseTemplate, type Template } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { rfc3339Nano } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { apiTypes } from '../../inspect/types.ts';
import { number, pairs, text } from '../../json.ts';
import { timestamp } from '../container/look.ts';

/** `TIME TYPE ACTION ID (key=value, …)`. */
function eventLine(event: unknown): string {
  const micros = Math.floor(number(event, 'timeNano') / 1000);
  const stamp = rfc3339Nano(Math.floor(micros / 1000), micros % 1000);
  // Nine digits, always.
  const [whole = '', fraction = ''] = stamp.slice(0, -1).split('.');
  const attributes = pairs(event, 'Actor.Attributes')
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  const tail = attributes.length > 0 ? ` (${attributes.join(', ')})` : '';
  return `${whole}.${fraction.padEnd(9, '0')}Z ${text(event, 'Type')} ${text(event, 'Action')} ${text(event, 'Actor.ID')}${tail}\n`;
}

function shown(event: unknown, template: Template | undefined, json: boolean): string {
  if (json) return `${goJson(event)}\n`;
  if (!template) return eventLine(event);
  const out = template.execute(event, apiTypes.type('events.Message'));
  return out.ok ? `${out.value}\n` : `Error parsing event: template parsing error: ${out.error}\n`;
}

export function* events(cli: Cli, flags: Flags): Op<Outcome> {
  const format = flags.text('format');
  const template = format && format !== 'json' ? parseTemplate(format) : undefined;
  if (template && !template.ok)
    return fail(`Error parsing format: template parsing error: ${template.error}`, 64);
  const since = timestamp(cli, flags.text('since'), 'since');
  if (!since.ok) return fail(since.error);
  const until = timestamp(cli, flags.text('until'), 'until');
  if (!until.ok) return fail(until.error);
  const answer = yield* cli.client.request('GET', '/events', {
    since: since.value,
    until: until.value,
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const { stream } = answer.value;
  if (!stream) return undefined;
  try {
    for (;;) {
      const piece = stream.take();
      if (piece === null) return undefined;
      if (piece === undefined) yield { keys: [stream.key] };
      else if (piece.channel === 'json')
        yield* cli.out(shown(piece.message, template?.value, format === 'json'));
    }
  } finally {
    stream.close();
  }
}
