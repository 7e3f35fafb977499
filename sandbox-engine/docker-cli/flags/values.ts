// What values flags take: checks a value by its flag's type, with the words of Go's and docker's parsers.
import { parseMount } from './mounts.ts';
import { networkProblem, parseFileReference, parsePublish } from './references.ts';
import { parseBytes } from './sizes.ts';
import { parseUlimit } from './ulimits.ts';

const integer = (parser: string, pattern: RegExp, low: bigint, high: bigint) => (text: string) => {
  if (!pattern.test(text))
    return `strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`;
  const value = BigInt(text.replace(/^\+/, '').replace(/^0+(?=\d)/, ''));
  return value < low || value > high
    ? `strconv.${parser}: parsing ${JSON.stringify(text)}: value out of range`
    : undefined;
};

const signed = integer('ParseInt', /^[+-]?\d+$/, -(2n ** 63n), 2n ** 63n - 1n);
const unsigned = (bits: bigint) => integer('ParseUint', /^\d+$/, 0n, 2n ** bits - 1n);

const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const untruths = ['0', 'f', 'F', 'FALSE', 'false', 'False'];
export const isTruth = (text: string): boolean => truths.includes(text);
export const isUntruth = (text: string): boolean => untruths.includes(text);

const unitNanos: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Nanoseconds of a Go duration (`1h30m`), or Go's error. */
export function parseDuration(text: string): number | string {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+|0)$/.exec(text);
  if (!match) {
    const missing = /^[+-]?\d+\.?\d*$/.test(text);
    return missing
      ? `time: missing unit in duration ${JSON.stringify(text)}`
      : `time: invalid duration ${JSON.stringify(text)}`;
  }
  let nanos = 0;
  for (const [, amount, unit] of (match[2] ?? '').matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g))
    nanos += Number(amount) * (unitNanos[unit ?? ''] ?? 0);
  return match[1] === '-' ? -Math.round(nanos) : Math.round(nanos);
}

/** Billionths of CPUs (`0.5`), or docker's error. */
export function parseCpus(text: string): number | string {
  const match = /^([+-]?\d*\.?\d*)(?:\/(\d+))?$/.exec(text);
  if (!match || !/\d/.test(text)) return `failed to parse ${text} as a rational number`;
  const nanos = (Number(match[1]) / Number(match[2] ?? 1)) * 1e9;
  return Number.isInteger(nanos) ? nanos : 'value is too precise';
}

const address4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
export const isIp = (text: string): boolean =>
  address4.test(text) || (/^[0-9a-fA-F:.]+$/.test(text) && text.includes(':'));

const listChecks: Readonly<Record<string, (text: string) => string | undefined>> = {
  dns: (text) => (isIp(text.trim()) ? undefined : `IP address is not correctly formatted: ${text}`),
  'link-local-ip': (text) =>
    isIp(text.trim()) ? undefined : `IP address is not correctly formatted: ${text}`,
  'dns-search': (text) =>
    text.trim() === '.' || (/[a-zA-Z]/.test(text) && domain.test(text))
      ? undefined
      : `${text} is not a valid domain`,
  label: (text) => labelProblem(text),
  'container-label': (text) => labelProblem(text),
  'generic-resource': (text) =>
    text.includes('=')
      ? undefined
      : `invalid generic-resource format \`${text}\` expected \`name=value\``,
  'add-host': (text) => extraHost(text),
  host: (text) => extraHost(text),
  attach: (text) =>
    /^(?:stdin|stdout|stderr)$/i.test(text)
      ? undefined
      : 'valid streams are STDIN, STDOUT and STDERR',
  env: (text) =>
    text === '' || text.startsWith('=') ? `invalid environment variable: ${text}` : undefined,
  link: (text) =>
    text === ''
      ? 'empty string specified for links'
      : text.split(':').length > 2
        ? `bad format for links: ${text}`
        : undefined,
};

const domain =
  /^(?::?[a-zA-Z0-9]|:?[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*\.?\s*$/;

/** Mirrors: docker/cli opts.ValidateLabel. */
function labelProblem(text: string): string | undefined {
  const key = (text.split('=')[0] ?? '').trimStart();
  if (key === '') return `invalid label '${text}': empty name`;
  return /\s/.test(key) ? `label '${key}' contains whitespaces` : undefined;
}

const sysctls = new Set(
  'msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced'
    .split(' ')
    .map((name) => `kernel.${name}`),
);

/** Mirrors: docker/cli opts.ValidateSysctl: those that have a namespace of their own. */
function sysctlProblem(text: string): string | undefined {
  const key = text.slice(0, Math.max(0, text.indexOf('=')));
  return sysctls.has(key) || key.startsWith('net.') || key.startsWith('fs.mqueue.')
    ? undefined
    : `sysctl '${text}' is not allowed`;
}

/** Mirrors: pflag ipNetSliceValue.Set. */
function networksProblem(text: string): string | undefined {
  const wrong = text.split(',').find((one) => {
    const [address = '', length = '', more] = one.trim().split('/');
    const longest = address.includes(':') ? 128 : 32;
    return !(isIp(address) && /^\d{1,3}$/.test(length) && Number(length) <= longest && !more);
  });
  return wrong === undefined ? undefined : `invalid string being converted to CIDR: ${wrong}`;
}

function extraHost(text: string): string | undefined {
  const at = text.search(/[:=]/);
  if (at <= 0) return `bad format for add-host: ${JSON.stringify(text)}`;
  const address = text.slice(at + 1).replace(/^\[(.*)\]$/, '$1');
  return address === 'host-gateway' || isIp(address)
    ? undefined
    : `invalid IP address in add-host: ${JSON.stringify(address)}`;
}

const errorOf = (result: { ok: true } | { ok: false; error: string }): string | undefined =>
  result.ok ? undefined : result.error;

/** The error that a value gets, or undefined. `name` is the flag's. */
export function checkValue(type: string, name: string, text: string): string | undefined {
  const message = (result: number | string): string | undefined =>
    typeof result === 'string' ? result : undefined;
  switch (type) {
    case '':
      return isTruth(text) || isUntruth(text)
        ? undefined
        : `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
    case 'int':
      return signed(text);
    case 'uint':
      return unsigned(64n)(text);
    case 'uint16':
      return unsigned(16n)(text);
    case 'uint32':
      return unsigned(32n)(text);
    case 'float':
      return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
        ? undefined
        : `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
    case 'duration':
      return message(parseDuration(text));
    case 'decimal':
      return message(parseCpus(text));
    case 'bytes':
      return name === 'memory-swap' && text === '-1' ? undefined : message(parseBytes(text));
    case 'filter':
      return text === '' || text.includes('=')
        ? undefined
        : 'bad format of filter (expected name=value)';
    case 'pref':
      return text.includes('=')
        ? text.startsWith('spread=')
          ? undefined
          : `unsupported placement preference ${text.split('=')[0]} (only spread is supported)`
        : 'placement preference must be of the format "<strategy>=<arg>"';
    case 'map':
      return name === 'sysctl' ? sysctlProblem(text) : undefined;
    case 'ipNetSlice':
      return networksProblem(text);
    case 'network':
      return networkProblem(text);
    case 'ulimit':
      return errorOf(parseUlimit(text));
    case 'mount':
      return errorOf(parseMount(text));
    case 'port':
      return name === 'publish-rm' ? undefined : errorOf(parsePublish(text));
    case 'secret':
    case 'config':
      return errorOf(parseFileReference(text, type));
    case 'list':
      // Nodes take any label (034:51). Differs: docker service update --label-add checks them.
      return name === 'label-add' ? undefined : listChecks[name.replace(/-add$/, '')]?.(text);
    default:
      return undefined;
  }
}
