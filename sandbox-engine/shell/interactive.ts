import type { Op } from '../sim/index.ts';
import { readCommands } from './input.ts';
import type { Shell } from './shell.ts';

export function* runInteractive(shell: Shell): Op<number> {
  return yield* readCommands(shell);
}
