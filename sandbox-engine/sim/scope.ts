// Coroutines that end together: those of one machine, or of one daemon. What is spawned while one of them runs is theirs too,
// so a machine that loses its power takes everything with it that it had begun.
import type { Coroutine, Op, Sim, Wake } from './sim.ts';

export class Scope {
  readonly name: string;
  /** Woken when the scope has ended. */
  readonly endKey: string;
  /** Nothing runs in it any more, and what is spawned in it never begins. */
  ended = false;
  readonly members = new Set<Coroutine<unknown>>();

  constructor(number: number, name: string) {
    this.name = name;
    this.endKey = `scope:${number}`;
  }
}

/**
 * Runs an operation for a caller of another scope: what it spawns belongs to `scope`, and it is over when that scope ends.
 * Answers undefined in that case. So a client waits for a daemon that may go down meanwhile.
 */
export function* within<T>(sim: Sim, scope: Scope, op: Op<T>): Op<T | undefined> {
  let wake: Wake = { by: 'time' };
  let over = false;
  try {
    while (!scope.ended) {
      const step = sim.inScope(scope, () => op.next(wake));
      if (step.done) {
        over = true;
        return step.value;
      }
      const { keys = [], until } = step.value;
      const yields = keys.length === 0 && until === undefined;
      wake = yield yields ? step.value : { ...step.value, keys: [...keys, scope.endKey] };
    }
    return undefined;
  } finally {
    if (!over) sim.inScope(scope, () => op.return(undefined as T));
  }
}
