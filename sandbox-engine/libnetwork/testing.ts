// For tests: one host with a kernel and a controller, and its state in the words of iptables and ip.

import {
  createKernel,
  createNetworkWorld,
  formatRule,
  type Kernel,
  type NetnsId,
  type NetworkWorld,
  type TableName,
} from '../kernel/index.ts';
import { Sim, seconds } from '../sim/index.ts';
import { type Failure, must, type Result } from '../std/index.ts';
import { anyIpv4, cidr, formatCidr, formatIpv4, ip, type Mac } from '../wire/index.ts';
import type { EndpointSettings, NetworkController, SandboxFiles, SandboxSpec } from './api.ts';
import { createNetworkController } from './controller.ts';
import { createNetworkRows } from './rows.ts';

export const hostResolvConf = 'nameserver 192.168.56.1\n';

export interface TestHost {
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly world: NetworkWorld;
  readonly controller: NetworkController;
  readonly rows: ReturnType<typeof createNetworkRows>;
  /** Files under /var/run/docker/netns. */
  readonly netnsFiles: Map<string, NetnsId>;
  /** Command lines of the docker-proxies that run. */
  readonly proxies: Set<string>;
}

/** Hosts named h0, h1 … on one LAN, at 192.168.56.10, .11 … */
export function testHosts(count: number): TestHost[] {
  const sim = new Sim({ seed: 7, epochMillis: 0 });
  const world = createNetworkWorld(sim);
  const rows = createNetworkRows(sim.journal);
  return Array.from({ length: count }, (_, n) => {
    const kernel = createKernel(world, {
      host: `h${n}`,
      uplink: { mac: `02:56:00:00:00:1${n}` as Mac, segment: 'lan' },
    });
    const eth0 = must(kernel.linkByName(kernel.initNetns, 'eth0'), 'eth0');
    const address = ip(`192.168.56.1${n}`);
    kernel.addressAdd(eth0.id, address, 24, { broadcast: ip('192.168.56.255') });
    kernel.routeAdd(kernel.initNetns, { destination: cidr('0.0.0.0/0'), via: ip('192.168.56.1') });
    kernel.sysctlSet(kernel.initNetns, 'net.ipv4.ip_forward', '1');
    const netnsFiles = new Map<string, NetnsId>();
    const proxies = new Set<string>();
    const controller = createNetworkController({
      sim,
      kernel,
      host: `h${n}`,
      rows,
      readHostFile: (path) => (path === '/etc/resolv.conf' ? hostResolvConf : undefined),
      placeNetns: (path, netns) => {
        if (netns) netnsFiles.set(path, netns);
        else netnsFiles.delete(path);
      },
      startProxy: ({ argv }) => {
        const line = argv.join(' ');
        proxies.add(line);
        return { pid: 1000 + proxies.size, stop: () => proxies.delete(line) };
      },
    });
    return { sim, kernel, world, controller, rows, netnsFiles, proxies };
  });
}

export const testHost = (): TestHost => must(testHosts(1)[0], 'a host');

export function value<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
}

export const message = <T>(result: Result<T, Failure>): string =>
  result.ok ? 'no failure' : result.error.message;

export class MemoryFiles implements SandboxFiles {
  readonly files = new Map<string, string>();
  writeFile(path: string, text: string): void {
    this.files.set(path, text);
  }
  readFile(path: string): string | undefined {
    return this.files.get(path);
  }
}

/** A container of that name; its id is the name's first letter repeated. */
export function containerSpec(
  name: string,
  networks: readonly (string | EndpointSettings)[],
  more: Partial<SandboxSpec> = {},
): SandboxSpec {
  const containerId = [...name]
    .map((c) => c.charCodeAt(0).toString(16))
    .join('')
    .padEnd(64, '0');
  return {
    containerId,
    containerName: name,
    hostname: containerId.slice(0, 12),
    domainname: '',
    kind: 'own',
    networks: networks.map((n) => (typeof n === 'string' ? { network: n } : n)),
    ports: [],
    extraHosts: [],
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    fs: new MemoryFiles(),
    ...more,
  };
}

const tables: readonly TableName[] = ['filter', 'nat', 'mangle', 'raw'];

/** `iptables -t TABLE -S`. */
export function iptables(
  { kernel }: TestHost,
  table: TableName,
  netns: NetnsId = kernel.initNetns,
): string {
  const filter = kernel.netfilter(netns);
  const chains = filter.chains(table);
  const builtIn = chains.filter(({ policy }) => policy !== undefined);
  const own = chains
    .filter(({ policy }) => policy === undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rules = [...builtIn, ...own].flatMap(({ name }) =>
    filter.rules(table, name).map(({ spec }) => `-A ${name} ${formatRule(spec).trim()}`),
  );
  return [
    ...builtIn.map(({ name, policy }) => `-P ${name} ${policy}`),
    ...own.map(({ name }) => `-N ${name}`),
    ...rules,
  ].join('\n');
}

export const allRules = (host: TestHost): string =>
  tables.map((table) => `*${table}\n${iptables(host, table)}`).join('\n');

/** Interfaces of a namespace with number, name, address and MTU, one a line. */
export function interfaces({ kernel }: TestHost, netns: NetnsId): string {
  return kernel
    .links(netns)
    .filter(({ kind }) => kind !== 'loopback')
    .map(({ id, ifindex, name, mtu }) => {
      const addresses = kernel
        .addresses({ link: id })
        .map(({ address, prefixLength }) => `${formatIpv4(address)}/${prefixLength}`);
      return [`${ifindex}: ${name} mtu ${mtu}`, ...addresses].join(' ');
    })
    .join('\n');
}

/** The main routing table, one route a line, sorted. */
export function routes({ kernel }: TestHost, netns: NetnsId): string {
  return kernel
    .routes(netns)
    .map(({ destination, via, link }) => {
      const to = destination.prefixLength === 0 ? 'default' : formatCidr(destination);
      const gateway = via === undefined || via === anyIpv4 ? '' : ` via ${formatIpv4(via)}`;
      return `${to}${gateway} dev ${link ? kernel.link(link)?.name : '-'}`;
    })
    .sort()
    .join('\n');
}

export const run = ({ sim }: TestHost, wait: number): void => {
  sim.runUntil((sim.now() + seconds(wait)) as ReturnType<typeof seconds>);
};
