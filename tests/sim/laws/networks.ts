// What a node says of its networks: `docker network inspect`, the drawing of who is on it, and the interfaces there are.
import { attachmentsView } from '../../../sandbox-engine/lab/views/attachments.ts';
import { bare, differ, type Facts, type Law } from '../facts.ts';
import { networksAt } from './balancers.ts';

/** Tasks and containers of a node on a network, with their addresses as the managers and the engines gave them. */
function membersOf({ world, services, model }: Facts, host: string, network: string): string[] {
  const tasks = services
    .flatMap((service) => service.tasks)
    .filter((task) => task.host === host && task.addresses.has(network))
    .map(({ container, addresses }) => `${container}=${addresses.get(network)}`);
  const boxes = [...model.containers.values()]
    .filter((box) => box.host === host && box.network === network)
    .map(({ name }) => `${name}=${boxAddress({ world }, host, name, network)}`);
  return [...tasks, ...boxes];
}

/** The address of a container that is no task, inside it. */
export function boxAddress(
  { world }: Pick<Facts, 'world'>,
  host: string,
  name: string,
  network: string,
): string {
  const [address = 'none'] = world.lines(
    host,
    `docker inspect --format '{{(index .NetworkSettings.Networks "${network}").IPAddress}}' ${name}`,
  );
  const inside = world.lines(host, `docker exec ${name} ip -o -4 addr`);
  return inside.some((line) => line.includes(` ${address}/`)) ? address : `not inside: ${address}`;
}

export const networksAgree: Law = (facts) =>
  facts.hosts.flatMap((host) =>
    networksAt(facts, host).flatMap(({ id, name }) => {
      const members = membersOf(facts, host, name);
      const listed = facts.world
        .lines(
          host,
          `docker network inspect --format '{{range $id, $one := .Containers}}{{$one.Name}}={{$one.IPv4Address}} {{end}}|{{range .Peers}}{{.IP}} {{end}}' ${id}`,
        )
        .join(' ');
      const [containers = '', peers = ''] = listed.split('|');
      const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
      const drawn = attachmentsView(facts.world.world, facts.world.machine(host), name);
      return [
        ...differ(
          `docker network inspect ${name} on ${host}`,
          members,
          words(containers)
            .map(bare)
            .filter((word) => !/-(endpoint|sbox)=/.test(word)),
        ),
        ...differ(
          `attachments to ${name} as drawn on ${host}`,
          members,
          drawn.attachments
            .filter(({ kind, end }) => kind === 'container' && end !== undefined)
            .map((one) => `${one.name}=${one.end?.address}`),
        ),
        ...differ(
          `peers of ${name} on ${host}`,
          facts.hosts
            .filter((other) => networksAt(facts, other).some((network) => network.id === id))
            .map((other) => facts.world.machine(other).address),
          words(peers),
        ),
      ];
    }),
  );

/** `docker service inspect` and `service ls` on the manager: virtual addresses and published ports. */
export const endpointsAgree: Law = ({ world, services, networks }) =>
  services.flatMap(({ spec, virtualIps }) => {
    const [addresses = ''] = world.lines(
      'manager1',
      `docker service inspect --format '{{range .Endpoint.VirtualIPs}}{{.NetworkID}}={{.Addr}} {{end}}.' ${spec.name}`,
    );
    const [ports = ''] = world
      .lines('manager1', "docker service ls --format '{{.Name}} {{.Ports}}'")
      .filter((line) => line.startsWith(`${spec.name} `));
    const on = new Set([
      ...(spec.endpoint === 'vip' ? spec.networks : []),
      ...(spec.publish?.mode === 'ingress' ? ['ingress'] : []),
    ]);
    return [
      ...differ(`networks with an address for ${spec.name}`, on, virtualIps.keys()),
      ...differ(
        `docker service inspect ${spec.name}`,
        [...virtualIps].map(([network, address]) => `${network}=${address}`),
        [...addresses.matchAll(/(\S+)=([\d.]+)\/\d+/g)].map(
          ([, id = '', address]) => `${networks.get(id)}=${address}`,
        ),
      ),
      ...differ(
        `ports of ${spec.name} in docker service ls`,
        spec.publish?.mode === 'ingress' ? [String(spec.publish.port)] : [],
        [...ports.matchAll(/\*:(\d+)->/g)].map(([, port]) => port ?? ''),
      ),
    ];
  });

/** `docker node ls`. */
export const nodesAreListed: Law = ({ world, model }) =>
  differ(
    'docker node ls',
    [...model.nodes].flatMap(([host, { member, fault, availability }]) =>
      member ? [`${host}:${fault === undefined ? 'Ready' : 'Down'}:${availability}`] : [],
    ),
    world
      .lines('manager1', "docker node ls --format '{{.Hostname}}:{{.Status}}:{{.Availability}}'")
      .map((line) => line.replace(/[A-Z]\w+$/, (word) => word.toLowerCase())),
  );
