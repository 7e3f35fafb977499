// For tests of rollouts and restarts: commands on a manager, and what `docker service ps` and `inspect` tell of a service.
import { swarmWorld } from './testing.ts';

export function rolloutLab(seed: number) {
  const { lab, run: wait } = swarmWorld(seed);
  const answer = (command: string) => lab.exec('manager1', command);
  const run = (command: string): string => answer(command).stdout;
  return {
    answer,
    run,
    /** Lets simulated seconds pass. */
    wait,
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
