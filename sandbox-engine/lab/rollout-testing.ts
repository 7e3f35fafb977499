// For tests of rollouts and restarts: commands on a manager, and what `docker service ps` and `inspect` tell of a service.
import { micros, seconds } from '../sim/index.ts';
import { createLab } from './index.ts';

export function rolloutLab(seed: number) {
  const lab = createLab({ seed, scenario: 'swarm' });
  const answer = (command: string) => lab.start('manager1', command, {}).finish();
  const run = (command: string): string => answer(command).stdout;
  return {
    lab,
    answer,
    run,
    /** Lets seconds pass. */
    wait: (time: number): void => lab.sim.runUntil(micros(lab.sim.now() + seconds(time))),
    /** `web.1 Running Running`: name, desired and current state. */
    tasks: (service: string): string[] =>
      run(`docker service ps ${service} --format '{{.Name}} {{.DesiredState}} {{.CurrentState}}'`)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ').slice(0, 3).join(' ')),
    status: (service: string): string =>
      run(
        `docker service inspect ${service} -f '{{.UpdateStatus.State}}: {{.UpdateStatus.Message}}'`,
      ),
  };
}
