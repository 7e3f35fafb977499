// What all simple list commands share: GET, sort, format, print.
import type { Op } from '../../sim/index.ts';
import { type Cli, fail, type Outcome } from '../cli.ts';
import type { Flags } from '../flags/parse.ts';
import { chooseFormat, formatRows, type RowFormat } from '../formatter/list.ts';

/** Prints rows as --format and --quiet ask. */
export function* printRows<Row>(
  cli: Cli,
  flags: Flags,
  format: RowFormat<Row>,
  rows: readonly Row[],
): Op<Outcome> {
  const out = formatRows(
    format,
    rows,
    chooseFormat(format, flags.text('format'), flags.on('quiet')),
  );
  if (!out.ok) return fail(out.error);
  yield* cli.out(out.value);
  return undefined;
}
