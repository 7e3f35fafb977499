// The bound of every loop, queue and recursion in the engine. Reaching one is an outcome that is said plainly
// (a line in the terminal, a drop reason in the trace), never a hang.

export const limits = {
  /** Layer-3 and layer-2 hops of one packet before it is dropped as a loop. */
  packetHops: 64,
  /** Jumps from chain to chain while one packet walks one iptables table. */
  chainDepth: 32,
  /** Nested functions, subshells and `.` files in one shell. */
  shellDepth: 100,
  /** Commands that one shell runs before it lets the clock move on. */
  shellCommandsPerTick: 64,
  /** Loop iterations and commands of one command line before the shell gives up. */
  shellCommandsPerLine: 200_000,
  /** Characters that one command line may print on a terminal. */
  outputPerCommand: 1_000_000,
  /** Characters in one command line. */
  lineLength: 100_000,
  /** Events at one instant of simulated time. */
  eventsPerInstant: 1_000_000,
  /** Characters of one text in memory: a file, a variable, what a program reads at once. */
  textLength: 16_777_216,
  /** Subshells and programs that count as much as this many commands of a command line. */
  shellForkWeight: 10,
  /** Characters waiting in a pipe: Linux's 64 KiB (pipe(7)). */
  pipeCapacity: 65_536,
  /** Processes on one host. */
  processesPerHost: 4_000,
  /** Changes kept for the timeline and for "what changed below". */
  journalChanges: 200_000,
  /**
   * Trace hops kept for the packet views: a request through the routing mesh takes some 300. What is kept for long is moved
   * twice by the garbage collector, which at 16,384 took a third of the time of a thousand requests.
   */
  traceHops: 8_192,
  /** Symbolic links followed in one path (Linux: MAXSYMLINKS). */
  symlinks: 40,
} as const;
