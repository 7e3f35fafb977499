// Commands in the background: `cmd &`.

import type { Statement } from 'unbash';
import type { Op } from '../sim/index.ts';
import { runNode } from './run.ts';
import type { Shell } from './shell.ts';
import { forkShell } from './subshell.ts';

export function* startBackground(shell: Shell, statement: Statement): Op<void> {
  const { host, fds } = shell.process;
  const { monitor } = shell.options;
  // Without job control a background command does not read the shell's input.
  const files = monitor ? fds : new Map([...fds, [0, host.nullFile()]]);
  const process = yield* forkShell(
    shell,
    (subshell) => runNode(subshell, statement.command, true),
    { fds: files, background: !monitor, ...(monitor && { group: true as const }) },
  );
  if (!process) {
    shell.status = 254;
    return;
  }
  const text = shell.place.text.slice(statement.pos, statement.end).replace(/\s*&$/, '').trim();
  const job = shell.jobs.add(process.row.group, [process], text, false);
  shell.lastBackground = process.pid;
  shell.status = 0;
  if (shell.isInteractive && shell.dialect.name === 'bash')
    yield* shell.process.err(`[${job.number}] ${process.pid}\n`);
}
