// The matches on what the kernel knows about a packet: conntrack, state, addrtype, mark, ipvs, policy, bpf, statistic,
// and comment. Mirrors: libxt_conntrack.c, libipt_addrtype.c, libxt_mark.h, libxt_ipvs.c, libxt_policy.c, libxt_bpf.c,
// libxt_statistic.c, libxt_comment.c. Differs: of conntrack only --ctstate; policy has no tunnel elements; of all BPF
// programs only the one that Docker writes, which compares the VNI of a VXLAN packet, is understood.
import { err, ok, type Result } from '../../std/index.ts';
import type { Match, Negatable } from './api.ts';
import { bang, type Extension, hex, parseUnsigned, quoted } from './extension.ts';

type Of<Name extends Match['name']> = Extract<Match, { name: Name }>;

// In the order in which they are printed.
const trackStates = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'];

function parseStates(
  text: string,
  known: readonly string[],
  what: string,
): Result<readonly string[], string> {
  const words = text.split(',').map((word) => word.toUpperCase());
  const bad = words.findIndex((word) => !known.includes(word));
  if (bad >= 0) return err(`Bad ${what} "${text.split(',')[bad]}"`);
  return ok(known.filter((state) => words.includes(state)));
}

export const conntrackMatch: Extension<Of<'conntrack'>> = {
  options: { ctstate: 1 },
  initial: { name: 'conntrack' },
  take(soFar, use) {
    const states = parseStates(use.args[0] ?? '', trackStates, 'ctstate');
    return states.ok ? ok({ ...soFar, states: { value: states.value, not: use.not } }) : states;
  },
  complete: ({ states }) =>
    states ? ok({ name: 'conntrack', states }) : err('conntrack: At least one option is required'),
  save: ({ states }) => ` ${bang(states.not)}--ctstate ${states.value.join(',')}`,
  list: ({ states }) => ` ${bang(states.not)}ctstate ${states.value.join(',')}`,
};

export const stateMatch: Extension<Of<'state'>> = {
  options: { state: 1 },
  initial: { name: 'state' },
  take(soFar, use) {
    const states = parseStates(use.args[0] ?? '', trackStates.slice(0, 5), 'state');
    return states.ok ? ok({ ...soFar, states: { value: states.value, not: use.not } }) : states;
  },
  complete: ({ states }) =>
    states ? ok({ name: 'state', states }) : err('state: option "--state" must be specified\n'),
  save: ({ states }) => ` ${bang(states.not)}--state ${states.value.join(',')}`,
  list: ({ states }) => ` ${bang(states.not)}state ${states.value.join(',')}`,
};

const addressTypes =
  'UNSPEC UNICAST LOCAL BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT'.split(' ');

export const addrtypeMatch: Extension<Of<'addrtype'>> = {
  options: { 'src-type': 1, 'dst-type': 1 },
  initial: { name: 'addrtype' },
  take(soFar, use) {
    const words = (use.args[0] ?? '').toUpperCase().split(',');
    const bad = words.findIndex((word) => !addressTypes.includes(word));
    if (bad >= 0) return err(`addrtype: bad type "${use.args[0]?.split(',')[bad]}"`);
    const value = addressTypes.filter((type) => words.includes(type)).join(',');
    const type = { value, not: use.not };
    return ok(
      use.name === 'src-type'
        ? { ...soFar, sourceType: type }
        : { ...soFar, destinationType: type },
    );
  },
  complete: (soFar) =>
    soFar.sourceType || soFar.destinationType
      ? ok({ ...soFar, name: 'addrtype' })
      : err('addrtype: you must specify --src-type or --dst-type'),
  save: ({ sourceType: from, destinationType: to }) =>
    (from ? ` ${bang(from.not)}--src-type ${from.value}` : '') +
    (to ? ` ${bang(to.not)}--dst-type ${to.value}` : ''),
  list: ({ sourceType: from, destinationType: to }) =>
    ` ADDRTYPE match${listType('src', from)}${listType('dst', to)}`,
};

const listType = (side: string, type: Negatable<string> | undefined): string =>
  type ? ` ${side}-type ${type.not ? '!' : ''}${type.value}` : '';

/** `0x1` or `0x1/0xff`. */
export function parseMark(text: string): { value: number; mask: number } | undefined {
  const [head = '', tail, ...rest] = text.split('/');
  const value = parseUnsigned(head);
  const mask = tail === undefined ? 0xffff_ffff : parseUnsigned(tail);
  return value === undefined || mask === undefined || rest.length > 0 ? undefined : { value, mask };
}

const formatMark = (mark: { readonly value: number; readonly mask: number }): string =>
  mark.mask === 0xffff_ffff ? hex(mark.value) : `${hex(mark.value)}/${hex(mark.mask)}`;

export const markMatch: Extension<Of<'mark'>> = {
  options: { mark: 1 },
  initial: { name: 'mark' },
  take(soFar, use) {
    const mark = parseMark(use.args[0] ?? '');
    if (!mark) return err('mark: bad integer value for option "--mark", or out of range.\n');
    return ok({ ...soFar, mark: { value: mark, not: use.not } });
  },
  complete: ({ mark }) =>
    mark ? ok({ name: 'mark', mark }) : err('mark: option "--mark" must be specified\n'),
  save: ({ mark }) => ` ${bang(mark.not)}--mark ${formatMark(mark.value)}`,
  list: ({ mark }) => ` mark match ${bang(mark.not)}${formatMark(mark.value)}`,
};

export const ipvsMatch: Extension<Of<'ipvs'>> = {
  options: { ipvs: 0 },
  initial: { name: 'ipvs' },
  take: (_, use) => ok(use.not ? { name: 'ipvs', not: true } : { name: 'ipvs' }),
  complete: ({ not }) => ok(not ? { name: 'ipvs', not } : { name: 'ipvs' }),
  save: ({ not }) => ` ${bang(not === true)}--ipvs`,
  list: ({ not }) => ` ${bang(not === true)}ipvs`,
};

export const policyMatch: Extension<Of<'policy'>> = {
  options: { dir: 1, pol: 1 },
  initial: { name: 'policy' },
  take(soFar, { name, args: [word = ''] }) {
    if (name === 'dir') {
      if (word === 'in' || word === 'out') return ok({ ...soFar, direction: word });
      return err(`policy match: invalid dir \`${word}'`);
    }
    if (word === 'none' || word === 'ipsec') return ok({ ...soFar, policy: word });
    return err(`policy match: invalid policy \`${word}'`);
  },
  complete({ direction, policy }) {
    if (!direction || !policy) return err('policy match: neither --dir in nor --dir out specified');
    return ok({ name: 'policy', direction, policy });
  },
  save: ({ direction, policy }) => ` --dir ${direction} --pol ${policy}`,
  list: ({ direction, policy }) => ` policy match dir ${direction} pol ${policy}`,
};

/** The program with which Docker picks the VXLAN packets of one network; its fifth instruction compares the VNI. */
export const vniProgram = (vni: number): string =>
  `7,32 0 0 4294963252,7 0 0 0,64 0 0 4,116 0 0 8,21 1 0 ${vni},6 0 0 0,6 0 0 4294967295`;

export const bpfMatch: Extension<Of<'bpf'>> = {
  options: { bytecode: 1 },
  initial: { name: 'bpf' },
  take(soFar, { args: [bytecode = ''] }) {
    const vni = Number(/,21 1 0 (\d+),/.exec(bytecode)?.[1] ?? Number.NaN);
    if (bytecode !== vniProgram(vni))
      return err('not simulated here: a BPF program other than the one that compares a VXLAN id');
    return ok({ ...soFar, bytecode, vni });
  },
  complete({ bytecode, vni }) {
    if (bytecode === undefined || vni === undefined)
      return err('bpf: option "--bytecode" must be specified\n');
    return ok({ name: 'bpf', bytecode, vni });
  },
  save: ({ bytecode }) => ` --bytecode ${quoted(bytecode)}`,
  list: ({ bytecode }) => `match bpf ${bytecode}`,
};

type Statistic = Of<'statistic'>;

function takeStatistic(
  soFar: Partial<Statistic>,
  name: string,
  word: string,
): Result<Partial<Statistic>, string> {
  if (name === 'mode') {
    if (word === 'nth' || word === 'random') return ok({ ...soFar, mode: word });
    return err(`Bad mode "${word}"`);
  }
  if (name === 'probability') {
    if (!/^[01](?:\.\d*)?$|^\.\d+$/.test(word) || Number(word) > 1)
      return err('statistic: bad value for option "--probability", or out of range (0-1).\n');
    return ok({ ...soFar, probability: Number(word).toFixed(11) });
  }
  const n = parseUnsigned(word);
  if (n === undefined || (name === 'every' && n === 0))
    return err(`statistic: bad value for option "--${name}", or out of range.\n`);
  return ok(name === 'every' ? { ...soFar, every: n } : { ...soFar, packet: n });
}

export const statisticMatch: Extension<Statistic> = {
  options: { mode: 1, every: 1, packet: 1, probability: 1 },
  initial: { name: 'statistic' },
  take: (soFar, use) => takeStatistic(soFar, use.name, use.args[0] ?? ''),
  complete(soFar) {
    const { mode, every, packet, probability } = soFar;
    if (!mode) return err('statistic: option "--mode" must be specified\n');
    if (mode === 'random')
      return probability === undefined
        ? err('statistic match: you must specify `--probability` when using "random" mode')
        : ok({ name: 'statistic', mode, probability });
    if (every === undefined)
      return err('statistic match: you must specify `--every` when using "nth" mode');
    if (packet === undefined) return err('statistic: option "--every" also requires "--packet".\n');
    return ok({ name: 'statistic', mode, every, packet });
  },
  save: (match) =>
    match.mode === 'random'
      ? ` --mode random --probability ${match.probability}`
      : ` --mode nth --every ${match.every}${match.packet === undefined ? '' : ` --packet ${match.packet}`}`,
  list: (match) =>
    match.mode === 'random'
      ? ` statistic mode random probability ${match.probability}`
      : ` statistic mode nth every ${match.every}${match.packet ? ` packet ${match.packet}` : ''}`,
};

export const commentMatch: Extension<Of<'comment'>> = {
  options: { comment: 1 },
  initial: { name: 'comment' },
  take: (soFar, use) => ok({ ...soFar, text: use.args[0] ?? '' }),
  complete: ({ text }) =>
    text === undefined
      ? err('comment: option "--comment" must be specified\n')
      : ok({ name: 'comment', text }),
  save: ({ text }) => ` --comment ${quoted(text)}`,
  list: ({ text }) => ` /* ${text} */`,
};
