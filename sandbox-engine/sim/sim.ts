// The simulated world's engine room: clock, events, coroutines, chance and journal in one object.
//
// The engine is synchronous: `runNext` runs one event to its end. What takes simulated time is a coroutine: a generator
// that yields what it waits for (keys that somebody wakes, a deadline) and is resumed when that comes. Daemons, programs
// and container processes are all coroutines.
import { assert } from '../std/index.ts';
import { Journal } from './journal.ts';
import { EventQueue, type Timer } from './queue.ts';
import { type Rng, rngStream } from './rng.ts';
import { Scope } from './scope.ts';
import { type Clock, type Micros, micros } from './time.ts';

/** What a coroutine waits for: any of the keys, or the deadline. No keys and no deadline: let others go first. */
export interface Wait {
  readonly keys?: readonly string[];
  readonly until?: Micros;
}

/** Why a coroutine was resumed. */
export type Wake =
  | { readonly by: 'key'; readonly key: string }
  | { readonly by: 'time' }
  | { readonly by: 'signal'; readonly signal: number };

/** Something that takes simulated time and ends with a `T`. Compose with `yield*`. */
export type Op<T> = Generator<Wait, T, Wake>;

/** An event is plain data; `kind` says which handler it is for. */
export interface SimEvent {
  readonly kind: string;
}

interface Resume extends SimEvent {
  readonly kind: 'sim.resume';
  readonly coroutine: Coroutine<unknown>;
  readonly wake: Wake;
  readonly turn: number;
}

const byTime: Wake = { by: 'time' };

/** A running operation. */
export class Coroutine<T> {
  /** Woken when the coroutine has ended. */
  readonly endKey: string;
  state: 'ready' | 'running' | 'waiting' | 'ended' = 'ready';
  result: T | undefined;
  /** Counts resumptions, so that a stale wake is recognised. */
  turn = 0;
  keys: readonly string[] = [];
  timer: Timer | undefined;
  cancelRequested = false;
  readonly onEnd: ((result: T | undefined) => void)[] = [];

  readonly id: number;
  readonly name: string;
  readonly op: Op<T>;
  /** What it ends with, at the latest. */
  readonly scope: Scope | undefined;

  constructor(id: number, name: string, op: Op<T>, scope: Scope | undefined) {
    this.id = id;
    this.name = name;
    this.op = op;
    this.scope = scope;
    this.endKey = `coroutine:${id}`;
  }

  get ended(): boolean {
    return this.state === 'ended';
  }
}

export interface SimOptions {
  readonly seed: number;
  /** Milliseconds since 1970 at simulated time 0: what `date` and timestamps count from. */
  readonly epochMillis: number;
}

export class Sim implements Clock {
  readonly seed: number;
  readonly epochMillis: number;
  readonly journal: Journal;
  readonly #queue = new EventQueue<SimEvent>();
  readonly #handlers = new Map<string, (event: never) => void>();
  readonly #waiting = new Map<string, Set<Coroutine<unknown>>>();
  readonly #streams = new Map<string, Rng>();
  #now: Micros = micros(0);
  #coroutines = 0;
  #scopes = 0;
  /** Whose coroutine runs. */
  #scope: Scope | undefined;
  #counters = new Map<string, number>();

  constructor(options: SimOptions) {
    this.seed = options.seed;
    this.epochMillis = options.epochMillis;
    this.journal = new Journal(() => this.#now);
    this.on<Resume>('sim.resume', (event) => this.#resume(event));
  }

  // ---- time and events ------------------------------------------------------------------

  now(): Micros {
    return this.#now;
  }

  /** Declares who handles events of that kind. */
  on<Event extends SimEvent>(kind: Event['kind'], handler: (event: Event) => void): void {
    assert(!this.#handlers.has(kind), `two handlers for ${kind}`);
    this.#handlers.set(kind, handler as (event: never) => void);
  }

  after(delay: Micros, event: SimEvent): Timer {
    assert(delay >= 0, `a delay of ${delay} µs`);
    return this.#queue.schedule(micros(this.#now + delay), event);
  }

  /** When the next event is due; nothing is due in a world that has come to rest. */
  nextAt(): Micros | undefined {
    return this.#queue.nextAt();
  }

  /** Moves the clock forward over a stretch in which nothing is due. */
  advanceTo(time: Micros): void {
    const next = this.#queue.nextAt();
    assert(next === undefined || next >= time, `events are due before ${time}`);
    if (time > this.#now) this.#now = time;
  }

  /** Runs the next event; false when there is none. */
  runNext(): boolean {
    const next = this.#queue.take();
    if (!next) return false;
    if (next.at > this.#now) this.#now = next.at;
    const handler = this.#handlers.get(next.event.kind);
    assert(handler, `no handler for ${next.event.kind}`);
    handler(next.event as never);
    return true;
  }

  /** Runs what is due up to and including `time`, then sets the clock to it. */
  runUntil(time: Micros): void {
    for (let next = this.nextAt(); next !== undefined && next <= time; next = this.nextAt())
      this.runNext();
    this.advanceTo(time);
  }

  // ---- chance and ids -------------------------------------------------------------------

  /** The random stream of that name: `layer/purpose`. */
  rng(name: string): Rng {
    const known = this.#streams.get(name);
    if (known) return known;
    const stream = rngStream(this.seed, name);
    this.#streams.set(name, stream);
    return stream;
  }

  /** 1, 2, 3 … for each name: ids that need no chance. */
  count(name: string): number {
    const next = (this.#counters.get(name) ?? 0) + 1;
    this.#counters.set(name, next);
    return next;
  }

  // ---- coroutines -----------------------------------------------------------------------

  /**
   * Starts an operation; its first step runs as the next event of this instant. It belongs to the scope of whoever starts it,
   * or to the given one (null: to none); in a scope that has ended it is over at once.
   */
  spawn<T>(name: string, op: Op<T>, given?: Scope | null): Coroutine<T> {
    this.#coroutines += 1;
    const scope = given === undefined ? this.#scope : (given ?? undefined);
    const coroutine = new Coroutine<T>(this.#coroutines, name, op, scope);
    if (scope?.ended) {
      coroutine.state = 'ended';
      return coroutine;
    }
    scope?.members.add(coroutine as Coroutine<unknown>);
    this.#scheduleResume(coroutine as Coroutine<unknown>, byTime);
    return coroutine;
  }

  /** Resumes everyone who waits for that key. */
  wake(key: string): void {
    const sleepers = this.#waiting.get(key);
    if (!sleepers) return;
    for (const coroutine of [...sleepers]) {
      this.#stopWaiting(coroutine);
      this.#scheduleResume(coroutine, { by: 'key', key });
    }
  }

  /** Resumes a waiting coroutine with a signal; answers whether it was waiting. */
  interrupt<T>(target: Coroutine<T>, signal: number): boolean {
    const coroutine = target as Coroutine<unknown>;
    if (coroutine.state !== 'waiting') return false;
    this.#stopWaiting(coroutine);
    this.#scheduleResume(coroutine, { by: 'signal', signal });
    return true;
  }

  /** Ends a coroutine where it stands; its `finally` blocks run. */
  cancel<T>(target: Coroutine<T>): void {
    const coroutine = target as Coroutine<unknown>;
    if (coroutine.state === 'ended') return;
    if (coroutine.state === 'running') {
      coroutine.cancelRequested = true;
      return;
    }
    this.#stopWaiting(coroutine);
    coroutine.turn += 1;
    coroutine.state = 'running';
    try {
      this.inScope(coroutine.scope, () => coroutine.op.return(undefined));
    } finally {
      this.#end(coroutine, undefined);
    }
  }

  // ---- scopes ---------------------------------------------------------------------------

  /** A new scope: what is spawned in it ends with it. */
  scope(name: string): Scope {
    this.#scopes += 1;
    return new Scope(this.#scopes, name);
  }

  /** The scope of the coroutine that runs now. */
  get currentScope(): Scope | undefined {
    return this.#scope;
  }

  /** Does something as a coroutine of that scope does it. */
  inScope<T>(scope: Scope | undefined, run: () => T): T {
    const before = this.#scope;
    this.#scope = scope;
    try {
      return run();
    } finally {
      this.#scope = before;
    }
  }

  /** Ends a scope: its coroutines are cancelled where they stand, their `finally` blocks run. */
  endScope(scope: Scope): void {
    scope.ended = true;
    for (const coroutine of [...scope.members]) this.cancel(coroutine);
    this.wake(scope.endKey);
  }

  /** Ends a scope as a power failure does: its coroutines stop where they stand, and nothing of them runs any more. */
  loseScope(scope: Scope): void {
    scope.ended = true;
    for (const coroutine of scope.members) {
      if (coroutine.state === 'running') coroutine.cancelRequested = true;
      else {
        this.#stopWaiting(coroutine);
        coroutine.state = 'ended';
        coroutine.turn += 1;
        this.wake(coroutine.endKey);
      }
    }
    scope.members.clear();
    this.wake(scope.endKey);
  }

  #scheduleResume(coroutine: Coroutine<unknown>, wake: Wake, delay = 0): void {
    coroutine.state = 'ready';
    coroutine.turn += 1;
    const event: Resume = { kind: 'sim.resume', coroutine, wake, turn: coroutine.turn };
    coroutine.timer = this.#queue.schedule(micros(this.#now + delay), event);
  }

  #resume({ coroutine, wake, turn }: Resume): void {
    if (coroutine.turn !== turn || coroutine.state === 'ended') return;
    if (coroutine.state === 'waiting') this.#stopWaiting(coroutine);
    coroutine.state = 'running';
    let step: IteratorResult<Wait, unknown>;
    const before = this.#scope;
    this.#scope = coroutine.scope;
    try {
      step = coroutine.op.next(wake);
      if (!step.done && coroutine.cancelRequested) {
        coroutine.op.return(undefined);
        step = { done: true, value: undefined };
      }
    } catch (error) {
      this.#end(coroutine, undefined);
      throw error;
    } finally {
      this.#scope = before;
    }
    if (step.done) this.#end(coroutine, step.value);
    else this.#wait(coroutine, step.value);
  }

  #wait(coroutine: Coroutine<unknown>, wait: Wait): void {
    const keys = wait.keys ?? [];
    if (keys.length === 0 && wait.until === undefined) {
      this.#scheduleResume(coroutine, byTime);
      return;
    }
    if (wait.until !== undefined)
      this.#scheduleResume(coroutine, byTime, Math.max(0, wait.until - this.#now));
    coroutine.state = 'waiting';
    coroutine.keys = keys;
    for (const key of keys) {
      const sleepers = this.#waiting.get(key);
      if (sleepers) sleepers.add(coroutine);
      else this.#waiting.set(key, new Set([coroutine]));
    }
  }

  #stopWaiting(coroutine: Coroutine<unknown>): void {
    if (coroutine.timer) coroutine.timer.cancelled = true;
    coroutine.timer = undefined;
    for (const key of coroutine.keys) {
      const sleepers = this.#waiting.get(key);
      sleepers?.delete(coroutine);
      if (sleepers?.size === 0) this.#waiting.delete(key);
    }
    coroutine.keys = [];
  }

  #end(coroutine: Coroutine<unknown>, result: unknown): void {
    coroutine.state = 'ended';
    coroutine.result = result;
    coroutine.scope?.members.delete(coroutine);
    for (const listener of coroutine.onEnd) listener(result);
    this.wake(coroutine.endKey);
  }
}

/** Waits for simulated time to pass. A signal cuts the wait short: the wake says so. */
export function* sleep(sim: Sim, delay: Micros): Op<Wake> {
  return yield { until: micros(sim.now() + delay) };
}

/** Waits until the coroutine has ended and answers its result (undefined if it was cancelled). */
export function* join<T>(coroutine: Coroutine<T>): Op<T | undefined> {
  while (!coroutine.ended) yield { keys: [coroutine.endKey] };
  return coroutine.result;
}
