// `trap`: commands that run on signals and at the end of the shell.

/** Signal number → command; 0 is EXIT. An empty command ignores the signal. */
export class Traps {
  readonly commands = new Map<number | 'ERR' | 'DEBUG' | 'RETURN', string>();
  /** What `trap` lists in a subshell that has not set its own. */
  inherited: ReadonlyMap<number | 'ERR' | 'DEBUG' | 'RETURN', string> | undefined;
  /** Commands of a trap are running: no traps of the same kind within. */
  running = false;

  /** A subshell keeps only what is ignored. */
  forSubshell(): Traps {
    const traps = new Traps();
    for (const [signal, command] of this.commands)
      if (command === '') traps.commands.set(signal, command);
    traps.inherited = this.commands;
    return traps;
  }
}
