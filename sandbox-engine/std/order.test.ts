import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNatural, compareText, sortedBy } from './index.ts';

describe('the order of names', () => {
  it('compares runs of digits as numbers', () => {
    const names = ['n10', 'n2', 'n1', 'net', 'n02'];
    expect([...names].sort(compareNatural)).toEqual(['n1', 'n2', 'n02', 'n10', 'net']);
  });

  it('is a total order on any texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
        const sign = (x: string, y: string) => Math.sign(compareNatural(x, y));
        expect(sign(a, b)).toBe(0 - sign(b, a));
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('sorts stably by a key', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat())), (rows) => {
        const sorted = sortedBy(rows, ([key]) => key);
        for (const key of [0, 1, 2, 3])
          expect(sorted.filter((row) => row[0] === key)).toEqual(
            rows.filter((row) => row[0] === key),
          );
        expect(sorted.map(([key]) => key)).toEqual(rows.map(([key]) => key).sort((a, b) => a - b));
      }),
    );
  });

  it('compares by code unit', () => {
    expect(['b', 'a', 'B'].sort(compareText)).toEqual(['B', 'a', 'b']);
  });
});
