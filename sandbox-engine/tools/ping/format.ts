// How ping words answers, errors and times.
import type { IcmpArrival } from '../../kernel/index.ts';
import { formatIpv4 } from '../../wire/index.ts';

/** Microseconds as milliseconds, with fewer digits the longer it took. */
export function formatTime(micros: number): string {
  if (micros >= 99_950) return `${Math.floor((micros + 500) / 1000)}`;
  if (micros >= 9_995) return ((Math.floor((micros + 50) / 100) * 100) / 1000).toFixed(1);
  if (micros >= 1_000) return ((Math.floor((micros + 5) / 10) * 10) / 1000).toFixed(2);
  return (micros / 1000).toFixed(3);
}

const unreachable: Readonly<Record<number, string>> = {
  0: 'Destination Net Unreachable',
  1: 'Destination Host Unreachable',
  2: 'Destination Protocol Unreachable',
  3: 'Destination Port Unreachable',
  5: 'Source Route Failed',
  6: 'Destination Net Unknown',
  7: 'Destination Host Unknown',
  9: 'Destination Net Prohibited',
  10: 'Destination Host Prohibited',
  13: 'Packet filtered',
};
const redirects = [
  'Redirect Network',
  'Redirect Host',
  'Redirect Type of Service and Network',
  'Redirect Type of Service and Host',
];

/** What an ICMP error says. `named` gives an address as ping prints it. Mirrors: pr_icmph of iputils. */
export function describeError(arrival: IcmpArrival, named: string): string {
  const { type, code } = arrival;
  if (type === 3 && code === 4) return `Frag needed and DF set (mtu = ${arrival.mtu ?? 0})`;
  if (type === 3) return unreachable[code] ?? `Dest Unreachable, Bad Code: ${code}`;
  if (type === 5)
    return `${redirects[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${named})`;
  if (type === 11) return code === 0 ? 'Time to live exceeded' : 'Frag reassembly time exceeded';
  return `Bad ICMP type: ${type}`;
}

export interface Statistics {
  readonly transmitted: number;
  readonly received: number;
  readonly duplicates: number;
  readonly errors: number;
  /** Round trips, µs. */
  readonly times: readonly number[];
  /** From the first packet to the last, ms. */
  readonly duration: number;
}

const milliseconds = (micros: number): string => (Math.floor(micros) / 1000).toFixed(3);

/** The closing block. */
export function formatStatistics(host: string, stats: Statistics): string {
  const { transmitted, received, duplicates, errors, times, duration } = stats;
  const loss =
    transmitted === 0
      ? ''
      : `, ${percent(((transmitted - received) * 100) / transmitted)}% packet loss, time ${duration}ms`;
  const counts = [
    `${transmitted} packets transmitted, ${received} received`,
    ...(duplicates > 0 ? [`, +${duplicates} duplicates`] : []),
    ...(errors > 0 ? [`, +${errors} errors`] : []),
  ].join('');
  return `\n--- ${host} ping statistics ---\n${counts}${loss}\n${times.length > 0 ? roundTrips(times) : ''}\n`;
}

/** As printf("%g") gives it. */
const percent = (value: number): string => `${Number(value.toPrecision(6))}`;

function roundTrips(times: readonly number[]): string {
  const sum = times.reduce((a, b) => a + b, 0);
  const squares = times.reduce((a, b) => a + b * b, 0);
  const mean = Math.floor(sum / times.length);
  const deviation = Math.floor(
    Math.sqrt(Math.max(0, squares / times.length - (sum / times.length) ** 2)),
  );
  const values = [Math.min(...times), mean, Math.max(...times), deviation].map(milliseconds);
  return `rtt min/avg/max/mdev = ${values.join('/')} ms`;
}

/** `name (address)`, or the address alone where no names are looked up. */
export const namedAddress = (
  name: string | undefined,
  address: IcmpArrival['from'],
  numeric: boolean,
): string =>
  numeric ? formatIpv4(address) : `${name ?? formatIpv4(address)} (${formatIpv4(address)})`;
