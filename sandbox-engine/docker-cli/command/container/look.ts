// docker inspect of containers, port, top, diff, logs: looking at one container.
//
// Mirrors: docker/cli cli/command/container/{inspect,port,top,diff,logs}.go.
import type { Op } from '../../../sim/index.ts';
import { compareNatural, err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { parseDuration } from '../../flags/values.ts';
import { alignTabs } from '../../formatter/tabwriter.ts';
import { inspectAll, lookupAt } from '../../inspect/inspect.ts';
import { list, number, object, text, texts } from '../../json.ts';
import { nowMillis, timeMillis } from '../../time.ts';
import { follow } from './stream.ts';

export const inspect = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  inspectAll(
    cli,
    names,
    flags.text('format'),
    lookupAt(cli, (name) => `/containers/${name}/json`, 'container.InspectResponse', {
      size: flags.on('size') ? '1' : undefined,
    }),
  );

const address = (binding: unknown): string => {
  const ip = text(binding, 'HostIp');
  return `${ip.includes(':') ? `[${ip}]` : ip}:${text(binding, 'HostPort')}`;
};

export function* port(
  cli: Cli,
  _flags: Flags,
  [name = '', wanted]: readonly string[],
): Op<Outcome> {
  const answer = yield* cli.client.get(`/containers/${name}/json`);
  if (!answer.ok) return fail(answer.error.message);
  const ports = object(answer.value, 'NetworkSettings.Ports');
  const lines: string[] = [];
  if (wanted !== undefined) {
    const [number_ = '', protocol = 'tcp'] = wanted.split('/');
    if (!/^\d+$/.test(number_))
      return fail(
        `Error: invalid port (${number_}): strconv.ParseUint: parsing ${JSON.stringify(number_)}: invalid syntax`,
      );
    const bindings = list(ports[`${number_}/${protocol}`]);
    if (bindings.length === 0)
      return fail(`Error: No public port '${wanted}' published for ${name}`);
    lines.push(...bindings.map(address));
  } else
    for (const [inside, bindings] of Object.entries(ports))
      lines.push(...list(bindings).map((binding) => `${inside} -> ${address(binding)}`));
  if (lines.length > 0) yield* cli.out(`${lines.sort(compareNatural).join('\n')}\n`);
  return undefined;
}

export function* top(
  cli: Cli,
  _flags: Flags,
  [name = '', ...options]: readonly string[],
): Op<Outcome> {
  const answer = yield* cli.client.get(`/containers/${name}/top`, {
    ps_args: options.length > 0 ? options.join(' ') : undefined,
  });
  if (!answer.ok) return fail(answer.error.message);
  const rows = [
    texts(answer.value, 'Titles'),
    ...list(answer.value, 'Processes').map((row) => texts(row)),
  ];
  const table = rows.map((row) => row.join('\t')).join('\n');
  yield* cli.out(`${alignTabs(table, { minimum: 20, padding: 3 })}\n`);
  return undefined;
}

export function* diff(cli: Cli, _flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const answer = yield* cli.client.get(`/containers/${name}/changes`);
  if (!answer.ok) return fail(answer.error.message);
  const kinds = ['C', 'A', 'D'];
  yield* cli.out(
    list(answer.value)
      .map((change) => `${kinds[number(change, 'Kind')] ?? 'C'} ${text(change, 'Path')}\n`)
      .join(''),
  );
  return undefined;
}

/** `10m` or a time → seconds since 1970 as the API takes them. */
export function timestamp(
  cli: Cli,
  given: string,
  name: string,
): Result<string | undefined, string> {
  if (given === '') return ok(undefined);
  const duration = parseDuration(given);
  if (typeof duration === 'number')
    return ok((nowMillis(cli.sim) / 1000 - duration / 1e9).toFixed(9));
  if (/^-?\d+(\.\d+)?$/.test(given)) return ok(given);
  if (/^\d{4}-\d\d-\d\d/.test(given)) return ok((timeMillis(given) / 1000).toFixed(9));
  return err(
    `invalid value for "${name}": failed to parse value as time or duration: ${JSON.stringify(given)}`,
  );
}

export function* logs(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const found = yield* cli.client.get(`/containers/${name}/json`);
  if (!found.ok) return fail(found.error.message);
  const since = timestamp(cli, flags.text('since'), 'since');
  if (!since.ok) return fail(since.error);
  const until = timestamp(cli, flags.text('until'), 'until');
  if (!until.ok) return fail(until.error);
  const answer = yield* cli.client.request('GET', `/containers/${text(found.value, 'Id')}/logs`, {
    stdout: 1,
    stderr: 1,
    follow: flags.on('follow') ? 1 : undefined,
    timestamps: flags.on('timestamps') ? 1 : undefined,
    details: flags.on('details') ? 1 : undefined,
    tail: flags.text('tail'),
    since: since.value,
    until: until.value,
  });
  if (!answer.ok) return fail(answer.error.message);
  if (answer.value.stream) yield* follow(cli, answer.value.stream);
  return undefined;
}
