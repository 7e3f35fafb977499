// The host's service manager as programs reach it: what systemctl, service, reboot and poweroff ask of process 1.
// Mirrors: systemd's private socket, as far as the labs' services need it.
import type { Micros, Op } from '../sim/index.ts';
import { door } from '../std/index.ts';

export interface Unit {
  /** `docker.service`. */
  readonly name: string;
  readonly description: string;
  readonly documentation: string;
  readonly state: 'active' | 'activating' | 'deactivating' | 'inactive';
  /** Simulated µs at which it came into this state. */
  readonly since: Micros;
  /** Of the main process: the one that runs, or the last one. */
  readonly mainPid: number;
  readonly argv: readonly string[];
}

export interface ServiceManager {
  units(): readonly Unit[];
  /** Ends when the service runs. Nothing when it does already. */
  start(unit: string): Op<void>;
  /** Ends when its processes are gone. Nothing when they are already. */
  stop(unit: string): Op<void>;
  /**
   * Stops the services (with `force`: nothing, as if the plug were pulled) and turns the machine off; it comes back by itself
   * after a reboot only.
   */
  shutDown(then: 'poweroff' | 'reboot', force: boolean): void;
}

export const serviceManager = door<ServiceManager>('/run/systemd/private');
