// Kernel parameters of a namespace: `net.ipv4.ip_forward`, `net.ipv4.conf.eth0.rp_filter` …
//
// A new namespace takes its IPv4 device parameters and forwarding from the host's (net.core.devconf_inherit_init_net=0),
// everything else is at the kernel's default. Values are text, as in /proc/sys. Names are kept with dots between the
// parts; a dot inside a device's name is written as a slash, as sysctl(8) does. Mirrors: Linux 6.12.
import { err, ok, type Result } from '../std/index.ts';
import type { Errno } from './rows.ts';

const deviceDefaults: Readonly<Record<string, string>> = {
  accept_local: '0',
  accept_redirects: '1',
  accept_source_route: '0',
  arp_accept: '0',
  arp_announce: '0',
  arp_filter: '0',
  arp_ignore: '0',
  arp_notify: '0',
  forwarding: '0',
  log_martians: '0',
  promote_secondaries: '0',
  proxy_arp: '0',
  route_localnet: '0',
  rp_filter: '0',
  secure_redirects: '1',
  send_redirects: '1',
  shared_media: '1',
};

const device6Defaults: Readonly<Record<string, string>> = {
  accept_ra: '1',
  disable_ipv6: '0',
  forwarding: '0',
};

const neighbourDefaults: Readonly<Record<string, string>> = {
  base_reachable_time_ms: '30000',
  delay_first_probe_time: '5',
  gc_stale_time: '60',
  mcast_solicit: '3',
  retrans_time_ms: '1000',
  ucast_solicit: '3',
};

const defaults: ReadonlyMap<string, string> = new Map([
  ['net.core.somaxconn', '4096'],
  ['net.core.rmem_default', '212992'],
  ['net.core.wmem_default', '212992'],
  ['net.ipv4.icmp_echo_ignore_all', '0'],
  ['net.ipv4.icmp_echo_ignore_broadcasts', '1'],
  ['net.ipv4.ip_default_ttl', '64'],
  ['net.ipv4.ip_dynaddr', '0'],
  ['net.ipv4.ip_forward', '0'],
  ['net.ipv4.ip_local_port_range', '32768\t60999'],
  ['net.ipv4.ip_local_reserved_ports', ''],
  ['net.ipv4.ip_nonlocal_bind', '0'],
  ['net.ipv4.ip_unprivileged_port_start', '1024'],
  ['net.ipv4.neigh.default.gc_thresh1', '128'],
  ['net.ipv4.neigh.default.gc_thresh2', '512'],
  ['net.ipv4.neigh.default.gc_thresh3', '1024'],
  ['net.ipv4.ping_group_range', '1\t0'],
  ['net.ipv4.tcp_fin_timeout', '60'],
  ['net.ipv4.tcp_keepalive_intvl', '75'],
  ['net.ipv4.tcp_keepalive_probes', '9'],
  ['net.ipv4.tcp_keepalive_time', '7200'],
  ['net.ipv4.tcp_retries2', '15'],
  ['net.ipv4.tcp_syn_linear_timeouts', '4'],
  ['net.ipv4.tcp_syn_retries', '6'],
  ['net.ipv4.tcp_synack_retries', '5'],
  ['net.ipv4.tcp_syncookies', '1'],
  ['net.ipv4.tcp_timestamps', '1'],
  ['net.ipv4.tcp_tw_reuse', '2'],
  ['net.ipv4.tcp_window_scaling', '1'],
  ['net.netfilter.nf_conntrack_max', '65536'],
  ['net.netfilter.nf_conntrack_tcp_timeout_established', '432000'],
  ['net.ipv4.vs.conn_reuse_mode', '1'],
  ['net.ipv4.vs.conntrack', '0'],
  ['net.ipv4.vs.expire_nodest_conn', '0'],
  ['net.ipv4.vs.expire_quiescent_template', '0'],
]);

/** Names that exist only while br_netfilter is loaded; setting one loads it, as libnetwork does before it sets one. */
const bridgeNetfilter = [
  'net.bridge.bridge-nf-call-arptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.bridge.bridge-nf-call-iptables',
] as const;

type Parameters = Record<string, string>;

/** The parameters of one device, or of `all` and `default`. */
interface Scope {
  readonly conf: Parameters;
  readonly conf6: Parameters;
  /** `all` has none. */
  readonly neigh: Parameters | undefined;
}
const families = {
  conf: 'net.ipv4.conf.',
  conf6: 'net.ipv6.conf.',
  neigh: 'net.ipv4.neigh.',
} as const;
type Family = keyof typeof families;

/** `net.ipv4.conf.eth0/5.rp_filter`: the family, the device as it is written there, and the parameter. */
function partsOf(name: string): { family: Family; device: string; parameter: string } | undefined {
  for (const family of ['conf', 'conf6', 'neigh'] as const) {
    const prefix = families[family];
    if (!name.startsWith(prefix)) continue;
    const dot = name.indexOf('.', prefix.length);
    if (dot < 0) return undefined;
    return { family, device: name.slice(prefix.length, dot), parameter: name.slice(dot + 1) };
  }
  return undefined;
}

const written = (device: string): string =>
  device.includes('.') ? device.replaceAll('.', '/') : device;

export class SysctlTable {
  /** What is not of a device, as far as it is not at its default. */
  readonly #values = new Map<string, string>();
  /** By device; also `all` and `default`, whose values new devices take. */
  readonly #scopes = new Map<string, Scope>();
  readonly #all: Scope;
  readonly #default: Scope & { readonly neigh: Parameters };
  /** IPv4 device parameters that are not 0 somewhere: the rest need not be looked up for each packet. */
  readonly #nonZero = new Set<string>();
  /** The values that packets ask for all the time. */
  forward = false;
  defaultTtl = 64;
  bridgeCallsIptables = false;
  /** net.ipv4.ip_local_port_range. */
  ephemeralPorts: { readonly low: number; readonly count: number } = { low: 32768, count: 28232 };
  onChange: ((name: string) => void) | undefined;

  /** `parent`: the host's own table, for any other namespace. */
  constructor(parent?: SysctlTable) {
    const inherited = parent ? { all: parent.#all.conf, other: parent.#default.conf } : undefined;
    this.#all = {
      conf: { ...deviceDefaults, ...inherited?.all },
      conf6: { ...device6Defaults },
      neigh: undefined,
    };
    this.#default = {
      conf: { ...deviceDefaults, ...inherited?.other },
      conf6: { ...device6Defaults },
      neigh: { ...neighbourDefaults },
    };
    this.#scopes.set('all', this.#all);
    this.#scopes.set('default', this.#default);
    if (parent) this.#values.set('net.ipv4.ip_forward', parent.get('net.ipv4.ip_forward') ?? '0');
    for (const scope of this.#scopes.values()) this.#noteNonZero(scope);
    this.#refresh();
  }

  get(name: string): string | undefined {
    const parts = partsOf(name);
    if (parts) return this.#scopes.get(parts.device)?.[parts.family]?.[parts.parameter];
    return this.#values.get(name) ?? defaults.get(name);
  }

  number(name: string): number {
    return Number.parseInt(this.get(name) ?? '0', 10);
  }

  /** Errors: ENOENT (no such parameter), EINVAL (not a number where there must be one). */
  set(name: string, text: string): Result<void, Errno> {
    const value = text.trim();
    const loads = (bridgeNetfilter as readonly string[]).includes(name);
    const before = this.get(name);
    if (before === undefined && !loads) return err('ENOENT');
    if (/^-?\d+$/.test(before ?? '0') && !/^-?\d+$/.test(value)) return err('EINVAL');
    if (loads && before === undefined)
      for (const each of bridgeNetfilter) this.#values.set(each, '1');
    this.#put(name, value);
    this.#spread(name, value);
    this.#refresh();
    this.onChange?.(name);
    return ok(undefined);
  }

  /** Everything, sorted by name, as `sysctl -a` lists it. */
  all(): ReadonlyMap<string, string> {
    const values = new Map([...defaults, ...this.#values]);
    for (const [device, scope] of this.#scopes)
      for (const family of ['conf', 'conf6', 'neigh'] as const)
        for (const [name, value] of Object.entries(scope[family] ?? {}))
          values.set(`${families[family]}${device}.${name}`, value);
    return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  addDevice(device: string): void {
    const { conf, conf6, neigh } = this.#default;
    const scope = { conf: { ...conf }, conf6: { ...conf6 }, neigh: { ...neigh } };
    this.#scopes.set(written(device), scope);
    this.#noteNonZero(scope);
  }

  removeDevice(device: string): void {
    this.#scopes.delete(written(device));
  }

  renameDevice(from: string, to: string): void {
    const scope = this.#scopes.get(written(from));
    this.removeDevice(from);
    if (scope) this.#scopes.set(written(to), scope);
    else this.addDevice(to);
  }

  /** A device parameter that `all` or the device itself switches on (IN_DEV_ORCONF). */
  deviceFlag(name: string, device: string): boolean {
    return this.deviceMaximum(name, device) > 0;
  }

  /** The larger of `all`'s and the device's value (IN_DEV_MAXCONF). */
  deviceMaximum(name: string, device: string): number {
    if (!this.#nonZero.has(name)) return 0;
    const own = this.#scopes.get(written(device))?.conf[name] ?? '0';
    return Math.max(Number.parseInt(this.#all.conf[name] ?? '0', 10), Number.parseInt(own, 10));
  }

  ipv6Enabled(device: string): boolean {
    return this.#scopes.get(written(device))?.conf6.disable_ipv6 !== '1';
  }

  #put(name: string, value: string): void {
    const parts = partsOf(name);
    const scope = parts && this.#scopes.get(parts.device);
    const parameters = parts && scope?.[parts.family];
    if (!scope || !parameters) {
      this.#values.set(name, value);
      return;
    }
    parameters[parts.parameter] = value;
    if (parts.family === 'conf') this.#noteNonZero(scope);
  }

  /** Parameters that stand for others. */
  #spread(name: string, value: string): void {
    if (name === 'net.ipv4.ip_forward' || name === 'net.ipv4.conf.all.forwarding') {
      this.#values.set('net.ipv4.ip_forward', value);
      for (const scope of this.#scopes.values()) {
        scope.conf.forwarding = value;
        this.#noteNonZero(scope);
      }
    }
    if (name === 'net.ipv6.conf.all.disable_ipv6')
      for (const scope of this.#scopes.values()) scope.conf6.disable_ipv6 = value;
  }

  #noteNonZero({ conf }: Scope): void {
    for (const name in conf) if (conf[name] !== '0') this.#nonZero.add(name);
  }

  #refresh(): void {
    this.forward = this.get('net.ipv4.ip_forward') !== '0';
    const range = (this.get('net.ipv4.ip_local_port_range') ?? '').split(/\s+/).map(Number);
    const [low = 32768, high = 60999] = range;
    this.ephemeralPorts = { low, count: Math.max(0, high - low + 1) };
    this.defaultTtl = this.number('net.ipv4.ip_default_ttl');
    this.bridgeCallsIptables = this.get('net.bridge.bridge-nf-call-iptables') === '1';
  }
}
