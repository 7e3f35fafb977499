// The replayer's side of the conformance protocol: one message in, one answer out.
//
// See: tests/conformance/conform.mjs, whose head describes the messages.
import { micros, seconds } from '../sim/index.ts';
import type { ExecOptions, Lab, RunningCommand } from './api.ts';
import { createLab } from './index.ts';

export interface ReplayMessage {
  readonly op: 'start' | 'run' | 'start_background' | 'end_background' | 'host' | 'sleep';
  readonly nodes?: Readonly<Record<string, string>>;
  readonly placements?: Readonly<Record<string, readonly string[]>>;
  readonly node?: string;
  readonly cmd?: string;
  readonly name?: string;
  readonly action?: string;
  /** Seconds since the recording began. */
  readonly at?: number;
  readonly seconds?: number;
  readonly tty?: boolean;
  readonly cols?: number;
  readonly send?: readonly (readonly [number, string])[];
  readonly stdin?: string;
}

export interface Replayer {
  handle(message: ReplayMessage): object;
}

/** The recordings were made on terminals of this many columns. */
const recordedColumns = 120;

class LabReplayer implements Replayer {
  readonly #seed: number;
  #lab: Lab | undefined;
  #start = 0;
  readonly #background = new Map<string, RunningCommand>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  handle(message: ReplayMessage): object {
    if (message.op === 'start') return this.#begin(message);
    const lab = this.#lab;
    if (!lab) return { ok: false, error: 'no scenario has been started' };
    if (message.at !== undefined) this.#waitFor(lab, message.at);
    switch (message.op) {
      case 'run':
        return this.#exec(lab, message).finish();
      case 'start_background':
        this.#background.set(message.name ?? '', this.#exec(lab, message));
        return { ok: true };
      case 'end_background':
        return (
          this.#background.get(message.name ?? '')?.finish() ?? {
            ok: false,
            error: `nothing named ${message.name} runs in the background`,
          }
        );
      case 'host':
        return lab.hostAction(message.node ?? '', message.action ?? '');
      case 'sleep':
        lab.sim.runUntil(micros(lab.sim.now() + seconds(message.seconds ?? 0)));
        return { ok: true };
      default:
        return { ok: false, error: `no operation ${String(message.op)}` };
    }
  }

  #begin(message: ReplayMessage): object {
    this.#lab = createLab({
      seed: this.#seed,
      scenario: 'nodes',
      recordedDisks: true,
      ...(message.nodes && { machines: message.nodes }),
      ...(message.placements && { placements: message.placements }),
    });
    this.#start = this.#lab.sim.now();
    return { ok: true };
  }

  #waitFor(lab: Lab, at: number): void {
    const time = this.#start + Math.round(at * 1_000_000);
    if (time > lab.sim.now()) lab.sim.runUntil(micros(time));
  }

  #exec(lab: Lab, message: ReplayMessage): RunningCommand {
    const options: ExecOptions = {
      ...(message.tty && { tty: { columns: message.cols ?? recordedColumns } }),
      ...(message.send && { send: message.send }),
      ...(message.stdin !== undefined && { stdin: message.stdin }),
    };
    return lab.start(message.node ?? '', message.cmd ?? '', options);
  }
}

/** @param seed decides what a real swarm leaves to chance; other seeds tell a cause from luck. */
export function createReplayer(seed = 1): Replayer {
  return new LabReplayer(seed);
}
