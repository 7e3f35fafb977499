import { describe, expect, it } from 'vitest';
import { micros, type Op, Sim, sleep, within } from './index.ts';

const newSim = (): Sim => new Sim({ seed: 7, epochMillis: 0 });

describe('a scope', () => {
  const world = () => {
    const sim = newSim();
    const seen: string[] = [];
    const scope = sim.scope('machine');
    function* child(): Op<void> {
      try {
        yield* sleep(sim, micros(50));
        seen.push('child');
      } finally {
        seen.push('child is cleaned up');
      }
    }
    function* parent(): Op<void> {
      sim.spawn('child', child());
      yield* sleep(sim, micros(100));
      seen.push('parent');
    }
    sim.spawn('parent', parent(), scope);
    sim.runUntil(micros(10));
    return { sim, seen, scope };
  };

  it('owns what its coroutines start, and lets go of what has ended', () => {
    const { sim, seen, scope } = world();
    expect([...scope.members].map(({ name }) => name)).toEqual(['parent', 'child']);
    sim.runUntil(micros(200));
    expect(seen).toEqual(['child', 'child is cleaned up', 'parent']);
    expect(scope.members.size).toBe(0);
  });

  it('is ended: its coroutines end where they stand and clean up', () => {
    const { sim, seen, scope } = world();
    sim.endScope(scope);
    sim.runUntil(micros(200));
    expect(seen).toEqual(['child is cleaned up']);
  });

  it('is lost: nothing of it runs any more, not even to clean up', () => {
    const { sim, seen, scope } = world();
    sim.loseScope(scope);
    sim.runUntil(micros(200));
    expect(seen).toEqual([]);
  });

  it('begins nothing once it has ended', () => {
    const { sim, seen, scope } = world();
    sim.loseScope(scope);
    function* late(): Op<void> {
      seen.push('late');
      yield* sleep(sim, micros(1));
    }
    expect(sim.inScope(scope, () => sim.spawn('late', late())).ended).toBe(true);
    sim.runUntil(micros(200));
    expect(seen).toEqual([]);
    sim.inScope(scope, () => sim.spawn('of nobody', late(), null));
    sim.runUntil(micros(300));
    expect(seen).toEqual(['late']);
  });

  it('can be waited in from outside: the wait is over when it ends', () => {
    const sim = newSim();
    const daemon = sim.scope('daemon');
    const started: string[] = [];
    function* request(): Op<string> {
      const inner = sim.spawn('work', sleep(sim, micros(500)));
      started.push(inner.scope?.name ?? 'nobody');
      yield {};
      yield* sleep(sim, micros(100));
      return 'answer';
    }
    const first = sim.spawn('client', within(sim, daemon, request()));
    sim.runUntil(micros(150));
    expect([first.result, started]).toEqual(['answer', ['daemon']]);
    const second = sim.spawn('client', within(sim, daemon, request()));
    sim.runUntil(micros(160));
    sim.endScope(daemon);
    sim.runUntil(micros(161));
    expect([second.ended, second.result]).toEqual([true, undefined]);
  });
});
