import { describe, expect, it } from 'vitest';
import type { PortConfig } from '../specs.ts';
import { isPublished, PortAllocator } from './ports.ts';

const port = (TargetPort: number, PublishedPort?: number, PublishMode = 'ingress'): PortConfig =>
  ({
    Protocol: 'tcp',
    TargetPort,
    ...(PublishedPort !== undefined && { PublishedPort }),
    PublishMode,
  }) as PortConfig;

describe('numbers that nobody chose', () => {
  it('stay while a service has as many ports as before, and stand behind the chosen ones', () => {
    const ports = new PortAllocator();
    const first = ports.allocate('web', [port(80), port(81, 8081)], []);
    expect(first).toEqual([port(80, 30_000), port(81, 8081)]);
    expect(ports.allocate('web', [port(80), port(82, 8082)], first ?? [])).toEqual([
      port(82, 8082),
      port(80, 30_000),
    ]);
  });

  it('are given anew when a service has more or fewer ports (085:85-106)', () => {
    const ports = new PortAllocator();
    const two = ports.allocate('pets', [port(5000, 8002), port(5001)], []);
    expect(two).toEqual([port(5000, 8002), port(5001, 30_000)]);
    const one = ports.allocate('pets', [port(5001)], two ?? []);
    expect(one).toEqual([port(5001, 30_001)]);
    expect(ports.allocate('pets', [port(5000, 8000), port(5001)], one ?? [])).toEqual([
      port(5000, 8000),
      port(5001, 30_002),
    ]);
  });
});

describe('what is published', () => {
  it('is what was asked for, in whatever order', () => {
    const had = [port(82, 8082), port(80, 30_000), port(83, 83, 'host')];
    expect(isPublished([port(80), port(82, 8082), port(83, 83, 'host')], had)).toBe(true);
    expect(isPublished([port(80), port(82, 8083), port(83, 83, 'host')], had)).toBe(false);
    expect(isPublished([port(80), port(82, 8082), port(83, 84, 'host')], had)).toBe(false);
    expect(isPublished([port(80), port(82, 8082)], had)).toBe(false);
  });
});
