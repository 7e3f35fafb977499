// The programs `bash`, `dash` and `ash`: their command lines, start-up, and the ways in which commands come in.
import type { Process, Program } from '../os/index.ts';
import { signals } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { runText } from './builtins/control.ts';
import { defaultShopts, setLetter, setOption } from './builtins/options.ts';
import { type DialectName, dialects } from './dialect.ts';
import { environmentOf } from './environment.ts';
import { readCommands } from './input.ts';
import { runInteractive } from './interactive.ts';
import { parseSource } from './parse.ts';
import { runSource } from './run.ts';
import { errorTexts, Shell } from './shell.ts';
import { runExitTrap } from './signals.ts';

export const bash: Program = (process) => main(process, 'bash');
export const dash: Program = (process) => main(process, 'dash');
export const ash: Program = (process) => main(process, 'ash');

interface CommandLine {
  readonly command: string | undefined;
  readonly operands: readonly string[];
}

function* main(process: Process, dialect: DialectName): Op<number> {
  const shell = new Shell(process, dialects[dialect]);
  const [name = dialect] = process.argv;
  shell.name = name;
  shell.place = { text: '', name, firstLine: 1 };
  environmentOf(shell);
  const line = yield* parseCommandLine(shell, process.argv);
  if (!line) return 2;
  const status = yield* run(shell, line);
  if (shell.flow?.kind !== 'exit' || shell.status !== status) shell.status = status;
  return yield* runExitTrap(shell);
}

function* run(shell: Shell, line: CommandLine): Op<number> {
  if (line.command !== undefined)
    return yield* runCommandString(shell, line.command, line.operands);
  const [file, ...args] = line.operands;
  if (file !== undefined && !shell.options.stdin) return yield* runFile(shell, file, args);
  shell.positional = line.operands;
  shell.options.stdin = true;
  const tty = shell.process.isTty(0) && shell.process.isTty(2);
  if (shell.options.interactive || tty) return yield* runInteractive(shell);
  catchInterrupt(shell);
  return yield* readCommands(shell);
}

/** A shell that waits for a program survives ^C until it knows whether the program did. */
function catchInterrupt(shell: Shell): void {
  shell.ownSignals.add(signals.SIGINT);
  shell.process.handle(signals.SIGINT, 'catch');
}

function* runCommandString(shell: Shell, command: string, operands: readonly string[]): Op<number> {
  shell.options.command = true;
  if (operands[0] !== undefined) shell.name = operands[0];
  shell.positional = operands.slice(1);
  shell.place = { text: command, name: shell.name, firstLine: 1 };
  catchInterrupt(shell);
  yield* startupFiles(shell);
  return yield* runSource(shell, parseSource(command), { last: true, within: '-c' });
}

function* runFile(shell: Shell, file: string, args: readonly string[]): Op<number> {
  const { fs, cwd } = shell.process;
  const text = fs.read(fs.resolve(cwd, file));
  if (!text.ok) {
    const reason = errorTexts[text.error] ?? text.error;
    const words =
      shell.dialect.name === 'ash'
        ? `can't open '${file}': ${reason}`
        : shell.dialect.name === 'dash'
          ? `0: cannot open ${file}: No such file`
          : `${file}: ${text.error === 'EISDIR' ? `${file}: ` : ''}${reason}`;
    const name = text.error === 'EISDIR' && shell.dialect.name === 'bash' ? file : shell.name;
    yield* shell.process.err(`${name}: ${words}\n`);
    return text.error === 'EISDIR' || text.error === 'EACCES'
      ? 126
      : shell.dialect.name === 'bash'
        ? 127
        : 2;
  }
  shell.name = file;
  shell.positional = args;
  shell.place = { text: text.value, name: file, firstLine: 1 };
  catchInterrupt(shell);
  yield* startupFiles(shell);
  return yield* runSource(shell, parseSource(text.value), { last: true });
}

/** A login shell reads /etc/profile and the user's profile. */
export function* startupFiles(shell: Shell): Op<void> {
  const home = shell.vars.get('HOME') ?? '/';
  const profiles = ['.bash_profile', '.bash_login', '.profile'].map((name) => `${home}/${name}`);
  const own =
    shell.dialect.name === 'bash'
      ? profiles.find((path) => shell.process.fs.exists(path))
      : `${home}/.profile`;
  const files = shell.options.login ? ['/etc/profile', own] : [];
  if (shell.options.interactive && !shell.options.login && shell.dialect.name === 'bash')
    files.push('/etc/bash.bashrc', `${home}/.bashrc`);
  const env = shell.vars.get('ENV');
  if (shell.options.interactive && shell.dialect.name !== 'bash') files.push(env);
  for (const file of files) {
    const text = file === undefined ? undefined : shell.process.fs.read(file);
    if (!text?.ok || shell.flow) continue;
    shell.calls.push({ name: 'source', sourced: true });
    yield* runText(shell, text.value, { name: file ?? '' });
    shell.calls.pop();
  }
}

/** Reads the options of the command line. Undefined: one was wrong; it was reported. */
function* parseCommandLine(shell: Shell, argv: readonly string[]): Op<CommandLine | undefined> {
  if (shell.dialect.name === 'bash') for (const name of defaultShopts) shell.shopts.add(name);
  shell.options.login = shell.name.startsWith('-');
  let wantsCommand = false;
  let i = 1;
  for (; i < argv.length && /^[-+]./.test(argv[i] as string); i += 1) {
    const word = argv[i] as string;
    if (word === '--') {
      i += 1;
      break;
    }
    if (word.startsWith('--')) {
      if (yield* longOption(shell, word)) continue;
      return undefined;
    }
    for (const letter of word.slice(1)) {
      if (letter === 'c') wantsCommand = true;
      else if (letter === 'o' || letter === 'O') {
        i += 1;
        const known = letter === 'o' ? setOption(shell, argv[i] ?? '', word.startsWith('-')) : true;
        if (letter === 'O') shell.shopts.add(argv[i] ?? '');
        if (!known) return yield* wrongOption(shell, argv[i] ?? '', 'invalid option name');
      } else if (!startLetter(shell, letter, word.startsWith('-')))
        return yield* wrongOption(shell, `${word[0]}${letter}`, 'invalid option');
    }
  }
  if (argv[i] === '-') i += 1;
  const operands = argv.slice(i);
  if (!wantsCommand) return { command: undefined, operands };
  const [command, ...rest] = operands;
  if (command !== undefined) return { command, operands: rest };
  yield* shell.process.err(`${shell.name}: -c: option requires an argument\n`);
  return undefined;
}

function startLetter(shell: Shell, letter: string, on: boolean): boolean {
  if (letter === 'i') shell.options.interactive = on;
  else if (letter === 'l') shell.options.login = on;
  else if (letter === 's') shell.options.stdin = on;
  else return setLetter(shell, letter, on);
  return true;
}

const longOptions: Readonly<Record<string, 'login' | 'posix' | 'verbose' | undefined>> = {
  '--login': 'login',
  '--posix': 'posix',
  '--verbose': 'verbose',
  '--noediting': undefined,
  '--noprofile': undefined,
  '--norc': undefined,
};

function* longOption(shell: Shell, word: string): Op<boolean> {
  if (word === '--version' && shell.dialect.name === 'bash') {
    yield* shell.process.out(
      'GNU bash, version 5.2.37(1)-release (x86_64-pc-linux-gnu)\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\nThis is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n',
    );
    shell.options.noexec = true;
    return true;
  }
  if (!(word in longOptions)) {
    yield* wrongOption(shell, word, 'invalid option');
    return false;
  }
  const option = longOptions[word];
  if (option) shell.options[option] = true;
  return true;
}

function* wrongOption(shell: Shell, word: string, text: string): Op<undefined> {
  const { name } = shell.dialect;
  if (name === 'bash')
    yield* shell.process.err(
      `${shell.name}: ${word}: ${text}\nUsage:\t${shell.name} [GNU long option] [option] ...\n\t${shell.name} [GNU long option] [option] script-file ...\n`,
    );
  else if (name === 'ash') yield* shell.process.err(`${shell.name}: illegal option ${word}\n`);
  else yield* shell.process.err(`${shell.name}: 0: Illegal option ${word}\n`);
  return undefined;
}
