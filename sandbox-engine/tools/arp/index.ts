// `arp`: the neighbour table in the old format.
//
// Mirrors: net-tools 2.10 and the BusyBox applet.
import type { NeighbourRow } from '../../kernel/index.ts';
import { lookupAddress, lookupIpv4, type Process, type Program, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { parseMac } from '../common/addresses.ts';
import { getopt, optionErrorText } from '../common/getopt.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';

type Flavour = 'net-tools' | 'busybox';

const isResolved = (row: NeighbourRow): boolean =>
  row.mac !== undefined && row.state !== 'INCOMPLETE' && row.state !== 'FAILED';

function tableLine(name: string, row: NeighbourRow, device: string): string {
  const head = name.slice(0, 23).padEnd(25);
  if (!isResolved(row)) return `${head}        ${'(incomplete)'.padEnd(42)}${device}\n`;
  const flags = row.state === 'PERMANENT' ? 'CM' : 'C';
  return `${head}${'ether'.padEnd(8)}${(row.mac ?? '').padEnd(20)}${flags.padEnd(22)}${device}\n`;
}

function bsdLine(
  name: string | undefined,
  row: NeighbourRow,
  device: string,
  flavour: Flavour,
): string {
  const head = `${name ?? '?'} (${formatIpv4(row.address)}) at `;
  if (!isResolved(row))
    return `${head}<incomplete> ${flavour === 'busybox' ? ' ' : ''}on ${device}\n`;
  const permanent = row.state === 'PERMANENT';
  const gap = permanent ? ' PERM ' : flavour === 'busybox' ? '  ' : ' ';
  return `${head}${row.mac} [ether]${gap}on ${device}\n`;
}

function* list(
  process: Process,
  options: ReadonlySet<string>,
  device: string | undefined,
  host: string | undefined,
  flavour: Flavour,
): Op<number> {
  const { kernel, netns } = process;
  const wanted = host === undefined ? undefined : yield* lookupIpv4(process, host);
  const rows = kernel
    .neighbours(netns)
    .filter((row) => device === undefined || kernel.link(row.link)?.name === device)
    .filter((row) => !wanted || (wanted.ok && wanted.value.includes(row.address)));
  if (host !== undefined && rows.length === 0) {
    yield* process.out(`${host} (${host}) -- no entry\n`);
    return 1;
  }
  const bsd = options.has('a') || flavour === 'busybox';
  let text =
    bsd || rows.length === 0
      ? ''
      : 'Address                  HWtype  HWaddress           Flags Mask            Iface\n';
  for (const row of rows) {
    const name = options.has('n') ? undefined : yield* lookupAddress(process, row.address);
    const link = kernel.link(row.link)?.name ?? '?';
    text += bsd
      ? bsdLine(name, row, link, flavour)
      : tableLine(name ?? formatIpv4(row.address), row, link);
  }
  yield* process.out(text);
  return 0;
}

function* change(
  process: Process,
  operands: readonly string[],
  device: string | undefined,
  removing: boolean,
): Op<number> {
  const [host = '', hardware = ''] = operands;
  const found = yield* lookupIpv4(process, host);
  const address = found.ok ? found.value[0] : undefined;
  if (address === undefined) {
    yield* process.err(`${host}: Unknown host\n`);
    return 255;
  }
  const { kernel, netns } = process;
  if (!mayAdministerNetwork(process)) {
    yield* process.err(`SIOC${removing ? 'D' : 'S'}ARP: ${strerror('EPERM')}\n`);
    return 255;
  }
  const route = kernel.routeLookup(netns, address);
  const link =
    device === undefined
      ? route.ok
        ? route.value.link
        : undefined
      : kernel.linkByName(netns, device)?.id;
  const known = kernel.neighbours(netns).find((row) => row.address === address);
  if (removing) {
    if (known && kernel.neighbourDelete(known.link, address).ok) return 0;
    yield* process.err(`No ARP entry for ${host}\n`);
    return 255;
  }
  const mac = parseMac(hardware);
  if (!mac) {
    yield* process.err('arp: invalid hardware address\n');
    return 255;
  }
  const added = link && kernel.neighbourAdd(link, address, mac, 'PERMANENT');
  if (added?.ok) return 0;
  yield* process.err(`SIOCSARP: ${strerror(added ? added.error : 'ENETUNREACH')}\n`);
  return 255;
}

export const arpProgram = (flavour: Flavour): Program =>
  function* arp(process: Process): Op<number> {
    const parsed = getopt(process.argv.slice(1), 'aenvdsDi:H:A:p:V');
    if ('error' in parsed) {
      yield* process.err(optionErrorText('arp', parsed));
      return flavour === 'busybox' ? 1 : 4;
    }
    const options = new Set(parsed.options.map((o) => o.name));
    const device = parsed.options.find((o) => o.name === 'i')?.value;
    if (options.has('V')) {
      yield* process.out('net-tools 2.10\n');
      return 0;
    }
    if (options.has('d') || options.has('s'))
      return yield* change(process, parsed.operands, device, options.has('d'));
    return yield* list(process, options, device, parsed.operands[0], flavour);
  };
