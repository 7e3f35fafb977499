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

const conf = 'net.ipv4.conf.';
const conf6 = 'net.ipv6.conf.';
const neigh = 'net.ipv4.neigh.';

export class SysctlTable {
  readonly #values = new Map<string, string>();
  readonly #devices = new Set<string>();
  /** Device parameters that are not 0 somewhere: the rest need not be looked up for each packet. */
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
    for (const scope of ['all', 'default']) {
      for (const [name, value] of Object.entries(deviceDefaults)) {
        const full = `${conf}${scope}.${name}`;
        this.#values.set(full, parent?.get(full) ?? value);
      }
      for (const [name, value] of Object.entries(device6Defaults))
        this.#values.set(`${conf6}${scope}.${name}`, value);
    }
    for (const [name, value] of Object.entries(neighbourDefaults))
      this.#values.set(`${neigh}default.${name}`, value);
    if (parent) this.#values.set('net.ipv4.ip_forward', parent.get('net.ipv4.ip_forward') ?? '0');
    this.#refresh();
  }

  get(name: string): string | undefined {
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
    this.#values.set(name, value);
    this.#spread(name, value);
    this.#refresh();
    this.onChange?.(name);
    return ok(undefined);
  }

  /** Everything, sorted by name, as `sysctl -a` lists it. */
  all(): ReadonlyMap<string, string> {
    const names = [...new Set([...defaults.keys(), ...this.#values.keys()])].sort();
    return new Map(names.map((name) => [name, this.get(name) ?? '']));
  }

  addDevice(device: string): void {
    const part = device.replaceAll('.', '/');
    this.#devices.add(part);
    for (const name of Object.keys(deviceDefaults))
      this.#values.set(`${conf}${part}.${name}`, this.get(`${conf}default.${name}`) ?? '0');
    for (const name of Object.keys(device6Defaults))
      this.#values.set(`${conf6}${part}.${name}`, this.get(`${conf6}default.${name}`) ?? '0');
    for (const name of Object.keys(neighbourDefaults))
      this.#values.set(`${neigh}${part}.${name}`, this.get(`${neigh}default.${name}`) ?? '0');
    this.#refresh();
  }

  removeDevice(device: string): void {
    const part = device.replaceAll('.', '/');
    this.#devices.delete(part);
    for (const name of Object.keys(deviceDefaults)) this.#values.delete(`${conf}${part}.${name}`);
    for (const name of Object.keys(device6Defaults)) this.#values.delete(`${conf6}${part}.${name}`);
    for (const name of Object.keys(neighbourDefaults))
      this.#values.delete(`${neigh}${part}.${name}`);
  }

  renameDevice(from: string, to: string): void {
    const before = from.replaceAll('.', '/');
    const kept = [...this.#values].filter(([name]) => this.#isOf(name, before));
    this.removeDevice(from);
    this.addDevice(to);
    const after = to.replaceAll('.', '/');
    for (const [name, value] of kept)
      this.#values.set(name.replace(`.${before}.`, `.${after}.`), value);
    this.#refresh();
  }

  /** A device parameter that `all` or the device itself switches on (IN_DEV_ORCONF). */
  deviceFlag(name: string, device: string): boolean {
    return this.deviceMaximum(name, device) > 0;
  }

  /** The larger of `all`'s and the device's value (IN_DEV_MAXCONF). */
  deviceMaximum(name: string, device: string): number {
    if (!this.#nonZero.has(name)) return 0;
    return Math.max(
      this.number(`${conf}all.${name}`),
      this.number(`${conf}${device.replaceAll('.', '/')}.${name}`),
    );
  }

  ipv6Enabled(device: string): boolean {
    return this.get(`${conf6}${device.replaceAll('.', '/')}.disable_ipv6`) !== '1';
  }

  #isOf(name: string, device: string): boolean {
    return [conf, conf6, neigh].some((prefix) => name.startsWith(`${prefix}${device}.`));
  }

  /** Parameters that stand for others. */
  #spread(name: string, value: string): void {
    if (name === 'net.ipv4.ip_forward' || name === `${conf}all.forwarding`) {
      this.#values.set('net.ipv4.ip_forward', value);
      for (const scope of ['all', 'default', ...this.#devices])
        this.#values.set(`${conf}${scope}.forwarding`, value);
    }
    if (name === `${conf6}all.disable_ipv6`)
      for (const scope of ['default', ...this.#devices])
        this.#values.set(`${conf6}${scope}.disable_ipv6`, value);
  }

  #refresh(): void {
    this.#nonZero.clear();
    for (const [name, value] of this.#values)
      if (value !== '0' && name.startsWith(conf))
        this.#nonZero.add(name.slice(name.lastIndexOf('.') + 1));
    this.forward = this.get('net.ipv4.ip_forward') !== '0';
    const range = (this.get('net.ipv4.ip_local_port_range') ?? '').split(/\s+/).map(Number);
    const [low = 32768, high = 60999] = range;
    this.ephemeralPorts = { low, count: Math.max(0, high - low + 1) };
    this.defaultTtl = this.number('net.ipv4.ip_default_ttl');
    this.bridgeCallsIptables = this.get('net.bridge.bridge-nf-call-iptables') === '1';
  }
}
