// The way of one connection through the machines, and who took it, from the packets' own trace.
import type { Hop } from '../kernel/index.ts';
import type { BrowseResult } from '../protocol/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import type { World } from './world.ts';

type Way = Pick<BrowseResult, 'path' | 'served'>;

const isOpening = ({ packet }: Hop): boolean =>
  'transport' in packet &&
  packet.transport.protocol === 'tcp' &&
  packet.transport.syn &&
  !packet.transport.ack;

/** The way of the last connection to that address that the gateway has opened since that place of the trace. */
export function wayOf(world: World, place: number, target: Ipv4, answered: boolean): Way {
  const hops = world.network.trace.since(place);
  const first = hops.findLast(
    (hop) =>
      hop.host === world.gateway.name &&
      isOpening(hop) &&
      'destination' in hop.packet &&
      hop.packet.destination === target,
  );
  if (!first) return { path: [] };
  const mine = hops.filter((hop) => hop.flow === first.flow);
  const path: string[] = [];
  for (const { host, packet } of mine) {
    // Only the way there: the answers come back over the same machines.
    if ('transport' in packet && packet.transport.protocol === 'tcp' && packet.transport.ack) break;
    if (host !== world.gateway.name && path.at(-1) !== host) path.push(host);
  }
  const taken = mine.findLast((hop) => hop.stage === 'socket' && isOpening(hop));
  if (!taken || !answered) return { path };
  const sandbox = world.libnetwork.sandboxes
    .where('host', taken.host)
    .find((row) => row.netns === taken.netns);
  return { path, served: { host: taken.host, container: sandbox?.containerName ?? '' } };
}
