// IPVS: on each node, the load balancer of each of its networks and the ingress have the healthy tasks behind them, and
// nobody else. Read as a person would: the namespaces' files, `ipvsadm`, `iptables`.
import { balancedOn, differ, type Facts, type Law } from '../facts.ts';

/** The virtual services of one namespace: virtual address → the servers with their weights. */
function balancersIn({ world }: Facts, host: string, key: string): ReadonlyMap<string, string[]> {
  const inside = `nsenter --net=/var/run/docker/netns/${key}`;
  const marks = new Map<string, string>();
  for (const rule of world.lines(host, `${inside} iptables -t mangle -S INPUT`)) {
    const match = /-d (\S+)\/32 -j MARK --set-xmark 0x([0-9a-f]+)\//.exec(rule);
    if (match) marks.set(String(Number.parseInt(match[2] ?? '', 16)), match[1] ?? '');
  }
  const found = new Map<string, string[]>();
  let servers: string[] = [];
  for (const line of world.lines(host, `${inside} ipvsadm -ln`)) {
    const service = /^FWM +(\d+) /.exec(line);
    const server = /^ +-> ([\d.]+):\d+ +Masq +(\d+)/.exec(line);
    if (service) {
      servers = [];
      found.set(marks.get(service[1] ?? '') ?? `mark ${service[1]} without a rule`, servers);
    } else if (server) servers.push(`${server[1]}*${server[2]}`);
  }
  for (const [mark, address] of marks)
    if (!found.has(address)) found.set(`${address} marked ${mark} for nobody`, []);
  return found;
}

export const balancersAreRight: Law = (facts) =>
  facts.hosts.flatMap((host) =>
    networksAt(facts, host).flatMap(({ id, name }) => {
      const key = name === 'ingress' ? 'ingress_sbox' : `lb_${id.slice(0, 9)}`;
      const found = balancersIn(facts, host, key);
      const expected = facts.services.filter((service) => balancedOn(service, name));
      return differ(
        `IPVS on ${host}, ${name}`,
        expected.map(
          ({ virtualIps, tasks }) =>
            `${virtualIps.get(name)}->${tasks
              .map(({ addresses }) => `${addresses.get(name)}*1`)
              .sort()
              .join(',')}`,
        ),
        [...found].map(([virtual, servers]) => `${virtual}->${servers.sort().join(',')}`),
      );
    }),
  );

/** The swarm's networks that a node takes part in. */
export function networksAt(
  { world }: Facts,
  host: string,
): readonly { readonly id: string; readonly name: string }[] {
  return world
    .lines(
      host,
      "docker network ls --no-trunc --filter driver=overlay --format '{{.ID}} {{.Name}}'",
    )
    .map((line) => line.split(' '))
    .map(([id = '', name = '']) => ({ id, name }))
    .filter(({ id }) => world.world.libnetwork.networks.has(`${host}/${id}`));
}

/** A node has a network when something on it is there, and only then. */
export const networksAreWhereTheyAreUsed: Law = (facts) =>
  facts.hosts.flatMap((host) =>
    differ(
      `networks on ${host}`,
      new Set([
        'ingress',
        ...facts.services.flatMap(({ spec, tasks }) =>
          tasks.some((task) => task.host === host) ? spec.networks : [],
        ),
        ...[...facts.model.containers.values()]
          .filter((box) => box.host === host)
          .map(({ network }) => network),
      ]),
      networksAt(facts, host).map(({ name }) => name),
    ),
  );

/** The routing mesh's door on every node: one DNAT for each published port, and dockerd keeps the port. */
export const meshPortsAreOpen: Law = (facts) =>
  facts.hosts.flatMap((host) =>
    differ(
      `DOCKER-INGRESS on ${host}`,
      facts.services
        .filter((service) => balancedOn(service, 'ingress'))
        .map(({ spec }) => String(spec.publish?.port)),
      facts.world
        .lines(host, 'iptables -t nat -S')
        .flatMap((rule) => /^-A DOCKER-INGRESS .*--dport (\d+) -j DNAT/.exec(rule)?.[1] ?? []),
    ),
  );
