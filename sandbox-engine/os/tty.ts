// A terminal: what is typed goes in on one side, what programs print comes out on it, the line discipline in between.
//
// Mirrors: tty_ioctl(4)/termios(3) with the default settings of a Linux pty. Differs: in raw mode a lone \n of a
// background program still moves to the first column.
import { limits, type Sim } from '../sim/index.ts';
import { type OpenFile, signals, type Tty } from './api.ts';
import { LineDiscipline } from './line-discipline.ts';

/** What a terminal needs from its host. */
interface TtyHost {
  readonly sim: Sim;
  killGroup(group: number, signal: number): void;
  /** Tells every process of that terminal that it has gone. */
  hungUp(tty: Tty): void;
}

type PromptInfo = { readonly pid: number; readonly status: number; readonly prompt: string };

/** After the warning, so many more characters are thrown away before the command is killed. */
const grace = 100_000;

export class Terminal implements Tty {
  readonly id: string;
  columns: number;
  rows: number;
  echo = true;
  foreground = 0;
  onPrompt: ((info: PromptInfo) => void) | undefined;
  readonly outputKey: string;
  readonly readKey: string;
  readonly writeKey: string;
  readonly #host: TtyHost;
  readonly #line: LineDiscipline;
  #mode: 'raw' | 'cooked' = 'cooked';
  #output: string[] = [];
  #lastOut = '';
  #printed = 0;
  #warned = false;
  #killed = false;
  #gone = false;

  constructor(host: TtyHost, hostName: string, id: string, columns: number, rows: number) {
    this.#host = host;
    this.id = id;
    this.columns = columns;
    this.rows = rows;
    const key = `tty:${hostName}:${id}:${host.sim.count('os/tty')}`;
    this.outputKey = `${key}:out`;
    this.readKey = `${key}:read`;
    this.writeKey = `${key}:write`;
    this.#line = new LineDiscipline({
      echo: (text) => this.#show(text),
      ready: () => host.sim.wake(this.readKey),
      signal: (signal) => host.killGroup(this.foreground, signal),
      echoing: () => this.echo,
    });
  }

  get mode(): 'raw' | 'cooked' {
    return this.#mode;
  }

  set mode(mode: 'raw' | 'cooked') {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#line.setRaw(mode === 'raw');
  }

  input(text: string): void {
    if (!this.#gone) this.#line.input(text);
  }

  takeOutput(): string {
    const text = this.#output.join('');
    this.#output = [];
    return text;
  }

  open(): OpenFile {
    return new TerminalFile(this);
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    this.#host.killGroup(this.foreground, signals.SIGWINCH);
  }

  hangUp(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#host.hungUp(this);
    this.#host.sim.wake(this.readKey);
  }

  prompted(info: PromptInfo): void {
    this.#printed = 0;
    this.#warned = false;
    this.#killed = false;
    this.onPrompt?.(info);
  }

  /** The program's side. */
  read(max: number): string | null | undefined {
    return this.#gone ? null : this.#line.read(max);
  }

  write(text: string): void {
    if (this.#gone || text === '') return;
    this.#printed += text.length;
    if (this.#printed > limits.outputPerCommand) {
      this.#stopCommand();
      return;
    }
    this.#show(this.#mode === 'cooked' ? text.replaceAll('\n', '\r\n') : this.#align(text));
  }

  /** Raw mode: \n that does not follow \r becomes \r\n. */
  #align(text: string): string {
    const aligned = text.replace(/(?<!\r)\n/g, '\r\n');
    return text.startsWith('\n') && this.#lastOut === '\r' ? aligned.slice(1) : aligned;
  }

  #stopCommand(): void {
    if (!this.#warned) {
      this.#warned = true;
      this.#show(
        `\r\n[stopped: a command may print ${limits.outputPerCommand} characters here]\r\n`,
      );
      this.#host.killGroup(this.foreground, signals.SIGINT);
    } else if (!this.#killed && this.#printed > limits.outputPerCommand + grace) {
      this.#killed = true;
      this.#host.killGroup(this.foreground, signals.SIGKILL);
    }
  }

  #show(text: string): void {
    if (text === '') return;
    this.#output.push(text);
    this.#lastOut = text.charAt(text.length - 1);
    this.#host.sim.wake(this.outputKey);
  }
}

/** An open end on the program's side; all ends of a terminal share its input. */
class TerminalFile implements OpenFile {
  readonly kind = 'tty';
  readonly tty: Terminal;
  readonly readKey: string;
  readonly writeKey: string;

  constructor(tty: Terminal) {
    this.tty = tty;
    this.readKey = tty.readKey;
    this.writeKey = tty.writeKey;
  }

  read(max = 4096): string | null | undefined {
    return this.tty.read(max);
  }

  write(text: string): number {
    this.tty.write(text);
    return text.length;
  }

  retain(): OpenFile {
    return this;
  }

  release(): void {}
}
