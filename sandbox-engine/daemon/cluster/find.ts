// Which object a word means: full id, full name, the beginning of an id. Mirrors: moby daemon/cluster/helpers.go.
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';

export interface Named<Row> {
  readonly row: Row;
  readonly id: string;
  readonly name: string;
}

/** `what` names the kind in errors: `node`, `service`, … */
export function findOne<Row>(
  what: string,
  candidates: readonly Named<Row>[],
  term: string,
): Result<Row, Failure> {
  const exact = candidates.find(({ id }) => id === term);
  if (exact) return ok(exact.row);
  const named = candidates.filter(({ name }) => name === term);
  const matches = named.length > 0 ? named : candidates.filter(({ id }) => id.startsWith(term));
  const [only] = matches;
  if (!only || term === '') return err(failure('not_found', `${what} ${term} not found`));
  if (matches.length === 1) return ok(only.row);
  return err(
    failure('invalid_parameter', `${what} ${term} is ambiguous (${matches.length} matches found)`),
  );
}
