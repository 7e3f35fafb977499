// The machines as a hand beside them finds them, and what the swarm makes of each.
import type { MachinesView } from '../../protocol/index.ts';
import type { World } from '../world.ts';

export function machinesView({ machines, swarm }: World): MachinesView {
  return {
    machines: [...machines.values()].map(({ power, cluster }) => {
      const { nodeId } = cluster.node;
      const node = nodeId === undefined ? undefined : swarm.rows.nodes.get(nodeId);
      return { ...power.state, ...(node && { node: node.status.state }) };
    }),
  };
}

/** Another text when power or cable of any machine is not what it was: neither is a row. */
export const machinesStamp = ({ machines }: World): string =>
  [...machines.values()].map(({ power: { state } }) => `${state.power} ${state.plugged}`).join();
