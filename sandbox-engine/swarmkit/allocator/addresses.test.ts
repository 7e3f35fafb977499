// Addresses of a swarm network, one after the other (golden 071:29-57).
import { describe, expect, test } from 'vitest';
import { ip } from '../../wire/index.ts';
import { poolOf } from './addresses.ts';

const take = (pool: ReturnType<typeof poolOf>, count: number): (string | undefined)[] =>
  Array.from({ length: count }, () => pool.allocate());

describe('the addresses of a swarm network', () => {
  test('are given behind the last one, although earlier ones are free again', () => {
    const pool = poolOf('10.0.1.0/24', '10.0.1.1', undefined);
    expect(take(pool, 3)).toEqual(['10.0.1.2/24', '10.0.1.3/24', '10.0.1.4/24']);
    pool.release('10.0.1.3/24');
    pool.release('10.0.1.4/24');
    expect(take(pool, 2)).toEqual(['10.0.1.5/24', '10.0.1.6/24']);
  });

  test('begin again at the end of the range, with what is free', () => {
    const pool = poolOf('10.0.1.0/29', '10.0.1.1', undefined);
    expect(take(pool, 6).at(-1)).toBeUndefined();
    pool.release('10.0.1.4/29');
    pool.release('10.0.1.2/29');
    expect(take(pool, 3)).toEqual(['10.0.1.2/29', '10.0.1.4/29', undefined]);
  });

  test('come from the range that was asked for, and never are the gateway or an end of the subnet', () => {
    const pool = poolOf('10.20.0.0/16', '10.20.5.2', '10.20.5.0/30');
    expect(take(pool, 4)).toEqual(['10.20.5.3/16', '10.20.5.0/16', '10.20.5.1/16', undefined]);
    expect(pool.request(ip('10.20.0.0'))).toBeUndefined();
    expect(pool.request(ip('10.20.255.255'))).toBeUndefined();
    expect(pool.request(ip('10.21.0.1'))).toBeUndefined();
    expect(pool.request(ip('10.20.9.9'))).toBe('10.20.9.9/16');
    expect(pool.request(ip('10.20.9.9'))).toBeUndefined();
  });

  test('go on behind those that a new leader finds in use', () => {
    const pool = poolOf('10.0.1.0/24', '10.0.1.1', undefined);
    pool.note('10.0.1.9/24');
    pool.note('10.0.1.4/24');
    expect(take(pool, 1)).toEqual(['10.0.1.10/24']);
  });
});
