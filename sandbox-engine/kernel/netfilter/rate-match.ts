// The match `limit`: so many packets in a time, and a few more at once.
// Mirrors: libxt_limit.c, net/netfilter/xt_limit.c (a bucket of credit that time fills and packets empty).
import { err, ok, type Result } from '../../std/index.ts';
import type { Match } from './api.ts';
import { type Extension, parseUnsigned } from './extension.ts';

type Limit = Extract<Match, { name: 'limit' }>;

/** Seconds, from the longest; a rate may be asked for by any beginning of the word. */
const spans = [
  ['day', 'day', 86_400],
  ['hour', 'hour', 3_600],
  ['minute', 'min', 60],
  ['second', 'sec', 1],
] as const;

/** XT_LIMIT_SCALE: the kernel counts time in ten-thousandths of a second. */
const scale = 10_000;
const usualBurst = 5;

/** `5/min` → ten-thousandths of a second between two packets. */
function parseRate(text: string): number | undefined {
  const [, count = '', , word] = /^(\d+)(\/(.+))?$/.exec(text) ?? [];
  const span =
    word === undefined ? spans[3] : spans.find(([name]) => name.startsWith(word.toLowerCase()));
  const number = Number(count);
  return span && number > 0 ? Math.floor((scale * span[2]) / number) : undefined;
}

/** In the longest span that says it without a fraction, as iptables does. */
function rateText(period: number): string {
  let at = 0;
  while (at + 1 < spans.length) {
    const mult = scale * (spans[at + 1]?.[2] ?? 1);
    if (period > mult || Math.floor(mult / period) < mult % period) break;
    at += 1;
  }
  const [, name, seconds] = spans[at] ?? spans[3];
  return `${Math.floor((scale * seconds) / period)}/${name}`;
}

export const limitMatch: Extension<Limit> = {
  options: { limit: 1, 'limit-burst': 1 },
  initial: { name: 'limit', period: parseRate('3/hour') ?? 1, burst: usualBurst },
  take(soFar, { name, args, not }): Result<Partial<Limit>, string> {
    const word = args[0] ?? '';
    if (not) return err('limit does not support invert');
    if (name === 'limit') {
      const period = parseRate(word);
      if (period === undefined) return err(`bad rate "${word}"'`);
      return period === 0 ? err(`Rate too fast "${word}"\n`) : ok({ ...soFar, period });
    }
    const burst = parseUnsigned(word);
    return burst === undefined || burst > 10_000
      ? err('limit: bad value for option "--limit-burst", or out of range (0-10000).\n')
      : ok({ ...soFar, burst });
  },
  complete: ({ period, burst }) =>
    ok({ name: 'limit', period: period ?? 1, burst: burst ?? usualBurst }),
  save: ({ period, burst }) =>
    ` --limit ${rateText(period)}${burst === usualBurst ? '' : ` --limit-burst ${burst}`}`,
  list: ({ period, burst }) => ` limit: avg ${rateText(period)} burst ${burst}`,
};

/** What is left of a rule's credit, in µs, and when that was. */
export interface Credit {
  readonly micros: number;
  readonly at: number;
}

/** Takes one packet's worth of credit, if there is so much. `now`: µs. */
export function spendCredit(
  { period, burst }: Limit,
  before: Credit | undefined,
  now: number,
): { readonly allowed: boolean; readonly credit: Credit } {
  const cost = (period * 1_000_000) / scale;
  const most = burst * cost;
  const micros = before ? Math.min(most, before.micros + now - before.at) : most;
  const allowed = micros >= cost;
  return { allowed, credit: { micros: allowed ? micros - cost : micros, at: now } };
}
