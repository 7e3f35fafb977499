// What every part of one daemon's libnetwork works with.
import type { NetnsId } from '../kernel/index.ts';
import { longId, type Rng } from '../sim/index.ts';
import { localMac, type Mac } from '../wire/index.ts';
import type { NamespaceRow, NetworkControllerOptions } from './api.ts';
import { onHost } from './rows.ts';

export type Context = NetworkControllerOptions;

export const netnsDirectory = '/var/run/docker/netns';

/** The UDP port of VXLAN on this host. */
export const dataPathPort = ({ dataPathPort: given }: Context): number => given?.() ?? 4789;

const rngOf = (context: Context): Rng => context.sim.rng(`libnetwork/${context.host}`);

/** An id of a network, an endpoint or a sandbox: 64 hexadecimal digits. */
export const newId = (context: Context): string => longId(rngOf(context));

/** A random MAC address of the locally administered range. */
export const newMac = (context: Context): Mac => localMac(rngOf(context).hex(12));

/** A name for one end of a veth pair that no device of the host has yet. */
export function newVethName(context: Context): string {
  const { kernel } = context;
  for (;;) {
    const name = `veth${rngOf(context).hex(7)}`;
    if (!kernel.linkByName(kernel.initNetns, name)) return name;
  }
}

/** A port out of the range from which Linux takes ports for sockets that ask for none. */
export const randomPort = (context: Context): number =>
  32_768 + rngOf(context).below(60_999 - 32_768 + 1);

/** Shows a namespace as a file under /var/run/docker/netns, where `ip netns` and nsenter find it. */
export function publishNetns(
  context: Context,
  key: string,
  netns: NetnsId,
  what: Pick<NamespaceRow, 'kind' | 'networkId'>,
): void {
  const { rows, host } = context;
  rows.namespaces.put({ id: onHost(host, key), host, key, netns, ...what });
  context.placeNetns?.(`${netnsDirectory}/${key}`, netns);
}

export function withdrawNetns(context: Context, key: string): void {
  if (!context.rows.namespaces.remove(onHost(context.host, key))) return;
  context.placeNetns?.(`${netnsDirectory}/${key}`, undefined);
}
