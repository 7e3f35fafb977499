// `hostname`: the name of this machine or container, and the addresses that belong to it.
//
// Mirrors: Debian's hostname 3.25 and the BusyBox applet (whose -i looks the name up in the same way).
import {
  lookupAddress,
  lookupIpv4,
  type Process,
  type Program,
  resolveErrorText,
} from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { formatIpv4, isLoopback } from '../../wire/index.ts';
import { busyboxUsage } from '../common/busybox.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';

const longs: readonly LongOption[] = [
  { name: 'short', short: 's' },
  { name: 'fqdn', short: 'f' },
  { name: 'long', short: 'f' },
  { name: 'domain', short: 'd' },
  { name: 'ip-address', short: 'i' },
  { name: 'all-ip-addresses', short: 'I' },
  { name: 'all-fqdns', short: 'A' },
  { name: 'file', short: 'F' },
  { name: 'boot', short: 'b' },
  { name: 'yp', short: 'y' },
  { name: 'nis', short: 'y' },
  { name: 'alias', short: 'a' },
  { name: 'version', short: 'V' },
  { name: 'help', short: 'h' },
];

const usage = `Usage: hostname [-b] {hostname|-F file}         set host name (from file)
       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name
       hostname                                 display host name

       {yp,nis,}domainname {nisdomain|-F file}  set NIS domain name (from file)
       {yp,nis,}domainname                      display NIS domain name

       dnsdomainname                            display dns domain name

       hostname -V|--version|-h|--help          print info and exit

Program name:
       {yp,nis,}domainname=hostname -y
       dnsdomainname=hostname -d

Program options:
    -a, --alias            alias names
    -A, --all-fqdns        all long host names (FQDNs)
    -b, --boot             set default hostname if none available
    -d, --domain           DNS domain name
    -f, --fqdn, --long     long host name (FQDN)
    -F, --file             read host name or NIS domain name from given file
    -i, --ip-address       addresses for the host name
    -I, --all-ip-addresses all addresses for the host
    -s, --short            short host name
    -y, --yp, --nis        NIS/YP domain name

Description:
   This command can get or set the host name or the NIS domain name. You can
   also get the DNS domain or the FQDN (fully qualified domain name).
   Unless you are using bind or NIS for host lookups you can change the
   FQDN (Fully Qualified Domain Name) and the DNS domain name (which is
   part of the FQDN) in the /etc/hosts file.
`;

const busybox = busyboxUsage(
  'hostname',
  '[-sidf] [HOSTNAME | -F FILE]',
  `Show or set hostname or DNS domain name

	-s	Short
	-i	Addresses for the hostname
	-d	DNS domain name
	-f	Fully qualified domain name
	-F FILE	Use FILE's content as hostname`,
);

/** All addresses of all devices but lo. */
function ownAddresses(process: Process): string {
  const rows = process.kernel.addresses({ netns: process.netns });
  const texts = rows
    .filter((row) => !isLoopback(row.address))
    .map((row) => `${formatIpv4(row.address)} `);
  return `${texts.join('')}\n`;
}

/** The addresses that the own name is looked up to. */
function* lookedUp(process: Process): Op<number> {
  const found = yield* lookupIpv4(process, process.hostname);
  if (!found.ok) {
    yield* process.err(`hostname: ${resolveErrorText[found.error]}\n`);
    return 1;
  }
  yield* process.out(`${found.value.map(formatIpv4).join(' ')}\n`);
  return 0;
}

function* fullName(process: Process): Op<string> {
  const found = yield* lookupIpv4(process, process.hostname);
  const [address] = found.ok ? found.value : [];
  if (address === undefined) return process.hostname;
  return (yield* lookupAddress(process, address)) ?? process.hostname;
}

export const hostnameProgram = (flavour: 'debian' | 'busybox'): Program =>
  function* hostname(process: Process): Op<number> {
    const parsed =
      flavour === 'busybox'
        ? getopt(process.argv.slice(1), 'sidfF:')
        : getopt(process.argv.slice(1), 'aAbdfF:hiIsVy', longs);
    if ('error' in parsed) {
      yield* process.err(
        `${optionErrorText('hostname', parsed)}${flavour === 'busybox' ? busybox : usage}`,
      );
      return flavour === 'busybox' ? 1 : 255;
    }
    const option = parsed.options.at(-1)?.name;
    switch (option) {
      case 'i':
        return yield* lookedUp(process);
      case 'I':
        yield* process.out(ownAddresses(process));
        return 0;
      case 's':
        yield* process.out(`${process.hostname.split('.')[0]}\n`);
        return 0;
      case 'f':
      case 'A':
        yield* process.out(`${yield* fullName(process)}\n`);
        return 0;
      case 'd': {
        const domain = (yield* fullName(process)).split('.').slice(1).join('.');
        if (domain !== '') yield* process.out(`${domain}\n`);
        return 0;
      }
      case 'V':
        yield* process.out('hostname 3.25\n');
        return 0;
      case 'h':
        yield* process.out(usage);
        return 0;
      case 'a':
        yield* process.out('\n');
        return 0;
    }
    if (option !== undefined || parsed.operands.length > 0) {
      yield* process.err('hostname: not simulated here: changing the name of a host\n');
      return 1;
    }
    yield* process.out(`${process.hostname}\n`);
    return 0;
  };
