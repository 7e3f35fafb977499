// `time`: how long a pipeline took.
import type { Op } from '../sim/index.ts';
import type { Shell } from './shell.ts';

/** Runs it and prints real, user and system time; the simulated programs need no processor. */
export function* timed(shell: Shell, body: Op<number>, posix: boolean): Op<number> {
  const { sim } = shell.process;
  const start = sim.now();
  const status = yield* body;
  const real = sim.now() - start;
  yield* shell.process.err(timeText(shell, real, posix));
  return status;
}

function timeText(shell: Shell, micros: number, posix: boolean): string {
  const minutes = Math.floor(micros / 60_000_000);
  const seconds = (micros % 60_000_000) / 1_000_000;
  if (posix) return `real ${(micros / 1_000_000).toFixed(2)}\nuser 0.00\nsys 0.00\n`;
  if (shell.dialect.name !== 'bash')
    return `real\t${minutes}m ${seconds.toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`;
  return `\nreal\t${minutes}m${seconds.toFixed(3)}s\nuser\t0m0.000s\nsys\t0m0.000s\n`;
}
