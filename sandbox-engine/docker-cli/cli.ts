// What every command has at hand: its process, the engine, and ways to print and to fail.
import type { OpenFile, Process } from '../os/index.ts';
import type { Op, Sim } from '../sim/index.ts';
import type { Client } from './client.ts';
import type { Flags } from './flags/parse.ts';
import type { CommandSpec } from './specs/index.ts';

/** How a command ended when it did not succeed. An empty message prints nothing. */
export interface Failure {
  readonly message: string;
  readonly exit: number;
}
/** undefined: success. */
export type Outcome = Failure | undefined;

export const fail = (message: string, exit = 1): Failure => ({ message, exit });
/** Ends with that status and without a word. */
export const exitWith = (exit: number): Outcome => (exit === 0 ? undefined : { message: '', exit });
/** Several errors, each on a line of its own. */
export const failAll = (messages: readonly string[]): Outcome =>
  messages.length > 0 ? fail(messages.join('\n')) : undefined;

export type Handler = (cli: Cli, flags: Flags, args: readonly string[]) => Op<Outcome>;

export class Cli {
  readonly process: Process;
  readonly client: Client;
  /** The command that runs. */
  readonly spec: CommandSpec;

  constructor(process: Process, client: Client, spec: CommandSpec) {
    this.process = process;
    this.client = client;
    this.spec = spec;
  }

  get sim(): Sim {
    return this.process.sim;
  }

  /** `docker container ls`. */
  get path(): string {
    return `docker ${this.spec.path}`;
  }

  out(text: string): Op<void> {
    return this.process.out(text);
  }

  err(text: string): Op<void> {
    return this.process.err(text);
  }

  outIsTty(): boolean {
    return this.process.isTty(1);
  }

  inIsTty(): boolean {
    return this.process.isTty(0);
  }

  stdin(): OpenFile | undefined {
    return this.process.fds.get(0);
  }

  /** Columns of the terminal behind an fd. */
  columns(fd: number): number | undefined {
    const file = this.process.fds.get(fd);
    return this.process.isTty(fd) ? (file?.tty ?? this.process.tty)?.columns : undefined;
  }

  /** Asks a question; only `y` or `Y` is a yes. */
  *confirm(question: string): Op<boolean> {
    yield* this.out(`${question} [y/N] `);
    const answer = yield* this.process.readLine(0);
    return /^y$/i.test((answer ?? '').trim());
  }

  /** A path as the process sees it. */
  file(path: string): string {
    return this.process.fs.resolve(this.process.cwd, path);
  }

  /** The text of a file, or Go's error for it. */
  readFile(path: string): { readonly text: string } | { readonly error: string } {
    const read = this.process.fs.read(this.file(path));
    if (read.ok) return { text: read.value };
    const reason =
      read.error === 'ENOENT'
        ? 'no such file or directory'
        : read.error === 'EACCES'
          ? 'permission denied'
          : read.error === 'EISDIR'
            ? 'is a directory'
            : read.error;
    return { error: `${read.error === 'EISDIR' ? 'read' : 'open'} ${path}: ${reason}` };
  }
}
