// `~`, `~user`, `~+` and `~-`.
import type { Shell } from './shell.ts';

/** The directory that a tilde prefix stands for; undefined leaves it as it is. */
export function tildeHome(shell: Shell, prefix: string): string | undefined {
  const name = prefix.slice(1);
  if (name === '') return shell.vars.get('HOME') ?? homeOf(shell, shell.process.user);
  if (name === '+') return shell.vars.get('PWD');
  if (name === '-') return shell.vars.get('OLDPWD');
  return homeOf(shell, name);
}

function homeOf(shell: Shell, user: string): string | undefined {
  const passwd = shell.process.fs.read('/etc/passwd');
  const line = passwd.ok
    ? passwd.value.split('\n').find((one) => one.startsWith(`${user}:`))
    : undefined;
  return line?.split(':')[5];
}
