// What the options of an overlay network mean for its devices.
//
// Mirrors: libnetwork/drivers/overlay (CreateNetwork, maxMTU). 50 bytes is what VXLAN adds, 26 what ESP adds, and ESP
// pads to four bytes.
import type { NetworkRow } from '../../api.ts';

const vxlanOverhead = 50;
const espOverhead = 26;

export const vxlanIdList = 'com.docker.network.driver.overlay.vxlanid_list';
const mtuOption = 'com.docker.network.driver.mtu';

export const isEncrypted = ({ options }: NetworkRow): boolean => options.encrypted !== undefined;

/** 1450, or 1424 when encrypted; less when the network was made with a smaller MTU. */
export function overlayMtu(network: NetworkRow): number {
  const given = Number(network.options[mtuOption] ?? 0);
  const mtu = (given > 0 ? given : 1500) - vxlanOverhead;
  return isEncrypted(network) ? mtu - espOverhead - ((mtu - espOverhead) % 4) : mtu;
}
