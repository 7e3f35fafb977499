// Overlay networks: a namespace with bridge and VXLAN device, a veth pair per endpoint, and what is known of the
// endpoints of other nodes.
//
// Mirrors: libnetwork/drivers/overlay (joinleave.go, peerdb.go). Differs: peers are told by the caller, not by gossip.
import { assert, err, type Failure, failure, must, ok, type Result } from '../../../std/index.ts';
import { contains, formatIpv4, type Ipv4, type Mac, parseIpv4 } from '../../../wire/index.ts';
import type { EncryptionKey, EndpointRow, NetworkRow } from '../../api.ts';
import { type Context, newMac, newVethName } from '../../context.ts';
import { onHost } from '../../rows.ts';
import { freeName } from '../../sandbox/interface.ts';
import type { Driver, Joined, JoinRequest } from '../driver.ts';
import { addEncryptionRules, Encryption, removeEncryptionRules } from './encryption.ts';
import {
  cidrOf,
  closeNamespace,
  noIpv6,
  type OverlayNamespace,
  openNamespace,
  openSegment,
  segmentOf,
} from './namespace.ts';
import { isEncrypted, overlayMtu } from './options.ts';

/** An endpoint on another node. */
export interface Peer {
  readonly address: Ipv4;
  readonly mac: Mac;
  readonly node: Ipv4;
}

export interface OverlayDriver extends Driver {
  addPeer(networkId: string, peer: Peer): void;
  removePeer(networkId: string, peer: Peer): void;
  /** The namespace of a network on this node, while it has endpoints. */
  namespace(networkId: string): OverlayNamespace | undefined;
  forget(networkId: string): void;
  /** The keys of encrypted networks, the one to send with first. */
  setKeys(keys: readonly EncryptionKey[]): void;
}

class Overlay implements OverlayDriver {
  readonly name = 'overlay';
  readonly hasAddresses = true;
  readonly #context: Context;
  readonly #namespaces = new Map<string, OverlayNamespace>();
  readonly #peers = new Map<string, Map<string, Peer>>();
  /** The VXLAN ids of the encrypted networks that have a namespace. */
  readonly #encrypted = new Map<string, readonly number[]>();
  readonly #encryption: Encryption;

  constructor(context: Context) {
    this.#context = context;
    this.#encryption = new Encryption(context);
  }

  createNetwork(row: NetworkRow): Result<NetworkRow, Failure> {
    return ok(row);
  }

  deleteNetwork({ networkId }: NetworkRow): void {
    this.forget(networkId);
  }

  namespace(networkId: string): OverlayNamespace | undefined {
    return this.#namespaces.get(networkId);
  }

  join(network: NetworkRow, request: JoinRequest): Result<Joined, Failure> {
    if (isEncrypted(network) && !this.#encryption.hasKeys)
      return err(failure('system', 'cannot join secure network: encryption keys not present'));
    const namespace = this.#open(network);
    const segment = openSegment(this.#context, network, namespace, request.address);
    if (!segment)
      return err(failure('system', `could not find subnet for endpoint ${request.endpointId}`));
    const { kernel } = this.#context;
    const mtu = overlayMtu(network);
    const made = kernel.linkAdd(kernel.initNetns, {
      name: newVethName(this.#context),
      kind: 'veth',
      mtu,
      mac: newMac(this.#context),
      peer: {
        name: newVethName(this.#context),
        mtu,
        ...(request.mac && { mac: request.mac }),
      },
    });
    assert(made.ok && made.value.peer, `making a veth pair for network ${network.name}`);
    const { netns } = namespace;
    kernel.linkSet(made.value.id, { netns });
    const name = freeName(kernel, netns, 'veth');
    kernel.linkSet(made.value.id, { name, master: segment.bridge });
    noIpv6(this.#context, netns, name);
    kernel.linkSet(made.value.id, { up: true });
    kernel.linkSet(made.value.peer, { netns: request.netns });
    const { mac } = must(kernel.link(made.value.peer), 'the other end');
    const routes = routesFrom(network, request.address);
    return ok({ link: made.value.peer, hostLink: made.value.id, mac, gateway: undefined, routes });
  }

  leave(network: NetworkRow, endpoint: EndpointRow): void {
    const { kernel, rows, host } = this.#context;
    if (endpoint.hostLink && kernel.link(endpoint.hostLink)) kernel.linkDelete(endpoint.hostLink);
    const others = rows.endpoints
      .where('host', host)
      .some((row) => row.networkId === network.networkId && row.id !== endpoint.id);
    if (!others) this.#close(network.networkId);
  }

  addPeer(networkId: string, peer: Peer): void {
    const peers = this.#peers.get(networkId) ?? new Map<string, Peer>();
    peers.set(formatIpv4(peer.address), peer);
    this.#peers.set(networkId, peers);
    const network = this.#context.rows.networks.get(onHost(this.#context.host, networkId));
    const namespace = this.#namespaces.get(networkId);
    if (network && namespace) this.#program(network, namespace, peer);
    this.#settleEncryption();
  }

  removePeer(networkId: string, peer: Peer): void {
    this.#peers.get(networkId)?.delete(formatIpv4(peer.address));
    const namespace = this.#namespaces.get(networkId);
    const segment = namespace && segmentOf(namespace, peer.address);
    if (!segment) return;
    const { kernel } = this.#context;
    kernel.fdbDelete(segment.vxlan, peer.mac, { remote: peer.node });
    kernel.neighbourDelete(segment.vxlan, peer.address);
  }

  forget(networkId: string): void {
    this.#close(networkId);
    this.#peers.delete(networkId);
  }

  setKeys(keys: readonly EncryptionKey[]): void {
    this.#encryption.setKeys(keys);
    this.#settleEncryption();
  }

  #open(network: NetworkRow): OverlayNamespace {
    const found = this.#namespaces.get(network.networkId);
    if (found) return found;
    const namespace = openNamespace(this.#context, network);
    this.#namespaces.set(network.networkId, namespace);
    for (const peer of this.#peers.get(network.networkId)?.values() ?? [])
      this.#program(network, namespace, peer);
    this.#setUpEncryption(network);
    return namespace;
  }

  #close(networkId: string): void {
    const namespace = this.#namespaces.get(networkId);
    if (!namespace) return;
    this.#namespaces.delete(networkId);
    closeNamespace(this.#context, namespace);
    for (const vni of this.#encrypted.get(networkId) ?? [])
      removeEncryptionRules(this.#context, vni);
    this.#encrypted.delete(networkId);
  }

  /** Rules of another network that had the same VXLAN id before are taken away. */
  #setUpEncryption(network: NetworkRow): void {
    const vnis = network.subnets.flatMap(({ vni }) => (vni === undefined ? [] : [vni]));
    for (const vni of vnis) removeEncryptionRules(this.#context, vni);
    if (!isEncrypted(network)) return;
    this.#encrypted.set(network.networkId, vnis);
    for (const vni of vnis) addEncryptionRules(this.#context, vni);
    this.#settleEncryption();
  }

  /** There are associations with the nodes of all peers on encrypted networks that have a namespace here. */
  #settleEncryption(): void {
    for (const networkId of this.#encrypted.keys())
      for (const { node } of this.#peers.get(networkId)?.values() ?? [])
        this.#encryption.connect(node);
  }

  /** The neighbour entry answers ARP for the peer, the FDB entry says which node has it. */
  #program(network: NetworkRow, namespace: OverlayNamespace, peer: Peer): void {
    const segment = openSegment(this.#context, network, namespace, peer.address);
    if (!segment) return;
    const { kernel } = this.#context;
    kernel.neighbourAdd(segment.vxlan, peer.address, peer.mac, 'PERMANENT');
    kernel.fdbAdd(segment.vxlan, peer.mac, { remote: peer.node, permanent: true });
  }
}

/** The network's other subnets are reached through the gateway of the endpoint's own. */
function routesFrom(
  { subnets }: NetworkRow,
  address: Ipv4 | undefined,
): NonNullable<Joined['routes']> {
  const own = subnets.find((one) => address !== undefined && contains(cidrOf(one), address));
  const via = parseIpv4(own?.gateway ?? '');
  if (via === undefined) return [];
  return subnets.filter((one) => one !== own).map((one) => ({ destination: cidrOf(one), via }));
}

export const overlayDriver = (context: Context): OverlayDriver => new Overlay(context);
