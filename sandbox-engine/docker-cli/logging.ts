// The client's own log: --debug and --log-level.
//
// Mirrors: docker/cli cli/debug/debug.go, cli/flags/options.go (SetLogLevel); logrus' text format without a terminal.
// Differs: of what the client logs at level debug only the one line that every command has.
import type { Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { rfc3339Nano } from '../std/index.ts';
import { fail, type Outcome } from './cli.ts';
import type { Flags } from './flags/parse.ts';

const levels = ['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace'];

/** What this build's telemetry says when it starts: two of its parts name different schemas (031:122). */
const telemetryProblem =
  'error detecting resource: conflicting Schema URL: https://opentelemetry.io/schemas/1.26.0 and https://opentelemetry.io/schemas/1.40.0';

/** Sets up the log before a command runs; an unknown level ends the client. */
export function* startLogging(process: Process, flags: Flags): Op<Outcome> {
  const level = flags.given('log-level') ?? 'info';
  if (!levels.includes(level.toLowerCase())) return fail(`Unable to parse logging level: ${level}`);
  if (!flags.on('debug') && !/^(?:debug|trace)$/i.test(level)) return undefined;
  const { sim } = process;
  const second = Math.floor((sim.epochMillis + sim.now() / 1000) / 1000);
  const time = rfc3339Nano(second * 1000);
  yield* process.err(`time="${time}" level=debug msg="otel error" error="${telemetryProblem}"\n`);
  return undefined;
}
