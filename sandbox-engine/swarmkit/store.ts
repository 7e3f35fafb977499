// Where a swarm's objects live: collections shared by all swarms of a world, and one writer per swarm that numbers its
// transactions. Mirrors: swarmkit manager/state/store. Differs: all managers of a swarm look at the same rows; whether one
// may read or write now is decided by raft (see raft.ts) before it gets here.
import { Collection, type Journal, type Sim } from '../sim/index.ts';
import type {
  ClusterRow,
  ConfigRow,
  SecretRow,
  ServiceRow,
  SwarmNetworkRow,
  SwarmNodeRow,
  SwarmObject,
  TaskRow,
} from './objects.ts';

export interface SwarmRows {
  readonly clusters: Collection<ClusterRow>;
  readonly nodes: Collection<SwarmNodeRow>;
  readonly networks: Collection<SwarmNetworkRow>;
  readonly services: Collection<ServiceRow>;
  readonly tasks: Collection<TaskRow>;
  readonly secrets: Collection<SecretRow>;
  readonly configs: Collection<ConfigRow>;
}

/** Made once per world. */
export function createSwarmRows(journal: Journal): SwarmRows {
  const cluster = (row: SwarmObject) => row.cluster;
  return {
    clusters: new Collection<ClusterRow>(journal, 'swarm clusters', { cluster }),
    nodes: new Collection<SwarmNodeRow>(journal, 'swarm nodes', { cluster }),
    networks: new Collection<SwarmNetworkRow>(journal, 'swarm networks', { cluster }),
    services: new Collection<ServiceRow>(journal, 'swarm services', { cluster }),
    tasks: new Collection<TaskRow>(journal, 'swarm tasks', {
      cluster,
      service: (row) => row.serviceId,
      node: (row) => row.nodeId,
    }),
    secrets: new Collection<SecretRow>(journal, 'swarm secrets', { cluster }),
    configs: new Collection<ConfigRow>(journal, 'swarm configs', { cluster }),
  };
}

/** One change of one object, for those who watch. */
export interface SwarmChange {
  readonly kind: keyof SwarmRows;
  readonly action: 'create' | 'update' | 'remove';
  readonly row: SwarmObject;
  readonly old?: SwarmObject | undefined;
}

type Fresh<Row extends SwarmObject> = Omit<Row, keyof SwarmObject> & { readonly id: string };

/** One swarm's writer. Everything changed within one `transaction` gets the same version. */
export class SwarmStore {
  readonly rows: SwarmRows;
  readonly cluster: string;
  readonly #sim: Sim;
  #index: number;
  #open = false;
  /** Called after each transaction that changed something. */
  onCommit: () => void = () => {};
  #changed = false;
  /** Told of the changes of each transaction, in order. */
  readonly watchers = new Set<(changes: readonly SwarmChange[]) => void>();
  #changes: SwarmChange[] = [];
  readonly #kinds: ReadonlyMap<unknown, keyof SwarmRows>;

  constructor(sim: Sim, rows: SwarmRows, cluster: string, firstIndex: number) {
    this.#sim = sim;
    this.rows = rows;
    this.cluster = cluster;
    this.#index = firstIndex;
    const kinds = Object.keys(rows) as (keyof SwarmRows)[];
    this.#kinds = new Map(kinds.map((kind) => [rows[kind], kind]));
  }

  /** The number of the latest transaction. */
  get index(): number {
    return this.#index;
  }

  transaction<T>(change: () => T): T {
    if (this.#open) return change();
    this.#open = true;
    this.#changed = false;
    try {
      return change();
    } finally {
      this.#open = false;
      if (this.#changed) this.onCommit();
      const changes = this.#changes;
      this.#changes = [];
      if (changes.length > 0) for (const watch of [...this.watchers]) watch(changes);
    }
  }

  create<Row extends SwarmObject>(collection: Collection<Row>, row: Fresh<Row>): Row {
    return this.#write(() => {
      const now = this.#sim.now();
      const meta = { cluster: this.cluster, version: this.#index, createdAt: now, updatedAt: now };
      const made = collection.put({ ...row, ...meta } as unknown as Row);
      this.#note(collection, 'create', made);
      return made;
    });
  }

  update<Row extends SwarmObject>(
    collection: Collection<Row>,
    id: string,
    fields: Partial<Row>,
  ): Row {
    return this.#write(() => {
      const meta = { version: this.#index, updatedAt: this.#sim.now() } as Partial<Row>;
      const old = collection.get(id);
      const row = collection.update(id, { ...fields, ...meta });
      this.#note(collection, 'update', row, old);
      return row;
    });
  }

  remove<Row extends SwarmObject>(collection: Collection<Row>, id: string): void {
    this.#write(() => {
      const row = collection.get(id);
      collection.remove(id);
      if (row) this.#note(collection, 'remove', row);
    });
  }

  #note(
    collection: unknown,
    action: SwarmChange['action'],
    row: SwarmObject,
    old?: SwarmObject,
  ): void {
    const kind = this.#kinds.get(collection);
    if (kind && this.watchers.size > 0) this.#changes.push({ kind, action, row, old });
  }

  all<Row extends SwarmObject>(collection: Collection<Row>): Row[] {
    return collection.where('cluster', this.cluster);
  }

  get clusterRow(): ClusterRow {
    return this.rows.clusters.must(this.cluster);
  }

  /** The swarm is over: the last manager has left. */
  erase(): void {
    for (const collection of Object.values(this.rows) as Collection<SwarmObject>[])
      for (const row of collection.where('cluster', this.cluster)) collection.remove(row.id);
  }

  #write<T>(change: () => T): T {
    if (!this.#open) return this.transaction(() => this.#write(change));
    if (!this.#changed) this.#index += 1;
    this.#changed = true;
    return change();
  }
}
