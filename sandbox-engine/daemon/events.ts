// The daemon's events: a ring of the last ones, and streams that follow.
//
// Mirrors: moby daemon/events and api/types/events.
import { type Micros, micros, type Sim } from '../sim/index.ts';
import { sortedKeys } from './body.ts';

export type EventType =
  | 'builder'
  | 'config'
  | 'container'
  | 'daemon'
  | 'image'
  | 'network'
  | 'node'
  | 'plugin'
  | 'secret'
  | 'service'
  | 'volume';

export interface DaemonEvent {
  readonly type: EventType;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly scope: 'local' | 'swarm';
  readonly at: Micros;
}

/** As many as moby keeps. */
const kept = 256;

export class EventLog {
  readonly #sim: Sim;
  /** Woken with every event. */
  readonly key: string;
  #events: DaemonEvent[] = [];
  #dropped = 0;

  constructor(sim: Sim, host: string) {
    this.#sim = sim;
    this.key = `events:${host}`;
  }

  log(
    type: EventType,
    action: string,
    id: string,
    attributes: Readonly<Record<string, string>> = {},
    scope: 'local' | 'swarm' = 'local',
  ): void {
    this.#events.push({
      type,
      action,
      id,
      attributes: sortedKeys(attributes),
      scope,
      at: this.#sim.now(),
    });
    if (this.#events.length > 2 * kept) {
      this.#dropped += this.#events.length - kept;
      this.#events = this.#events.slice(-kept);
    }
    this.#sim.wake(this.key);
  }

  /** The number of events so far: where a follower begins. */
  get position(): number {
    return this.#dropped + this.#events.length;
  }

  /** The events from that position on, as far as they are still kept. */
  from(position: number): readonly DaemonEvent[] {
    return this.#events.slice(Math.max(0, position - this.#dropped));
  }

  recent(): readonly DaemonEvent[] {
    return this.#events.slice(-kept);
  }
}

/** The message of one event, with the fields that 1.51 still has for containers and images. */
export function eventMessage(sim: Sim, event: DaemonEvent): object {
  const millis = sim.epochMillis + Math.floor(event.at / 1_000);
  const legacy =
    event.type === 'container' || event.type === 'image'
      ? {
          status: event.action,
          id: event.id,
          ...(event.type === 'container' &&
            event.attributes.image && { from: event.attributes.image }),
        }
      : {};
  return {
    ...legacy,
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.id, Attributes: event.attributes },
    scope: event.scope,
    time: Math.floor(millis / 1_000),
    timeNano: millis * 1_000_000 + (event.at % 1_000) * 1_000,
  };
}

/** A time given as seconds since 1970, with or without a fraction, as simulated time. */
export function timeOf(sim: Sim, text: string): Micros | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const fraction = Number((match[2] ?? '').slice(0, 6).padEnd(6, '0'));
  return micros((Number(match[1]) * 1_000 - sim.epochMillis) * 1_000 + fraction);
}
