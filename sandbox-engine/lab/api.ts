// The whole simulated world as its drivers see it: the worker's pump, the tests, the build that bakes outputs, the
// replayer and the HTTP port. The drivers own the clock: they say how far to run.
import type { EngineApi } from '../api/index.ts';
import type { Host } from '../os/index.ts';
import type {
  AnsweredInput,
  LabDefinition,
  LabInput,
  Question,
  Session,
  TerminalId,
  ViewName,
  ViewParameters,
} from '../protocol/index.ts';
import type { Sim } from '../sim/index.ts';

/** What a scenario file says: which hosts there are and in what state the world begins. */
export interface LabOptions {
  readonly seed: number;
  /** `swarm`: four nodes joined; `nodes`: four hosts with fresh engines and no swarm. */
  readonly scenario: 'swarm' | 'nodes';
  /** Milliseconds since 1970 when the lab starts. */
  readonly startMillis?: number;
  /** The lab whose values, checks and predictions `view` and `ask` answer about. */
  readonly definition?: LabDefinition;
  /** The machines and their LAN addresses; by default manager1 and worker1 to worker3. */
  readonly machines?: Readonly<Record<string, string>>;
  /** Replays only: the machines have what the recorded ones had on their disks, which lacked sudo and apt. */
  readonly recordedDisks?: boolean;
  /** Replays only: where the scheduler's ties went, by task name (`web.1`), oldest task first. */
  readonly placements?: Readonly<Record<string, readonly string[]>>;
}

/** What came out since the last time it was asked for. */
export type LabOutput =
  | { readonly kind: 'text'; readonly terminal: TerminalId; readonly text: string }
  | {
      readonly kind: 'prompt';
      readonly terminal: TerminalId;
      readonly status: number;
      readonly prompt: string;
    };

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

export interface ExecOptions {
  /** Runs on a pseudo-terminal of that many columns; stdout then holds everything. */
  readonly tty?: { readonly columns: number };
  /** Typed on the terminal: [seconds after the previous, text]. */
  readonly send?: readonly (readonly [number, string])[];
  readonly stdin?: string;
  /** Simulated seconds after which the command is interrupted. */
  readonly timeoutSeconds?: number;
}

/** A command that `Lab.start` set going. */
export interface RunningCommand {
  readonly ended: boolean;
  /** Runs the world until the command has ended, and answers what it printed. */
  finish(): CommandResult;
}

/** What comes of something that a reader did, once the world has run so far. */
export interface Pending {
  readonly ended: boolean;
  readonly result: unknown;
}

export interface Lab {
  readonly sim: Sim;
  readonly hosts: ReadonlyMap<string, Host>;
  engine(host: string): EngineApi;
  /** Opens the terminal (a login shell on its host) if it is not open. */
  terminal(id: TerminalId): void;
  /** Does what a reader did, now, and writes it to the input log. */
  input(input: LabInputNow): void;
  /** The same for an input that is answered. */
  perform(input: AnsweredInput): Pending;
  /** Takes the output since the last call. */
  takeOutput(): readonly LabOutput[];
  /** Runs one command to its end by `bash -c`, as the recorder of the golden transcripts did; not in the input log. */
  exec(host: string, command: string, options?: ExecOptions): CommandResult;
  /** Starts a command as `exec` does and comes back at once. */
  start(host: string, command: string, options?: ExecOptions): RunningCommand;
  /** Does what a recording's `host_action` says to a machine itself: power, dockerd. */
  hostAction(host: string, action: string): { readonly ok: boolean; readonly error?: string };
  session(): Session;
  view(name: ViewName, parameters: ViewParameters): unknown;
  /** Another text when views may have changed: the state's revision, and how far the latest packets have come. */
  stamp(): string;
  ask(question: Question): unknown;
}

/** A `LabInput` without its time. */
export type LabInputNow = LabInput extends infer Input
  ? Input extends { readonly at: number }
    ? Omit<Input, 'at'>
    : never
  : never;
