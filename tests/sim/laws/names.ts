// DNS: from a task on each node and network, every service's names mean its virtual address or its healthy tasks.
import { differ, type Facts, type Law } from '../facts.ts';
import { boxAddress } from './networks.ts';

/** Who can be asked on a network: one container on each node. */
export function askers(
  { services, hosts, model }: Facts,
  network: string,
): readonly { readonly host: string; readonly container: string }[] {
  return hosts.flatMap((host) => {
    const task = services
      .flatMap(({ tasks }) => tasks)
      .find((candidate) => candidate.host === host && candidate.addresses.has(network));
    const box = [...model.containers.values()].find(
      (candidate) => candidate.host === host && candidate.network === network,
    );
    const container = task?.container ?? box?.name;
    return container === undefined ? [] : [{ host, container }];
  });
}

function lookUp(facts: Facts, host: string, container: string, name: string): readonly string[] {
  const { stdout } = facts.world.ask(host, `docker exec ${container} nslookup -type=a ${name}`);
  // What comes before the first empty line is the server's own address.
  const [, ...answers] = stdout.split('\n\n');
  return [...answers.join('\n\n').matchAll(/^Address(?: \d+)?: (\S+)$/gm)].map(
    ([, address]) => address ?? '',
  );
}

export const namesAreRight: Law = (facts) =>
  [...facts.model.networks.keys()].flatMap((network) =>
    askers(facts, network).flatMap(({ host, container }) =>
      facts.services.flatMap((service) => {
        const { spec, tasks, virtualIps } = service;
        const on = spec.networks.includes(network) ? tasks : [];
        const addresses = on.map((task) => task.addresses.get(network) ?? '');
        const virtual = virtualIps.get(network) ?? 'no address';
        const answer = (name: string) => lookUp(facts, host, container, name);
        const where = `DNS on ${host}, ${network}, asked by ${container.split('.')[0]}`;
        // What is not on the network may still be known on another one of the asker.
        const isElsewhere = spec.networks.some(
          (other) => other !== network && askedOn(facts, container).includes(other),
        );
        if (isElsewhere) return [];
        return [
          ...differ(
            `${where}: ${spec.name}`,
            on.length === 0 ? [] : spec.endpoint === 'vip' ? [virtual] : addresses,
            answer(spec.name),
          ),
          ...differ(`${where}: tasks.${spec.name}`, addresses, answer(`tasks.${spec.name}`)),
        ];
      }),
    ),
  );

/** The names of tasks' containers and of containers started by hand, and which name an address has. */
export const namesOfContainersAreRight: Law = (facts) =>
  [...facts.model.networks.keys()].flatMap((network) => {
    const tasks = facts.services
      .flatMap((service) => service.tasks)
      .filter(({ addresses }) => addresses.has(network))
      .map(({ container, addresses }) => [container, addresses.get(network) ?? ''] as const);
    const boxes = [...facts.model.containers.values()]
      .filter((box) => box.network === network && facts.hosts.includes(box.host))
      .map(({ name, host }) => [name, boxAddress(facts, host, name, network)] as const);
    const known = [...tasks, ...boxes];
    return askers(facts, network)
      .slice(0, 2)
      .flatMap(({ host, container }) =>
        known.flatMap(([name, address]) => {
          const where = `DNS on ${host}, ${network}`;
          const { stdout } = facts.world.ask(host, `docker exec ${container} nslookup ${address}`);
          return [
            // With the network's name: on two common networks the bare name means the address on one of them.
            ...differ(
              `${where}: ${name}`,
              [address],
              lookUp(facts, host, container, `${name}.${network}`),
            ),
            ...differ(
              `${where}: the name of ${address}`,
              [`${name}.${network}`],
              [...stdout.matchAll(/name = (\S+)/g)].map(([, found]) => found ?? ''),
            ),
          ];
        }),
      );
  });

const askedOn = ({ services, model }: Facts, container: string): readonly string[] => {
  const task = services
    .flatMap(({ tasks }) => tasks)
    .find((candidate) => candidate.container === container);
  const box = model.containers.get(container);
  return [...(task?.addresses.keys() ?? []), ...(box ? [box.network] : [])];
};
