// All that keeps services as they are wanted, over one supervisor of restarts: replicated and global services, and jobs.
// Mirrors: swarmkit manager/orchestrator/{replicated,global}, the loops over events. Ended tasks come before services.
import type { ServiceRow } from '../objects.ts';
import type { LeaderPart, Swarm } from '../swarm.ts';
import { GlobalServices } from './global.ts';
import { JobOrchestrator } from './jobs.ts';
import { ReplicatedServices } from './replicated.ts';
import { RestartSupervisor } from './restart.ts';
import { isGlobal, isReplicated, setDesired, tasksOf } from './tasks.ts';
import { UpdateSupervisor } from './updates.ts';

class ServiceOrchestrator implements LeaderPart {
  readonly #swarm: Swarm;
  readonly #updates: UpdateSupervisor;
  readonly #replicated: ReplicatedServices;
  readonly #global: GlobalServices;
  /** The services as they were when they were last looked at. */
  #looked = new Map<string, ServiceRow>();

  constructor(swarm: Swarm, restarts: RestartSupervisor) {
    this.#swarm = swarm;
    this.#updates = new UpdateSupervisor(swarm, restarts);
    this.#replicated = new ReplicatedServices(swarm, restarts, this.#updates);
    this.#global = new GlobalServices(swarm, restarts, this.#updates);
  }

  stop(): void {
    this.#updates.stop();
  }

  reconcile(): void {
    const { store } = this.#swarm;
    store.transaction(() => {
      const all = store.all(store.rows.services);
      const services = all.filter((service) => !service.pendingDelete);
      for (const service of all) if (service.pendingDelete) this.#remove(service);
      const global = services.filter(isGlobal);
      for (const service of services)
        if (isReplicated(service)) this.#replicated.replaceEnded(service);
      for (const service of global) this.#global.replaceEnded(service);
      this.#global.followNodes(global.filter(({ id }) => this.#looked.has(id)));
      const before = this.#looked;
      this.#looked = new Map(services.map((service) => [service.id, service]));
      for (const service of services) {
        if (before.get(service.id) === service) continue;
        if (isReplicated(service)) this.#replicated.reconcile(service);
        else if (isGlobal(service)) this.#global.reconcile(service);
      }
    });
  }

  /** `service rm`: all its tasks go; the service's row with the last of them. */
  #remove(service: ServiceRow): void {
    this.#updates.cancel(service.id);
    for (const task of tasksOf(this.#swarm, service)) setDesired(this.#swarm, task, 'remove');
  }
}

/** All that keeps services as they are wanted. */
export function createOrchestrator(swarm: Swarm): LeaderPart {
  const restarts = new RestartSupervisor(swarm);
  const parts = [new ServiceOrchestrator(swarm, restarts), new JobOrchestrator(swarm, restarts)];
  return {
    reconcile() {
      for (const part of parts) part.reconcile();
    },
    stop() {
      restarts.stop();
      for (const part of parts) part.stop();
    },
  };
}
