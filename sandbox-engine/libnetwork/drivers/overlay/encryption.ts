// Encrypted overlays: rules that mark a network's VXLAN packets and drop those that come unencrypted, and security
// associations with every node that has endpoints on an encrypted network.
//
// Mirrors: libnetwork/drivers/overlay/encryption.go (setupEncryption, programMangle, programInput, buildSPI), bpf.go.
// Differs: keys do not change while they are in use.
import { type Netfilter, type RuleSpec, vniProgram } from '../../../kernel/index.ts';
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

/** The associations with other nodes. Once set up, they stay until there are other keys (checkEncryption). */
export class Encryption {
  readonly #context: Context;
  readonly #nodes = new Set<Ipv4>();
  #keys: readonly EncryptionKey[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  get hasKeys(): boolean {
    return this.#keys.length > 0;
  }

  /** With new keys, what was set up with others (also by an earlier run of the daemon) is cleared. */
  setKeys(keys: readonly EncryptionKey[]): void {
    const text = (all: readonly EncryptionKey[]): string =>
      all.map(({ key, tag }) => `${tag} ${key}`).join();
    if (text(keys) === text(this.#keys)) return;
    this.#keys = keys;
    this.#nodes.clear();
    const { kernel } = this.#context;
    const xfrm = kernel.xfrmTable(kernel.initNetns);
    for (const { destination, spi, reqid } of xfrm.states())
      if (reqid === mark) xfrm.deleteState(destination, spi);
    for (const policy of xfrm.policies()) if (policy.reqid === mark) xfrm.deletePolicy(policy);
  }

  /** There are endpoints on encrypted networks of this node on that one, too. */
  connect(node: Ipv4): void {
    if (!this.#nodes.has(node)) this.#setUp(node);
  }

  /** For each key one association for what comes; what is sent uses the first. */
  #setUp(node: Ipv4): void {
    const { kernel, dataPathAddress } = this.#context;
    const init = kernel.initNetns;
    const route = kernel.routeLookup(init, node);
    const local = dataPathAddress?.() ?? (route.ok ? route.value.source : undefined);
    const [primary] = this.#keys;
    if (local === undefined || !primary) return;
    const outgoing = spiOf(local, node, primary.tag);
    for (const key of this.#keys) {
      this.#addState(node, local, spiOf(node, local, key.tag), key);
      if (key === primary) this.#addState(local, node, outgoing, key);
    }
    kernel.xfrmTable(init).addPolicy({
      source: local,
      destination: node,
      destinationPort: dataPathPort(this.#context),
      direction: 'out',
      mark,
      spi: outgoing,
      reqid: mark,
    });
    this.#nodes.add(node);
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
}
