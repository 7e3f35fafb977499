// The page's end of the lab worker: starts it when it is first needed, numbers the requests, and keeps what the islands
// show of the world: which terminal waits, which steps have been run, the latest value of each view.
import {
  type AnsweredInput,
  type LabDefinition,
  type LabInput,
  type MachineAction,
  type PageMessage,
  protocolVersion,
  type Question,
  type Session,
  type TerminalId,
  type ViewName,
  type ViewParameters,
  type WorkerMessage,
} from '../../sandbox-engine/protocol/index.ts';
import { Emitter } from './emitter.ts';
import type { Beginning, Events, LabState, Ran, SessionKeeper } from './events.ts';
import { ranOf } from './ran-of.ts';
import { type Answer, Requests, type Unnumbered } from './requests.ts';
import { Subscriptions } from './subscriptions.ts';

/** The session is asked for and kept this long (ms) after something was done. */
const keepAfter = 400;

export class LabClient {
  readonly on = new Emitter<Events>();
  /** Steps that this world has run, in order. */
  readonly done = new Set<string>();
  readonly #definition: LabDefinition;
  readonly #keeper: () => Promise<SessionKeeper>;
  readonly #requests = new Requests();
  readonly #subscriptions = new Subscriptions();
  readonly #ready = new Set<TerminalId>();
  readonly #opened = new Set<TerminalId>();
  #worker: Worker | undefined;
  /** Messages that wait until it is known what the world begins with. */
  #waiting: PageMessage[] | undefined;
  #state: LabState = 'idle';
  #pace = 1;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  /** The session as it was kept last, for a start after a crash. */
  #kept: Session | undefined;

  constructor(definition: LabDefinition, keeper: () => Promise<SessionKeeper>) {
    this.#definition = definition;
    this.#keeper = keeper;
  }

  get state(): LabState {
    return this.#state;
  }

  /** Starts the world, if it has not been started: from there, or from what was kept of this lab. */
  start(from?: Beginning): void {
    if (this.#worker) return;
    this.#setState('starting');
    const worker = new Worker(new URL('../../sandbox-engine/worker/main.ts', import.meta.url), {
      type: 'module',
      name: 'lab',
    });
    this.#worker = worker;
    worker.onmessage = (event: MessageEvent<WorkerMessage>) => this.#take(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#crash(event.message);
    };
    this.#waiting = [];
    if (from) this.#begin(from);
    else
      void this.#loaded().then((kept) => {
        if (this.#worker === worker) this.#begin(kept ?? this.#fresh());
      });
  }

  /** Makes a new world in place of this one, as the lab begins or from there. */
  restart(from: Beginning = this.#fresh()): void {
    this.#renew(from);
    this.#keepSoon();
  }

  /** After a crash: a new world, brought to where the old one was. */
  recover(): void {
    this.#renew(this.#kept);
  }

  #renew(from: Beginning | undefined): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#requests.rejectAll('the world was made anew');
    this.#forget();
    this.on.emit('rewound', undefined);
    this.on.emit('steps', undefined);
    this.start(from);
  }

  #fresh(): Beginning {
    const { seed, scenario } = this.#definition;
    return { seed, scenario, startMillis: Date.now(), inputs: [] };
  }

  async #loaded(): Promise<Beginning | undefined> {
    try {
      return await (await this.#keeper()).load();
    } catch (error) {
      this.on.emit('unsaved', error as Error);
      return undefined;
    }
  }

  #begin({ seed, scenario, startMillis, inputs }: Beginning): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    const definition = this.#definition;
    const version = protocolVersion;
    this.#post({ type: 'start', version, seed, scenario, definition, startMillis, inputs });
    this.#post({ type: 'pace', factor: this.#pace });
    this.#post({ type: 'subscribe', view: 'values', parameters: { lab: definition.id } });
    for (const { view, parameters } of this.#subscriptions.all)
      this.#post({ type: 'subscribe', view, parameters });
    for (const message of waiting) this.#post(message);
    this.#noteSteps(inputs);
    if (this.done.size > 0) this.on.emit('steps', undefined);
  }

  #noteSteps(inputs: readonly LabInput[]): void {
    for (const input of inputs)
      if ('step' in input && input.step !== undefined) this.done.add(input.step);
  }

  // ---- keeping the session --------------------------------------------------------------

  #keepSoon(): void {
    this.#keepTimer ??= setTimeout(() => {
      this.#keepTimer = undefined;
      void this.#keep();
    }, keepAfter);
  }

  async #keep(): Promise<void> {
    if (!this.#worker) return;
    try {
      const session = await this.session();
      this.#kept = session;
      await (await this.#keeper()).save(session);
    } catch (error) {
      // A worker that died takes its requests along: what was kept before is still there.
      if (this.#worker) this.on.emit('unsaved', error as Error);
    }
  }

  // ---- terminals ------------------------------------------------------------------------

  /** Is a command on the way in that terminal? */
  busy(terminal: TerminalId): boolean {
    return this.#opened.has(terminal) && !this.#ready.has(terminal);
  }

  /** Types a command line into a terminal; the promise ends when the shell waits again. */
  async run(
    terminal: TerminalId,
    line: string,
    options: { readonly step?: string; readonly onOutput?: (text: string) => void } = {},
  ): Promise<Ran> {
    const { step, onOutput } = options;
    this.start();
    this.#setBusy(terminal);
    this.#keepSoon();
    const answer = await this.#request(
      { type: 'run', terminal, line, ...(step !== undefined && { step }) },
      onOutput,
    );
    if (answer.type !== 'ran') throw new Error(`a ${answer.type} for a run`);
    this.#keepSoon();
    if (step !== undefined) {
      this.done.add(step);
      this.on.emit('steps', undefined);
    }
    return answer;
  }

  input(terminal: TerminalId, text: string): void {
    this.start();
    if (/[\r\n]/.test(text)) this.#setBusy(terminal);
    this.#post({ type: 'input', terminal, text });
    this.#keepSoon();
  }

  resize(terminal: TerminalId, columns: number, rows: number): void {
    this.#post({ type: 'resize', terminal, columns, rows });
  }

  interrupt(terminal: TerminalId): void {
    this.#post({ type: 'interrupt', terminal });
  }

  /** A hand on a machine: power and cable. What comes of it is told by views. */
  machine(host: string, action: MachineAction): void {
    this.start();
    this.#post({ type: 'machine', host, action });
    this.#keepSoon();
  }

  /** How fast time passes while a command makes one wait; 1 is real time. */
  setPace(factor: number): void {
    this.#pace = factor;
    this.#post({ type: 'pace', factor });
  }

  // ---- console and browser pane ---------------------------------------------------------

  /** Does what is answered; undefined when the world went back before. */
  async perform(input: AnsweredInput): Promise<unknown> {
    this.start();
    this.#keepSoon();
    const answer = await this.#request({ type: 'do', input });
    this.#keepSoon();
    const value = answer.type === 'answer' ? answer.value : undefined;
    const { step } = input;
    if (step !== undefined && value !== undefined) {
      this.noteDone(step);
      this.on.emit('performed', { step, ran: ranOf(value) });
    }
    return value;
  }

  /** A step has been done, however that was. */
  noteDone(step: string): void {
    if (this.done.has(step)) return;
    this.done.add(step);
    this.on.emit('steps', undefined);
  }

  // ---- questions and views --------------------------------------------------------------

  async ask(question: Question): Promise<unknown> {
    const answer = await this.#request({ type: 'ask', question });
    return answer.type === 'answer' ? answer.value : undefined;
  }

  async session(): Promise<Session> {
    const answer = await this.#request({ type: 'session' });
    return (answer.type === 'answer' ? answer.value : undefined) as Session;
  }

  /** Calls back with the view's value now (if it is known) and whenever it changes. Answers how to stop that. */
  subscribe(
    view: ViewName,
    parameters: ViewParameters,
    listener: (value: unknown) => void,
  ): () => void {
    const subscription = { view, parameters, listener };
    this.#subscriptions.add(subscription);
    this.#post({ type: 'subscribe', view, parameters });
    return () => {
      this.#subscriptions.remove(subscription);
      this.#post({ type: 'unsubscribe', view, parameters });
    };
  }

  /** The lab's live placeholders, as far as they have a value now. */
  get values(): Readonly<Record<string, string>> {
    const known = this.#subscriptions.latest('values', { lab: this.#definition.id });
    return (known ?? {}) as Record<string, string>;
  }

  // ---- going back -----------------------------------------------------------------------

  async undo(): Promise<void> {
    await this.#request({ type: 'undo' });
  }

  async reset(): Promise<void> {
    await this.#request({ type: 'reset' });
  }

  // ---- messages -------------------------------------------------------------------------

  #post(message: PageMessage): void {
    if (this.#waiting) this.#waiting.push(message);
    else this.#worker?.postMessage(message);
  }

  #request(message: Unnumbered, onOutput?: (text: string) => void): Promise<Answer> {
    this.start();
    return this.#requests.send(message, (numbered) => this.#post(numbered), onOutput);
  }

  #take(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#setState('ready');
        break;
      case 'output': {
        const { terminal, text, request, own } = message;
        if (request !== undefined && own !== undefined && own !== '')
          this.#requests.printed(request, own);
        this.on.emit('text', { terminal, text });
        break;
      }
      case 'prompt':
        this.#opened.add(message.terminal);
        this.#ready.add(message.terminal);
        this.on.emit('busy', message.terminal);
        this.on.emit('prompt', message);
        break;
      case 'view':
        this.#subscriptions.tell(message.view, message.parameters, message.value);
        break;
      case 'rewound':
        this.#forget(message.request);
        this.#noteSteps(message.inputs);
        this.#keepSoon();
        this.on.emit('rewound', undefined);
        this.on.emit('steps', undefined);
        this.#settle(message);
        break;
      case 'bug':
        this.on.emit('bug', message);
        break;
      case 'ran':
        if (message.request === 0 && message.step !== undefined)
          this.on.emit('repeated', { ...message, step: message.step });
        this.#settle(message);
        break;
      default:
        this.#settle(message);
    }
  }

  #settle(answer: Answer): void {
    if (answer.type === 'ran') this.#ready.add(answer.terminal);
    this.#requests.settle(answer);
  }

  /**
   * Nothing of the old world holds any more. The commands that were on the way there never end; those that were sent
   * after request number `from` belong to the new one.
   */
  #forget(from = Number.POSITIVE_INFINITY): void {
    this.done.clear();
    this.#subscriptions.forget();
    this.#ready.clear();
    this.#opened.clear();
    for (const terminal of this.#requests.forgetRuns(from)) this.#setBusy(terminal);
  }

  #crash(message: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#waiting = undefined;
    this.#requests.rejectAll(message);
    this.#setState('crashed');
  }

  #setBusy(terminal: TerminalId): void {
    this.#opened.add(terminal);
    this.#ready.delete(terminal);
    this.on.emit('busy', terminal);
  }

  #setState(state: LabState): void {
    this.#state = state;
    this.on.emit('state', state);
  }
}
