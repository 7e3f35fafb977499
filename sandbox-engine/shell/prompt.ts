// Prompts: the backslash escapes of PS1, and what is expanded in it.
//
// Mirrors: bash(1) PROMPTING.

import type { Op } from '../sim/index.ts';
import { strftime } from '../std/index.ts';
import { expandQuotedParts } from './expand.ts';
import { parseSource } from './parse.ts';
import type { Shell } from './shell.ts';

/** The prompt as it is shown. */
export function* promptText(shell: Shell, variable: 'PS1' | 'PS2'): Op<string> {
  const raw = shell.vars.get(variable) ?? '';
  const decoded = decodePrompt(shell, raw);
  if (!/[$`]/.test(decoded)) return decoded.replaceAll('\x02', '');
  const command = parseSource(`:<<\x01\n${decoded}\n\x01\n`).script.commands[0]?.command;
  const part = command?.type === 'Command' ? command.suffix[0] : undefined;
  if (part?.type !== 'HereDoc') return decoded;
  const { status, position, place } = shell;
  const text = yield* expandQuotedParts(shell, part.body.parts, part.body.text);
  shell.status = status;
  shell.position = position;
  shell.place = place;
  return text.replace(/\n$/, '').replaceAll('\x02', '$');
}

/** Replaces the escapes. A `$` that stands for itself becomes \x02 where it could be taken for an expansion. */
export function decodePrompt(shell: Shell, text: string): string {
  if (shell.dialect.name === 'dash') return text;
  return text.replace(/\\(D\{[^}]*\}|[0-7]{3}|[\s\S])/g, (whole, code: string) => {
    if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    if (code.startsWith('D{')) return time(shell, code.slice(2, -1) || '%T');
    return field(shell, code) ?? whole;
  });
}

const time = (shell: Shell, format: string): string => {
  const { sim } = shell.process;
  return strftime(format, sim.epochMillis + Math.floor(sim.now() / 1000));
};

function field(shell: Shell, letter: string): string | undefined {
  const host = shell.process.hostname;
  switch (letter) {
    case 'a':
      return '\x07';
    case 'd':
      return time(shell, '%a %b %d');
    case 'e':
      return '\x1b';
    case 'h':
      return host.split('.')[0] ?? host;
    case 'H':
      return host;
    case 'j':
      return String(shell.jobs.all().length);
    case 'l':
      return shell.process.tty?.id.split('/').at(-1) ?? '';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 's':
      return shell.name.replace(/^-|.*\//g, '');
    case 't':
      return time(shell, '%T');
    case 'T':
      return time(shell, '%I:%M:%S');
    case '@':
      return time(shell, '%I:%M %p');
    case 'A':
      return time(shell, '%R');
    case 'u':
      return shell.process.user;
    case 'v':
      return '5.2';
    case 'V':
      return '5.2.37';
    case 'w':
      return directory(shell);
    case 'W':
      return lastPart(directory(shell));
    case '!':
    case '#':
      return String(shell.history.length + 1);
    case '$':
      return shell.process.user === 'root' ? '#' : '\x02';
    case '\\':
      return '\\';
    case '[':
    case ']':
      return '';
    default:
      return undefined;
  }
}

/** The current directory with `~` for the home. */
function directory(shell: Shell): string {
  const { cwd } = shell.process;
  const home = shell.vars.get('HOME');
  if (!home || home === '/') return cwd;
  if (cwd === home) return '~';
  return cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd;
}

const lastPart = (path: string): string =>
  path === '/' || path === '~' ? path : path.slice(path.lastIndexOf('/') + 1);
