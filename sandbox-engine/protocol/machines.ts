// The machines themselves, as a hand beside them finds them: the power and the network cable.

/** What a hand can do to a machine. `powerOff` pulls the plug: nothing is written and nobody is told. */
export type MachineAction = 'powerOff' | 'powerOn' | 'unplug' | 'plug';

/** What keeps a machine from the LAN: its power, its cable, or an uplink that is down. */
export type Cut = 'off' | 'booting' | 'unplugged' | 'down';

export interface MachinesView {
  readonly machines: readonly MachineState[];
}
export interface MachineState {
  readonly host: string;
  readonly power: 'on' | 'booting' | 'off';
  /** Is the network cable plugged in? It stays so whatever happens to the power. */
  readonly plugged: boolean;
  /** As the managers list it; absent: in no swarm. */
  readonly node?: 'unknown' | 'down' | 'ready' | 'disconnected';
}
