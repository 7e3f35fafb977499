// Sockets as `ss` and `netstat` list them: addresses, names of ports, and who holds them.
import type { SocketRow } from '../../kernel/index.ts';
import type { Process } from '../../os/index.ts';
import { anyIpv4, formatIpv4, type Ipv4, ipv6Loopback } from '../../wire/index.ts';

/** What /etc/services says of the ports that labs meet. */
const serviceNames: Readonly<Record<string, string>> = {
  '22/tcp': 'ssh',
  '25/tcp': 'smtp',
  '53/tcp': 'domain',
  '53/udp': 'domain',
  '67/udp': 'bootps',
  '68/udp': 'bootpc',
  '80/tcp': 'http',
  '123/udp': 'ntp',
  '443/tcp': 'https',
  '443/udp': 'https',
  '3306/tcp': 'mysql',
  '5353/udp': 'mdns',
  '5432/tcp': 'postgresql',
  '6379/tcp': 'redis',
  '8080/tcp': 'http-alt',
};

/** The port of a service's name. */
export function portOfService(name: string, protocol: string): number | undefined {
  const entry = Object.entries(serviceNames).find(
    ([key, known]) => known === name && key.endsWith(protocol),
  );
  return entry && Number.parseInt(entry[0], 10);
}

export const formatPort = (port: number, protocol: string, numeric: boolean): string => {
  if (port === 0) return '*';
  return (numeric ? undefined : serviceNames[`${port}/${protocol}`]) ?? `${port}`;
};

/** Is it an IPv6 socket (dual-stack or not)? */
export const isInet6 = (row: SocketRow): boolean => row.family !== 'ipv4';

export function socketOwner(
  process: Process,
  row: SocketRow,
): { readonly program: string; readonly pid: number; readonly fd: number } | undefined {
  const { owner } = row;
  if (!owner) return undefined;
  const inside = process.row.pidNamespace;
  if (inside === 'init') return owner;
  const holder = process.host.processes(inside).find((p) => p.pid === owner.pid);
  return holder && { ...owner, pid: holder.namespacePid };
}

/** An address of an established dual-stack socket is an IPv4-mapped one. */
export function mappedAddress(address: Ipv4, inet6: boolean): string {
  if (address === ipv6Loopback) return '::1';
  if (!inet6) return formatIpv4(address);
  return `::ffff:${formatIpv4(address)}`;
}

export const isAny = (address: Ipv4): boolean => address === anyIpv4;
