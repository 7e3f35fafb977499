// The keys with which nodes encrypt the data path of encrypted networks.
// Mirrors: swarmkit manager/keymanager: three keys per subsystem, of which the middle one is used for sending. Differs:
// they are not rotated (every twelve hours), and gossip has none.
import type { Sim } from '../sim/index.ts';

export interface NetworkKey {
  /** 16 bytes, as 32 hexadecimal digits. */
  readonly key: string;
  /** Lamport time. */
  readonly tag: number;
}

const keyRingSize = 3;
const latestStart = 65_535;

/** The one to send with comes first. */
export function newNetworkKeys(sim: Sim): readonly NetworkKey[] {
  const rng = sim.rng('swarmkit/network-keys');
  const start = rng.below(latestStart);
  const keys = Array.from({ length: keyRingSize }, (_, n) => ({
    key: rng.hex(32),
    tag: start + n,
  }));
  const [previous, primary, next] = keys;
  return [primary, previous, next].flatMap((key) => (key ? [key] : []));
}
