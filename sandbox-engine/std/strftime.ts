// strftime(3) in UTC and the C locale: for `date`, the shells' printf %(…)T and prompts.
import { type CivilTime, civilTime, dayNames, millisOf, monthNames } from './calendar.ts';

const longDays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const longMonths =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

const two = (n: number): string => String(n).padStart(2, '0');

/**
 * Formats a time given in milliseconds since 1970. `%-d` drops padding, `%3N` cuts the nanoseconds; unknown conversions
 * stand as they are.
 */
export function strftime(format: string, millis: number): string {
  const time = civilTime(millis);
  return format.replace(
    /%(-?)(\d?)([a-zA-Z%])/g,
    (whole, bare: string, width: string, letter: string) => {
      const value = conversion(letter, time, millis);
      if (value === undefined) return whole;
      if (letter === 'N' && width !== '') return value.slice(0, Number(width));
      return bare === '' ? value : value.replace(/^[0 ]+(?=.)/, '');
    },
  );
}

function conversion(letter: string, t: CivilTime, millis: number): string | undefined {
  const date = `${t.year}-${two(t.month)}-${two(t.day)}`;
  const clock = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    a: dayNames[t.weekday] ?? '',
    A: longDays[t.weekday] ?? '',
    b: monthNames[t.month - 1] ?? '',
    B: longMonths[t.month - 1] ?? '',
    c: `${dayNames[t.weekday]} ${monthNames[t.month - 1]} ${String(t.day).padStart(2)} ${clock} ${t.year}`,
    d: two(t.day),
    D: `${two(t.month)}/${two(t.day)}/${two(t.year % 100)}`,
    e: String(t.day).padStart(2),
    F: date,
    H: two(t.hour),
    h: monthNames[t.month - 1] ?? '',
    I: two(t.hour % 12 || 12),
    j: String(Math.floor((millis - millisOf(t.year, 1, 1)) / 86_400_000) + 1).padStart(3, '0'),
    m: two(t.month),
    M: two(t.minute),
    n: '\n',
    N: `${String(t.millisecond).padStart(3, '0')}000000`,
    p: t.hour < 12 ? 'AM' : 'PM',
    R: `${two(t.hour)}:${two(t.minute)}`,
    s: String(Math.floor(millis / 1_000)),
    S: two(t.second),
    t: '\t',
    T: clock,
    u: String(t.weekday || 7),
    w: String(t.weekday),
    y: two(t.year % 100),
    Y: String(t.year),
    z: '+0000',
    Z: 'UTC',
  };
  return values[letter];
}
