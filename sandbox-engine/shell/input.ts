// Commands that come in on standard input, without a terminal: `docker exec -i c1 sh < script`, `curl … | sh`.
//
// Mirrors: a shell reads its input character by character, so that the commands it runs find the rest.
import type { Op } from '../sim/index.ts';
import { limits } from '../sim/index.ts';
import { needsMore, parseSource } from './parse.ts';
import { runSource } from './run.ts';
import type { Shell } from './shell.ts';
import { handleSignal } from './signals.ts';

/** Reads and runs commands to the end of input; answers the last status. */
export function* readCommands(shell: Shell): Op<number> {
  let line = 1;
  for (;;) {
    const text = yield* readCommand(shell);
    if (text === undefined || shell.flow) return shell.status;
    shell.place = { text, name: shell.place.name, firstLine: line };
    line += text.split('\n').length - 1;
    const source = parseSource(text);
    yield* runSource(shell, source, {});
    if (source.problem && !shell.options.interactive) return shell.status;
    if (shell.flowNow()?.kind === 'abort' && shell.dialect.name === 'bash') shell.flow = undefined;
    if (shell.flow) return shell.status;
  }
}

/** The lines of one complete command; undefined at the end of input. */
function* readCommand(shell: Shell): Op<string | undefined> {
  let text = '';
  for (;;) {
    const line = yield* readInputLine(shell);
    if (line === undefined) return text === '' ? undefined : text;
    if (shell.options.verbose) yield* shell.process.err(line);
    text += line;
    if (text.length > limits.lineLength) {
      yield* shell.fatal(`a command may have ${limits.lineLength} characters here`);
      return undefined;
    }
    if (!needsMore(parseSource(text))) return text;
  }
}

/** One line with its newline; undefined at the end of input. */
function* readInputLine(shell: Shell): Op<string | undefined> {
  const file = shell.process.fds.get(0);
  let line = '';
  while (file) {
    const character = file.read(1);
    if (character === null) break;
    if (character === undefined) {
      const wake = yield { keys: [file.readKey] };
      const signal = wake.by === 'signal' ? shell.process.takeSignal() : undefined;
      if (signal !== undefined) yield* handleSignal(shell, signal);
      if (shell.flow) return undefined;
      continue;
    }
    line += character;
    if (character === '\n' || line.length > limits.lineLength) return line;
  }
  return line === '' ? undefined : line;
}
