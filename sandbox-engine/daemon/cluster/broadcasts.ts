// In which order the others hear of a node's endpoints.
//
// Mirrors: memberlist's TransmitLimitedQueue, which libnetwork/networkdb empties once a gossip interval for each network:
// long messages go before short ones, and among equals the latest goes first. Two tasks that start within one interval
// therefore enter the load balancers of other nodes the other way round. A node that asks for a whole table (a bulk sync)
// gets it in the order of the entries' keys. Differs: a round takes all that waits; the real one takes what fits into a packet.
import type { ServiceEndpoint } from '../../libnetwork/index.ts';
import { formatIpv4 } from '../../wire/index.ts';

export class Broadcasts {
  /** Networks of which something new is to be told. */
  readonly #networks = new Set<string>();
  /** When an endpoint's record last changed: a higher number is later. */
  readonly #changes = new Map<string, number>();
  #last = 0;

  get isEmpty(): boolean {
    return this.#networks.size === 0;
  }

  /** Queues what has changed in the records of a network. */
  add(
    networkId: string,
    before: readonly ServiceEndpoint[],
    after: readonly ServiceEndpoint[],
  ): void {
    this.#networks.add(networkId);
    const known = new Map(before.map((one) => [one.endpointId, JSON.stringify(one)]));
    for (const one of after) {
      if (known.get(one.endpointId) === JSON.stringify(one)) continue;
      this.#last += 1;
      this.#changes.set(one.endpointId, this.#last);
    }
    const kept = new Set(after.map(({ endpointId }) => endpointId));
    for (const { endpointId } of before)
      if (!kept.has(endpointId)) this.#changes.delete(endpointId);
  }

  /** Nothing of that network is told any more. */
  drop(networkId: string): void {
    this.#networks.delete(networkId);
  }

  /** The networks that a round tells of; they wait no longer. */
  take(): string[] {
    const networks = [...this.#networks];
    this.#networks.clear();
    return networks;
  }

  clear(): void {
    this.#networks.clear();
    this.#changes.clear();
  }

  /** As one round sends them. */
  inOrder(services: readonly ServiceEndpoint[]): ServiceEndpoint[] {
    const changed = ({ endpointId }: ServiceEndpoint) => this.#changes.get(endpointId) ?? 0;
    return services.toSorted((a, b) => length(b) - length(a) || changed(b) - changed(a));
  }
}

/** As a bulk sync sends them. */
export const byKey = (services: readonly ServiceEndpoint[]): ServiceEndpoint[] =>
  services.toSorted((a, b) => (a.endpointId < b.endpointId ? -1 : 1));

/** What differs between the records of a network in length, in bytes: their texts. Ids have one length. */
function length({ name, aliases, address, service }: ServiceEndpoint): number {
  const texts = [name, ...aliases, formatIpv4(address), service?.serviceName ?? ''];
  return texts.reduce((sum, text) => sum + text.length, 0);
}
