// `ifconfig`: devices in the old format, and the simplest of their settings.
//
// Mirrors: net-tools 2.10 and the BusyBox applet. Differs: of settings only up, down, mtu, an address with its netmask.
import type { LinkChanges, LinkRow } from '../../kernel/index.ts';
import { type Process, type Program, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { cidrOf, formatIpv4, ipv4, lastAddress, netmask, parseIpv4 } from '../../wire/index.ts';
import { parsePrefix } from '../common/addresses.ts';
import { linkFlags, queueLength } from '../common/links.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';

type Flavour = 'net-tools' | 'busybox';

const flagBits: Readonly<Record<string, number>> = {
  UP: 1,
  BROADCAST: 2,
  LOOPBACK: 8,
  RUNNING: 64,
  NOARP: 128,
  MULTICAST: 4096,
};
const flagOrder = ['UP', 'BROADCAST', 'LOOPBACK', 'RUNNING', 'NOARP', 'MULTICAST'];

function flagsOf(process: Process, link: LinkRow): readonly string[] {
  const flags = linkFlags(process.kernel, link).map((flag) =>
    flag === 'LOWER_UP' ? 'RUNNING' : flag,
  );
  return flagOrder.filter((flag) => flags.includes(flag));
}

/** `1.2 KiB`; BusyBox and net-tools print binary units. */
function humanBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

function netToolsText(process: Process, link: LinkRow): string {
  const { kernel } = process;
  const flags = flagsOf(process, link);
  const bits = flags.reduce((sum, flag) => sum + (flagBits[flag] ?? 0), 0);
  const counters = kernel.linkCounters(link.id);
  const loopback = link.kind === 'loopback';
  const addresses = kernel
    .addresses({ link: link.id })
    .slice(0, 1)
    .map((row) => {
      const broadcast = loopback ? '' : `  broadcast ${formatIpv4(row.broadcast ?? ipv4(0))}`;
      return `        inet ${formatIpv4(row.address)}  netmask ${formatIpv4(ipv4(netmask(row.prefixLength)))}${broadcast}\n`;
    });
  const inet6 = kernel.ipv6Addresses(link.id).map((row) => {
    const scope = row.scope === 'host' ? '0x10<host>' : '0x20<link>';
    return `        inet6 ${row.address}  prefixlen ${row.prefixLength}  scopeid ${scope}\n`;
  });
  const hardware = loopback
    ? `        loop  txqueuelen ${queueLength(link)}  (Local Loopback)\n`
    : `        ether ${link.mac}  txqueuelen ${queueLength(link)}  (Ethernet)\n`;
  return `${link.name}: flags=${bits}<${flags.join(',')}>  mtu ${link.mtu}
${addresses.join('')}${inet6.join('')}${hardware}        RX packets ${counters.rxPackets}  bytes ${counters.rxBytes} (${humanBytes(counters.rxBytes)})
        RX errors 0  dropped 0  overruns 0  frame 0
        TX packets ${counters.txPackets}  bytes ${counters.txBytes} (${humanBytes(counters.txBytes)})
        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0

`;
}

function busyboxText(process: Process, link: LinkRow): string {
  const { kernel } = process;
  const counters = kernel.linkCounters(link.id);
  const loopback = link.kind === 'loopback';
  const head = loopback
    ? 'Link encap:Local Loopback  '
    : `Link encap:Ethernet  HWaddr ${link.mac.toUpperCase()}  `;
  const addresses = kernel
    .addresses({ link: link.id })
    .slice(0, 1)
    .map((row) => {
      const broadcast = loopback ? '' : `  Bcast:${formatIpv4(row.broadcast ?? ipv4(0))}`;
      return `          inet addr:${formatIpv4(row.address)}${broadcast}  Mask:${formatIpv4(ipv4(netmask(row.prefixLength)))}\n`;
    });
  const inet6 = kernel
    .ipv6Addresses(link.id)
    .map(
      (row) =>
        `          inet6 addr: ${row.address}/${row.prefixLength} Scope:${row.scope === 'host' ? 'Host' : 'Link'}\n`,
    );
  return `${link.name.padEnd(9)} ${head}
${addresses.join('')}${inet6.join('')}          ${flagsOf(process, link).join(' ')}  MTU:${link.mtu}  Metric:1
          RX packets:${counters.rxPackets} errors:0 dropped:0 overruns:0 frame:0
          TX packets:${counters.txPackets} errors:0 dropped:0 overruns:0 carrier:0
          collisions:0 txqueuelen:${queueLength(link)} 
          RX bytes:${counters.rxBytes} (${humanBytes(counters.rxBytes)})  TX bytes:${counters.txBytes} (${humanBytes(counters.txBytes)})

`;
}

/** The words behind a device's name; answers the text of an error. */
function configure(process: Process, link: LinkRow, words: readonly string[]): string | undefined {
  const { kernel } = process;
  if (!mayAdministerNetwork(process)) return `SIOCSIFFLAGS: ${strerror('EPERM')}\n`;
  let changes: LinkChanges = {};
  let address: ReturnType<typeof parsePrefix>;
  let mask: number | undefined;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === 'up' || word === 'down') changes = { ...changes, up: word === 'up' };
    else if (word === 'mtu') changes = { ...changes, mtu: Number(words[++i]) };
    else if (word === 'netmask') {
      const dotted = parseIpv4(words[++i] ?? '');
      mask = dotted === undefined ? undefined : Math.clz32(~dotted);
    } else if (word === 'broadcast') i += 1;
    else {
      address = parsePrefix(word);
      if (!address) return `ifconfig: not simulated here: ${word}\n`;
    }
  }
  if (address) {
    const length = mask ?? (address.prefixLength === 32 ? 24 : address.prefixLength);
    for (const row of kernel.addresses({ link: link.id }))
      kernel.addressDelete(link.id, row.address, row.prefixLength);
    const added = kernel.addressAdd(link.id, address.address, length, {
      broadcast: lastAddress(cidrOf(address.address, length)),
    });
    if (!added.ok) return `SIOCSIFADDR: ${strerror(added.error)}\n`;
    changes = { up: true, ...changes };
  }
  const set = kernel.linkSet(link.id, changes);
  return set.ok ? undefined : `SIOCSIFFLAGS: ${strerror(set.error)}\n`;
}

export const ifconfigProgram = (flavour: Flavour): Program =>
  function* ifconfig(process: Process): Op<number> {
    const args = process.argv.slice(1);
    const all = args.includes('-a');
    const [name, ...words] = args.filter((arg) => arg !== '-a' && arg !== '-s' && arg !== '-v');
    const { kernel, netns } = process;
    const render = flavour === 'busybox' ? busyboxText : netToolsText;
    if (name === undefined) {
      const links = kernel.links(netns).filter((link) => all || link.up);
      const sorted = [...links].sort((a, b) => (a.name < b.name ? -1 : 1));
      yield* process.out(sorted.map((link) => render(process, link)).join(''));
      return 0;
    }
    const link = kernel.linkByName(netns, name);
    if (!link) {
      yield* process.err(
        flavour === 'busybox'
          ? `ifconfig: ${name}: error fetching interface information: Device not found\n`
          : `${name}: error fetching interface information: Device not found\n`,
      );
      return 1;
    }
    if (words.length === 0) {
      yield* process.out(render(process, link));
      return 0;
    }
    const problem = configure(process, link, words);
    if (problem === undefined) return 0;
    yield* process.err(problem);
    return problem.startsWith('SIOC') ? 255 : 1;
  };
