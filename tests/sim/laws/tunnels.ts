// What a node's VXLAN devices know: exactly the endpoints that other nodes have on the network, in the kernel's rows, by
// `bridge fdb` and `ip neigh`, and as the host is drawn.
import { hostView } from '../../../sandbox-engine/lab/views/host.ts';
import { formatIpv4 } from '../../../sandbox-engine/wire/index.ts';
import { differ, type Facts, type Law } from '../facts.ts';
import { Owners } from '../watch.ts';
import { networksAt } from './balancers.ts';

interface End {
  readonly address: string;
  readonly mac: string;
  readonly host: string;
  readonly netns: string;
}

/** The interfaces that hosts really have on a network, by the devices in their namespaces. */
function endsOf({ world, hosts }: Facts, networkId: string): readonly End[] {
  return hosts.flatMap((host) => {
    const { kernel } = world.machine(host).host;
    return world.world.libnetwork.endpoints
      .where('network', `${host}/${networkId}`)
      .flatMap((endpoint) => {
        const outer = endpoint.hostLink && kernel.link(endpoint.hostLink);
        const inner = outer?.peer && kernel.link(outer.peer);
        if (!inner) return [];
        return kernel
          .addresses({ link: inner.id })
          .filter(({ prefixLength }) => prefixLength < 32)
          .map(({ address }) => ({
            address: formatIpv4(address),
            mac: inner.mac,
            host,
            netns: inner.netns,
          }));
      });
  });
}

/** No two interfaces have one address or one MAC on a network. */
export const interfacesAreDistinct: Law = (facts) => {
  const owners = new Owners();
  for (const [id, name] of facts.networks)
    for (const { address, mac, host, netns } of endsOf(facts, id)) {
      owners.give(`${name} interface`, address, `${host} ${netns}`);
      owners.give(`${name} MAC`, mac, `${host} ${netns}`);
    }
  return owners.twice;
};

export const tunnelsKnowTheOthers: Law = (facts) =>
  facts.hosts.flatMap((host) => {
    const machine = facts.world.machine(host);
    const view = hostView(facts.world.world, machine);
    return networksAt(facts, host).flatMap(({ id, name }) => {
      const others = endsOf(facts, id).filter((end) => end.host !== host);
      const node = (end: End): string => facts.world.machine(end.host).address;
      const inside = `nsenter --net=/var/run/docker/netns/1-${id.slice(0, 10)}`;
      const drawn = view.namespaces
        .filter((namespace) => namespace.name === `1-${id.slice(0, 10)}`)
        .flatMap(({ devices }) => devices.flatMap(({ vxlan }) => vxlan?.peers ?? []));
      return [
        ...differ(
          `bridge fdb on ${host}, ${name}`,
          others.map((end) => `${end.mac}@${node(end)}`),
          facts.world.lines(host, `${inside} bridge fdb show dev vxlan0`).flatMap((line) => {
            const match = /^(\S+) dst (\S+) /.exec(line);
            return match ? [`${match[1]}@${match[2]}`] : [];
          }),
        ),
        ...differ(
          `ip neigh on ${host}, ${name}`,
          others.map((end) => `${end.address}=${end.mac}`),
          facts.world.lines(host, `${inside} ip neigh show dev vxlan0`).flatMap((line) => {
            const match = /^(\S+) lladdr (\S+) PERMANENT/.exec(line);
            return match ? [`${match[1]}=${match[2]}`] : [];
          }),
        ),
        ...differ(
          `peers as drawn on ${host}, ${name}`,
          others.map((end) => `${end.mac}@${node(end)}=${end.address}`),
          drawn.map((peer) => `${peer.mac}@${peer.node}=${peer.address}`),
        ),
      ];
    });
  });
