// The commands that a shell carries out itself.
import type { Op } from '../../sim/index.ts';
import type { DialectName } from '../dialect.ts';
import type { Shell } from '../shell.ts';
import { argumentBuiltins } from './arguments.ts';
import { basicBuiltins } from './basic.ts';
import { controlBuiltins } from './control.ts';
import { declareBuiltins } from './declare.ts';
import { historyBuiltins } from './history.ts';
import { infoBuiltins } from './info.ts';
import { jobBuiltins } from './jobs.ts';
import { optionBuiltins } from './options.ts';
import { readBuiltins } from './read.ts';
import { testBuiltins } from './test.ts';
import { trapBuiltins } from './trap.ts';

export type RunBuiltin = (shell: Shell, words: readonly string[]) => Op<number>;

export interface Builtin {
  readonly run: RunBuiltin;
  /** The shells that have it. */
  readonly in: readonly DialectName[];
}

const onlyBash = new Set(
  'builtin caller complete compopt declare disown enable logout mapfile readarray shopt typeset'.split(
    ' ',
  ),
);
const notInDash = new Set(['source', 'let', 'help', 'history']);

let table: ReadonlyMap<string, Builtin> | undefined;

/** Every builtin by name. Made on first use: the modules of the groups need this one. */
export function allBuiltins(): ReadonlyMap<string, Builtin> {
  table ??= new Map(
    [
      argumentBuiltins,
      basicBuiltins,
      controlBuiltins,
      declareBuiltins,
      historyBuiltins,
      infoBuiltins,
      jobBuiltins,
      optionBuiltins,
      readBuiltins,
      testBuiltins,
      trapBuiltins,
    ].flatMap((group) =>
      Object.entries(group).map(([name, run]): [string, Builtin] => [
        name,
        { run, in: shellsWith(name) },
      ]),
    ),
  );
  return table;
}

function shellsWith(name: string): readonly DialectName[] {
  if (onlyBash.has(name)) return ['bash'];
  return notInDash.has(name) ? ['bash', 'ash'] : ['bash', 'dash', 'ash'];
}
