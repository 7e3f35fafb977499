import { expect, test } from 'vitest';
import { civilTime, millisOf, rfc3339Nano } from './calendar.ts';

test('a day in the life of the recordings', () => {
  const millis = millisOf(2026, 11, 22, 0, 9, 36);
  expect(civilTime(millis + 303)).toEqual({
    year: 2026,
    month: 11,
    day: 22,
    hour: 0,
    minute: 9,
    second: 36,
    millisecond: 303,
    weekday: 0,
  });
  expect(rfc3339Nano(millis + 303, 68)).toBe('2026-11-22T00:09:36.303068Z');
  expect(rfc3339Nano(millis, 1_500_000)).toBe('2026-11-22T00:09:37.5Z');
  expect(rfc3339Nano(millis)).toBe('2026-11-22T00:09:36Z');
});

test('leap days and the turn of the century', () => {
  for (const [y, m, d] of [
    [1970, 1, 1],
    [2000, 2, 29],
    [2024, 2, 29],
    [2100, 3, 1],
    [2027, 12, 31],
  ] as const) {
    expect(civilTime(millisOf(y, m, d))).toMatchObject({ year: y, month: m, day: d });
  }
});
