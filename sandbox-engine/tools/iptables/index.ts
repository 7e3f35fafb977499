// iptables (legacy) and conntrack, by the names under which hosts and images refer to them.
import type { Program } from '../../os/index.ts';
import { conntrack } from './conntrack.ts';
import { ip6tables, ip6tablesSave } from './ip6tables.ts';
import { iptables } from './iptables.ts';
import { iptablesRestore } from './iptables-restore.ts';
import { iptablesSave } from './iptables-save.ts';

export const iptablesPrograms: ReadonlyMap<string, Program> = new Map([
  ['iptables', iptables],
  ['iptables-legacy', iptables],
  ['iptables-save', iptablesSave],
  ['iptables-legacy-save', iptablesSave],
  ['iptables-restore', iptablesRestore],
  ['iptables-legacy-restore', iptablesRestore],
  ['ip6tables', ip6tables],
  ['ip6tables-legacy', ip6tables],
  ['ip6tables-save', ip6tablesSave],
  ['conntrack', conntrack],
]);
