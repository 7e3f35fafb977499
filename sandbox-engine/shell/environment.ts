// The variables that a shell starts with: its environment, and those that it keeps itself.

import { optionsOn } from './builtins/options.ts';
import type { Shell } from './shell.ts';
import { isName } from './variables.ts';

export function environmentOf(shell: Shell): void {
  const { vars, process } = shell;
  for (const [name, value] of process.env)
    if (isName(name)) vars.put(name, { value, exported: true });
  keepOwn(shell);
  const bash = shell.dialect.name === 'bash';
  vars.put('IFS', { value: ' \t\n' });
  vars.put('OPTIND', { value: '1' });
  vars.put('PWD', { value: process.cwd, ...(bash || vars.raw('PWD') ? { exported: true } : {}) });
  vars.put('PPID', {
    value: String(process.row.parent),
    ...(bash && { readonly: true, integer: true }),
  });
  if (vars.get('PATH') === undefined) vars.put('PATH', { value: defaultPath });
  vars.put('PS4', { value: '+ ' });
  if (!bash) return;
  vars.put('OLDPWD', { value: vars.get('OLDPWD'), exported: true });
  const level = Number(vars.get('SHLVL') ?? 0);
  vars.put('SHLVL', { value: String((Number.isInteger(level) ? level : 0) + 1), exported: true });
  for (const [name, value] of bashVariables(shell)) vars.put(name, { value });
  vars.put('UID', { value: '0', readonly: true, integer: true });
  vars.put('EUID', { value: '0', readonly: true, integer: true });
  vars.put('BASH_VERSINFO', {
    value: undefined,
    readonly: true,
    array: new Map(['5', '2', '37', '1', 'release', 'x86_64-pc-linux-gnu'].map((v, i) => [i, v])),
  });
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const bashVariables = (shell: Shell): readonly (readonly [string, string])[] => [
  ['BASH', '/usr/bin/bash'],
  ['BASH_VERSION', '5.2.37(1)-release'],
  ['HOSTNAME', shell.process.hostname],
  ['HOSTTYPE', 'x86_64'],
  ['MACHTYPE', 'x86_64-pc-linux-gnu'],
  ['OPTERR', '1'],
  ['OSTYPE', 'linux-gnu'],
];

/** Variables that are computed when they are read. A subshell needs its own. */
export function keepOwn(shell: Shell): void {
  const { vars, process } = shell;
  const { sim } = process;
  const define = (name: string, get: () => string, set?: (value: string) => void): void => {
    vars.computed.set(name, set ? { get, set } : { get });
  };
  const clock = (): number => sim.epochMillis * 1000 + sim.now();
  define(
    'RANDOM',
    () => String(sim.rng('shell/random').below(32_768)),
    () => {},
  );
  define(
    'SECONDS',
    () => String(Math.floor((sim.now() - shell.startedAt) / 1_000_000)),
    (value) => {
      shell.startedAt = sim.now() - (Number(value) || 0) * 1_000_000;
    },
  );
  define(
    'LINENO',
    () => String(shell.line),
    () => {},
  );
  if (shell.dialect.name !== 'bash') return;
  define('SHELLOPTS', () => optionsOn(shell));
  define('BASHPID', () => String(process.pid));
  define('EPOCHSECONDS', () => String(Math.floor(clock() / 1_000_000)));
  define(
    'EPOCHREALTIME',
    () => `${Math.floor(clock() / 1_000_000)}.${String(clock() % 1_000_000).padStart(6, '0')}`,
  );
  define('PIPESTATUS', () => String(shell.pipeStatus[0] ?? 0));
  define('FUNCNAME', () => shell.calls.at(-1)?.name ?? '');
  define('BASH_SOURCE', () => shell.place.name);
  define('BASH_SUBSHELL', () => String(shell.subshells));
}
