// What one daemon keeps about swarm services beside its rows: the next mark, and who publishes which port.
import type { SocketId } from '../../kernel/index.ts';

/** A port of the routing mesh on this host, counted by the load balancers that publish it. */
export interface MeshPort {
  users: number;
  /** dockerd's own listener, which only keeps the port from others; undefined when somebody else has it. */
  reservation: SocketId | undefined;
}

export interface ServiceState {
  /** Marks count up for each load balancer of any network, and are not given twice. */
  nextMark: number;
  /** By `protocol/port`. */
  readonly ports: Map<string, MeshPort>;
  /** What an earlier run of the daemon left in the chains has been cleared. */
  chainsCleared: boolean;
}

const firstMark = 256;

export const createServiceState = (): ServiceState => ({
  nextMark: firstMark,
  ports: new Map(),
  chainsCleared: false,
});
