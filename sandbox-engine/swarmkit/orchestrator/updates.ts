// The rollouts in progress: at most one for each service. Mirrors: swarmkit manager/orchestrator/update/updater.go (Supervisor).
import type { ServiceRow } from '../objects.ts';
import type { Swarm } from '../swarm.ts';
import type { RestartSupervisor } from './restart.ts';
import type { Slot } from './slots.ts';
import { isSame } from './tasks.ts';
import { Updater } from './update.ts';

export class UpdateSupervisor {
  readonly #swarm: Swarm;
  readonly #restarts: RestartSupervisor;
  readonly #updaters = new Map<string, Updater>();

  constructor(swarm: Swarm, restarts: RestartSupervisor) {
    this.#swarm = swarm;
    this.#restarts = restarts;
  }

  /** Brings the slots to what the service asks for, in the order given. One that works towards the same goes on. */
  update(service: ServiceRow, slots: readonly Slot[]): void {
    const before = this.#updaters.get(service.id);
    if (before && isSame(before.service.spec, service.spec)) return;
    before?.cancel();
    const updater = new Updater(this.#swarm, this.#restarts, service, slots);
    this.#updaters.set(service.id, updater);
    updater.onEnd = () => {
      if (this.#updaters.get(service.id) === updater) this.#updaters.delete(service.id);
    };
    updater.start();
  }

  cancel(serviceId: string): void {
    this.#updaters.get(serviceId)?.cancel();
    this.#updaters.delete(serviceId);
  }

  stop(): void {
    for (const id of [...this.#updaters.keys()]) this.cancel(id);
  }
}
