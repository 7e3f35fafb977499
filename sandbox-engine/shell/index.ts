import type { Program } from '../os/index.ts';
import { ash, bash, dash } from './main.ts';

export { type Completer, completers } from './completion.ts';
export { ash, bash, dash };

/** The shells by the name under which file trees refer to them. */
export const shells: ReadonlyMap<string, Program> = new Map([
  ['bash', bash],
  ['dash', dash],
  ['ash', ash],
]);
