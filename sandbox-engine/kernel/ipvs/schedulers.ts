// Which server gets the next connection.
// Mirrors: net/netfilter/ipvs/ip_vs_rr.c, ip_vs_wrr.c, ip_vs_lc.c, ip_vs_wlc.c. A server with weight 0 gets none.
import type { Server } from './service.ts';

export interface Scheduler {
  /** Undefined: there is no server to choose. `servers` is newest first. */
  choose(servers: readonly Server[]): Server | undefined;
  /** A server is taken out of the list. */
  removed?(servers: readonly Server[], server: Server): void;
}

/** The cycle goes on after the last one chosen; at first, and after that one is gone, from where it stood in the list. */
function roundRobin(): Scheduler {
  let last: Server | undefined;
  return {
    choose(servers) {
      const from = last ? servers.indexOf(last) + 1 : 0;
      const cycle = [...servers.slice(from), ...servers.slice(0, from)];
      const chosen = cycle.find(({ weight }) => weight > 0);
      if (chosen) last = chosen;
      return chosen;
    },
    removed(servers, server) {
      if (last === server) last = servers[servers.indexOf(server) - 1];
    },
  };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Servers take turns as often as their weights say, the heavy ones first. */
function weightedRoundRobin(): Scheduler {
  let at = -1;
  let current = 0;
  return {
    choose(servers) {
      const top = Math.max(0, ...servers.map(({ weight }) => weight));
      if (top === 0) return undefined;
      const step = servers.reduce((found, { weight }) => gcd(found, weight), 0);
      for (let tries = 0; tries < servers.length * (top / step + 1); tries += 1) {
        at = (at + 1) % servers.length;
        if (at === 0) current = current - step <= 0 ? top : current - step;
        const server = servers[at];
        if (server && server.weight >= current) return server;
      }
      return undefined;
    },
    removed() {
      at = -1;
      current = 0;
    },
  };
}

/** An active connection counts as much as 256 others. */
const overhead = ({ active, inactive }: Server): number => active * 256 + inactive;

const least = (cost: (server: Server) => number): Scheduler => ({
  choose: (servers) => {
    const usable = servers.filter(({ weight }) => weight > 0);
    return usable.reduce<Server | undefined>(
      (best, server) => (!best || cost(server) < cost(best) ? server : best),
      undefined,
    );
  },
});

const schedulers: ReadonlyMap<string, () => Scheduler> = new Map([
  ['rr', roundRobin],
  ['wrr', weightedRoundRobin],
  ['lc', () => least(overhead)],
  ['wlc', () => least((server) => overhead(server) / server.weight)],
]);

export const schedulerNamed = (name: string): Scheduler | undefined => schedulers.get(name)?.();
