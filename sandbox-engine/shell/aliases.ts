// Aliases: the first word of a command stands for a text.
//
// Differs: the text is put in after parsing, so an alias cannot open a quote or a loop that the rest of the line closes.

import type { Command, Word } from 'unbash';
import type { Op } from '../sim/index.ts';
import { parseSource } from './parse.ts';
import { reportProblem } from './problems.ts';
import { runStatements } from './run.ts';
import type { Shell } from './shell.ts';

const maximum = 16;

/** Runs a command whose name is an alias. Undefined: it is none. */
export function* runAlias(
  shell: Shell,
  node: Command,
  name: Word,
  last: boolean,
): Op<number | undefined> {
  const enabled =
    shell.options.interactive ||
    shell.shopts.has('expand_aliases') ||
    shell.dialect.name !== 'bash';
  if (!enabled || name.parts || shell.expanding.has(name.text)) return undefined;
  const replacement = shell.aliases.get(name.text);
  if (replacement === undefined || shell.expanding.size >= maximum) return undefined;
  const before = shell.place.text.slice(node.pos, name.pos);
  const text = before + replacement + shell.place.text.slice(name.end, node.end);
  const source = parseSource(text);
  const { place, position } = shell;
  shell.place = { ...place, text, firstLine: shell.line };
  shell.expanding.add(name.text);
  if (source.problem) yield* reportProblem(shell, source);
  else yield* runStatements(shell, source.script.commands, last);
  shell.expanding.delete(name.text);
  shell.place = place;
  shell.position = position;
  return shell.status;
}
