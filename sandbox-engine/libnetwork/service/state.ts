// What one daemon keeps about swarm services beside its rows: the next mark, and who publishes which port.
import type { SocketId } from '../../kernel/index.ts';

export interface ServiceState {
  /** Marks count up for each load balancer of any network, and are not given twice. */
  nextMark: number;
  /** How many load balancers publish a port and what it leads to: by `protocol/published/target`. */
  readonly ports: Map<string, number>;
  /** dockerd's own listeners, which only keep the ports from others: by `protocol/published`. */
  readonly reservations: Map<string, SocketId>;
  /** What an earlier run of the daemon left in the chains has been cleared. */
  chainsCleared: boolean;
}

const firstMark = 256;

export const createServiceState = (): ServiceState => ({
  nextMark: firstMark,
  ports: new Map(),
  reservations: new Map(),
  chainsCleared: false,
});
