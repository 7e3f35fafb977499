// Identifiers of bridges and their ports, as `ip -d link`, `bridge` and `brctl` print them.
import type { Kernel, LinkRow } from '../../kernel/index.ts';
import type { Mac } from '../../wire/index.ts';

/** `8000.4e:5c:45:7d:38:c`: iproute2 drops leading zeros. */
export const bridgeId = (mac: Mac): string =>
  `8000.${mac
    .split(':')
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}`;

/** The ports of a bridge, by their number. */
export function portsOf(kernel: Kernel, bridge: LinkRow): readonly LinkRow[] {
  const ports = kernel.links(bridge.netns).filter((link) => link.master === bridge.id);
  return [...ports].sort((a, b) => portOrder(a) - portOrder(b));
}

const portOrder = (link: LinkRow): number => link.portNumber ?? 1000 + link.ifindex;

/** A port's number in its bridge, from 1; where the kernel keeps none, its rank. */
export function portNumber(kernel: Kernel, port: LinkRow): number {
  if (port.portNumber !== undefined) return port.portNumber;
  const bridge = port.master === undefined ? undefined : kernel.link(port.master);
  return bridge ? portsOf(kernel, bridge).findIndex((link) => link.id === port.id) + 1 : 0;
}
