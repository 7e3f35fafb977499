// Times and durations as docker prints and reads them.
//
// Mirrors: docker/go-units duration.go, Go time.Duration.String.
import type { Sim } from '../sim/index.ts';
import { civilTime, millisOf } from '../std/index.ts';

/** Milliseconds since 1970, now. */
export const nowMillis = (sim: Sim): number => sim.epochMillis + sim.now() / 1000;

/** Milliseconds since 1970 of an RFC 3339 time; the zero time when it is none. */
export function timeMillis(rfc3339: string): number {
  const match =
    /^(\d+)-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?(?:Z|([+-])(\d\d):(\d\d))?$/.exec(
      rfc3339,
    );
  if (!match) return millisOf(1, 1, 1);
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = 0, sign, oh = 0, om = 0] =
    match;
  const offset = (Number(oh) * 60 + Number(om)) * (sign === '-' ? -60_000 : 60_000);
  return (
    millisOf(
      Number(year),
      Number(month),
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    ) +
    Number(fraction) * 1000 -
    offset
  );
}

/** `About a minute`, `5 seconds`: a duration in milliseconds for people. */
export function humanDuration(millis: number): string {
  const seconds = Math.trunc(millis / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(millis / 60_000);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(millis / 3_600_000);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(millis / 3_600_000 / 24 / 365)} years`;
}

/** `2 minutes ago`. */
export const ago = (sim: Sim, millis: number): string =>
  `${humanDuration(nowMillis(sim) - millis)} ago`;

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-11-22 00:19:48 +0000 UTC` of whole seconds since 1970. */
export function goDate(seconds: number): string {
  const t = civilTime(seconds * 1000);
  return `${t.year}-${two(t.month)}-${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000 UTC`;
}
