// `bridge` of iproute2: ports, forwarding databases and VLANs.
//
// Mirrors: iproute2 6.17 (hosts) and 6.1. Differs: mdb and monitor are not simulated; VLANs can only be looked at.
import type { FdbRow, Kernel, LinkRow, NetnsId } from '../../kernel/index.ts';
import { type Process, type Program, type SocketError, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
import { parseMac } from '../common/addresses.ts';
import { type JsonObject, writeJson } from '../common/json.ts';
import { linkFlags, lowerLink } from '../common/links.ts';
import { namedNamespaces, netnsDirectory, netnsOfFile } from '../common/namespaces.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';
import { Words } from '../common/words.ts';

interface Answer {
  readonly out?: string;
  readonly err?: string;
  readonly status: number;
}

interface Context {
  readonly process: Process;
  readonly kernel: Kernel;
  readonly netns: NetnsId;
  readonly version: string;
  readonly details: boolean;
  readonly statistics: boolean;
  readonly json: boolean;
  readonly pretty: boolean;
}

const printed = (out: string): Answer => ({ out, status: 0 });
const complaint = (text: string): Answer => ({ err: `${text}\n`, status: 255 });
const kernelError = (error: SocketError): Answer =>
  complaint(`RTNETLINK answers: ${strerror(error)}`);
const noDevice = (name: string): Answer => complaint(`Cannot find device "${name}"`);

const usage = `Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
       bridge [ -force ] -batch filename
where  OBJECT := { link | fdb | mdb | vlan | monitor }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |
                    -o[neline] | -t[imestamp] | -n[etns] name |
                    -c[ompressvlans] -color -p[retty] -j[son] }`;

const findLink = (context: Context, name: string): LinkRow | undefined =>
  context.kernel.linkByName(context.netns, name);

// ---- ports ------------------------------------------------------------------------------------

/** The far end's number is looked up in this namespace, wherever it is: `vethX@eth0` for one that is number 2. */
function portName(context: Context, link: LinkRow): string {
  const lower = lowerLink(context.kernel, link);
  if (!lower) return link.name;
  const here = context.kernel.links(context.netns).find((l) => l.ifindex === lower.ifindex);
  return `${link.name}@${here?.name ?? `if${lower.ifindex}`}`;
}

const onOff = (value: boolean | undefined): string => (value ? 'on' : 'off');

function portLines(context: Context, link: LinkRow): string {
  const { kernel } = context;
  const bridge = link.master === undefined ? undefined : kernel.link(link.master);
  const state = link.up && kernel.linkState(link.id).carrier ? 'forwarding' : 'disabled';
  const cost = link.kind === 'veth' || link.kind === 'ether' ? 2 : 100;
  const line = `${link.ifindex}: ${portName(context, link)}: <${linkFlags(kernel, link).join(',')}> mtu ${link.mtu} master ${bridge?.name ?? ''} state ${state} priority 32 cost ${cost} \n`;
  if (!context.details) return line;
  const newer = context.version !== '6.1.0';
  return `${line}    hairpin ${onOff(link.hairpin)} guard off root_block off fastleave off learning on flood on mcast_flood on bcast_flood on mcast_router 1 mcast_to_unicast off neigh_suppress off ${newer ? 'neigh_vlan_suppress off ' : ''}vlan_tunnel off isolated off locked off ${newer ? 'mab off ' : ''}\n`;
}

function portJson(context: Context, link: LinkRow): JsonObject {
  const lower = lowerLink(context.kernel, link);
  const bridge = link.master === undefined ? undefined : context.kernel.link(link.master);
  return {
    ifindex: link.ifindex,
    link: lower?.here?.name,
    ifname: link.name,
    flags: linkFlags(context.kernel, link),
    mtu: link.mtu,
    master: bridge?.name,
    state: context.kernel.linkState(link.id).carrier ? 'forwarding' : 'disabled',
    priority: 32,
    cost: link.kind === 'veth' || link.kind === 'ether' ? 2 : 100,
  };
}

function linkCommand(context: Context, [verb = 'show', ...args]: readonly string[]): Answer {
  if ('set'.startsWith(verb)) return setPort(context, args);
  if (!'show'.startsWith(verb) && !'list'.startsWith(verb) && verb !== 'lst')
    return complaint(`Command "${verb}" is unknown, try "bridge link help".`);
  const name = args[0] === 'dev' ? args[1] : args[0];
  const device = name === undefined ? undefined : findLink(context, name);
  if (name !== undefined && !device) return noDevice(name);
  const ports = context.kernel
    .links(context.netns)
    .filter((link) => link.master !== undefined && (!device || link.id === device.id));
  if (context.json)
    return printed(
      writeJson(
        ports.map((link) => portJson(context, link)),
        context.pretty,
      ),
    );
  return printed(ports.map((link) => portLines(context, link)).join(''));
}

function setPort(context: Context, args: readonly string[]): Answer {
  const at = args.indexOf('dev');
  const name = args[at + 1] ?? '';
  const link = findLink(context, name);
  if (at < 0) return complaint('Device is a required argument.');
  if (!link) return noDevice(name);
  const hairpin = args.indexOf('hairpin');
  if (hairpin < 0)
    return complaint(`bridge: not simulated here: bridge link set ${args.join(' ')}`);
  if (!mayAdministerNetwork(context.process)) return kernelError('EPERM');
  const set = context.kernel.linkSet(link.id, { hairpin: args[hairpin + 1] === 'on' });
  return set.ok ? { status: 0 } : kernelError(set.error);
}

// ---- the forwarding database --------------------------------------------------------------------

interface FdbFilter {
  device?: LinkRow;
  bridge?: LinkRow;
  dynamic?: boolean;
}

function parseFilter(context: Context, args: readonly string[]): FdbFilter | Answer {
  const words = new Words(args);
  const filter: FdbFilter = {};
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'dynamic') {
      filter.dynamic = true;
      continue;
    }
    if (word === 'state' || word === 'vlan') {
      words.next();
      continue;
    }
    const name = ['dev', 'brport', 'br', 'bridge'].includes(word) ? (words.next() ?? '') : word;
    const link = findLink(context, name);
    if (!link) return noDevice(name);
    if (word === 'br' || word === 'bridge') filter.bridge = link;
    else filter.device = link;
  }
  return filter;
}

function chosenRows(context: Context, filter: FdbFilter): readonly FdbRow[] {
  const { kernel, netns } = context;
  return kernel.fdb(netns).filter((row) => {
    const link = kernel.link(row.link);
    const { bridge, device } = filter;
    return (
      (!device || row.link === device.id) &&
      (!bridge || link?.id === bridge.id || link?.master === bridge.id) &&
      (!filter.dynamic || !row.permanent)
    );
  });
}

/** The number or name of the namespace through which a VXLAN device sends, where it is not its own. */
function underlayText(context: Context, link: LinkRow | undefined): string {
  const underlay = link?.vxlan?.underlay;
  if (underlay === undefined || underlay === link?.netns) return '';
  const named = namedNamespaces(context.process.fs).find((n) => n.netns === underlay);
  return named
    ? `link-netns ${named.name} `
    : `link-netnsid ${context.kernel.peerNetnsId(context.netns, underlay)} `;
}

function fdbLine(context: Context, row: FdbRow, filter: FdbFilter): string {
  const { kernel, process } = context;
  const link = kernel.link(row.link);
  const isBridge = link?.kind === 'bridge';
  const master = isBridge
    ? link
    : link?.master === undefined
      ? undefined
      : kernel.link(link.master);
  const age = Math.floor((process.sim.now() - row.seenAt) / 1_000_000);
  return [
    `${row.mac} `,
    filter.device ? '' : `dev ${link?.name ?? '?'} `,
    row.vlan === undefined ? '' : `vlan ${row.vlan} `,
    row.remote === undefined ? '' : `dst ${formatIpv4(row.remote)} ${underlayText(context, link)}`,
    context.statistics && row.table === 'bridge' ? `used ${age}/${age} ` : '',
    row.table === 'self' ? 'self ' : `master ${master?.name ?? '?'} `,
    row.permanent ? 'permanent' : '',
  ].join('');
}

function fdbJson(context: Context, row: FdbRow, filter: FdbFilter): JsonObject {
  const link = context.kernel.link(row.link);
  const master = link?.master === undefined ? link : context.kernel.link(link.master);
  return {
    mac: row.mac,
    ifname: filter.device ? undefined : link?.name,
    vlan: row.vlan,
    dst: row.remote === undefined ? undefined : formatIpv4(row.remote),
    flags: row.table === 'self' ? ['self'] : [],
    master: row.table === 'bridge' ? master?.name : undefined,
    state: row.permanent ? 'permanent' : '',
  };
}

function fdbCommand(context: Context, [verb = 'show', ...args]: readonly string[]): Answer {
  if (['add', 'append', 'replace'].some((name) => name.startsWith(verb)))
    return addFdb(context, args);
  if ('delete'.startsWith(verb)) return deleteFdb(context, args);
  if (!['show', 'list', 'lst'].some((name) => name.startsWith(verb)))
    return complaint(`Command "${verb}" is unknown, try "bridge fdb help".`);
  const filter = parseFilter(context, args);
  if ('status' in filter) return filter;
  const rows = chosenRows(context, filter);
  if (context.json)
    return printed(
      writeJson(
        rows.map((row) => fdbJson(context, row, filter)),
        context.pretty,
      ),
    );
  return printed(rows.map((row) => `${fdbLine(context, row, filter)}\n`).join(''));
}

interface FdbEntry {
  readonly link: LinkRow;
  readonly mac: NonNullable<ReturnType<typeof parseMac>>;
  readonly remote: ReturnType<typeof parseIpv4>;
  readonly permanent: boolean;
}

function parseEntry(context: Context, args: readonly string[]): FdbEntry | Answer {
  const words = new Words(args);
  let mac: ReturnType<typeof parseMac>;
  let device: string | undefined;
  let remote: ReturnType<typeof parseIpv4>;
  let permanent = true;
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'dev') device = words.next();
    else if (word === 'dst') remote = parseIpv4(words.next() ?? '');
    else if (word === 'dynamic' || word === 'static') permanent = word === 'static';
    else if (['vlan', 'vni', 'port', 'via'].includes(word)) words.next();
    else if (
      ![
        'self',
        'master',
        'permanent',
        'local',
        'temp',
        'router',
        'use',
        'extern_learn',
        'sticky',
      ].includes(word)
    ) {
      mac = parseMac(word);
      if (!mac) return complaint(`Invalid mac address ${word}`);
    }
  }
  if (device === undefined || !mac) return complaint('Device and address are required arguments.');
  const link = findLink(context, device);
  return link ? { link, mac, remote, permanent } : noDevice(device);
}

function addFdb(context: Context, args: readonly string[]): Answer {
  const entry = parseEntry(context, args);
  if ('status' in entry) return entry;
  if (!mayAdministerNetwork(context.process)) return kernelError('EPERM');
  const { link, mac, remote, permanent } = entry;
  const added = context.kernel.fdbAdd(link.id, mac, {
    permanent,
    ...(remote !== undefined && { remote }),
  });
  return added.ok ? { status: 0 } : kernelError(added.error);
}

function deleteFdb(context: Context, args: readonly string[]): Answer {
  const entry = parseEntry(context, args);
  if ('status' in entry) return entry;
  if (!mayAdministerNetwork(context.process)) return kernelError('EPERM');
  const { link, mac, remote } = entry;
  const removed = context.kernel.fdbDelete(link.id, mac, remote === undefined ? {} : { remote });
  return removed.ok ? { status: 0 } : kernelError(removed.error);
}

// ---- VLANs --------------------------------------------------------------------------------------

function vlanCommand(context: Context, [verb = 'show', ...args]: readonly string[]): Answer {
  if (!['show', 'list', 'lst'].some((name) => name.startsWith(verb)))
    return complaint(`bridge: not simulated here: bridge vlan ${verb}`);
  const name = args[0] === 'dev' ? args[1] : undefined;
  const { kernel, netns } = context;
  const members = kernel.links(netns).filter((link) => {
    const bridge =
      link.kind === 'bridge'
        ? link
        : link.master === undefined
          ? undefined
          : kernel.link(link.master);
    return bridge && (bridge.defaultPvid ?? 1) > 0 && (name === undefined || link.name === name);
  });
  const pvid = (link: LinkRow): number =>
    (link.master === undefined ? link : kernel.link(link.master))?.defaultPvid ?? 1;
  if (context.json) {
    const records = members.map((link) => ({
      ifname: link.name,
      vlans: [{ vlan: pvid(link), flags: ['PVID', 'Egress Untagged'] }],
    }));
    return printed(writeJson(records, context.pretty));
  }
  const lines = members.map(
    (link) => `${link.name.padEnd(16)}  ${pvid(link)} PVID Egress Untagged\n`,
  );
  return printed(`port              vlan-id  \n${lines.join('')}`);
}

// ---- the program ----------------------------------------------------------------------------------

function answerOf(process: Process, version: string): Answer {
  const args = process.argv.slice(1);
  const flags = new Set<string>();
  let { netns } = process;
  while (args[0]?.startsWith('-')) {
    const option = (args.shift() ?? '').replace(/^--?/, '');
    if ('Version'.startsWith(option)) return printed(`bridge utility, ${version}\n`);
    if ('netns'.startsWith(option)) {
      const name = args.shift() ?? '';
      const named = netnsOfFile(process.fs, `${netnsDirectory}/${name}`);
      if (!named.ok)
        return complaint(`Cannot open network namespace "${name}": ${strerror(named.error)}`);
      netns = named.value;
      continue;
    }
    const known = [
      'statistics',
      'stats',
      'details',
      'json',
      'pretty',
      'oneline',
      'timestamp',
      'color',
      'compressvlans',
      'force',
    ];
    const name = known.find((long) => long.startsWith(option));
    if (!name) return complaint(`Option "-${option}" is unknown, try "bridge help".`);
    flags.add(name);
  }
  const context: Context = {
    process,
    kernel: process.kernel,
    netns,
    version,
    details: flags.has('details'),
    statistics: flags.has('statistics') || flags.has('stats'),
    json: flags.has('json'),
    pretty: flags.has('pretty'),
  };
  const [object, ...rest] = args;
  if (object === undefined || object === 'help') return complaint(usage);
  switch (['link', 'fdb', 'mdb', 'vlan', 'monitor'].find((name) => name.startsWith(object))) {
    case 'link':
      return linkCommand(context, rest);
    case 'fdb':
      return fdbCommand(context, rest);
    case 'vlan':
      return vlanCommand(context, rest);
    case undefined:
      return complaint(`Object "${object}" is unknown, try "bridge help".`);
    default:
      return complaint(`bridge: not simulated here: bridge ${object}`);
  }
}

export const bridgeProgram = (version: string): Program =>
  function* bridge(process: Process): Op<number> {
    const answer = answerOf(process, version);
    if (answer.out) yield* process.out(answer.out);
    if (answer.err) yield* process.err(answer.err);
    return answer.status;
  };
