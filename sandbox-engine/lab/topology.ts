// Where the labs' machines stand: addresses on the LAN, and the small internet behind the gateway.
//
// The addresses are those of the recordings (tests/golden/README.md).
import { ip } from '../wire/index.ts';

/** The hosts and their addresses, in the order in which they are shown and join the swarm. */
export const defaultMachines: Readonly<Record<string, string>> = {
  manager1: '192.168.56.10',
  worker1: '192.168.56.11',
  worker2: '192.168.56.12',
  worker3: '192.168.56.13',
};

export const lan = {
  segment: 'lan',
  subnet: '192.168.56.0/24',
  prefixLength: 24,
  broadcast: ip('192.168.56.255'),
  gateway: ip('192.168.56.1'),
} as const;

/** What answers behind the gateway, for pictures. */
export const internetNames: readonly { readonly name: string; readonly address: string }[] = [
  { name: 'dns.google', address: '8.8.8.8' },
  { name: 'one.one.one.one', address: '1.1.1.1' },
  { name: 'www.docker.com', address: '203.0.113.10' },
  { name: 'example.com', address: '203.0.113.20' },
  { name: 'www.google.com', address: '203.0.113.30' },
];

/** The MAC address of a machine's uplink: the recordings' 02:56:00:00:00:10 for .10. */
export const uplinkMac = (address: string): string =>
  `02:56:00:00:00:${(address.split('.').at(-1) ?? '').padStart(2, '0')}`;
