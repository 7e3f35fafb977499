// The hosts on their LAN, what runs on them, and the small internet behind the gateway.
import type { LanView } from '../../protocol/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { internetNames, lan } from '../topology.ts';
import type { World } from '../world.ts';
import { networksOf } from './networks.ts';
import { cutOf, roleOf } from './swarm.ts';

export function lanView(world: World): LanView {
  const hosts = [...world.machines.values()].map((machine) => ({
    name: machine.name,
    address: machine.address,
    role: roleOf(world, machine),
    ...cutOf(machine),
    containers: containersOf(world, machine.name),
    networks: networksOf(world, machine.name),
  }));
  const gateway = {
    name: 'gateway',
    address: formatIpv4(lan.gateway),
    role: 'gateway' as const,
    containers: [],
    networks: [],
  };
  return { hosts: [...hosts, gateway], subnet: lan.subnet, internet: internetNames };
}

function containersOf(world: World, host: string): LanView['hosts'][number]['containers'] {
  return world.daemon.containers.where('host', host).map((row) => ({
    name: row.name,
    image: row.config.Image,
    state: row.state.status,
    addresses: world.libnetwork.endpoints
      .where('host', host)
      .filter((endpoint) => endpoint.containerId === row.containerId)
      .flatMap((endpoint) =>
        endpoint.address === undefined ? [] : [formatIpv4(endpoint.address)],
      ),
  }));
}
