// The virtual services of one namespace, as ipvsadm and libnetwork set them up.
//
// Mirrors: net/netfilter/ipvs/ip_vs_ctl.c. Differs: no persistence, no thresholds, no synchronisation between directors.
import type { Collection } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import type { IpvsHooks, IpvsVerdict, PacketContext } from '../netfilter/hook.ts';
import { isLocal } from '../route.ts';
import type {
  Errno,
  IpvsConnection,
  IpvsMatch,
  IpvsServerRow,
  IpvsService,
  IpvsServiceRow,
} from '../rows.ts';
import type { Namespace } from '../state.ts';
import type { Ipvs, IpvsServerKey, IpvsTimeouts } from './api.ts';
import { Connections } from './connections.ts';
import { Director, parameter } from './director.ts';
import { schedulerNamed } from './schedulers.ts';
import { compareMatches, matchText, type Server, type Service } from './service.ts';
import { Statistics } from './statistics.ts';

export class IpvsTable implements Ipvs, IpvsHooks {
  readonly #netns: Namespace;
  readonly #rows: Collection<IpvsServiceRow>;
  readonly #services = new Map<string, Service>();
  readonly #connections: Connections;
  readonly #director: Director;

  constructor(netns: Namespace) {
    this.#netns = netns;
    this.#rows = netns.world.ipvs;
    this.#connections = new Connections(netns.world.sim);
    this.#director = new Director(netns, this.#services, this.#connections);
  }

  localIn(context: PacketContext): IpvsVerdict {
    return this.#director.localIn(context);
  }

  localOut(context: PacketContext): IpvsVerdict {
    return this.#director.localOut(context);
  }

  forward(context: PacketContext): void {
    this.#director.forward(context);
  }

  dispose(): void {
    for (const row of this.#rows.where('netns', this.#netns.id)) this.#rows.remove(row.id);
    this.#services.clear();
    this.#connections.clear();
  }

  services(): readonly IpvsService[] {
    this.#connections.settle();
    return [...this.#services.values()]
      .sort((a, b) => compareMatches(a.match, b.match))
      .map((service) => this.#shown(service));
  }

  service(match: IpvsMatch): IpvsService | undefined {
    this.#connections.settle();
    const service = this.#services.get(matchText(match));
    return service && this.#shown(service);
  }

  addService(match: IpvsMatch, scheduler: string): Result<IpvsServiceRow, Errno> {
    const chosen = schedulerNamed(scheduler);
    if (!chosen) return err('ENOENT');
    const text = matchText(match);
    if (this.#services.has(text)) return err('EEXIST');
    const { sim } = this.#netns.world;
    const service: Service = {
      id: `${this.#netns.id}/ipvs/${text}`,
      match,
      schedulerName: scheduler,
      scheduler: chosen,
      servers: [],
      statistics: new Statistics(sim),
    };
    this.#services.set(text, service);
    return ok(this.#put(service));
  }

  changeService(match: IpvsMatch, scheduler: string): Result<IpvsServiceRow, Errno> {
    const service = this.#services.get(matchText(match));
    if (!service) return err('ESRCH');
    const chosen = schedulerNamed(scheduler);
    if (!chosen) return err('ENOENT');
    if (service.schedulerName !== scheduler) {
      service.scheduler = chosen;
      service.schedulerName = scheduler;
    }
    return ok(this.#put(service));
  }

  removeService(match: IpvsMatch): Result<void, Errno> {
    const text = matchText(match);
    const service = this.#services.get(text);
    if (!service) return err('ESRCH');
    this.#services.delete(text);
    this.#rows.remove(service.id);
    for (const server of service.servers) server.available = false;
    this.#dropConnections();
    return ok(undefined);
  }

  flush(): void {
    for (const { match } of [...this.#services.values()]) this.removeService(match);
  }

  addServer(match: IpvsMatch, row: IpvsServerRow): Result<void, Errno> {
    const service = this.#services.get(matchText(match));
    if (!service) return err('ESRCH');
    if (row.weight < 0) return err('EINVAL');
    if (findServer(service, row)) return err('EEXIST');
    const server: Server = {
      ...row,
      forwarding: this.#forwarding(row),
      available: true,
      active: 0,
      inactive: 0,
      statistics: new Statistics(this.#netns.world.sim),
    };
    service.servers = [server, ...service.servers];
    this.#put(service);
    return ok(undefined);
  }

  changeServer(match: IpvsMatch, row: IpvsServerRow): Result<void, Errno> {
    const service = this.#services.get(matchText(match));
    if (!service) return err('ESRCH');
    const server = findServer(service, row);
    if (!server) return err('ENOENT');
    if (row.weight < 0) return err('EINVAL');
    server.weight = row.weight;
    server.forwarding = this.#forwarding(row);
    this.#put(service);
    return ok(undefined);
  }

  removeServer(match: IpvsMatch, key: IpvsServerKey): Result<void, Errno> {
    const service = this.#services.get(matchText(match));
    if (!service) return err('ESRCH');
    const server = findServer(service, key);
    if (!server) return err('ENOENT');
    service.scheduler.removed?.(service.servers, server);
    service.servers = service.servers.filter((other) => other !== server);
    server.available = false;
    this.#dropConnections();
    this.#put(service);
    return ok(undefined);
  }

  zero(match?: IpvsMatch): Result<void, Errno> {
    const one = match && this.#services.get(matchText(match));
    if (match && !one) return err('ESRCH');
    for (const service of one ? [one] : this.#services.values()) {
      service.statistics.zero();
      for (const { statistics } of service.servers) statistics.zero();
    }
    return ok(undefined);
  }

  connections(): readonly IpvsConnection[] {
    return this.#connections.list();
  }

  timeouts(): IpvsTimeouts {
    return this.#connections.timeouts;
  }

  setTimeouts(timeouts: IpvsTimeouts): void {
    this.#connections.timeouts = timeouts;
  }

  #forwarding({ forwarding, address }: IpvsServerRow): IpvsServerRow['forwarding'] {
    return isLocal(this.#netns, address) ? 'Local' : forwarding;
  }

  #dropConnections(): void {
    if (parameter(this.#netns, 'expire_nodest_conn')) this.#connections.forgetWithoutServer();
  }

  #put({ id, match, schedulerName, servers }: Service): IpvsServiceRow {
    return this.#rows.put({
      id,
      netns: this.#netns.id,
      match,
      scheduler: schedulerName,
      servers: servers.map(({ address, port, weight, forwarding }) => ({
        address,
        port,
        weight,
        forwarding,
      })),
    });
  }

  #shown(service: Service): IpvsService {
    const servers = [...service.servers].sort((a, b) => a.address - b.address || a.port - b.port);
    return {
      ...this.#rows.must(service.id),
      statistics: service.statistics.read(),
      servers: servers.map(
        ({ address, port, weight, forwarding, active, inactive, statistics }) => ({
          address,
          port,
          weight,
          forwarding,
          activeConnections: active,
          inactiveConnections: inactive,
          statistics: statistics.read(),
        }),
      ),
    };
  }
}

const findServer = ({ servers }: Service, { address, port }: IpvsServerKey): Server | undefined =>
  servers.find((server) => server.address === address && server.port === port);
