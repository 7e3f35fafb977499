// Drives one lab: takes what the page asks, runs the simulated world in slices that are short enough for Ctrl-C to be
// answered at once, and posts what came out, once per slice. Knows the wall clock through `ports.now` alone.
import type { Lab, LabInputNow, LabOptions, LabOutput } from '../lab/api.ts';
import {
  type LabInput,
  type PageMessage,
  protocolVersion,
  type Question,
  type Session,
  type TerminalId,
  type WorkerMessage,
} from '../protocol/index.ts';
import { micros } from '../sim/index.ts';
import { Replay } from './replay.ts';
import { Views } from './views.ts';
import { makeWorld, type World } from './world.ts';

/** Wall milliseconds that one slice may take. */
const sliceMillis = 12;
/** Wall milliseconds between two computations of the subscribed views. */
const viewMillis = 60;
/**
 * Wall milliseconds after which the clock stands still when nobody does anything and no command runs: a session is done
 * again by replay, and an hour of reading must not be part of it.
 */
const restsAfterMillis = 120_000;
/** Bugs of the simulator after which the world is stopped. */
const toleratedBugs = 50;

export interface PumpPorts {
  readonly createLab: (options: LabOptions) => Lab;
  readonly post: (message: WorkerMessage) => void;
  /** Wall-clock milliseconds that only ever grow. */
  readonly now: () => number;
  /** The programs are still being loaded: no simulated time may pass. */
  readonly blocked?: () => boolean;
}

/** What is done in a terminal. */
type TerminalInput = Extract<LabInputNow, { readonly terminal: TerminalId }>;
type Start = Extract<PageMessage, { type: 'start' }>;
type InWorld = Exclude<PageMessage, { type: 'start' | 'pace' | 'subscribe' | 'unsubscribe' }>;

/** Needs the world as it is when its past has been done again. */
const waitsForPresent = ({ type }: PageMessage): boolean =>
  ['run', 'input', 'interrupt', 'resize', 'machine', 'do', 'ask', 'undo'].includes(type);

export class Pump {
  readonly #ports: PumpPorts;
  readonly #views = new Views();
  readonly #inbox: PageMessage[] = [];
  /** What a reader does while the past is done again happens after it. */
  readonly #held: PageMessage[] = [];
  #start: Start | undefined;
  #world: World | undefined;
  #replay: Replay | undefined;
  /** The pace that the reader has chosen for commands that make one wait. */
  #chosenPace = 1;
  #viewsAt = 0;
  /** Output that was taken before its slice ended. */
  #early: LabOutput[] = [];
  #bugs = 0;

  constructor(ports: PumpPorts) {
    this.#ports = ports;
  }

  receive(message: PageMessage): void {
    this.#inbox.push(message);
  }

  /** The programs are there: the clock starts at the simulated time as it is. */
  programsLoaded(): void {
    const world = this.#world;
    world?.pace.anchor(this.#ports.now(), world.lab.sim.now());
  }

  /** Tells the page about something that cannot be mended here. */
  failed(message: string): void {
    this.#guard(() => {
      throw new Error(message);
    });
  }

  /** Runs one slice. Answers how many milliseconds may pass before the next: 0 at once, undefined when nothing is due. */
  slice(): number | undefined {
    const end = this.#ports.now() + sliceMillis;
    this.#readInbox();
    const world = this.#world;
    if (!world || this.#bugs > toleratedBugs || this.#ports.blocked?.()) return undefined;
    if (this.#replay) return this.#replaySlice(world, this.#replay, end);
    this.#startRuns(world);
    const finished = this.#advance(world, end);
    this.#deliver(world);
    world.deeds.look(this.#answer);
    this.#startRuns(world);
    const now = this.#ports.now();
    if (now - this.#viewsAt >= viewMillis && (this.#views.stale(world.lab) || world.waits.busy)) {
      this.#tellViews(world.lab);
      this.#guard(() => world.waits.look(world.lab, this.#answer));
    }
    return finished ? this.#idle(world) : 0;
  }

  #readInbox(): void {
    if (!this.#replay) this.#inbox.unshift(...this.#held.splice(0));
    for (let message = this.#inbox.shift(); message; message = this.#inbox.shift())
      if (this.#replay && waitsForPresent(message)) this.#held.push(message);
      else this.#guard(() => this.#take(message));
  }

  // ---- time -----------------------------------------------------------------------------

  /** Does the clock stand still? */
  #rests({ runs, waits, deeds, ready, opened, touchedAt }: World): boolean {
    if (runs.busy || waits.busy || deeds.busy || ready.size < opened.size) return false;
    return this.#ports.now() - touchedAt > restsAfterMillis;
  }

  /** The reader is here: a clock that stood still goes on from where it was. */
  #touch(world: World): void {
    if (this.#rests(world)) world.pace.anchor(this.#ports.now(), world.lab.sim.now());
    world.touchedAt = this.#ports.now();
  }

  /** Runs what is due, as far as the slice goes; false when something due is left. */
  #advance(world: World, end: number): boolean {
    if (this.#rests(world)) return true;
    const { lab, pace, runs, waits, deeds } = world;
    const { sim } = lab;
    const waited = runs.busy || waits.busy || deeds.busy;
    pace.setFactor(waited ? this.#chosenPace : 1, this.#ports.now(), sim.now());
    // A question may have run the world ahead (the browser's request): time goes on from there.
    if (sim.now() > pace.due(this.#ports.now())) pace.anchor(this.#ports.now(), sim.now());
    const due = pace.due(this.#ports.now());
    for (let next = sim.nextAt(); next !== undefined && next <= due; next = sim.nextAt()) {
      if (this.#ports.now() >= end) {
        pace.fallBehind(this.#ports.now(), sim.now());
        return false;
      }
      this.#guard(() => sim.runNext());
      if (runs.busy && this.#chosenPace !== 1 && this.#promptCame(lab)) break;
    }
    const next = sim.nextAt();
    if (Number.isFinite(due) && (next === undefined || next > due))
      sim.advanceTo(micros(Math.max(due, sim.now())));
    return true;
  }

  /** At a faster pace the clock slows down again as soon as the command has ended, not at the end of the slice. */
  #promptCame(lab: Lab): boolean {
    const output = lab.takeOutput();
    this.#early.push(...output);
    return output.some(({ kind }) => kind === 'prompt');
  }

  #idle(world: World): number | undefined {
    const { lab, pace, waits } = world;
    const now = this.#ports.now();
    const pauses: number[] = [];
    const next = lab.sim.nextAt();
    if (next !== undefined && !this.#rests(world)) pauses.push(pace.waitFor(next, now));
    if (this.#views.stale(lab) || waits.busy)
      pauses.push(Math.max(0, this.#viewsAt + viewMillis - now));
    return pauses.length === 0 ? undefined : Math.min(...pauses);
  }

  // ---- what comes out -------------------------------------------------------------------

  /** Posts the output since the last slice: one message per terminal and run, prompts in their place. */
  #deliver(world: World): void {
    const { lab, runs, ready } = world;
    const { post } = this.#ports;
    let texts: { terminal: TerminalId; text: string }[] = [];
    const flush = () => {
      for (const { terminal, text } of texts) {
        const own = runs.printed(terminal, text);
        if (own) post({ type: 'output', terminal, text, request: own.request, own: own.text });
        else post({ type: 'output', terminal, text });
      }
      texts = [];
    };
    for (const item of [...this.#early.splice(0), ...lab.takeOutput()]) {
      const last = texts.at(-1);
      if (item.kind === 'text') {
        if (last?.terminal === item.terminal) last.text += item.text;
        else texts.push({ terminal: item.terminal, text: item.text });
        continue;
      }
      flush();
      const { terminal, status, prompt } = item;
      ready.add(terminal);
      world.touchedAt = this.#ports.now();
      const run = runs.ended(terminal);
      // What the next command may need (a placeholder's value) is told before this one's end.
      if (run && this.#views.stale(lab)) this.#tellViews(lab);
      if (run)
        post({
          type: 'ran',
          request: run.request,
          terminal,
          status,
          output: run.output,
          ...(run.step !== undefined && { step: run.step }),
        });
      post({ type: 'prompt', terminal, status, prompt });
    }
    flush();
  }

  #tellViews(lab: Lab): void {
    this.#guard(() => this.#views.tell(lab, this.#ports.post));
    this.#viewsAt = this.#ports.now();
  }

  #startRuns({ lab, runs, ready }: World): void {
    for (let run = runs.start((t) => ready.has(t)); run; run = runs.start((t) => ready.has(t))) {
      const { terminal, line, step } = run;
      ready.delete(terminal);
      this.#guard(() =>
        lab.input({ do: 'run', terminal, line, ...(step !== undefined && { step }) }),
      );
    }
  }

  // ---- what goes in ---------------------------------------------------------------------

  #take(message: PageMessage): void {
    if (message.type === 'start') this.#begin(message);
    else if (message.type === 'pace') this.#chosenPace = message.factor;
    else if (message.type === 'subscribe') this.#views.subscribe(message.view, message.parameters);
    else if (message.type === 'unsubscribe')
      this.#views.unsubscribe(message.view, message.parameters);
    else if (this.#world) this.#takeIn(this.#world, message);
  }

  #takeIn(world: World, message: InWorld): void {
    const { lab } = world;
    if (message.type !== 'session') {
      this.#touch(world);
      this.#catchUp(world);
    }
    if (message.type === 'run') {
      world.opened.add(message.terminal);
      lab.terminal(message.terminal);
      world.runs.add(message);
    } else if (message.type === 'input') {
      const { terminal, text } = message;
      this.#input(world, { do: 'input', terminal, text });
    } else if (message.type === 'interrupt')
      this.#input(world, { do: 'input', terminal: message.terminal, text: '\u0003' });
    else if (message.type === 'resize') {
      const { terminal, columns, rows } = message;
      this.#input(world, { do: 'resize', terminal, columns, rows });
    } else if (message.type === 'machine') {
      const { host, action } = message;
      lab.input({ do: 'machine', host, action });
    } else if (message.type === 'do')
      world.deeds.begin(message.request, lab.perform(message.input));
    else if (message.type === 'ask') {
      const { request, question } = message;
      world.waits.ask(lab, request, question, this.#patience(question), this.#answer);
    } else if (message.type === 'session')
      this.#ports.post({ type: 'answer', request: message.request, value: this.#session(lab) });
    else if (message.type === 'undo') this.#rewind(message.request, lab.session().inputs);
    else this.#rewind(message.request, []);
  }

  readonly #answer = (request: number, value: unknown): void =>
    this.#ports.post({ type: 'answer', request, value });

  /** Simulated seconds that a step's check may take to come true; none when its command has failed. */
  #patience(question: Question): number {
    if (question.about !== 'check' || question.ran?.status !== 0) return 0;
    return this.#start?.definition?.steps.find(({ id }) => id === question.step)?.wait ?? 0;
  }

  /** Also while it is being done again, a session is whole. */
  #session(lab: Lab): Session {
    const session = lab.session();
    const rest = this.#replay?.rest ?? [];
    return rest.length === 0 ? session : { ...session, inputs: [...session.inputs, ...rest] };
  }

  #input(world: World, input: TerminalInput): void {
    const { lab, ready, opened } = world;
    opened.add(input.terminal);
    lab.terminal(input.terminal);
    if (input.do === 'input' && /[\r\n]/.test(input.text)) ready.delete(input.terminal);
    lab.input(input);
  }

  /** An idle world has not looked at the clock since its last event: what is typed is typed now. */
  #catchUp({ lab, pace }: World): void {
    const due = pace.due(this.#ports.now());
    const next = lab.sim.nextAt();
    if (Number.isFinite(due) && due > lab.sim.now() && (next === undefined || next >= due))
      lab.sim.advanceTo(micros(due));
  }

  #begin(start: Start): void {
    if (start.version !== protocolVersion)
      throw new Error(`the page speaks version ${start.version}, the worker ${protocolVersion}`);
    this.#start = start;
    const world = this.#newWorld(start);
    this.#ports.post({
      type: 'ready',
      version: protocolVersion,
      hosts: [...world.lab.hosts.keys()],
      startMillis: world.lab.sim.epochMillis,
    });
    if (start.inputs && start.inputs.length > 0) this.#replay = new Replay(start.inputs, undefined);
  }

  #newWorld(start: Start): World {
    this.#world = makeWorld(this.#ports.createLab, start, this.#ports.now());
    this.#early = [];
    this.#views.forget();
    return this.#world;
  }

  // ---- going back -----------------------------------------------------------------------

  /** Makes the world anew and does all again but the last command. */
  #rewind(request: number, inputs: readonly LabInput[]): void {
    const last = inputs.findLastIndex(
      (input) =>
        input.do === 'run' ||
        input.do === 'api' ||
        input.do === 'machine' ||
        (input.do === 'input' && /[\r\n]/.test(input.text)),
    );
    const kept = last < 0 ? [] : inputs.slice(0, last);
    if (!this.#start) return;
    this.#world?.waits.giveUp(this.#answer);
    this.#world?.deeds.giveUp(this.#answer);
    this.#newWorld(this.#start);
    this.#ports.post({ type: 'rewound', request, inputs: kept });
    this.#replay = new Replay(kept, inputs[last]?.at);
  }

  #replaySlice(world: World, replay: Replay, end: number): number {
    let over = false;
    this.#guard(() => {
      over = replay.run(world, () => this.#ports.now() >= end);
    });
    this.#deliver(world);
    if (over) {
      this.#replay = undefined;
      world.pace.anchor(this.#ports.now(), world.lab.sim.now());
    }
    return 0;
  }

  /** A bug of the simulator is told with what is needed to see it again; the rest of the world goes on. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#bugs += 1;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const session = this.#world?.lab.session() ?? {
        version: protocolVersion,
        seed: this.#start?.seed ?? 0,
        scenario: this.#start?.scenario ?? '',
        startMillis: this.#start?.startMillis ?? 0,
        inputs: [],
      };
      this.#ports.post({ type: 'bug', message, session });
    }
  }
}
