// The shells and docker: what every command line needs. A module of its own, so that the page loads it beside the world.
import { dockerProgram } from '../docker-cli/index.ts';
import type { Program } from '../os/index.ts';
import { ash, bash, dash } from '../shell/index.ts';

export const commands: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['bash', bash],
  ['dash', dash],
  ['ash', ash],
  ['docker', dockerProgram],
]);
