// A node's certificate: trusts the root that the leader names, is renewed when the leader says so, and told to the managers.
// Mirrors: swarmkit ca/renewer.go, node/node.go (handleNodeChange).
import { type Coroutine, micros, millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import type { Assignments, NodeDescription } from '../../swarmkit/index.ts';
import type { RenewalReply } from './messages.ts';
import type { Saved } from './saved.ts';
import type { Session } from './session.ts';

/** A certificate is asked for, signed and written down. */
export const certificateMillis = 120;
/** Nodes do not renew their certificates all at one moment. */
const renewalSpread = 400;

export interface CertificateOptions {
  readonly sim: Sim;
  readonly session: () => Session | undefined;
  readonly description: (saved: Saved) => NodeDescription;
}

export class NodeCertificate {
  readonly #options: CertificateOptions;
  #renewal: Coroutine<void> | undefined;

  constructor(options: CertificateOptions) {
    this.#options = options;
  }

  follow(saved: Saved, { rootCa, renew }: Assignments): void {
    const { sim } = this.#options;
    const trusted = saved.tls.trustRoot === rootCa.certificate;
    saved.tls = { ...saved.tls, trustRoot: rootCa.certificate };
    if (this.#renewal && !this.#renewal.ended) return;
    if (renew) this.#renewal = sim.spawn(`renewal of ${saved.nodeId}`, this.#renew(saved));
    else if (!trusted) this.#renewal = sim.spawn(`root of ${saved.nodeId}`, this.#tell(saved));
  }

  stop(): void {
    if (this.#renewal) this.#options.sim.cancel(this.#renewal as Coroutine<unknown>);
    this.#renewal = undefined;
  }

  *#renew(saved: Saved): Op<void> {
    const { sim, session } = this.#options;
    const spread = sim.rng('swarmkit/renewal').below(millis(renewalSpread));
    yield* sleep(sim, micros(millis(certificateMillis) + spread));
    const current = session();
    if (!current) return;
    const answer = yield* current.ask({ kind: 'renew certificate', nodeId: saved.nodeId });
    if (!answer.ok) return;
    const { issuerSubject, issuerPublicKey } = (answer.value as RenewalReply).issuer;
    saved.tls = { ...saved.tls, issuerSubject, issuerPublicKey };
    yield* this.#tell(saved);
  }

  *#tell(saved: Saved): Op<void> {
    const { session, description } = this.#options;
    const { nodeId } = saved;
    yield* session()?.ask({ kind: 'describe', nodeId, description: description(saved) }) ??
      nothing();
  }
}

function* nothing(): Op<undefined> {}
