// What the swarm has been told to be, kept apart from the engine: the yardstick of the laws.

export interface ModelService {
  readonly name: string;
  readonly mode: 'replicated' | 'global';
  readonly replicas: number;
  readonly image: Image;
  readonly networks: readonly string[];
  readonly endpoint: 'vip' | 'dnsrr';
  readonly publish?: { readonly port: number; readonly mode: 'ingress' | 'host' } | undefined;
}

/** The images that the services run, and the port on which each serves pages. */
export const images = { 'nginx:alpine': 80, 'nicolaka/pets_web:1.0': 5000 } as const;
export type Image = keyof typeof images;
export const imageNames = Object.keys(images) as Image[];

export interface ModelNetwork {
  readonly name: string;
  readonly attachable: boolean;
  readonly encrypted: boolean;
}

export interface ModelContainer {
  readonly name: string;
  readonly host: string;
  readonly network: string;
}

/** The cable is pulled, the power is off, dockerd is stopped. */
export type Fault = 'cable' | 'power' | 'docker';

export interface ModelNode {
  availability: 'active' | 'pause' | 'drain';
  /** Why no manager can reach it. */
  fault: Fault | undefined;
  /** It is in the swarm. */
  member: boolean;
}

export class Model {
  readonly services = new Map<string, ModelService>();
  /** What `rollback` goes back to. */
  readonly previous = new Map<string, ModelService>();
  readonly networks = new Map<string, ModelNetwork>();
  readonly containers = new Map<string, ModelContainer>();
  readonly nodes: ReadonlyMap<string, ModelNode>;

  constructor(hosts: readonly string[]) {
    this.nodes = new Map(
      hosts.map((host) => [host, { availability: 'active', fault: undefined, member: true }]),
    );
  }

  /** Changes a service's spec; what it was can be rolled back to. */
  update(service: ModelService, fields: Partial<ModelService>): void {
    this.previous.set(service.name, service);
    this.services.set(service.name, { ...service, ...fields });
  }

  rollBack(service: ModelService): void {
    const before = this.previous.get(service.name);
    if (!before) return;
    this.previous.set(service.name, service);
    this.services.set(service.name, before);
  }

  isUsed(network: string): boolean {
    return (
      [...this.services.values()].some(({ networks }) => networks.includes(network)) ||
      [...this.containers.values()].some((container) => container.network === network)
    );
  }

  /** Nodes that a manager can reach. */
  reached(): readonly string[] {
    return [...this.nodes]
      .filter(([, node]) => node.member && node.fault === undefined)
      .map(([host]) => host);
  }

  /** Nodes that take new tasks. */
  open(): readonly string[] {
    return this.reached().filter((host) => this.nodes.get(host)?.availability === 'active');
  }

  /** How many tasks of a service are to run, at least and at most. */
  wanted(service: ModelService): readonly [number, number] {
    const open = this.open().length;
    const paused = this.reached().filter(
      (host) => this.nodes.get(host)?.availability === 'pause',
    ).length;
    if (service.mode === 'global') return [open, open + paused];
    // A port of the node itself can be given to one task there. Tasks on paused nodes go on while they live.
    if (service.publish?.mode === 'host')
      return [Math.min(open, service.replicas), Math.min(open + paused, service.replicas)];
    return [open > 0 ? service.replicas : 0, service.replicas];
  }
}
