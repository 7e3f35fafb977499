// A world for the property tests: the engine's own composition, with every row within reach and a transcript of what was
// typed and printed.
import { browse } from '../../sandbox-engine/lab/browse.ts';
import { buildWorld } from '../../sandbox-engine/lab/build-world.ts';
import { startCommand } from '../../sandbox-engine/lab/exec.ts';
import { commands } from '../../sandbox-engine/lab/late-commands.ts';
import { tools } from '../../sandbox-engine/lab/late-tools.ts';
import type { Machine, World } from '../../sandbox-engine/lab/world.ts';
import type { BrowseResult } from '../../sandbox-engine/protocol/index.ts';
import { type Change, micros, type Revision, seconds } from '../../sandbox-engine/sim/index.ts';
import { must } from '../../sandbox-engine/std/index.ts';

const programs = new Map([...tools, ...commands]);

/** What a command printed, and how it ended. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

export class SimWorld {
  readonly world: World;
  /** Everything that was done, with its time in seconds: what a failing run shows. */
  readonly script: string[] = [];
  /** Everything that was printed: what the same seed must give again. */
  readonly bytes: string[] = [];
  #seen: Revision;

  constructor(seed: number) {
    this.world = buildWorld({ seed, scenario: 'swarm' }, () => programs);
    this.#seen = this.world.sim.journal.revision;
  }

  get hosts(): readonly string[] {
    return [...this.world.machines.keys()];
  }

  machine(host: string): Machine {
    return must(this.world.machines.get(host), host);
  }

  /** Simulated seconds since the world began. */
  get now(): number {
    return this.world.sim.now() / 1_000_000;
  }

  /** Does something as a reader would: by a command, which goes into the script. */
  run(host: string, command: string): Printed {
    this.note(`${host}$ ${command}`);
    const printed = this.ask(host, command);
    if (printed.exit !== 0) this.note(`  exit ${printed.exit} ${printed.stderr.trim()}`);
    return printed;
  }

  /** Looks at something by a command: it goes into the bytes, but not into the script. */
  ask(host: string, command: string): Printed {
    const { sim } = this.world;
    const printed = startCommand(sim, this.machine(host).host, command).finish();
    this.bytes.push(
      `${sim.now()} ${host}$ ${command}\n${printed.exit}\n${printed.stdout}${printed.stderr}`,
    );
    return printed;
  }

  /** What a command prints, in lines; what it prints on stderr and a failure become lines too, so that they are seen. */
  lines(host: string, command: string): readonly string[] {
    const { stdout, stderr, exit } = this.ask(host, command);
    const text = exit === 0 ? stdout : `${stdout}exit ${exit}: ${stderr}`;
    return text.split('\n').filter((line) => line !== '');
  }

  note(text: string): void {
    this.script.push(`${this.now.toFixed(1).padStart(7)}  ${text}`);
  }

  pass(time: number): void {
    const { sim } = this.world;
    sim.runUntil(micros(sim.now() + seconds(time)));
  }

  /** Asks for a page from outside the swarm, so many times, each time on a new connection. */
  browse(url: string, times: number): readonly BrowseResult[] {
    const { sim } = this.world;
    const pages = sim.spawn('test: browser', browse(this.world, url, times));
    while (!pages.ended && sim.runNext());
    const results = pages.result ?? [];
    this.bytes.push(JSON.stringify([url, results]));
    return results;
  }

  /** Changes of state since the last call. */
  changes(): readonly Change[] {
    const { journal } = this.world.sim;
    const changes = journal.changesSince(this.#seen);
    this.#seen = journal.revision;
    return changes;
  }

  /** Every row of every collection, by collection. */
  rows(): Readonly<Record<string, readonly object[]>> {
    const { network, os: _, libnetwork, daemon, swarm } = this.world;
    const all: Record<string, readonly object[]> = {};
    for (const group of [network, libnetwork, daemon, swarm.rows])
      for (const value of Object.values(group))
        if (isCollection(value)) all[value.name] = value.all();
    return all;
  }
}

interface Rows {
  readonly name: string;
  all(): readonly object[];
}
const isCollection = (value: unknown): value is Rows =>
  typeof value === 'object' && value !== null && 'all' in value && 'name' in value;
