// strftime(3) in UTC, for `printf %(…)T` and prompts.

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

interface Moment {
  readonly year: number;
  /** 0–11. */
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Civil date of a day count. Mirrors: Howard Hinnant's days algorithm. */
function momentOf(millis: number): Moment {
  const total = Math.floor(millis / 1000);
  const dayNumber = Math.floor(total / 86_400);
  const rest = total - dayNumber * 86_400;
  const shifted = dayNumber + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 2 : shiftedMonth - 10;
  return {
    year: yearOfEra + era * 400 + (month <= 1 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    weekday: (((dayNumber + 4) % 7) + 7) % 7,
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
  };
}

const two = (n: number): string => String(n).padStart(2, '0');

export function formatTime(format: string, millis: number): string {
  const moment = momentOf(millis);
  return format.replace(/%(.)/g, (whole, letter: string) => field(letter, moment, millis) ?? whole);
}

function field(letter: string, m: Moment, millis: number): string | undefined {
  const dayName = days[m.weekday] as string;
  const monthName = months[m.month] as string;
  const fields: Readonly<Record<string, string>> = {
    '%': '%',
    a: dayName.slice(0, 3),
    A: dayName,
    b: monthName.slice(0, 3),
    B: monthName,
    d: two(m.day),
    D: `${two(m.month + 1)}/${two(m.day)}/${two(m.year % 100)}`,
    e: String(m.day).padStart(2),
    F: `${m.year}-${two(m.month + 1)}-${two(m.day)}`,
    H: two(m.hour),
    I: two(m.hour % 12 || 12),
    m: two(m.month + 1),
    M: two(m.minute),
    n: '\n',
    p: m.hour < 12 ? 'AM' : 'PM',
    R: `${two(m.hour)}:${two(m.minute)}`,
    s: String(Math.floor(millis / 1000)),
    S: two(m.second),
    t: '\t',
    T: `${two(m.hour)}:${two(m.minute)}:${two(m.second)}`,
    u: String(m.weekday || 7),
    y: two(m.year % 100),
    Y: String(m.year),
    z: '+0000',
    Z: 'UTC',
  };
  return fields[letter];
}
