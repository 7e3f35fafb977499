// What must hold at every moment, read from the journal's changes: states of tasks only advance, and no address, mark or
// port of the swarm belongs to two at once.
import { isTerminal, rank, type TaskRow } from '../../sandbox-engine/swarmkit/index.ts';
import type { SimWorld } from './world.ts';

/** Collections whose changes mean that the swarm has not come to rest. */
const restless = /^(swarm |libnetwork\.)/;
const restAfter = 20;
/** A new task waits for an old one that does not stop (one that has no node yet, say) for 60 s. */
const restAfterWaiting = 70;
const patience = 400;
const slice = 2;

export class Watch {
  readonly #world: SimWorld;
  readonly #ended = new Set<string>();
  /** When a row of the swarm or of libnetwork last changed, in seconds. */
  #lastChange = 0;

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /** What has happened since the last call that must not happen. */
  look(): readonly string[] {
    return [...this.#advance(), ...this.#addresses()];
  }

  /** Lets the world run until nothing has changed for a while. */
  settle(): readonly string[] {
    const found: string[] = [];
    const from = this.#world.now;
    do {
      this.#world.pass(slice);
      found.push(...this.look());
    } while (
      this.#world.now - Math.max(from, this.#lastChange) < this.#restAfter() &&
      this.#world.now - from < patience
    );
    if (this.#world.now - from >= patience)
      found.push(`rest: still changing after ${patience} s: ${this.#latest()}`);
    return [...new Set(found)];
  }

  #restAfter(): number {
    return isUpdating(this.#world) || isWaiting(this.#world) ? restAfterWaiting : restAfter;
  }

  #latest(): string {
    const { journal } = this.#world.world.sim;
    const changes = journal
      .changesSince(journal.revision - 200)
      .filter(({ collection }) => restless.test(collection));
    const names = new Set(changes.map(({ collection, id }) => `${collection} ${id}`));
    return [...names].slice(-5).join(', ');
  }

  #advance(): string[] {
    const found: string[] = [];
    for (const { collection, id, before, after, at } of this.#world.changes()) {
      if (restless.test(collection)) this.#lastChange = at / 1_000_000;
      if (collection !== 'swarm tasks') continue;
      const [old, now] = [before as TaskRow | undefined, after as TaskRow | undefined];
      if (now && this.#ended.has(id)) found.push(`tasks: ${id} is back after it was removed`);
      if (!now) this.#ended.add(id);
      if (!old || !now) continue;
      const who = `${now.serviceName}.${now.slot} ${id}`;
      if (rank(now.status.state) < rank(old.status.state))
        found.push(`tasks: ${who} went from ${old.status.state} back to ${now.status.state}`);
      if (rank(now.desiredState) < rank(old.desiredState))
        found.push(`tasks: ${who} is wanted ${now.desiredState} after ${old.desiredState}`);
      if (old.nodeId !== '' && now.nodeId !== old.nodeId)
        found.push(`tasks: ${who} moved from one node to another`);
    }
    return found;
  }

  #addresses(): string[] {
    const { rows } = this.#world.world.swarm;
    const owners = new Owners();
    for (const node of rows.nodes.all())
      for (const [network, address] of Object.entries(node.attachments))
        owners.give(network, address, `balancer of ${node.description?.hostname ?? node.id}`);
    for (const network of rows.networks.all())
      for (const { gateway, vni } of network.subnets) {
        owners.give(network.id, gateway, 'gateway');
        owners.give('vni', String(vni), network.spec.Name);
      }
    for (const service of rows.services.all()) {
      if (service.pendingDelete) continue;
      for (const { networkId, address } of service.endpoint?.virtualIps ?? [])
        owners.give(networkId, address, `service ${service.spec.Name}`);
      for (const { Protocol, PublishedPort, PublishMode } of service.endpoint?.ports ?? [])
        if (PublishMode === 'ingress')
          owners.give('ports', `${PublishedPort}/${Protocol}`, `service ${service.spec.Name}`);
    }
    for (const task of rows.tasks.all()) {
      if (isTerminal(task.status.state)) continue;
      for (const { networkId, addresses } of task.attachments)
        for (const address of addresses)
          owners.give(networkId, address, `task ${task.serviceName}.${task.slot} ${task.id}`);
    }
    return owners.twice;
  }
}

/** A service is being brought to another version. */
export const isUpdating = ({ world }: SimWorld): boolean =>
  world.swarm.rows.services
    .all()
    .some(({ updateStatus }) =>
      ['updating', 'rollback_started'].includes(updateStatus?.state ?? ''),
    );

/** A new task waits for its turn. */
const isWaiting = ({ world }: SimWorld): boolean =>
  world.swarm.rows.tasks
    .all()
    .some(({ desiredState, status }) => desiredState === 'ready' && !isTerminal(status.state));

/** Who has what; what is given twice is noted. */
export class Owners {
  readonly twice: string[] = [];
  readonly #owners = new Map<string, string>();

  give(scope: string, what: string, owner: string): void {
    const key = `${scope} ${what.replace(/\/\d+$/, '')}`;
    const known = this.#owners.get(key);
    if (known !== undefined && known !== owner)
      this.twice.push(`addresses: ${key} belongs to ${known} and to ${owner}`);
    this.#owners.set(key, owner);
  }
}
