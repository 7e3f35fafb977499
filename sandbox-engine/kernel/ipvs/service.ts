// Working objects behind the rows of virtual services and their servers.
import { formatIpv4 } from '../../wire/index.ts';
import type { IpvsMatch, IpvsServerRow } from '../rows.ts';
import type { Scheduler } from './schedulers.ts';
import type { Statistics } from './statistics.ts';

export interface Server extends IpvsServerRow {
  weight: number;
  forwarding: IpvsServerRow['forwarding'];
  /** False: it has been removed, but connections to it are still known. */
  available: boolean;
  active: number;
  inactive: number;
  readonly statistics: Statistics;
}

export interface Service {
  /** The row's id. */
  readonly id: string;
  readonly match: IpvsMatch;
  schedulerName: string;
  scheduler: Scheduler;
  /** Newest first. */
  servers: Server[];
  readonly statistics: Statistics;
}

/** `FWM 256`, `TCP 10.0.0.1:80`. */
export const matchText = (match: IpvsMatch): string =>
  'fwmark' in match
    ? `FWM ${match.fwmark}`
    : `${match.protocol.toUpperCase()} ${formatIpv4(match.address)}:${match.port}`;

/** Protocol, address and port, then marks. Mirrors: libipvs ipvs_cmp_services. */
export function compareMatches(a: IpvsMatch, b: IpvsMatch): number {
  if ('fwmark' in a) return 'fwmark' in b ? a.fwmark - b.fwmark : 1;
  if ('fwmark' in b) return -1;
  if (a.protocol !== b.protocol) return a.protocol === 'tcp' ? -1 : 1;
  return a.address - b.address || a.port - b.port;
}
