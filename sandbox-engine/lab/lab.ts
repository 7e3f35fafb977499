// One lab: a world, its terminals, its input log, and the answers to what the page asks.
import { dockerSocket, type EngineApi } from '../api/index.ts';
import type { Host } from '../os/index.ts';
import type {
  AnsweredInput,
  ApiResult,
  BrowseResult,
  ChangesView,
  CheckResult,
  LabInput,
  Question,
  Session,
  TerminalId,
  ViewName,
  ViewParameters,
} from '../protocol/index.ts';
import {
  type Coroutine,
  type Micros,
  micros,
  type Revision,
  type Sim,
  seconds,
} from '../sim/index.ts';
import { must, unreachable } from '../std/index.ts';
import type {
  CommandResult,
  ExecOptions,
  Lab,
  LabInputNow,
  LabOptions,
  LabOutput,
  Pending,
  RunningCommand,
} from './api.ts';
import { ApiReader, callApi, callOfView } from './api-calls.ts';
import { browse } from './browse.ts';
import { buildWorld } from './build-world.ts';
import { type CheckContext, judge, type Ran } from './checks.ts';
import { startCommand } from './exec.ts';
import { hostAction } from './machines.ts';
import { probe, resolve } from './probe.ts';
import type { ProgramSource } from './programs.ts';
import { Terminals } from './terminals.ts';
import { valuesOf } from './values.ts';
import { type Entry, entriesSince } from './views/changes.ts';
import { diagramView } from './views/diagrams.ts';
import { machinesStamp, machinesView } from './views/machines.ts';
import { Requests } from './views/requests.ts';
import type { World } from './world.ts';

/** Simulated seconds that a browser waits for a page. */
const browserPatience = 10;

/** Starts a world. It takes tens of milliseconds: undo, reset and questions in a copy rely on it. */
export function createLab(options: LabOptions, programs: ProgramSource): Lab {
  return new SimulatedLab(options, programs);
}

/** The world of a session, brought to its last input. */
export function replayed(
  options: LabOptions,
  inputs: readonly LabInput[],
  until: Micros,
  programs: ProgramSource,
): Lab {
  const lab = new SimulatedLab(options, programs);
  for (const { at, ...input } of inputs) {
    lab.sim.runUntil(micros(at));
    lab.input(input as LabInputNow);
  }
  lab.sim.runUntil(until);
  return lab;
}

/** A command, and where in the journal it began. */
interface Begun {
  readonly line: string;
  readonly terminal: TerminalId;
  readonly step?: string | undefined;
  readonly hand?: ChangesView['hand'];
  readonly from: Revision;
}
const noCommand = (from: Revision): Begun => ({ line: '', terminal: '', from });

class SimulatedLab implements Lab {
  readonly sim: Sim;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly #options: LabOptions;
  readonly #programs: ProgramSource;
  readonly #world: World;
  readonly #terminals: Terminals;
  readonly #requests: Requests;
  readonly #inputs: LabInput[] = [];
  /** Where the last command began, for "what changed below". */
  #command: Begun;
  /** The same of each step that has been run, by its id. */
  readonly #steps = new Map<string, Begun>();
  /** What copies of the world have answered since the state last changed. */
  #answers = new Map<string, unknown>();
  /** Where questions about this moment are asked. */
  #copy: SimulatedLab | undefined;
  #answeredAt: Revision = -1;
  readonly #api: ApiReader;

  constructor(options: LabOptions, programs: ProgramSource) {
    this.#options = options;
    this.#programs = programs;
    this.#world = buildWorld(options, programs);
    this.sim = this.#world.sim;
    this.#requests = new Requests(this.#world);
    this.hosts = new Map([...this.#world.machines].map(([name, machine]) => [name, machine.host]));
    this.#terminals = new Terminals(this.hosts, (host) =>
      this.#world.machines.get(host)?.power.press(),
    );
    this.#command = noCommand(this.sim.journal.revision);
    this.#api = new ApiReader(this.#world, (ask) => ask(this.#anew().#world));
  }

  engine(host: string): EngineApi {
    const machine = must(this.hosts.get(host), `host ${host}`);
    return must(machine.connect(dockerSocket), `the Docker Engine of ${host}`);
  }

  // ---- what a reader does -----------------------------------------------------------------

  terminal(id: TerminalId): void {
    if (!this.#terminals.isOpen(id)) this.input({ do: 'open', terminal: id });
  }

  input(input: LabInputNow): void {
    if (input.do === 'browse' || input.do === 'api') {
      this.perform(input);
      return;
    }
    this.#inputs.push({ at: this.sim.now(), ...input } as LabInput);
    switch (input.do) {
      case 'open':
        this.#terminals.open(input.terminal);
        return;
      case 'run':
        this.#begin({
          line: input.line,
          terminal: input.terminal,
          step: input.step,
          from: this.sim.journal.revision,
        });
        // What stands half typed on the line is not part of the command (Ctrl-U).
        this.#terminals.input(input.terminal, `\u0015${input.line}\r`);
        return;
      case 'input':
        if (/[\r\n]/.test(input.text))
          this.#command = {
            line: '',
            terminal: input.terminal,
            from: this.sim.journal.revision,
          };
        this.#terminals.input(input.terminal, input.text);
        return;
      case 'machine': {
        const { host, action } = input;
        const from = this.sim.journal.revision;
        this.#command = { line: '', terminal: '', hand: { host, action }, from };
        this.#world.machines.get(host)?.power.does(action);
        return;
      }
      case 'resize':
        this.#terminals.resize(input.terminal, input.columns, input.rows);
        return;
      default:
        unreachable(input);
    }
  }

  perform(input: AnsweredInput): Pending {
    this.#inputs.push({ at: this.sim.now(), ...input });
    if (input.do === 'browse') {
      const pages = this.sim.spawn('lab: browser', browse(this.#world, input.url, input.times));
      return pendingOf(pages, (results) => (input.times === undefined ? results[0] : results));
    }
    const { method, path, step } = input;
    const from = this.sim.journal.revision;
    this.#begin({ line: `${method} ${path}`, terminal: '', step, from });
    const answer = this.sim.spawn('lab: console', callApi(this.#world, input));
    return pendingOf<ApiResult>(answer, (result) => result);
  }

  takeOutput(): readonly LabOutput[] {
    return this.#terminals.take();
  }

  session(): Session {
    const { seed, scenario } = this.#options;
    const startMillis = this.sim.epochMillis;
    return { version: 1, seed, scenario, startMillis, inputs: [...this.#inputs] };
  }

  // ---- commands outside the log -----------------------------------------------------------

  start(host: string, command: string, options?: ExecOptions): RunningCommand {
    const machine = must(this.hosts.get(host), `host ${host}`);
    return startCommand(this.sim, machine, command, options);
  }

  exec(host: string, command: string, options?: ExecOptions): CommandResult {
    return this.start(host, command, options).finish();
  }

  hostAction(host: string, action: string): { readonly ok: boolean; readonly error?: string } {
    return hostAction(this.sim, this.#world.machines.get(host)?.power, action);
  }

  // ---- views and questions ----------------------------------------------------------------

  view(name: ViewName, parameters: ViewParameters): unknown {
    switch (name) {
      case 'values':
        return this.#values();
      case 'checks':
        return this.#checks(parameters.step);
      case 'api':
        return this.#api.view(callOfView(parameters));
      case 'changes':
        return this.#changes(parameters.step);
      case 'machines':
        return machinesView(this.#world);
      default:
        return diagramView(this.#world, this.#requests, name, parameters);
    }
  }

  stamp(): string {
    return `${this.sim.journal.revision} ${this.#requests.stamp()} ${machinesStamp(this.#world)}`;
  }

  ask(question: Question): unknown {
    const { definition } = this.#options;
    switch (question.about) {
      case 'check': {
        const step = definition?.steps.find((candidate) => candidate.id === question.step);
        return step && judge(step.check, this.#context(question.ran));
      }
      case 'prediction': {
        const asked = definition?.predictions.find((one) => one.id === question.prediction);
        return (
          asked &&
          Object.fromEntries(
            asked.options.map((option) => [option.id, this.#judgeOption(option.holds)]),
          )
        );
      }
      case 'try': {
        const asked = definition?.tries.find((one) => one.id === question.try);
        return asked && judge(asked.check, this.#context());
      }
      case 'browse':
        return this.#browse(question.url);
      case 'view':
        return this.view(question.view, question.parameters);
      case 'api':
        return this.#api.ask({ ...question, method: 'GET' });
      case 'trace':
        return question.flow === undefined
          ? this.#world.network.trace.since(0)
          : this.#world.network.trace.ofFlow(question.flow);
      default:
        return unreachable(question);
    }
  }

  /** An option without facts is always wrong. */
  #judgeOption(holds: Parameters<typeof judge>[0]): CheckResult {
    return holds.length === 0 ? { holds: false, found: [] } : judge(holds, this.#context());
  }

  /** The page, as a browser outside the swarm gets it. The request is something that the reader did: it is in the log. */
  #browse(url: string): BrowseResult | undefined {
    const page = this.perform({ do: 'browse', url });
    const deadline = micros(this.sim.now() + seconds(browserPatience + 1));
    while (!page.ended) {
      const next = this.sim.nextAt();
      if (next === undefined || next > deadline) break;
      this.sim.runNext();
    }
    return page.result as BrowseResult | undefined;
  }

  #values(): Record<string, string> {
    return valuesOf(this.#world, this.#options.definition?.values ?? {});
  }

  #begin(command: Begun): void {
    this.#command = command;
    if (command.step !== undefined) this.#steps.set(command.step, command);
  }

  #checks(only: string | undefined): Record<string, CheckResult> {
    const context = this.#context();
    const steps = this.#options.definition?.steps ?? [];
    return Object.fromEntries(
      steps
        .filter(({ id, check }) => check.length > 0 && (only === undefined || id === only))
        .map((step) => [step.id, judge(step.check, context)]),
    );
  }

  /** Since the last command began, or since that step's last Run did. */
  #changes(of: string | undefined): ChangesView {
    const command = of === undefined ? this.#command : this.#steps.get(of);
    const { line, terminal, step, hand, from } = command ?? noCommand(this.sim.journal.revision);
    const entries: Entry[] = entriesSince(this.#world, from);
    return {
      command: line,
      terminal,
      ...(hand && { hand }),
      ...(step !== undefined && { step }),
      entries,
    };
  }

  #context(ran?: Ran): CheckContext {
    return {
      world: this.#world,
      values: this.#values(),
      ran,
      reaches: (check, to) =>
        this.#asked(JSON.stringify([check, to]), (copy) => probe(copy, check, to)),
      resolved: (check) => this.#asked(JSON.stringify(check), (copy) => resolve(copy, check)),
    };
  }

  /**
   * What a copy of the world answers; asked once as long as nothing changes. Questions about one moment are asked one after
   * the other in the same copy: to make another takes as long as the session has been.
   */
  #asked<Answer>(question: string, ask: (copy: World) => Answer): Answer {
    const { revision } = this.sim.journal;
    if (revision !== this.#answeredAt) {
      this.#answers = new Map();
      this.#copy = undefined;
    }
    this.#answeredAt = revision;
    if (!this.#answers.has(question)) {
      this.#copy ??= this.#anew();
      this.#answers.set(question, ask(this.#copy.#world));
    }
    return this.#answers.get(question) as Answer;
  }

  /** This world made again, as it is now. */
  #anew(): SimulatedLab {
    const now = this.sim.now();
    return replayed(this.#options, this.#inputs, now, this.#programs) as SimulatedLab;
  }
}

const pendingOf = <Result>(
  coroutine: Coroutine<Result>,
  answer: (result: Result) => unknown,
): Pending => ({
  get ended() {
    return coroutine.ended;
  },
  get result() {
    return coroutine.result === undefined ? undefined : answer(coroutine.result);
  },
});
