// Which host ports are given out. Ports without a wish are taken from 32768 up, each time going on from the last one.
//
// Mirrors: libnetwork/portallocator (RequestPortsInRange), /proc/sys/net/ipv4/ip_local_port_range.
import { err, ok, type Result } from '../../std/index.ts';

type Protocol = 'tcp' | 'udp' | 'sctp';

export interface PortRequest {
  readonly protocol: Protocol;
  /** Host addresses that all take the same port; `::` for IPv6. */
  readonly addresses: readonly string[];
  /** The first and last acceptable port; undefined: any. */
  readonly range: { readonly from: number; readonly to: number } | undefined;
}

const firstEphemeral = 32_768;
const lastEphemeral = 60_999;

export class PortAllocator {
  readonly #taken = new Set<string>();
  readonly #last = new Map<Protocol, number>();

  #isTaken({ protocol, addresses }: PortRequest, port: number): string | undefined {
    return addresses.find((address) => this.#taken.has(`${protocol}/${address}/${port}`));
  }

  #take({ protocol, addresses }: PortRequest, port: number): void {
    for (const address of addresses) this.#taken.add(`${protocol}/${address}/${port}`);
  }

  /** A free port of the range, or Docker's words for why there is none. */
  request(request: PortRequest): Result<number, string> {
    const { range, protocol } = request;
    if (range && range.from === range.to) {
      const clash = this.#isTaken(request, range.from);
      if (clash !== undefined)
        return err(`Bind for ${clash}:${range.from} failed: port is already allocated`);
      this.#take(request, range.from);
      return ok(range.from);
    }
    const from = range?.from ?? firstEphemeral;
    const to = range?.to ?? lastEphemeral;
    const last = range ? from - 1 : (this.#last.get(protocol) ?? from - 1);
    const size = to - from + 1;
    for (let step = 0; step < size; step += 1) {
      const port = from + ((last + 1 - from + step) % size);
      if (this.#isTaken(request, port) !== undefined) continue;
      this.#take(request, port);
      if (!range) this.#last.set(protocol, port);
      return ok(port);
    }
    return err('all ports are allocated');
  }

  release(protocol: Protocol, addresses: readonly string[], port: number): void {
    for (const address of addresses) this.#taken.delete(`${protocol}/${address}/${port}`);
  }
}
