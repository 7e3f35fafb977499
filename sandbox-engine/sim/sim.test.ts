import { describe, expect, it } from 'vitest';
import {
  Collection,
  join,
  mapOrder,
  micros,
  millis,
  type Op,
  rngStream,
  Sim,
  seconds,
  sleep,
} from './index.ts';

const newSim = (): Sim => new Sim({ seed: 7, epochMillis: 0 });

interface Row {
  readonly id: string;
  readonly color: string | undefined;
  readonly size: number;
}
const rowsOf = (sim: Sim): Collection<Row> =>
  new Collection<Row>(sim.journal, 'rows', { color: (row) => row.color });

describe('events', () => {
  it('run in order of time, and at one time in order of scheduling', () => {
    const sim = newSim();
    const seen: string[] = [];
    sim.on<{ kind: 'note'; text: string }>('note', (event) =>
      seen.push(`${sim.now()} ${event.text}`),
    );
    const note = (delay: number, text: string) =>
      sim.after(micros(delay), { kind: 'note', text } as { kind: 'note' });
    note(20, 'late');
    note(10, 'first');
    note(10, 'second');
    note(15, 'cancelled').cancelled = true;
    sim.runUntil(micros(100));
    expect(seen).toEqual(['10 first', '10 second', '20 late']);
    expect(sim.now()).toBe(100);
  });

  it('come out sorted from a long shuffled schedule', () => {
    const sim = newSim();
    const seen: number[] = [];
    sim.on('tick', () => seen.push(sim.now()));
    const rng = rngStream(1, 'test');
    for (let i = 0; i < 2_000; i += 1) sim.after(micros(rng.below(500)), { kind: 'tick' });
    sim.runUntil(micros(500));
    expect(seen).toHaveLength(2_000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe('coroutines', () => {
  it('sleep, wake each other by key, and hand over results', () => {
    const sim = newSim();
    const seen: string[] = [];
    function* waiter(): Op<string> {
      const wake = yield { keys: ['bell'] };
      seen.push(`${sim.now()} ${wake.by}`);
      return 'rung';
    }
    function* ringer(): Op<void> {
      yield* sleep(sim, millis(5));
      sim.wake('bell');
    }
    const waiting = sim.spawn('waiter', waiter());
    sim.spawn('ringer', ringer());
    const joined = sim.spawn('joiner', join(waiting));
    sim.runUntil(seconds(1));
    expect(seen).toEqual(['5000 key']);
    expect(joined.result).toBe('rung');
  });

  it('stop waiting at their deadline', () => {
    const sim = newSim();
    const one = sim.spawn(
      'one',
      (function* (): Op<string> {
        const wake = yield { keys: ['never'], until: millis(3) };
        return `${sim.now()} ${wake.by}`;
      })(),
    );
    sim.runUntil(seconds(1));
    expect(one.result).toBe('3000 time');
  });

  it('run their finally blocks when cancelled', () => {
    const sim = newSim();
    const seen: string[] = [];
    const one = sim.spawn(
      'one',
      (function* (): Op<void> {
        try {
          yield { keys: ['never'] };
        } finally {
          seen.push('closed');
        }
      })(),
    );
    sim.runUntil(millis(1));
    sim.cancel(one as never);
    expect([one.ended, seen]).toEqual([true, ['closed']]);
  });

  it('end when they throw, and the world goes on', () => {
    const sim = newSim();
    const bad = sim.spawn(
      'bad',
      (function* (): Op<void> {
        yield { until: millis(1) };
        throw new Error('a bug');
      })(),
    );
    const good = sim.spawn(
      'good',
      (function* (): Op<string> {
        yield { until: millis(2) };
        return 'fine';
      })(),
    );
    expect(() => sim.runUntil(seconds(1))).toThrow('a bug');
    sim.runUntil(seconds(1));
    expect([bad.ended, good.result]).toEqual([true, 'fine']);
  });
});

describe('collections and the journal', () => {
  it('keep rows in order of arrival and find them by index', () => {
    const sim = newSim();
    const rows = rowsOf(sim);
    rows.put({ id: 'b', color: 'red', size: 1 });
    rows.put({ id: 'a', color: 'red', size: 2 });
    rows.update('b', { size: 3 });
    expect(rows.all().map((row) => row.id)).toEqual(['b', 'a']);
    rows.update('b', { color: 'blue' });
    expect(rows.where('color', 'red').map((row) => row.id)).toEqual(['a']);
    expect(rows.first('color', 'blue')?.size).toBe(3);
    expect(Object.isFrozen(rows.get('a'))).toBe(true);
  });

  it('show the state as it was, and come back', () => {
    const sim = newSim();
    const rows = rowsOf(sim);
    rows.put({ id: 'a', color: 'red', size: 1 });
    rows.put({ id: 'b', color: 'red', size: 1 });
    const then = sim.journal.revision;
    rows.remove('a');
    rows.update('b', { color: 'blue' });
    rows.put({ id: 'c', color: undefined, size: 1 });
    const look = () => rows.all().map((row) => `${row.id} ${row.color}`);
    expect(sim.journal.at(then, look)).toEqual(['a red', 'b red']);
    expect(sim.journal.at(then, () => rows.where('color', 'red').length)).toBe(2);
    expect(look()).toEqual(['b blue', 'c undefined']);
  });

  it('may not be changed while looking back', () => {
    const sim = newSim();
    const rows = rowsOf(sim);
    const then = sim.journal.revision;
    rows.put({ id: 'a', color: 'red', size: 1 });
    expect(() => sim.journal.at(then, () => rows.put({ id: 'x', color: 'red', size: 1 }))).toThrow(
      'while looking back',
    );
    expect(rows.has('a')).toBe(true);
  });

  it('undo any random history exactly', () => {
    const rng = rngStream(3, 'history');
    const sim = newSim();
    const rows = rowsOf(sim);
    const snapshots: (readonly [number, string])[] = [];
    const text = () => JSON.stringify([rows.all(), rows.where('color', 'red')]);
    for (let i = 0; i < 400; i += 1) {
      const id = `r${rng.below(12)}`;
      if (rng.chance(1, 3)) rows.remove(id);
      else rows.put({ id, color: rng.pick(['red', 'blue', undefined]), size: i });
      if (rng.chance(1, 10)) snapshots.push([sim.journal.revision, text()]);
    }
    const head = text();
    for (const [revision, then] of snapshots) expect(sim.journal.at(revision, text)).toBe(then);
    expect(text()).toBe(head);
  });
});

describe('chance', () => {
  it('is the same for the same seed and name, and another for another', () => {
    const draw = (seed: number, name: string) => rngStream(seed, name).hex(24);
    expect(draw(1, 'a')).toBe(draw(1, 'a'));
    expect(new Set([draw(1, 'a'), draw(1, 'b'), draw(2, 'a')]).size).toBe(3);
  });

  it('covers its range evenly', () => {
    const rng = rngStream(5, 'dice');
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 6_000; i += 1) {
      const n = rng.below(6);
      counts[n] = (counts[n] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect([...rng.shuffled([1, 2, 3, 4])].sort()).toEqual([1, 2, 3, 4]);
  });

  it('walks a small map in order, cut once at most; a large one in groups', () => {
    const rng = rngStream(7, 'map');
    const walks = Array.from({ length: 400 }, () => mapOrder(rng, ['a', 'b', 'c']).join(''));
    expect([...new Set(walks)].sort()).toEqual(['abc', 'bca', 'cab']);
    const inOrder = walks.filter((walk) => walk === 'abc').length;
    expect(inOrder).toBeGreaterThan(270);
    expect(inOrder).toBeLessThan(330);
    const many = Array.from({ length: 30 }, (_, i) => i);
    const walk = mapOrder(rng, many);
    expect(walk).not.toEqual(many);
    expect(walk.toSorted((x, y) => x - y)).toEqual(many);
    expect(mapOrder(rng, [])).toEqual([]);
  });
});
