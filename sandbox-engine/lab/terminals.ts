// The terminals of a lab: a login shell on a host for each, what was typed, and what came out.
import type { Host, Process, Tty } from '../os/index.ts';
import type { TerminalId } from '../protocol/index.ts';
import type { Op } from '../sim/index.ts';
import { assert, must } from '../std/index.ts';
import type { LabOutput } from './api.ts';

interface Terminal {
  readonly id: TerminalId;
  readonly host: Host;
  tty: Tty;
}

const environment: ReadonlyMap<string, string> = new Map([
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['HOME', '/root'],
  ['USER', 'root'],
  ['LOGNAME', 'root'],
  ['SHELL', '/bin/bash'],
  ['LANG', 'C.UTF-8'],
  ['TERM', 'xterm-256color'],
]);

const defaultSize = { columns: 100, rows: 30 };

export class Terminals {
  readonly #hosts: ReadonlyMap<string, Host>;
  readonly #open = new Map<TerminalId, Terminal>();
  readonly #turnOn: (host: string) => void;
  #output: LabOutput[] = [];

  /** `turnOn` presses a machine's power button. */
  constructor(hosts: ReadonlyMap<string, Host>, turnOn: (host: string) => void) {
    this.#hosts = hosts;
    this.#turnOn = turnOn;
  }

  /** The host that a terminal belongs to: `manager1`, `manager1:2`. */
  hostOf(id: TerminalId): Host | undefined {
    return this.#hosts.get(id.split(':')[0] ?? '');
  }

  isOpen(id: TerminalId): boolean {
    return this.#open.has(id);
  }

  open(id: TerminalId): void {
    if (this.#open.has(id)) return;
    const host = must(this.hostOf(id), `the host of terminal ${id}`);
    const tty = host.openTty(defaultSize);
    const terminal: Terminal = { id, host, tty };
    this.#open.set(id, terminal);
    if (host.up) this.#listen(terminal, this.#shell(host, tty));
    else this.#unreachable(terminal);
  }

  input(id: TerminalId, text: string): void {
    this.open(id);
    const terminal = must(this.#open.get(id), `terminal ${id}`);
    if (terminal.host.up) terminal.tty.input(text);
    else if (/^[\r\n]+$/.test(text)) this.#turnOn(terminal.host.name);
    else if (/[\r\n]/.test(text)) this.#refuse(terminal);
  }

  resize(id: TerminalId, columns: number, rows: number): void {
    this.open(id);
    must(this.#open.get(id), `terminal ${id}`).tty.resize(columns, rows);
  }

  /** What the terminals have shown since the last call, in order, with the prompts in between. */
  take(): readonly LabOutput[] {
    for (const terminal of this.#open.values()) this.#collect(terminal);
    const output = this.#output;
    this.#output = [];
    return output;
  }

  /** A command for a machine that is off: it ends as one that ssh could not deliver. */
  #refuse({ id, host }: Terminal): void {
    const text = `${host.name} is powered off. Press Enter in its terminal to turn it on.\r\n`;
    this.#output.push(
      { kind: 'text', terminal: id, text },
      { kind: 'prompt', terminal: id, status: 255, prompt: '' },
    );
  }

  /** Says so, and logs in when the machine has booted. */
  #unreachable(terminal: Terminal): void {
    this.#refuse(terminal);
    terminal.host.sim.spawn(`terminal ${terminal.id}`, this.#awaitBoot(terminal), null);
  }

  *#awaitBoot(terminal: Terminal): Op<void> {
    while (!terminal.host.up) yield { keys: [terminal.host.bootKey] };
    this.#logIn(terminal);
  }

  /** A shell on a new terminal of the machine. */
  #logIn(terminal: Terminal): void {
    const { columns, rows } = terminal.tty;
    terminal.tty.hangUp();
    terminal.tty = terminal.host.openTty({ columns, rows });
    this.#listen(terminal, this.#shell(terminal.host, terminal.tty));
  }

  #shell(host: Host, tty: Tty): Process {
    const file = tty.open();
    const started = host.spawn({
      argv: ['-bash'],
      program: must(host.programs.get('bash'), 'the program bash'),
      env: new Map([...environment, ['PWD', '/root']]),
      cwd: '/root',
      tty,
      fds: new Map([
        [0, file],
        [1, file],
        [2, file],
      ]),
      group: true,
    });
    file.release();
    assert(started.ok, `a shell on ${host.name}`);
    tty.foreground = started.value.row.group;
    return started.value;
  }

  /** Notes prompts in their place in the output; a shell that was left is followed by a new one, as a login would be. */
  #listen(terminal: Terminal, shell: Process): void {
    terminal.tty.onPrompt = ({ status, prompt }) => {
      this.#collect(terminal);
      this.#output.push({ kind: 'prompt', terminal: terminal.id, status, prompt });
    };
    shell.onExit.push(() => {
      this.#collect(terminal);
      if (terminal.host.up) this.#logIn(terminal);
      else {
        const text = `\r\nConnection to ${terminal.host.name} closed.\r\n`;
        this.#output.push({ kind: 'text', terminal: terminal.id, text });
        this.#unreachable(terminal);
      }
    });
  }

  #collect(terminal: Terminal): void {
    const text = terminal.tty.takeOutput();
    if (text !== '') this.#output.push({ kind: 'text', terminal: terminal.id, text });
  }
}
