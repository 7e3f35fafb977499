// `brctl` of bridge-utils.
//
// Mirrors: bridge-utils 1.7. Differs: STP stays off and timers stand still; the commands that set them are not simulated.
import type { Kernel, LinkRow } from '../../kernel/index.ts';
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { compareText } from '../../std/index.ts';
import type { Mac } from '../../wire/index.ts';
import { portNumber, portsOf } from '../common/bridge-ports.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';

interface Answer {
  readonly out?: string;
  readonly err?: string;
  readonly status: number;
}

const printed = (out: string): Answer => ({ out, status: 0 });
const complaint = (text: string): Answer => ({ err: `${text}\n`, status: 1 });

const commands: readonly (readonly [
  name: string,
  parameters: string,
  help: string,
  operands: number,
])[] = [
  ['addbr', '<bridge>\t\t', 'add bridge', 1],
  ['delbr', '<bridge>\t\t', 'delete bridge', 1],
  ['addif', '<bridge> <device>\t', 'add interface to bridge', 2],
  ['delif', '<bridge> <device>\t', 'delete interface from bridge', 2],
  ['hairpin', '<bridge> <port> {on|off}\t', 'turn hairpin on/off', 3],
  ['setageing', '<bridge> <time>\t\t', 'set ageing time', 2],
  ['setbridgeprio', '<bridge> <prio>\t\t', 'set bridge priority', 2],
  ['setfd', '<bridge> <time>\t\t', 'set bridge forward delay', 2],
  ['sethello', '<bridge> <time>\t\t', 'set hello time', 2],
  ['setmaxage', '<bridge> <time>\t\t', 'set max message age', 2],
  ['setpathcost', '<bridge> <port> <cost>\t', 'set path cost', 3],
  ['setportprio', '<bridge> <port> <prio>\t', 'set port priority', 3],
  ['show', '[ <bridge> ]\t\t', 'show a list of bridges', 0],
  ['showmacs', '<bridge>\t\t', 'show a list of mac addrs', 1],
  ['showstp', '<bridge>\t\t', 'show bridge stp info', 1],
  ['stp', '<bridge> {on|off}\t', 'turn stp on/off', 2],
];

const usage = `Usage: brctl [commands]\ncommands:\n${commands
  .map(([name, parameters, help]) => `\t${name.padEnd(10)}\t${parameters}${help}\n`)
  .join('')}`;

const bridgeIdentifier = (mac: Mac): string => `8000.${mac.replace(/:/g, '')}`;

function bridgesOf(process: Process): readonly LinkRow[] {
  const bridges = process.kernel.links(process.netns).filter((link) => link.kind === 'bridge');
  return [...bridges].sort((a, b) => compareText(a.name, b.name));
}

function show(process: Process, names: readonly string[]): Answer {
  const bridges = bridgesOf(process);
  const unknown = names.find((name) => !bridges.some((b) => b.name === name));
  if (unknown !== undefined) {
    const link = process.kernel.linkByName(process.netns, unknown);
    return complaint(
      link ? `device ${unknown} is not a bridge!` : `bridge ${unknown} does not exist!`,
    );
  }
  const shown = names.length === 0 ? bridges : bridges.filter((b) => names.includes(b.name));
  const lines = shown.map((bridge) => {
    const ports = portsOf(process.kernel, bridge)
      .map((port) => port.name)
      .sort(compareText);
    return `${bridge.name}\t\t${bridgeIdentifier(bridge.mac)}\tno\t\t${ports.join('\n\t\t\t\t\t\t\t')}\n`;
  });
  return printed(`bridge name\tbridge id\t\tSTP enabled\tinterfaces\n${lines.join('')}`);
}

/** The addresses that a bridge knows, those of its ports among them. */
function showMacs(process: Process, bridge: LinkRow): Answer {
  const { kernel, netns, sim } = process;
  const seen = new Set<string>();
  const rows = kernel.fdb(netns).filter((row) => {
    const link = kernel.link(row.link);
    const ours = row.table === 'bridge' && link?.master === bridge.id && row.vlan === undefined;
    if (!ours || seen.has(row.mac)) return false;
    seen.add(row.mac);
    return true;
  });
  const lines = rows.map((row) => {
    const link = kernel.link(row.link);
    const local = row.permanent;
    const age = local ? 0 : (sim.now() - row.seenAt) / 1_000_000;
    const number = link ? portNumber(kernel, link) : 0;
    return `${`${number}`.padStart(3)}\t${row.mac}\t${local ? 'yes' : 'no'}\t\t${age.toFixed(2).padStart(7)}\n`;
  });
  return printed(`port no\tmac addr\t\tis local?\tageing timer\n${lines.join('')}`);
}

function showStp(kernel: Kernel, bridge: LinkRow): Answer {
  const id = bridgeIdentifier(bridge.mac);
  const head = `${bridge.name}
 bridge id\t\t${id}
 designated root\t${id}
 root port\t\t   0\t\t\tpath cost\t\t   0
 max age\t\t  20.00\t\t\tbridge max age\t\t  20.00
 hello time\t\t   2.00\t\t\tbridge hello time\t   2.00
 forward delay\t\t  15.00\t\t\tbridge forward delay\t  15.00
 ageing time\t\t 300.00
 hello timer\t\t   0.00\t\t\ttcn timer\t\t   0.00
 topology change timer\t   0.00\t\t\tgc timer\t\t   0.00
 flags\t\t\t


`;
  const ports = portsOf(kernel, bridge).map((port) => {
    const number = portNumber(kernel, port);
    const portId = (0x8000 + number).toString(16);
    const state = kernel.linkState(port.id).carrier ? 'forwarding' : 'disabled';
    const cost = port.kind === 'vxlan' || port.kind === 'dummy' ? 100 : 2;
    return `${port.name} (${number})
 port id\t\t${portId}\t\t\tstate\t\t${state.padStart(15)}
 designated root\t${id}\tpath cost\t\t${`${cost}`.padStart(4)}
 designated bridge\t${id}\tmessage age timer\t   0.00
 designated port\t${portId}\t\t\tforward delay timer\t   0.00
 designated cost\t   0\t\t\thold timer\t\t   0.00
 flags\t\t\t${port.hairpin ? '\n hairpin mode\t\t   1' : ''}

`;
  });
  return printed(`${head}${ports.join('')}`);
}

function addBridge(process: Process, name: string): Answer {
  const { kernel, netns } = process;
  if (kernel.linkByName(netns, name))
    return complaint(`device ${name} already exists; can't create bridge with the same name`);
  const made = kernel.linkAdd(netns, { name, kind: 'bridge' });
  if (!made.ok) return complaint('add bridge failed: Invalid argument');
  kernel.linkSet(made.value.id, { queueLength: 1000 });
  return { status: 0 };
}

function deleteBridge(process: Process, name: string): Answer {
  const bridge = process.kernel.linkByName(process.netns, name);
  if (bridge?.kind !== 'bridge') return complaint(`bridge ${name} doesn't exist; can't delete it`);
  if (bridge.up) return complaint(`bridge ${name} is still up; can't delete it`);
  process.kernel.linkDelete(bridge.id);
  return { status: 0 };
}

function addInterface(process: Process, bridge: LinkRow, name: string): Answer {
  const { kernel, netns } = process;
  const port = kernel.linkByName(netns, name);
  if (!port) return complaint(`interface ${name} does not exist!`);
  if (port.master !== undefined)
    return complaint(
      `device ${name} is already a member of a bridge; can't add it to bridge ${bridge.name}.`,
    );
  const set = kernel.linkSet(port.id, { master: bridge.id });
  return set.ok
    ? { status: 0 }
    : complaint(`can't add ${name} to bridge ${bridge.name}: Invalid argument`);
}

function deleteInterface(process: Process, bridge: LinkRow, name: string): Answer {
  const { kernel, netns } = process;
  const port = kernel.linkByName(netns, name);
  if (!port) return complaint(`interface ${name} does not exist!`);
  if (port.master !== bridge.id) return complaint(`device ${name} is not a port of ${bridge.name}`);
  kernel.linkSet(port.id, { master: null });
  return { status: 0 };
}

function run(process: Process, name: string, args: readonly string[]): Answer {
  const [first = '', second = ''] = args;
  if (name === 'show') return show(process, args);
  const changes = !name.startsWith('show');
  if (changes && !mayAdministerNetwork(process))
    return complaint(
      `${name === 'addbr' ? 'add bridge failed' : `can't ${name} ${first}`}: Operation not permitted`,
    );
  if (name === 'addbr') return addBridge(process, first);
  if (name === 'delbr') return deleteBridge(process, first);
  const bridge = process.kernel.linkByName(process.netns, first);
  if (bridge?.kind !== 'bridge') return complaint(`bridge ${first} does not exist!`);
  switch (name) {
    case 'addif':
      return addInterface(process, bridge, second);
    case 'delif':
      return deleteInterface(process, bridge, second);
    case 'showmacs':
      return showMacs(process, bridge);
    case 'showstp':
      return showStp(process.kernel, bridge);
    case 'hairpin': {
      const port = process.kernel.linkByName(process.netns, second);
      if (port?.master !== bridge.id)
        return complaint(`interface ${second} is not a port of ${first}`);
      process.kernel.linkSet(port.id, { hairpin: ['on', 'yes', '1'].includes(args[2] ?? '') });
      return { status: 0 };
    }
    default:
      return complaint(`brctl: not simulated here: ${name}`);
  }
}

function answerOf(process: Process): Answer {
  const [name, ...args] = process.argv.slice(1);
  if (name === '-V' || name === '--version') return printed('bridge-utils, 1.7.1\n');
  if (name === '-h' || name === '--help') return printed(usage);
  if (name === undefined) return { err: usage, status: 1 };
  const command = commands.find(([known]) => known === name);
  if (!command) return { err: `never heard of command [${name}]\n${usage}`, status: 1 };
  const [, parameters, help, operands] = command;
  if (args.length < operands)
    return complaint(
      `Incorrect number of arguments for command\nUsage: brctl ${name} ${parameters}${help}`,
    );
  return run(process, name, args);
}

/** For both bridge-utils and BusyBox, whose applet knows the same commands. */
export function* brctl(process: Process): Op<number> {
  const answer = answerOf(process);
  if (answer.out) yield* process.out(answer.out);
  if (answer.err) yield* process.err(answer.err);
  return answer.status;
}
