// The shells and docker: what every command line needs. A module of its own, so that the page loads it beside the world.
import { dockerSocket } from '../api/index.ts';
import { completeDocker, dockerProgram } from '../docker-cli/index.ts';
import type { Program } from '../os/index.ts';
import { ash, bash, completers, dash } from '../shell/index.ts';

export const commands: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['bash', bash],
  ['dash', dash],
  ['ash', ash],
  ['docker', dockerProgram],
]);

completers.set('docker', (words, process) =>
  completeDocker(words, process.host.connect(dockerSocket, process.fs)),
);
