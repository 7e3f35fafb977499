// One world as the pump drives it: the lab, its clock's pace, and what is under way in it.
import type { Lab, LabOptions } from '../lab/api.ts';
import type { PageMessage, TerminalId } from '../protocol/index.ts';
import { Deeds } from './deeds.ts';
import { Pace } from './pace.ts';
import { Runs } from './runs.ts';
import { Waits } from './waits.ts';

export interface World {
  readonly lab: Lab;
  readonly pace: Pace;
  readonly runs: Runs;
  readonly waits: Waits;
  readonly deeds: Deeds;
  /** Terminals whose shell waits for a command. */
  readonly ready: Set<TerminalId>;
  readonly opened: Set<TerminalId>;
  /** Wall milliseconds at which the reader did something last. */
  touchedAt: number;
}

/** The world that the page asked for, as it begins. */
export function makeWorld(
  createLab: (options: LabOptions) => Lab,
  start: Extract<PageMessage, { type: 'start' }>,
  now: number,
): World {
  const lab = createLab({
    seed: start.seed,
    scenario: start.scenario === 'nodes' ? 'nodes' : 'swarm',
    ...(start.startMillis !== undefined && { startMillis: start.startMillis }),
    ...(start.definition && { definition: start.definition }),
  });
  return {
    lab,
    pace: new Pace(now, lab.sim.now()),
    runs: new Runs(),
    waits: new Waits(),
    deeds: new Deeds(),
    ready: new Set(),
    opened: new Set(),
    touchedAt: now,
  };
}
