// The drawings' views by name.
import type { DiagramName, ViewParameters } from '../../protocol/index.ts';
import { unreachable } from '../../std/index.ts';
import type { World } from '../world.ts';
import { attachmentsView } from './attachments.ts';
import { directionsView } from './directions.ts';
import { hostView } from './host.ts';
import { lanView } from './lan.ts';
import { placementView } from './placement.ts';
import { requestView } from './request.ts';
import type { Requests } from './requests.ts';
import { swarmView } from './swarm.ts';

export function diagramView(
  world: World,
  requests: Requests,
  name: DiagramName,
  { host = '', network = '', service = '', port }: ViewParameters,
): unknown {
  const machine = world.machines.get(host);
  switch (name) {
    case 'lan':
      return lanView(world);
    case 'host':
      return machine && hostView(world, machine);
    case 'swarm':
      return swarmView(world);
    case 'attachments':
      return machine && attachmentsView(world, machine, network);
    case 'request': {
      const exchange = requests.last(port === undefined ? undefined : Number(port));
      return exchange && requestView(world, exchange);
    }
    case 'directions':
      return directionsView(world, service);
    case 'placement':
      return placementView(world, service);
    default:
      return unreachable(name);
  }
}
