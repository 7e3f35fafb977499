// Routes as `route` and `netstat -r` show them, and in the order of the kernel's table.
import type { RouteRow } from '../../kernel/index.ts';

/** By network, the longest prefix first, then by metric. Mirrors: the walk of fib_trie. */
export function orderedRoutes(routes: readonly RouteRow[]): readonly RouteRow[] {
  return [...routes].sort(
    (a, b) =>
      a.destination.base - b.destination.base ||
      b.destination.prefixLength - a.destination.prefixLength ||
      a.metric - b.metric,
  );
}

/** `UG`, `UH`, `!`. */
export function routeFlags(route: RouteRow): string {
  if (route.type === 'unreachable' || route.type === 'prohibit' || route.type === 'blackhole')
    return '!';
  const host = route.destination.prefixLength === 32 ? 'H' : '';
  return `U${route.via === undefined ? '' : 'G'}${host}`;
}
