// A swarm for tests: commands typed on its hosts, time that passes, machines that are switched off and on.
import { micros, seconds } from '../sim/index.ts';
import type { Lab } from './api.ts';
import { createLab } from './index.ts';

export interface SwarmWorld {
  readonly lab: Lab;
  /** Lets simulated seconds pass. */
  run(time: number): void;
  /** What a command prints, errors after the rest. */
  does(host: string, command: string): string;
  /** `power off`, `power on`, `stop docker` …; throws where the lab refuses. */
  host(name: string, action: string): void;
}

/** Four joined nodes. */
export function swarmWorld(seed = 1): SwarmWorld {
  const lab = createLab({ seed, scenario: 'swarm' });
  return {
    lab,
    run: (time) => lab.sim.runUntil(micros(lab.sim.now() + seconds(time))),
    does: (host, command) => {
      const { stdout, stderr } = lab.exec(host, command);
      return `${stdout}${stderr}`;
    },
    host: (name, action) => {
      const answer = lab.hostAction(name, action);
      if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    },
  };
}
