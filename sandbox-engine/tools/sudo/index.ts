// `sudo`: runs a command as root. On the lab's machines everybody may.
import { type Process, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { getopt, optionErrorText } from '../common/getopt.ts';

const usage = `usage: sudo -h | -K | -k | -V
usage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]
usage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user]
            [-u user] [command [arg ...]]
usage: sudo [-ABbEHkNnPS] [-C num] [-D directory]
            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]
            [-u user] [VAR=value] [-i | -s] [command [arg ...]]
usage: sudo -e [-ABkNnS] [-C num] [-D directory]
            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]
            [-u user] file ...
`;

export function* sudo(process: Process): Op<number> {
  const parsed = getopt(process.argv.slice(1), '+ABbEeHhiKklNnPSsVvC:D:g:p:R:T:U:u:');
  if ('error' in parsed) {
    yield* process.err(`${optionErrorText('sudo', parsed)}${usage}`);
    return 1;
  }
  const has = (name: string): boolean => parsed.options.some((o) => o.name === name);
  if (has('V')) {
    yield* process.out('Sudo version 1.9.17p2\n');
    return 0;
  }
  if (has('l')) {
    yield* process.out(
      `User ${process.user} may run the following commands on ${process.hostname}:\n    (ALL : ALL) NOPASSWD: ALL\n`,
    );
    return 0;
  }
  if (has('v') || has('k') || has('K')) return 0;
  const user = parsed.options.find((o) => o.name === 'u')?.value ?? 'root';
  const env = new Map(process.env);
  const command = [...parsed.operands];
  for (
    let assignment = command[0];
    assignment && /^\w+=/.test(assignment);
    assignment = command[0]
  ) {
    const at = assignment.indexOf('=');
    env.set(assignment.slice(0, at), assignment.slice(at + 1));
    command.shift();
  }
  env.set('SUDO_USER', process.user);
  env.set('SUDO_COMMAND', command.join(' '));
  env.set('USER', user);
  const shell = has('i') || has('s');
  if (command.length === 0 && !shell) {
    yield* process.err(usage);
    return 1;
  }
  const argv = shell ? ['bash', ...(command.length > 0 ? ['-c', command.join(' ')] : [])] : command;
  const running = process.exec({ argv, env, user, ...(has('i') && { cwd: '/root' }) });
  if (running.ok) return yield* running.value;
  yield* process.err(
    running.error === 'ENOENT'
      ? `sudo: ${argv[0]}: command not found\n`
      : `sudo: unable to execute ${argv[0]}: ${strerror(running.error)}\n`,
  );
  return 1;
}
