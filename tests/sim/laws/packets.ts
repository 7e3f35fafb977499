// Packets that are really sent: from outside through the mesh, between containers through virtual addresses, and from
// container to container over the tunnels. Who took them is read from the packets' own trace.
import { requestView } from '../../../sandbox-engine/lab/views/request.ts';
import { Requests } from '../../../sandbox-engine/lab/views/requests.ts';
import { balancedOn, differ, type Facts, type Law } from '../facts.ts';
import { images } from '../model.ts';
import { askers } from './names.ts';
import { boxAddress } from './networks.ts';

/** From outside: every node answers on every published port, and all healthy tasks take their turn. */
export const meshReachesAllTasks: Law = (facts) =>
  facts.services.flatMap(({ spec, tasks }) => {
    const { publish } = spec;
    if (!publish) return [];
    return facts.hosts.flatMap((host) => {
      const behind =
        publish.mode === 'ingress' ? tasks : tasks.filter((task) => task.host === host);
      const results = facts.world.browse(`http://${host}:${publish.port}/`, behind.length * 2 || 1);
      const where = `${host}:${publish.port} (${spec.name}, ${publish.mode})`;
      if (behind.length === 0)
        return differ(
          where,
          ['refused'],
          results.map(({ status, failure }) => failure?.cause ?? String(status)),
        );
      return [
        ...differ(
          `${where} is served by`,
          behind.map(({ container, host: at }) => `${container}@${at}`),
          new Set(
            results.map(({ served, failure }) =>
              served ? `${served.container}@${served.host}` : (failure?.text ?? 'nobody'),
            ),
          ),
        ),
        ...drawnAsServed(facts, publish.port, results.at(-1)?.served?.container),
      ];
    });
  });

/** The drawing of the last request ends where the packet ended. */
function drawnAsServed(
  { world }: Facts,
  port: number,
  container: string | undefined,
): readonly string[] {
  const exchange = new Requests(world.world).last(port);
  if (!exchange || container === undefined) return [];
  const view = requestView(world.world, exchange);
  const end = view.there.at(-1);
  const place = view.places.find(({ id }) => id === end?.place);
  return [
    ...differ(
      `the request to port ${port} as drawn ends at`,
      [container],
      [place?.name ?? 'no end'],
    ),
    ...(view.lost === undefined
      ? []
      : [`the request to port ${port} as drawn is lost: ${view.lost}`]),
  ];
}

/** From a container on each node: a service's virtual address leads to each of its healthy tasks. */
export const virtualAddressesReachAllTasks: Law = (facts) =>
  [...facts.model.networks.keys()].flatMap((network) =>
    facts.services
      .filter((service) => balancedOn(service, network))
      .flatMap(({ spec, tasks, virtualIps }) =>
        askers(facts, network).flatMap(({ host, container }) => {
          const url = `http://${virtualIps.get(network)}:${images[spec.image]}/`;
          const { trace } = facts.world.world.network;
          const place = trace.total;
          const times = tasks.map((_, i) => i).join(' ');
          const { stdout } = facts.world.ask(
            host,
            `docker exec ${container} sh -c 'for i in ${times}; do wget -q -T 5 -O /dev/null ${url} && echo got; done'`,
          );
          const where = `${url} (${spec.name}) from ${container.split('.')[0]} on ${host}`;
          return [
            ...differ(
              where,
              tasks.map(() => 'got'),
              stdout.split('\n').filter((line) => line !== ''),
            ),
            ...differ(
              `${where} is served by`,
              tasks.map((task) => task.container),
              servedSince(facts, place, images[spec.image]),
            ),
          ];
        }),
      ),
  );

/** The containers whose sockets took a connection to that port since that place of the trace. */
function servedSince({ world }: Facts, place: number, port: number): ReadonlySet<string> {
  const names = new Map(
    world.world.libnetwork.sandboxes
      .all()
      .map(({ netns, containerName }) => [netns, containerName]),
  );
  const served = new Set<string>();
  for (const { stage, packet, netns } of world.world.network.trace.since(place)) {
    if (stage !== 'socket' || !('transport' in packet)) continue;
    const { transport } = packet;
    if (
      transport.protocol === 'tcp' &&
      transport.syn &&
      !transport.ack &&
      transport.destinationPort === port
    )
      served.add(names.get(netns) ?? netns);
  }
  return served;
}

/** On each network, the first container of each node reaches every task and every other container there. */
export const tunnelsCarry: Law = (facts) =>
  [...facts.model.networks.keys()].flatMap((network) => {
    const tasks = facts.services.flatMap((service) => service.tasks);
    const targets = tasks.flatMap(({ container, addresses }) =>
      addresses.has(network) ? [{ container, address: addresses.get(network) ?? '' }] : [],
    );
    for (const box of facts.model.containers.values())
      if (box.network === network && facts.hosts.includes(box.host))
        targets.push({
          container: box.name,
          address: boxAddress(facts, box.host, box.name, network),
        });
    return askers(facts, network).flatMap(({ host, container }) =>
      targets.flatMap((target) => {
        const { exit } = facts.world.ask(
          host,
          `docker exec ${container} ping -c 1 -W 2 ${target.address}`,
        );
        return exit === 0
          ? []
          : [
              `ping on ${network} from ${container} on ${host} to ${target.container} ${target.address} is lost`,
            ];
      }),
    );
  });
