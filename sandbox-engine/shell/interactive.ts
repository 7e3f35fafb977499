// The loop of an interactive shell: prompt, read, run, tell what became of jobs.
import { signals } from '../os/index.ts';
import { limits, type Op } from '../sim/index.ts';
import { complete } from './completion.ts';
import { readCommands } from './input.ts';
import { jobLine, jobState } from './jobs.ts';
import { startupFiles } from './main.ts';
import { needsMore, parseSource } from './parse.ts';
import { promptText } from './prompt.ts';
import { Editor, type LineResult } from './readline/editor.ts';
import { runSource } from './run.ts';
import type { Shell } from './shell.ts';

/** BusyBox says this when an interactive shell starts. */
const banner =
  "\n\nBusyBox v1.38.0 (Debian 1:1.38.0-3+b1) built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n";

export function* runInteractive(shell: Shell): Op<number> {
  shell.options.interactive = true;
  prepare(shell);
  if (shell.dialect.name === 'ash') yield* shell.process.out(banner);
  yield* startupFiles(shell);
  setPrompts(shell);
  const file = shell.process.fds.get(0);
  const tty = file?.tty;
  if (!file || !tty || shell.flow) return yield* readCommands(shell);
  const editor = new Editor(file, tty, {
    history: shell.history,
    asksCursor: shell.dialect.name === 'ash',
    bracketsPaste: shell.dialect.name === 'bash',
    complete: (text) => complete(shell, text),
    onSignal: () => signalWhileReading(shell),
  });
  yield* commandLoop(shell, editor);
  return shell.status;
}

/** Takes the terminal, and the signals that would end or stop it. */
function prepare(shell: Shell): void {
  const { process } = shell;
  for (const signal of [
    signals.SIGINT,
    signals.SIGQUIT,
    signals.SIGTERM,
    signals.SIGTSTP,
    signals.SIGTTIN,
    signals.SIGWINCH,
  ]) {
    shell.ownSignals.add(signal);
    process.handle(signal, 'catch');
  }
  if (!process.tty) return;
  shell.options.monitor = true;
  process.tty.foreground = process.row.group;
}

function setPrompts(shell: Shell): void {
  const { vars, dialect } = shell;
  const first = {
    bash: '\\u@\\h:\\w\\$ ',
    ash: '\\w \\$ ',
    dash: shell.process.user === 'root' ? '# ' : '$ ',
  };
  if (vars.get('PS1') === undefined) vars.put('PS1', { value: first[dialect.name] });
  if (vars.get('PS2') === undefined) vars.put('PS2', { value: '> ' });
}

function* signalWhileReading(shell: Shell): Op<boolean> {
  for (
    let signal = shell.process.takeSignal();
    signal !== undefined;
    signal = shell.process.takeSignal()
  ) {
    if (signal === signals.SIGINT && !shell.traps.commands.has(signal)) return true;
    const command = shell.traps.commands.get(signal);
    if (command) {
      yield* runSource(shell, parseSource(command), {});
      if (shell.flow?.kind === 'exit') return true;
    }
  }
  return false;
}

function* commandLoop(shell: Shell, editor: Editor): Op<void> {
  let warned = false;
  for (;;) {
    yield* tellJobs(shell);
    yield* promptCommand(shell);
    const prompt = yield* promptText(shell, 'PS1');
    shell.process.tty?.prompted({ pid: shell.process.pid, status: shell.status, prompt });
    const read = yield* readCommand(shell, editor, prompt);
    if (shell.flow?.kind === 'exit') return;
    if (read.kind === 'end') {
      if (!warned && (yield* hasStoppedJobs(shell))) {
        warned = true;
        continue;
      }
      yield* sayGoodbye(shell);
      return;
    }
    if (read.kind === 'interrupt') {
      shell.status = 130;
      continue;
    }
    warned = false;
    yield* runLine(shell, read.text);
    if (shell.flowNow()?.kind === 'exit') return;
    shell.flow = undefined;
  }
}

/** PROMPT_COMMAND; the status that the prompt shows stays. */
function* promptCommand(shell: Shell): Op<void> {
  const command = shell.dialect.name === 'bash' ? shell.vars.get('PROMPT_COMMAND') : undefined;
  if (!command) return;
  const { status } = shell;
  yield* runSource(shell, parseSource(command), {});
  shell.flow = undefined;
  shell.status = status;
}

function* hasStoppedJobs(shell: Shell): Op<boolean> {
  if (shell.dialect.name === 'dash') return false;
  if (!shell.jobs.all().some((job) => jobState(job) === 'Stopped')) return false;
  yield* shell.process.err(
    shell.dialect.name === 'bash' ? 'There are stopped jobs.\n' : 'You have stopped jobs.\n',
  );
  return true;
}

function* sayGoodbye(shell: Shell): Op<void> {
  if (shell.dialect.name === 'bash')
    yield* shell.process.err(shell.options.login ? 'logout\n' : 'exit\n');
}

/** The lines of one complete command. */
function* readCommand(shell: Shell, editor: Editor, prompt: string): Op<LineResult> {
  let text = '';
  let result = yield* editor.readLine(prompt);
  for (;;) {
    if (result.kind === 'end' && text !== '') return { kind: 'line', text };
    if (result.kind !== 'line') return result;
    text += `${result.text}\n`;
    if (text.length > limits.lineLength) {
      yield* shell.process.err(
        `${shell.name}: a command may have ${limits.lineLength} characters here\n`,
      );
      return { kind: 'interrupt' };
    }
    if (!needsMore(parseSource(text))) break;
    result = yield* editor.readLine(yield* promptText(shell, 'PS2'));
  }
  remember(shell, text.replace(/\n$/, ''));
  return { kind: 'line', text };
}

/** Blank lines, lines that start with a blank and repetitions are not kept (HISTCONTROL=ignoreboth). */
function remember(shell: Shell, text: string): void {
  if (text.trim() === '' || text.startsWith(' ') || shell.history.at(-1) === text) return;
  shell.history.push(text);
}

function* runLine(shell: Shell, text: string): Op<void> {
  shell.refill();
  shell.place = { text, name: shell.place.name, firstLine: 1 };
  shell.position = 0;
  // What is left of ^C pressed earlier must not stop this command.
  while (shell.process.takeSignal() !== undefined);
  yield* runSource(shell, parseSource(text), {});
}

/** Before each prompt: what has ended since the last. */
function* tellJobs(shell: Shell): Op<void> {
  for (const job of [...shell.jobs.all()]) {
    const state = jobState(job);
    if (state === 'Running' || (state === 'Stopped' && job.told)) continue;
    yield* shell.process.err(jobLine(shell.jobs, job));
    job.told = true;
    if (state === 'Done') shell.jobs.remove(job);
  }
}
