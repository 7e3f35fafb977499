// The value of --ulimit: `nofile=1024:2048`.
//
// Mirrors: github.com/docker/go-units ParseUlimit, docker/cli opts/ulimit.go.
import { compareText, err, ok, type Result } from '../../std/index.ts';

const names = new Set(
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  ),
);

/** One limit as the API takes it; -1 is no limit. */
export interface Ulimit {
  readonly Name: string;
  readonly Hard: number;
  readonly Soft: number;
}

function limitOf(text: string): Result<number, string> {
  return /^[+-]?\d+$/.test(text)
    ? ok(Number(text))
    : err(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** One limit; the error is go-units'. */
export function parseUlimit(value: string): Result<Ulimit, string> {
  const cut = value.indexOf('=');
  if (cut < 0) return err(`invalid ulimit argument: ${value}`);
  const name = value.slice(0, cut);
  if (!names.has(name)) return err(`invalid ulimit type: ${name}`);
  const amounts = value.slice(cut + 1);
  const [first = '', second, ...more] = amounts.split(':');
  if (more.length > 0)
    return err(
      `too many limit value arguments - ${amounts}, can only have up to two, \`soft[:hard]\``,
    );
  const hard = limitOf(second ?? first);
  if (!hard.ok) return hard;
  const soft = limitOf(first);
  if (!soft.ok) return soft;
  const refused = 'ulimit soft limit must be less than or equal to hard limit';
  if (hard.value !== -1 && soft.value === -1)
    return err(`${refused}: soft: -1 (unlimited), hard: ${hard.value}`);
  if (hard.value !== -1 && soft.value > hard.value)
    return err(`${refused}: ${soft.value} > ${hard.value}`);
  return ok({ Name: name, Hard: hard.value, Soft: soft.value });
}

/** The limits of a repeated flag: the last of each name, sorted by name. */
export function parseUlimits(values: readonly string[]): Result<readonly Ulimit[], string> {
  const limits = new Map<string, Ulimit>();
  for (const value of values) {
    const limit = parseUlimit(value);
    if (!limit.ok) return limit;
    limits.set(limit.value.Name, limit.value);
  }
  return ok([...limits.values()].sort((a, b) => compareText(a.Name, b.Name)));
}
