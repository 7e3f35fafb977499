// What a kind of network must be able to do. Mirrors: libnetwork/driverapi.
import type { LinkId, NetnsId } from '../../kernel/index.ts';
import type { Failure, Result } from '../../std/index.ts';
import type { Cidr, Ipv4, Mac } from '../../wire/index.ts';
import type { EndpointRow, NetworkRow } from '../api.ts';

/** An endpoint that is to be put into a sandbox. */
export interface JoinRequest {
  readonly endpointId: string;
  readonly netns: NetnsId;
  readonly address: Ipv4 | undefined;
  readonly prefixLength: number;
  /** As asked for with --mac-address. */
  readonly mac: Mac | undefined;
}

/** The container's end of what the driver made; still under a temporary name. */
export interface Joined {
  /** Undefined: nothing to put into the sandbox (host, none). */
  readonly link: LinkId | undefined;
  readonly hostLink: LinkId | undefined;
  readonly mac: Mac | undefined;
  /** Where the default route of a container may point. */
  readonly gateway: Ipv4 | undefined;
  /** Other subnets of the network, and the address in the endpoint's own subnet that leads there. */
  readonly routes?: readonly { readonly destination: Cidr; readonly via: Ipv4 }[];
}

export interface Driver {
  /** `bridge`, `host`, `null`, `overlay`, `macvlan`, `ipvlan`. */
  readonly name: string;
  /** Do networks of this kind have addresses to give out? */
  readonly hasAddresses: boolean;
  /** Makes the devices and rules of a new network; the row comes back completed. */
  createNetwork(row: NetworkRow): Result<NetworkRow, Failure>;
  deleteNetwork(row: NetworkRow): void;
  /** The daemon has started anew: makes again what is missing of a network's devices and rules. */
  restoreNetwork?(row: NetworkRow): void;
  join(network: NetworkRow, request: JoinRequest): Result<Joined, Failure>;
  /** Removes what `join` made; the container's end may be gone already. */
  leave(network: NetworkRow, endpoint: EndpointRow): void;
}
