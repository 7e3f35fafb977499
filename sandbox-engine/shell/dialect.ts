// The three shells of the labs' machines, and where they differ.
//
// Mirrors: bash 5.2 (hosts), dash 0.5.12 (/bin/sh of Debian-like images), BusyBox 1.38 ash (alpine, busybox). Differs: dash
// and ash understand most of bash's syntax too; what is visible (texts, prompts, missing features people meet) is told apart.

export type DialectName = 'bash' | 'dash' | 'ash';

export interface Dialect {
  readonly name: DialectName;
  /** `{a,b}` and `{1..3}` are expanded. */
  readonly braces: boolean;
  /** Arrays and `declare`. */
  readonly arrays: boolean;
  /** `[[ … ]]` and `function`. */
  readonly bashSyntax: boolean;
  /** `echo` understands `\n` without -e. */
  readonly echoEscapes: boolean;
  /** The status of a failed here-and-now error (bad substitution and the like) that ends the shell. */
  readonly fatalStatus: number;
}

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  bash: {
    name: 'bash',
    braces: true,
    arrays: true,
    bashSyntax: true,
    echoEscapes: false,
    fatalStatus: 1,
  },
  dash: {
    name: 'dash',
    braces: false,
    arrays: false,
    bashSyntax: false,
    echoEscapes: true,
    fatalStatus: 2,
  },
  ash: {
    name: 'ash',
    braces: false,
    arrays: false,
    bashSyntax: true,
    echoEscapes: false,
    fatalStatus: 2,
  },
};
