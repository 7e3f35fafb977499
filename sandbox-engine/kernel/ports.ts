// Which local ports are free: bind conflicts and the choice of ephemeral ports.
// Mirrors: inet_csk_get_port, udp_lib_get_port. Differs: every listener has SO_REUSEADDR and nobody has SO_REUSEPORT, as
// with the servers of these hosts; `any` is a dual-stack IPv6 socket, `ipv6` one with IPV6_V6ONLY.
import { anyIpv4, type Ipv4, ipv6Loopback } from '../wire/index.ts';
import type { SocketRow } from './rows.ts';
import type { Namespace } from './state.ts';

interface Bound {
  readonly family: SocketRow['family'];
  readonly address: Ipv4;
}

/** Would these two keep each other from binding the same port? */
export function conflicts(a: Bound, b: Bound): boolean {
  const mixed =
    a.family === 'ipv6' ? b.family === 'ipv4' : b.family === 'ipv6' && a.family === 'ipv4';
  if (mixed) return false;
  return a.address === anyIpv4 || b.address === anyIpv4 || a.address === b.address;
}

/** Does a bound socket take traffic to this address? 2: it names the address, 1: it takes any, 0: no. */
export function bindingScore(bound: Bound, address: Ipv4): number {
  if (address === ipv6Loopback) return bound.family !== 'ipv4' && bound.address === anyIpv4 ? 1 : 0;
  if (bound.family === 'ipv6') return 0;
  if (bound.address === address) return 2;
  return bound.address === anyIpv4 ? 1 : 0;
}

/** A random free port of net.ipv4.ip_local_port_range, or undefined when none is left. */
export function ephemeralPort(
  netns: Namespace,
  taken: (port: number) => boolean,
): number | undefined {
  const { low, count } = netns.sysctl.ephemeralPorts;
  if (count === 0) return undefined;
  const start = netns.host.rng.below(count);
  for (let i = 0; i < count; i += 1) {
    const port = low + ((start + i) % count);
    if (!taken(port)) return port;
  }
  return undefined;
}

/** Ends of connections whose place in the range is remembered. */
const placesKept = 4096;

/**
 * A free port for a connection between those ends. It lies a few numbers after that of the last connection between them,
 * so that none comes again soon. Mirrors: __inet_hash_connect. Differs: the ends are not hashed into 256 places.
 */
export function connectingPort(
  netns: Namespace,
  ends: string,
  taken: (port: number) => boolean,
): number | undefined {
  const { connectingFrom, host } = netns;
  const { low, count } = netns.sysctl.ephemeralPorts;
  if (count === 0) return undefined;
  if (connectingFrom.size >= placesKept) connectingFrom.clear();
  // Numbers of the same parity as the lowest are for connections, as long as there are any.
  const start = (connectingFrom.get(ends) ?? host.rng.below(count)) & ~1;
  for (const parity of [0, 1])
    for (let i = 0; i < count; i += 2) {
      const offset = (start + parity + i) % count;
      if (taken(low + offset)) continue;
      connectingFrom.set(ends, start + Math.max(i, 2 * host.rng.below(8)) + 2);
      return low + offset;
    }
  return undefined;
}
