// The target extensions: REJECT, LOG, MASQUERADE, DNAT, SNAT, REDIRECT, MARK, TCPMSS.
// Mirrors: libipt_REJECT.c, libxt_LOG.c, libxt_MASQUERADE/NAT.c, libxt_MARK.c, libxt_TCPMSS.c. Differs: NAT to a range of
// addresses or ports, and its --random and --persistent, are not simulated.
import { err, ok, type Result } from '../../std/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
import type { Target } from './api.ts';
import { type Extension, hex, parseUnsigned, quoted } from './extension.ts';
import { parseMark } from './state-matches.ts';

type Of<Name extends Target['name']> = Extract<Target, { name: Name }>;

const rejectKinds: Readonly<Record<string, string>> = {
  'icmp-net-unreachable': 'icmp-net-unreachable',
  'net-unreach': 'icmp-net-unreachable',
  'icmp-host-unreachable': 'icmp-host-unreachable',
  'host-unreach': 'icmp-host-unreachable',
  'icmp-proto-unreachable': 'icmp-proto-unreachable',
  'proto-unreach': 'icmp-proto-unreachable',
  'icmp-port-unreachable': 'icmp-port-unreachable',
  'port-unreach': 'icmp-port-unreachable',
  'icmp-net-prohibited': 'icmp-net-prohibited',
  'net-prohib': 'icmp-net-prohibited',
  'icmp-host-prohibited': 'icmp-host-prohibited',
  'host-prohib': 'icmp-host-prohibited',
  'tcp-reset': 'tcp-reset',
  'tcp-rst': 'tcp-reset',
  'icmp-admin-prohibited': 'icmp-admin-prohibited',
  'admin-prohib': 'icmp-admin-prohibited',
};

export const rejectTarget: Extension<Of<'REJECT'>> = {
  options: { 'reject-with': 1 },
  initial: { name: 'REJECT' },
  take(_, { args: [word = ''] }) {
    const kind = rejectKinds[word];
    return kind === undefined
      ? err(`unknown reject type "${word}"`)
      : ok({ name: 'REJECT', with: kind });
  },
  complete: (soFar) => ok({ name: 'REJECT', with: soFar.with ?? 'icmp-port-unreachable' }),
  save: (target) => ` --reject-with ${target.with}`,
  list: (target) => ` reject-with ${target.with}`,
};

const logLevels = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'];
const logLevelAliases: Readonly<Record<string, number>> = { panic: 0, err: 3, warning: 4 };

export const logTarget: Extension<Of<'LOG'>> = {
  options: { 'log-prefix': 1, 'log-level': 1 },
  initial: { name: 'LOG' },
  take(soFar, { name, args: [word = ''] }) {
    if (name === 'log-prefix') {
      return ok({ ...soFar, prefix: word.slice(0, 29) });
    }
    const named = logLevelAliases[word] ?? logLevels.indexOf(word);
    const level = /^[0-7]$/.test(word) ? Number(word) : named;
    return level < 0 ? err(`log-level "${word}" unknown`) : ok({ ...soFar, level });
  },
  complete: (soFar) => ok({ ...soFar, name: 'LOG' }),
  save: ({ prefix, level }) =>
    (prefix === undefined ? '' : ` --log-prefix ${quoted(prefix)}`) +
    (level === undefined || level === 4 ? '' : ` --log-level ${level}`),
  list: ({ prefix, level = 4 }, numeric) =>
    ` LOG ${numeric ? `flags 0 level ${level}` : `level ${logLevels[level]}`}` +
    (prefix === undefined ? '' : ` prefix "${prefix}"`),
};

export const masqueradeTarget: Extension<Of<'MASQUERADE'>> = {
  options: { 'to-ports': 1, random: 0, 'random-fully': 0 },
  initial: { name: 'MASQUERADE' },
  take: (_, use) => err(`not simulated here: MASQUERADE with --${use.name}`),
  complete: () => ok({ name: 'MASQUERADE' }),
  save: () => '',
  list: () => '',
};

type Nat = Of<'DNAT' | 'SNAT'>;

/** `1.2.3.4`, `1.2.3.4:80`, `:80`. */
function parseTranslation(name: Nat['name'], text: string): Result<Nat, string> {
  const [head = '', tail, ...rest] = text.split(':');
  if (head.includes('-') || tail?.includes('-'))
    return err(`not simulated here: ${name} to a range (${text})`);
  const address = head === '' ? undefined : parseIpv4(head);
  if (head !== '' && address === undefined) return err(`Bad IP address "${head}"`);
  if (tail === undefined) return ok({ name, ...(address === undefined ? {} : { address }) });
  const port = /^\d+$/.test(tail) ? Number(tail) : 0;
  if (port < 1 || port > 65_535 || rest.length > 0) return err(`Port \`${tail}' not valid`);
  return ok({ name, ...(address === undefined ? {} : { address }), port });
}

/** `172.17.0.2:80`, `:53`. */
const formatTranslation = (target: Nat): string =>
  `${target.address === undefined ? '' : formatIpv4(target.address)}${target.port === undefined ? '' : `:${target.port}`}`;

function natTarget(name: Nat['name'], option: string): Extension<Nat> {
  return {
    options: { [option]: 1, random: 0, persistent: 0 },
    initial: { name },
    take: (_, use) =>
      use.name === option
        ? parseTranslation(name, use.args[0] ?? '')
        : err(`not simulated here: ${name} with --${use.name}`),
    complete: (soFar) =>
      soFar.address === undefined && soFar.port === undefined
        ? err(`${name}: option "--${option}" must be specified\n`)
        : ok({ ...soFar, name }),
    save: (target) => ` --${option} ${formatTranslation(target)}`,
    list: (target) => ` to:${formatTranslation(target)}`,
  };
}

export const dnatTarget = natTarget('DNAT', 'to-destination');
export const snatTarget = natTarget('SNAT', 'to-source');

export const redirectTarget: Extension<Of<'REDIRECT'>> = {
  options: { 'to-ports': 1, random: 0 },
  initial: { name: 'REDIRECT' },
  take(_, { name, args: [word = ''] }) {
    if (name === 'random' || word.includes('-'))
      return err(`not simulated here: REDIRECT to a range (${word || '--random'})`);
    const port = /^\d+$/.test(word) ? Number(word) : 0;
    if (port < 1 || port > 65_535) return err(`Port \`${word}' not valid`);
    return ok({ name: 'REDIRECT', port });
  },
  complete: ({ port }) =>
    ok(port === undefined ? { name: 'REDIRECT' } : { name: 'REDIRECT', port }),
  save: ({ port }) => (port === undefined ? '' : ` --to-ports ${port}`),
  list: ({ port }) => (port === undefined ? '' : ` redir ports ${port}`),
};

type Mark = Of<'MARK'>;

function takeMark(option: string, text: string): Result<Mark, string> {
  const mark = parseMark(text);
  const word = option === 'set-mark' || option === 'set-xmark' ? mark : wordMark(option, text);
  if (!word) return err(`MARK: bad integer value for option "--${option}", or out of range.\n`);
  // A set-mark clears what it sets: its mask covers the value.
  const mask = option === 'set-mark' ? (word.mask | word.value) >>> 0 : word.mask;
  return ok({ name: 'MARK', value: word.value, mask });
}

function wordMark(option: string, text: string): { value: number; mask: number } | undefined {
  const n = parseUnsigned(text);
  if (n === undefined) return undefined;
  if (option === 'or-mark') return { value: n, mask: n };
  if (option === 'and-mark') return { value: 0, mask: ~n >>> 0 };
  return { value: n, mask: 0 };
}

function listMark({ value, mask }: Mark): string {
  if (value === 0) return ` MARK and ${hex(~mask)}`;
  if (value === mask) return ` MARK or ${hex(value)}`;
  if (mask === 0) return ` MARK xor ${hex(value)}`;
  if (mask === 0xffff_ffff) return ` MARK set ${hex(value)}`;
  return ` MARK xset ${hex(value)}/${hex(mask)}`;
}

export const markTarget: Extension<Mark> = {
  options: { 'set-mark': 1, 'set-xmark': 1, 'or-mark': 1, 'and-mark': 1, 'xor-mark': 1 },
  initial: { name: 'MARK' },
  take: (_, use) => takeMark(use.name, use.args[0] ?? ''),
  complete: ({ value, mask }) =>
    value === undefined || mask === undefined
      ? err('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required')
      : ok({ name: 'MARK', value, mask }),
  save: ({ value, mask }) => ` --set-xmark ${hex(value)}/${hex(mask)}`,
  list: listMark,
};

export const tcpmssTarget: Extension<Of<'TCPMSS'>> = {
  options: { 'clamp-mss-to-pmtu': 0, 'set-mss': 1 },
  initial: { name: 'TCPMSS' },
  take(_, { name, args: [word = ''] }) {
    if (name === 'clamp-mss-to-pmtu') return ok({ name: 'TCPMSS', clampToPmtu: true });
    const mss = parseUnsigned(word);
    return mss === undefined || mss > 65_495
      ? err('TCPMSS: bad value for option "--set-mss", or out of range (0-65495).\n')
      : ok({ name: 'TCPMSS', mss });
  },
  complete: (soFar) =>
    soFar.clampToPmtu || soFar.mss !== undefined
      ? ok({ ...soFar, name: 'TCPMSS' })
      : err('TCPMSS target: At least one parameter is required'),
  save: ({ mss }) => (mss === undefined ? ' --clamp-mss-to-pmtu' : ` --set-mss ${mss}`),
  list: ({ mss }) => (mss === undefined ? ' TCPMSS clamp to PMTU' : ` TCPMSS set ${mss}`),
};
