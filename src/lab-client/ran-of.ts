// A step that is done in the console or in the browser pane ends like the command that does the same.
import type { ApiResult, BrowseResult } from '../../sandbox-engine/protocol/index.ts';
import type { Ran } from './events.ts';

/** How a command would have ended that does the same: `curl` for a page, `docker` for a request to the Engine API. */
export function ranOf(value: unknown): Ran {
  const results = Array.isArray(value) ? value : [value];
  const [failure] = results.flatMap(({ error, failure }: ApiResult & BrowseResult) =>
    error === undefined ? (failure ?? []) : { exit: 1, text: error },
  );
  const bodies = results.map(({ body }: { body?: unknown }) =>
    typeof body === 'string' ? body : '',
  );
  return failure
    ? { status: failure.exit, output: failure.text }
    : { status: 0, output: bodies.join('\n') };
}
