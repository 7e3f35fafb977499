// The door to IPVS of one namespace, as ipvsadm and libnetwork use it (Linux: generic netlink family IPVS).
import type { Result } from '../../std/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type {
  Errno,
  IpvsConnection,
  IpvsMatch,
  IpvsServerRow,
  IpvsService,
  IpvsServiceRow,
} from '../rows.ts';

/** Seconds after which idle connections are forgotten: established TCP, TCP after a FIN, UDP. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

/** Which server: its address and port. */
export interface IpvsServerKey {
  readonly address: Ipv4;
  readonly port: number;
}

export interface Ipvs {
  /** By mark, then by protocol, address and port: as ipvsadm sorts them. Servers by address. */
  services(): readonly IpvsService[];
  service(match: IpvsMatch): IpvsService | undefined;
  /** EEXIST; ENOENT: no such scheduler. */
  addService(match: IpvsMatch, scheduler: string): Result<IpvsServiceRow, Errno>;
  /** ESRCH; ENOENT: no such scheduler. */
  changeService(match: IpvsMatch, scheduler: string): Result<IpvsServiceRow, Errno>;
  /** ESRCH. Connections to its servers are dropped or expire, see net.ipv4.vs.expire_nodest_conn. */
  removeService(match: IpvsMatch): Result<void, Errno>;
  flush(): void;
  /** ESRCH: no such service; EEXIST; EINVAL: a weight below 0. */
  addServer(match: IpvsMatch, server: IpvsServerRow): Result<void, Errno>;
  /** ESRCH; ENOENT: no such server. */
  changeServer(match: IpvsMatch, server: IpvsServerRow): Result<void, Errno>;
  /** ESRCH; ENOENT. */
  removeServer(match: IpvsMatch, server: IpvsServerKey): Result<void, Errno>;
  /** Sets the counters of one service, or of all, to 0. ESRCH. */
  zero(match?: IpvsMatch): Result<void, Errno>;
  /** Oldest first. */
  connections(): readonly IpvsConnection[];
  timeouts(): IpvsTimeouts;
  /** A 0 leaves that one as it is. */
  setTimeouts(timeouts: IpvsTimeouts): void;
}
