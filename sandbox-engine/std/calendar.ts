// The Gregorian calendar in UTC, from milliseconds since 1970, without the platform's Date.
//
// Mirrors: time.RFC3339Nano of Go. See: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

export interface CivilTime {
  readonly year: number;
  /** 1–12. */
  readonly month: number;
  /** 1–31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

export const monthNames = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
export const dayNames = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

const dayMillis = 86_400_000;

/** Date and time of day in UTC. */
export function civilTime(millis: number): CivilTime {
  const days = Math.floor(millis / dayMillis);
  const rest = millis - days * dayMillis;
  // Days are counted from 0000-03-01, so that the leap day is the last of its year.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1_000) % 60,
    millisecond: Math.floor(rest) % 1_000,
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

/** Milliseconds since 1970 of a date and time of day in UTC. */
export function millisOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return days * dayMillis + hour * 3_600_000 + minute * 60_000 + second * 1_000;
}

const two = (n: number): string => String(n).padStart(2, '0');

/**
 * `2026-11-22T00:09:36.303068Z`: Go's RFC3339Nano, which drops zeros at the end of the fraction. Times are microseconds
 * since 1970, given as whole milliseconds and the microseconds beyond them, since a double holds no more.
 */
export function rfc3339Nano(millis: number, micros = 0): string {
  const total = Math.floor(millis) + Math.floor(micros / 1_000);
  const t = civilTime(total);
  const fraction = String(t.millisecond * 1_000 + (micros % 1_000))
    .padStart(6, '0')
    .replace(/0+$/, '');
  const seconds = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}${fraction ? `.${fraction}` : ''}`;
  return `${String(t.year).padStart(4, '0')}-${two(t.month)}-${two(t.day)}T${seconds}Z`;
}
