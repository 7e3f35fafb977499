// `ip link set | add | delete`.
//
// Differs: of the device types veth, bridge, vxlan, macvlan, ipvlan and dummy exist; attributes that nothing simulated looks at (txqueuelen
// apart) are refused plainly rather than swallowed.
import type { LinkChanges, LinkRow, LinkSpec, NetnsId } from '../../kernel/index.ts';
import { type Ipv4, parseIpv4, zeroMac } from '../../wire/index.ts';
import { isDeviceName, parseMac } from '../common/addresses.ts';
import { netnsDirectory, netnsOfFile, netnsOfPid } from '../common/namespaces.ts';
import { Words } from '../common/words.ts';
import { incomplete } from './arguments.ts';
import {
  type Answer,
  done,
  explainedError,
  findLink,
  guarded,
  type IpContext,
  kernelError,
  noDevice,
  notSimulated,
  usageError,
} from './context.ts';

/** A namespace given as a name of /var/run/netns or as a process number. */
export function namespaceOf(context: IpContext, text: string): NetnsId | undefined {
  const named = netnsOfFile(context.process.fs, `${netnsDirectory}/${text}`);
  if (named.ok) return named.value;
  return /^\d+$/.test(text) ? netnsOfPid(context.process, Number(text)) : undefined;
}

const wrongArgument = (value: string, why: string): Answer =>
  usageError(`Error: argument "${value}" is wrong: ${why}\n`);

// ---- set ------------------------------------------------------------------------------------

/** One word of `ip link set`, and how many values it takes; answers the change, or why not. */
function linkChange(context: IpContext, word: string, words: Words): LinkChanges | Answer {
  if (word === 'up') return { up: true };
  if (word === 'down') return { up: false };
  if (word === 'nomaster') return { master: null };
  const value = words.next();
  if (value === undefined) return incomplete;
  switch (word) {
    case 'name':
      return isDeviceName(value)
        ? { name: value }
        : wrongArgument(value, '"name" not a valid ifname');
    case 'mtu':
      return /^\d+$/.test(value)
        ? { mtu: Number(value) }
        : wrongArgument(value, 'Invalid "mtu" value');
    case 'address': {
      const mac = parseMac(value);
      return mac ? { mac } : usageError(`"${value}" is invalid lladdr.`, 1);
    }
    case 'alias':
      return { alias: value };
    case 'txqueuelen':
    case 'qlen':
    case 'txqlen':
      return /^\d+$/.test(value)
        ? { queueLength: Number(value) }
        : wrongArgument(value, 'Invalid "txqueuelen" value');
    case 'master': {
      const master = findLink(context, value);
      return master ? { master: master.id } : wrongArgument(value, 'Device does not exist');
    }
    case 'netns': {
      const netns = namespaceOf(context, value);
      return netns ? { netns } : wrongArgument(value, 'Invalid "netns" value');
    }
    // Accepted without effect: nothing simulated looks at these.
    case 'arp':
    case 'multicast':
    case 'allmulticast':
    case 'promisc':
    case 'group':
      return {};
    default:
      return usageError(`Error: either "dev" is duplicate, or "${word}" is a garbage.`);
  }
}

export function setLink(context: IpContext, args: readonly string[]): Answer {
  const words = new Words(args);
  let device: string | undefined;
  let changes: LinkChanges = {};
  const known = [
    'up',
    'down',
    'nomaster',
    'name',
    'mtu',
    'address',
    'alias',
    'txqueuelen',
    'qlen',
    'txqlen',
    'master',
    'netns',
    'arp',
    'multicast',
    'allmulticast',
    'promisc',
    'group',
  ];
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'type') return setPort(context, device, words);
    if (word === 'dev') {
      device = words.next();
      continue;
    }
    if (!known.includes(word) && device === undefined) {
      device = word;
      continue;
    }
    const change = linkChange(context, word, words);
    if ('status' in change) return change;
    changes = { ...changes, ...change };
  }
  if (device === undefined)
    return usageError('Not enough information: "dev" argument is required.');
  const link = findLink(context, device);
  if (!link) return noDevice(device);
  return guarded(context, () => {
    const set = context.kernel.linkSet(link.id, changes);
    return set.ok ? done : kernelError(set.error);
  });
}

/** `ip link set X type bridge_slave hairpin on`. */
function setPort(context: IpContext, device: string | undefined, words: Words): Answer {
  const type = words.next() ?? '';
  const [word, value] = words.rest();
  const link = device === undefined ? undefined : findLink(context, device);
  if (!link) return noDevice(device ?? '');
  if (type !== 'bridge_slave' || word !== 'hairpin')
    return notSimulated(`ip link set type ${type} ${word ?? ''}`);
  return guarded(context, () => {
    const set = context.kernel.linkSet(link.id, { hairpin: value === 'on' || value === '1' });
    return set.ok ? done : kernelError(set.error);
  });
}

// ---- add ------------------------------------------------------------------------------------

const linkKinds = ['bridge', 'veth', 'vxlan', 'dummy', 'macvlan', 'ipvlan'] as const;
type NewKind = (typeof linkKinds)[number];

/** The first of `veth0`, `veth1` … that is free. */
function freeName(context: IpContext, prefix: string, taken: readonly string[] = []): string {
  for (let n = 0; ; n += 1) {
    const name = `${prefix}${n}`;
    if (!findLink(context, name) && !taken.includes(name)) return name;
  }
}

interface NewLink {
  name: string | undefined;
  /** `link NAME`: the device below. */
  lower: string | undefined;
  changes: LinkChanges;
}

/** What stands before `type`. */
function parseNewLink(context: IpContext, words: Words): NewLink | Answer {
  const link: NewLink = { name: undefined, lower: undefined, changes: {} };
  while (words.more && words.peek() !== 'type') {
    const word = words.next() ?? '';
    if (word === 'name' || word === 'dev') link.name = words.next();
    else if (
      [
        'address',
        'mtu',
        'txqueuelen',
        'qlen',
        'txqlen',
        'netns',
        'master',
        'up',
        'down',
        'alias',
      ].includes(word)
    ) {
      const change = linkChange(context, word, words);
      if ('status' in change) return change;
      link.changes = { ...link.changes, ...change };
    } else if (word === 'link') link.lower = words.next();
    else if (word === 'numtxqueues' || word === 'numrxqueues') words.next();
    else if (link.name === undefined) link.name = word;
    else return usageError(`Error: either "name" is duplicate, or "${word}" is a garbage.`);
  }
  return link;
}

export function addLink(context: IpContext, args: readonly string[]): Answer {
  const words = new Words(args);
  const link = parseNewLink(context, words);
  if ('status' in link) return link;
  words.next();
  const kind = words.next();
  if (kind === undefined)
    return usageError('Not enough information: "type" argument is required', 1);
  if (!linkKinds.includes(kind as NewKind)) return explainedError('Unknown device type.');
  if (link.name !== undefined && !isDeviceName(link.name))
    return usageError(`Error: argument "${link.name}" is wrong: "name" not a valid ifname\n`);
  return guarded(context, () => {
    const made = makeLink(context, kind as NewKind, link, words);
    if ('status' in made) return made;
    // What `ip` makes has the ordinary queue length; a name space is moved to last.
    const set = context.kernel.linkSet(made.id, { queueLength: 1000, ...link.changes });
    return set.ok ? done : kernelError(set.error);
  });
}

function makeLink(
  context: IpContext,
  kind: NewKind,
  link: NewLink,
  words: Words,
): LinkRow | Answer {
  const { kernel, netns } = context;
  const name = link.name ?? freeName(context, kind);
  const mtu = link.changes.mtu;
  const common = { name, kind, ...(mtu !== undefined && { mtu }) };
  if (kind === 'veth') {
    const peer = parsePeer(context, words, name);
    if ('status' in peer) return peer;
    const { queueLength, ...spec } = peer;
    const made = kernel.linkAdd(netns, { ...common, peer: spec });
    if (!made.ok) return kernelError(made.error);
    if (made.value.peer) kernel.linkSet(made.value.peer, { queueLength });
    return made.value;
  }
  if (kind === 'vxlan') return makeVxlan(context, common, words);
  const lower =
    kind === 'macvlan' || kind === 'ipvlan' ? parseLower(context, kind, link, words) : undefined;
  if (lower && 'status' in lower) return lower;
  const made = kernel.linkAdd(netns, { ...common, ...(lower && { lower: lower.id }) });
  return made.ok ? made.value : kernelError(made.error);
}

/** The modes that the kernel of the simulation has; macvlan's default would be vepa. */
const sharedModes: Readonly<Record<'macvlan' | 'ipvlan', string>> = {
  macvlan: 'bridge',
  ipvlan: 'l2',
};

/** `link NAME … mode MODE`. */
function parseLower(
  context: IpContext,
  kind: 'macvlan' | 'ipvlan',
  link: NewLink,
  words: Words,
): LinkRow | Answer {
  if (link.lower === undefined) return explainedError('Operation not supported.');
  const lower = findLink(context, link.lower);
  if (!lower) return noDevice(link.lower);
  let mode = kind === 'ipvlan' ? 'l2' : 'vepa';
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'mode') mode = words.next() ?? '';
    else if (word !== 'bridge') return notSimulated(`ip link add type ${kind} ${word}`);
  }
  return mode === sharedModes[kind] ? lower : notSimulated(`ip link add type ${kind} mode ${mode}`);
}

function makeVxlan(
  context: IpContext,
  common: Pick<LinkSpec, 'name' | 'mtu'>,
  words: Words,
): LinkRow | Answer {
  const { kernel, netns } = context;
  const parsed = parseVxlan(words);
  if ('status' in parsed) return parsed;
  const { device, remote, ...vxlan } = parsed;
  const lower = device === undefined ? undefined : findLink(context, device);
  if (device !== undefined && !lower) return noDevice(device);
  const mtu = common.mtu ?? (lower && lower.mtu - vxlanOverhead);
  const made = kernel.linkAdd(netns, {
    name: common.name,
    kind: 'vxlan',
    vxlan,
    ...(mtu !== undefined && { mtu }),
  });
  if (!made.ok) return kernelError(made.error);
  if (remote !== undefined) kernel.fdbAdd(made.value.id, zeroMac, { remote, permanent: true });
  return made.value;
}

/** Bytes that the tunnel adds to a packet: outer IP, UDP and VXLAN headers, and the inner Ethernet header. */
const vxlanOverhead = 50;

interface PeerSpec {
  readonly name: string;
  readonly netns?: NetnsId;
  readonly queueLength: number;
}

/** `peer [name] NAME [netns NAME]`. */
function parsePeer(context: IpContext, words: Words, ownName: string): PeerSpec | Answer {
  let name: string | undefined;
  let netns: NetnsId | undefined;
  if (words.peek() === 'peer') words.next();
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'netns') {
      const text = words.next();
      if (text === undefined) return incomplete;
      netns = namespaceOf(context, text);
      if (!netns) return wrongArgument(text, 'Invalid "netns" value');
    } else name = word === 'name' ? words.next() : word;
  }
  const peer = { name: name ?? freeName(context, 'veth', [ownName]), queueLength: 1000 };
  return netns === undefined ? peer : { ...peer, netns };
}

interface VxlanArguments {
  readonly vni: number;
  readonly port: number;
  readonly proxy: boolean;
  readonly learning: boolean;
  readonly l2miss: boolean;
  readonly l3miss: boolean;
  readonly device: string | undefined;
  readonly remote: Ipv4 | undefined;
}

/** `id N [dstport P] [remote ADDR] [dev NAME] [nolearning] [proxy] [l2miss] [l3miss]`. */
function parseVxlan(words: Words): VxlanArguments | Answer {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  while (words.more) {
    const word = words.next() ?? '';
    // What packets are sent from, and with which TTL, follows from the route.
    if (['id', 'vni', 'dstport', 'dev', 'remote', 'local', 'ttl', 'ageing'].includes(word))
      values.set(word === 'vni' ? 'id' : word, words.next() ?? '');
    else if (['nolearning', 'learning', 'proxy', 'l2miss', 'l3miss'].includes(word))
      flags.add(word);
    else return notSimulated(`ip link add type vxlan ${word}`);
  }
  const vni = Number(values.get('id') ?? Number.NaN);
  if (!Number.isInteger(vni) || vni < 1 || vni >= 1 << 24)
    return usageError('vxlan: missing virtual network identifier');
  const given = values.get('remote');
  const remote = given === undefined ? undefined : parseIpv4(given);
  if (given !== undefined && remote === undefined)
    return usageError(`Error: inet address is expected rather than "${given}".`, 1);
  return {
    vni,
    port: Number(values.get('dstport') ?? 8472),
    proxy: flags.has('proxy'),
    learning: !flags.has('nolearning'),
    l2miss: flags.has('l2miss'),
    l3miss: flags.has('l3miss'),
    device: values.get('dev'),
    remote,
  };
}

// ---- delete ---------------------------------------------------------------------------------

export function deleteLink(context: IpContext, args: readonly string[]): Answer {
  const [first, second] = args;
  const device = first === 'dev' ? second : first;
  if (device === undefined)
    return usageError('Not enough information: "dev" argument is required.');
  const link = findLink(context, device);
  if (!link) return noDevice(device);
  return guarded(context, () => {
    if (link.kind === 'loopback' || link.kind === 'ether') return kernelError('EOPNOTSUPP');
    const removed = context.kernel.linkDelete(link.id);
    return removed.ok ? done : kernelError(removed.error);
  });
}
