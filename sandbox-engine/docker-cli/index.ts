// The docker command line client, version 28.5.2.
import type { Program } from '../os/index.ts';
import { runDocker } from './main.ts';

export { completeDocker } from './complete.ts';

/** The program `docker`. */
export const dockerProgram: Program = runDocker;
