// What the simulated Debian archive offers: the network tools that exist here as programs.
//
// Versions are those of Debian 12 (bookworm) and of forky at the time of the recordings.

export interface Package {
  readonly name: string;
  readonly versions: { readonly bookworm: string; readonly forky: string };
  /** Bytes of the .deb, and kB once installed. */
  readonly size: number;
  readonly installed: number;
  readonly depends: readonly string[];
  /** Paths that it brings; the last part of each is a program's name. */
  readonly files: readonly string[];
  readonly architecture?: 'all';
}

const packages: readonly Package[] = [
  {
    name: 'curl',
    versions: { bookworm: '7.88.1-10+deb12u14', forky: '8.22.0-1' },
    size: 316_000,
    installed: 502,
    depends: [],
    files: ['/usr/bin/curl'],
  },
  {
    name: 'bind9-host',
    versions: { bookworm: '1:9.18.41-1~deb12u1', forky: '1:9.20.15-1' },
    size: 305_000,
    installed: 392,
    depends: [],
    files: ['/usr/bin/host'],
  },
  {
    name: 'bind9-dnsutils',
    versions: { bookworm: '1:9.18.41-1~deb12u1', forky: '1:9.20.15-1' },
    size: 404_000,
    installed: 665,
    depends: ['bind9-host'],
    files: ['/usr/bin/dig', '/usr/bin/nslookup', '/usr/bin/nsupdate'],
  },
  {
    name: 'dnsutils',
    versions: { bookworm: '1:9.18.41-1~deb12u1', forky: '1:9.20.15-1' },
    size: 263_000,
    installed: 280,
    depends: ['bind9-dnsutils'],
    files: [],
    architecture: 'all',
  },
  {
    name: 'iputils-ping',
    versions: { bookworm: '3:20221126-1+deb12u1', forky: '3:20250605-1' },
    size: 47_200,
    installed: 120,
    depends: [],
    files: ['/usr/bin/ping', '/usr/bin/ping4', '/usr/bin/ping6'],
  },
  {
    name: 'iputils-arping',
    versions: { bookworm: '3:20221126-1+deb12u1', forky: '3:20250605-1' },
    size: 20_100,
    installed: 50,
    depends: [],
    files: ['/usr/sbin/arping'],
  },
  {
    name: 'iproute2',
    versions: { bookworm: '6.1.0-3', forky: '6.17.0-1' },
    size: 1_046_000,
    installed: 3_577,
    depends: [],
    files: ['/usr/sbin/ip', '/usr/sbin/bridge', '/usr/bin/ss'],
  },
  {
    name: 'net-tools',
    versions: { bookworm: '2.10-0.1+deb12u2', forky: '2.10-1.3' },
    size: 243_000,
    installed: 1_002,
    depends: [],
    files: ['/usr/sbin/arp', '/usr/sbin/ifconfig', '/usr/sbin/route', '/usr/bin/netstat'],
  },
  {
    name: 'tcpdump',
    versions: { bookworm: '4.99.3-1', forky: '4.99.5-2' },
    size: 471_000,
    installed: 1_338,
    depends: [],
    files: ['/usr/bin/tcpdump'],
  },
  {
    name: 'traceroute',
    versions: { bookworm: '1:2.1.2-1', forky: '1:2.1.6-1' },
    size: 55_700,
    installed: 164,
    depends: [],
    files: ['/usr/bin/traceroute'],
  },
  {
    name: 'bridge-utils',
    versions: { bookworm: '1.7.1-1', forky: '1.7.1-4' },
    size: 38_400,
    installed: 123,
    depends: [],
    files: ['/usr/sbin/brctl'],
  },
  {
    name: 'netcat-openbsd',
    versions: { bookworm: '1.219-1', forky: '1.229-1' },
    size: 41_500,
    installed: 112,
    depends: [],
    files: ['/usr/bin/nc', '/usr/bin/netcat', '/usr/bin/nc.openbsd'],
  },
  {
    name: 'iptables',
    versions: { bookworm: '1.8.9-2', forky: '1.8.13-1' },
    size: 360_000,
    installed: 2_420,
    depends: [],
    files: ['/usr/sbin/iptables', '/usr/sbin/iptables-save', '/usr/sbin/iptables-restore'],
  },
  {
    name: 'ipvsadm',
    versions: { bookworm: '1:1.31-1+b2', forky: '1:1.31-2' },
    size: 40_200,
    installed: 121,
    depends: [],
    files: ['/usr/sbin/ipvsadm'],
  },
  {
    name: 'ethtool',
    versions: { bookworm: '1:6.1-1', forky: '1:6.15-1' },
    size: 197_000,
    installed: 651,
    depends: [],
    files: ['/usr/sbin/ethtool'],
  },
];

/** Names under which other packages' names are known. */
const aliases: Readonly<Record<string, string>> = {
  'inetutils-ping': 'iputils-ping',
  ping: 'iputils-ping',
  netcat: 'netcat-openbsd',
};

export const findPackage = (name: string): Package | undefined =>
  packages.find((p) => p.name === (aliases[name] ?? name));

/** A package and what it needs, needed ones first. */
export function withDependencies(wanted: readonly Package[]): readonly Package[] {
  const result: Package[] = [];
  const add = (entry: Package): void => {
    if (result.includes(entry)) return;
    for (const name of entry.depends) {
      const needed = findPackage(name);
      if (needed) add(needed);
    }
    result.push(entry);
  };
  for (const entry of wanted) add(entry);
  return result;
}
