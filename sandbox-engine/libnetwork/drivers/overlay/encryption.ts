// Encrypted overlays: rules that mark a network's VXLAN packets and drop those that come unencrypted, and security
// associations with every node that has endpoints on an encrypted network.
//
// Mirrors: libnetwork/drivers/overlay/encryption.go (setupEncryption, programMangle, programInput, buildSPI), bpf.go.
// Differs: keys do not change while they are in use.
import {
  type Netfilter,
  type RuleSpec,
  vniProgram,
  type XfrmPolicy,
} from '../../../kernel/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import type { EncryptionKey } from '../../api.ts';
import { type Context, dataPathPort } from '../../context.ts';
import { add, drop, ensure, is, remove, toPort } from '../../firewall/rules.ts';

/** Marks what is to be encrypted, and tells Docker's associations from others. */
const mark = 0xd0c4e3;

const algorithm = 'rfc4106(gcm(aes))';

function rulesOf(context: Context, vni: number): { mangle: RuleSpec; input: RuleSpec } {
  const { protocol, matches } = toPort('udp', dataPathPort(context));
  const program = { name: 'bpf', bytecode: vniProgram(vni), vni } as const;
  const target = { name: 'MARK', value: mark, mask: 0xffff_ffff } as const;
  const policy = { name: 'policy', direction: 'in', policy: 'none' } as const;
  return {
    mangle: { ...(protocol && { protocol }), matches: [...matches, program], target },
    input: { protocol: is('udp'), matches: [policy, ...matches, program], target: drop },
  };
}

/** For each VXLAN of an encrypted network that this node takes part in. */
export function addEncryptionRules(context: Context, vni: number): void {
  const filter = hostFilter(context);
  const { mangle, input } = rulesOf(context, vni);
  add(filter, 'mangle', 'OUTPUT', mangle);
  ensure(filter, 'filter', 'INPUT', input, 'first');
}

export function removeEncryptionRules(context: Context, vni: number): void {
  const filter = hostFilter(context);
  const { mangle, input } = rulesOf(context, vni);
  remove(filter, 'mangle', 'OUTPUT', mangle);
  remove(filter, 'filter', 'INPUT', input);
}

const hostFilter = ({ kernel }: Context): Netfilter => kernel.netfilter(kernel.initNetns);

/** The 32-bit FNV-1a hash of source, key tag and destination, the addresses as IPv4-mapped IPv6. */
export function spiOf(source: Ipv4, destination: Ipv4, tag: number): number {
  const bytes = [...mapped(source), ...bigEndian(tag), ...mapped(destination)];
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x0100_0193) >>> 0, 0x811c_9dc5);
}

const bigEndian = (n: number): number[] => [24, 16, 8, 0].map((shift) => (n >>> shift) & 0xff);

const mapped = (address: Ipv4): number[] => [
  ...Array.from({ length: 10 }, () => 0),
  0xff,
  0xff,
  ...bigEndian(address),
];

/** What was set up with one node. */
interface Association {
  readonly incoming: readonly number[];
  readonly outgoing: number;
  readonly local: Ipv4;
}

/** The associations with other nodes. */
export class Encryption {
  readonly #context: Context;
  readonly #nodes = new Map<Ipv4, Association>();
  #keys: readonly EncryptionKey[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  get hasKeys(): boolean {
    return this.#keys.length > 0;
  }

  set keys(keys: readonly EncryptionKey[]) {
    this.#keys = keys;
  }

  /** Brings the associations in line with the nodes that have endpoints on encrypted networks of this node. */
  settle(nodes: ReadonlySet<Ipv4>): void {
    for (const node of [...this.#nodes.keys()]) if (!nodes.has(node)) this.#tearDown(node);
    for (const node of nodes) if (!this.#nodes.has(node)) this.#setUp(node);
  }

  /** For each key one association for what comes; what is sent uses the first. */
  #setUp(node: Ipv4): void {
    const { kernel, dataPathAddress } = this.#context;
    const init = kernel.initNetns;
    const route = kernel.routeLookup(init, node);
    const local = dataPathAddress?.() ?? (route.ok ? route.value.source : undefined);
    const [primary] = this.#keys;
    if (local === undefined || !primary) return;
    const incoming: number[] = [];
    const outgoing = spiOf(local, node, primary.tag);
    for (const key of this.#keys) {
      const spi = spiOf(node, local, key.tag);
      incoming.push(spi);
      this.#addState(node, local, spi, key);
      if (key === primary) this.#addState(local, node, outgoing, key);
    }
    kernel.xfrmTable(init).addPolicy({ ...this.#policy(local, node), spi: outgoing, reqid: mark });
    this.#nodes.set(node, { incoming, outgoing, local });
  }

  #addState(source: Ipv4, destination: Ipv4, spi: number, { key }: EncryptionKey): void {
    const { kernel } = this.#context;
    kernel.xfrmTable(kernel.initNetns).addState({
      source,
      destination,
      spi,
      reqid: mark,
      algorithm,
      key: `0x${key}${spi.toString(16).padStart(8, '0')}`,
      icvBits: 64,
    });
  }

  #policy(source: Ipv4, destination: Ipv4): Omit<XfrmPolicy, 'spi' | 'reqid'> {
    const destinationPort = dataPathPort(this.#context);
    return { source, destination, destinationPort, direction: 'out', mark };
  }

  #tearDown(node: Ipv4): void {
    const association = this.#nodes.get(node);
    if (!association) return;
    this.#nodes.delete(node);
    const { kernel } = this.#context;
    const xfrm = kernel.xfrmTable(kernel.initNetns);
    const { incoming, outgoing, local } = association;
    for (const spi of incoming) xfrm.deleteState(local, spi);
    xfrm.deleteState(node, outgoing);
    xfrm.deletePolicy(this.#policy(local, node));
  }
}
