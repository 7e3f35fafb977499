// Rotates the swarm's root certificate: every node gets a certificate of the new root, and only then is the old one dropped.
// Mirrors: swarmkit ca/reconciler.go: who has not converged is told to renew, and every three seconds it is looked who has.
// Differs: all nodes are told at once instead of thirty at a time.
import { type Coroutine, type Op, seconds, sleep } from '../sim/index.ts';
import { joinToken } from './identity.ts';
import type { ClusterRow, NodeDescription, RootCa } from './objects.ts';
import type { LeaderPart, Swarm } from './swarm.ts';

const interval = seconds(3);

/** What a node says of its certificate. */
export type NodeTls = NonNullable<NodeDescription['tls']>;

/** Of the root that signs at present: during a rotation that is the new one, while the old one is still trusted. */
export const signingCa = ({ rootCa, rootRotation }: ClusterRow): RootCa => rootRotation ?? rootCa;

export const tlsOf = (trusted: RootCa, issuer: RootCa): NodeTls => ({
  trustRoot: trusted.certificate,
  issuerSubject: issuer.issuerSubject,
  issuerPublicKey: issuer.issuerPublicKey,
});

/** Must the node renew its certificate? */
export const mustRenew = (cluster: ClusterRow, tls: NodeTls | undefined): boolean =>
  tls !== undefined && tls.issuerPublicKey !== signingCa(cluster).issuerPublicKey;

export class RootRotation implements LeaderPart {
  readonly #swarm: Swarm;
  #watcher: Coroutine<void> | undefined;

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
  }

  stop(): void {
    if (this.#watcher) this.#swarm.sim.cancel(this.#watcher as Coroutine<unknown>);
    this.#watcher = undefined;
  }

  reconcile(): void {
    const rotating = this.#swarm.store.clusterRow.rootRotation !== undefined;
    const watching = this.#watcher !== undefined && !this.#watcher.ended;
    if (rotating && !watching)
      this.#watcher = this.#swarm.sim.spawn('root rotation', this.#watch());
  }

  *#watch(): Op<void> {
    const { store, sim } = this.#swarm;
    for (;;) {
      yield* sleep(sim, interval);
      const { rootRotation } = store.clusterRow;
      if (!rootRotation) return;
      const waiting = store
        .all(store.rows.nodes)
        .some(({ description }) => mustRenew(store.clusterRow, description?.tls));
      if (waiting) continue;
      const rng = sim.rng('swarmkit/secrets');
      store.update(store.rows.clusters, this.#swarm.id, {
        rootCa: rootRotation,
        rootRotation: undefined,
        joinTokens: {
          worker: joinToken(rootRotation.tokenDigest, rng),
          manager: joinToken(rootRotation.tokenDigest, rng),
        },
      });
      return;
    }
  }
}
