// Command lines of `key value …`, as iproute2 reads them.
import { type Answer, usageError } from './context.ts';

/** NEXT_ARG without an argument. */
export const incomplete: Answer = usageError(
  'Command line is not complete. Try option "help"',
  255,
);
