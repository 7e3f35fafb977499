// Pipelines: every stage is a process, all run at once, connected by pipes.

import type { CommandNode, Pipeline } from 'unbash';
import type { OpenFile, Process } from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { waitForeground } from './foreground.ts';
import { runNode } from './run.ts';
import type { Shell } from './shell.ts';
import { forkShell } from './subshell.ts';

export function* runPipe(shell: Shell, node: Pipeline): Op<number> {
  const processes: Process[] = [];
  let input: OpenFile | undefined;
  for (let i = 0; i < node.commands.length; i += 1) {
    const command = node.commands[i] as CommandNode;
    const operator = node.operators[i];
    const pipe = operator ? shell.process.host.pipe() : undefined;
    const fds = new Map(shell.process.fds);
    if (input) fds.set(0, input);
    if (pipe) fds.set(1, pipe.writer);
    if (pipe && operator === '|&') fds.set(2, pipe.writer);
    const group: true | number | undefined = shell.options.monitor
      ? (processes[0]?.row.group ?? true)
      : undefined;
    const process = yield* forkShell(shell, (subshell) => stage(subshell, command), {
      fds,
      ...(group !== undefined && { group }),
    });
    input?.release();
    pipe?.writer.release();
    input = pipe?.reader;
    if (process) processes.push(process);
  }
  input?.release();
  const text = shell.place.text.slice(node.pos, node.end);
  yield* waitForeground(shell, processes, text);
  return pipeStatus(shell, processes);
}

function* stage(subshell: Shell, command: CommandNode): Op<number> {
  subshell.loops = 0;
  return yield* runNode(subshell, command, true);
}

/** The last status, or with pipefail the last that is not 0. */
function pipeStatus(shell: Shell, processes: readonly Process[]): number {
  const statuses = processes.map((one) => one.exitStatus ?? 128 + 20);
  shell.pipeStatus = statuses;
  const last = statuses.at(-1) ?? 1;
  if (!shell.options.pipefail) return last;
  return statuses.findLast((status) => status !== 0) ?? 0;
}
