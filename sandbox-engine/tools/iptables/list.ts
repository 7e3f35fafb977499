// `iptables -L`: the table of a chain's rules. Mirrors: print_header, print_rule_details and print_firewall of xshared.c.
import {
  type ChainRow,
  listMatch,
  listTarget,
  type Negatable,
  type Netfilter,
  protocolNumber,
  type RuleRow,
} from '../../kernel/index.ts';
import type { Cidr } from '../../wire/index.ts';
import type { AddressNamer } from './names.ts';

export interface ListOptions {
  readonly numeric: boolean;
  readonly verbose: boolean;
  /** -x: all digits. */
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly numericProtocols: boolean;
  readonly addresses: AddressNamer;
}

/** A counter in five columns, in thousands where it would not fit; -x: eight columns. */
function counter(n: number, exact: boolean): string {
  if (exact) return `${String(n).padStart(8)} `;
  return `${shortened(n).padStart(5)} `;
}

function shortened(n: number): string {
  if (n <= 99_999) return String(n);
  let rest = n;
  for (const unit of 'KMG') {
    rest = Math.floor((rest + 500) / 1000);
    if (rest <= 9999) return `${rest}${unit}`;
  }
  return `${Math.floor((rest + 500) / 1000)}T`;
}

function header(netfilter: Netfilter, chain: ChainRow, options: ListOptions): string {
  const { verbose, exact, lineNumbers } = options;
  const { packets, bytes } = netfilter.counters(chain.id);
  const total = (n: number) => (exact ? String(n) : shortened(n));
  const counts = verbose ? ` ${total(packets)} packets, ${total(bytes)} bytes` : '';
  const references = netfilter.references?.(chain.table, chain.name) ?? 0;
  const title = chain.policy ? `(policy ${chain.policy}${counts})` : `(${references} references)`;
  const columns = [
    lineNumbers ? 'num  ' : '',
    verbose ? (exact ? '    pkts      bytes ' : ' pkts bytes ') : '',
    'target     prot opt ',
    verbose ? 'in     out     ' : '',
    'source               destination         ',
  ];
  return `Chain ${chain.name} ${title}\n${columns.join('')}\n`;
}

const mark = (value: Negatable<unknown> | undefined): string => (value?.not ? '!' : ' ');

const anywhere: Cidr = { base: 0 as Cidr['base'], prefixLength: 0 };

function address(network: Negatable<Cidr> | undefined, options: ListOptions): string {
  return options.addresses(network?.value ?? anywhere);
}

const device = (name: Negatable<string> | undefined): string =>
  name ? `${name.not ? '!' : ''}${name.value}` : '*';

function protocol(name: string | undefined, { numericProtocols }: ListOptions): string {
  if (numericProtocols) return String(name === undefined ? 0 : protocolNumber(name));
  return name ?? 'all';
}

function targetName(row: RuleRow): string {
  const target = row.spec.target;
  return target?.name === 'jump' ? target.chain : (target?.name ?? '');
}

/** One line of the table. */
export function listRule(
  netfilter: Netfilter,
  row: RuleRow,
  number: number,
  options: ListOptions,
): string {
  const { spec } = row;
  const { numeric, verbose, exact, lineNumbers } = options;
  const { packets, bytes } = netfilter.counters(row.id);
  const goto = spec.target?.name === 'jump' && spec.target.goto;
  const prot = protocol(spec.protocol?.value, options);
  return [
    lineNumbers ? `${String(number).padEnd(4)} ` : '',
    verbose ? counter(packets, exact) + counter(bytes, exact) : '',
    `${targetName(row).padEnd(9)} ${mark(spec.protocol)}${prot.padEnd(4)} -- `,
    verbose ? ` ${device(spec.inInterface).padEnd(6)} ${device(spec.outInterface).padEnd(6)} ` : '',
    `${mark(spec.source)}${address(spec.source, options).padEnd(19)} `,
    `${mark(spec.destination)}${address(spec.destination, options).padEnd(19)} `,
    goto ? '[goto] ' : '',
    ...spec.matches.map((match) => listMatch(match, numeric)),
    spec.target ? listTarget(spec.target, numeric) : '',
    '\n',
  ].join('');
}

/** The whole chain, or its rule of that number (from 1). */
export function listChain(
  netfilter: Netfilter,
  chain: ChainRow,
  options: ListOptions,
  only?: number,
): string {
  const rules = netfilter.rules(chain.table, chain.name);
  const lines = rules.map((row, index) =>
    only === undefined || only === index + 1 ? listRule(netfilter, row, index + 1, options) : '',
  );
  return (only === undefined ? header(netfilter, chain, options) : '') + lines.join('');
}

/** The line that `-v` prints about a rule that is added or removed. */
export function describeRule(row: Pick<RuleRow, 'spec'>, options: ListOptions): string {
  const { spec } = row;
  const target = spec.target;
  const name = target?.name === 'jump' ? target.chain : (target?.name ?? '');
  const side = (network: Negatable<Cidr> | undefined) =>
    `${network?.not ? '!' : ''}${address(network, options)}`;
  return [
    `${name}  ${spec.protocol?.not ? '!' : ''}${protocol(spec.protocol?.value, options)} opt --`,
    ` in ${device(spec.inInterface)} out ${device(spec.outInterface)} `,
    ` ${side(spec.source)}  -> ${side(spec.destination)}  `,
    ...spec.matches.map((match) => listMatch(match, options.numeric)),
    target ? listTarget(target, options.numeric) : '',
    '\n',
  ].join('');
}
