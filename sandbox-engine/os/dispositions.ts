// What a signal does to a process that has not said otherwise (signal(7)).

type SignalEffect = 'end' | 'stop' | 'continue' | 'nothing';

const quiet: ReadonlySet<number> = new Set([17, 23, 28]);
const stopping: ReadonlySet<number> = new Set([19, 20, 21, 22]);
const continuing = 18;

export function defaultEffect(signal: number): SignalEffect {
  if (quiet.has(signal)) return 'nothing';
  if (stopping.has(signal)) return 'stop';
  return signal === continuing ? 'continue' : 'end';
}

/** Names by number, without SIG, as `kill -l` lists them. */
export const signalNames: readonly string[] =
  'EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

/** The number of `TERM`, `SIGTERM`, `term` or `15`; undefined for what is no signal. */
export function signalNumber(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name) <= 64 ? Number(name) : undefined;
  const bare = name.toUpperCase().replace(/^SIG/, '');
  if (bare === 'POLL') return 29;
  const number = signalNames.indexOf(bare);
  return number < 0 ? undefined : number;
}
