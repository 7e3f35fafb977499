// Addresses by name and names of addresses, as far as the files of the host know them.
// Differs: DNS is not asked; the real tool would wait for it.
import type { Process } from '../../os/index.ts';
import { type Cidr, formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';

interface HostLine {
  readonly address: Ipv4;
  readonly names: readonly string[];
}

function hostLines(process: Process): HostLine[] {
  const file = process.fs.read('/etc/hosts');
  if (!file.ok) return [];
  return file.value.split('\n').flatMap((line) => {
    const [first = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const address = parseIpv4(first);
    return address === undefined || names.length === 0 ? [] : [{ address, names }];
  });
}

export const resolverOf =
  (process: Process) =>
  (name: string): Ipv4 | undefined =>
    hostLines(process).find((line) => line.names.includes(name))?.address;

export type AddressNamer = (network: Cidr) => string;

const suffix = ({ prefixLength }: Cidr): string => (prefixLength === 32 ? '' : `/${prefixLength}`);

export const numericAddress: AddressNamer = (network) =>
  `${formatIpv4(network.base)}${suffix(network)}`;

/** As `-L` without -n: `anywhere`, host names of /etc/hosts, network names of /etc/networks. */
export function addressNamerOf(process: Process): AddressNamer {
  const hosts = hostLines(process);
  const networks = process.fs.read('/etc/networks');
  const lines = networks.ok ? networks.value.split('\n').map((line) => line.split(/\s+/)) : [];
  return (network) => {
    if (network.prefixLength === 0) return 'anywhere';
    const address = formatIpv4(network.base);
    const host = hosts.find((line) => line.address === network.base)?.names[0];
    const name = host ?? lines.find((words) => words[1] === address)?.[0];
    return `${name ?? address}${suffix(network)}`;
  };
}
