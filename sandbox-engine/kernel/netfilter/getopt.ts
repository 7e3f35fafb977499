// Reads a command line as getopt_long does for the iptables tools: bundled short options, long options that may be cut
// short or joined with `=`, words in between, and a set of long options that grows while reading (each `-m` adds some).
// Mirrors: getopt_long(3) with a leading `-` in its option string. Differs: `--` ends nothing; it is an unknown option.

/** `optional`: only what is joined to a short option is its value (`-SINPUT`). */
export type ArgumentNeed = 'none' | 'optional' | 'required';

export interface OptionTable {
  /** Letter → long name. */
  readonly short: ReadonlyMap<string, string>;
  readonly long: ReadonlyMap<string, ArgumentNeed>;
}

export type Reading =
  | { readonly kind: 'end' }
  | { readonly kind: 'word'; readonly text: string }
  /** `spelled` is the option as it was typed (`-A`, `--dport`). */
  | {
      readonly kind: 'option';
      readonly name: string;
      readonly value: string;
      readonly spelled: string;
    }
  | { readonly kind: 'error'; readonly message: string };

const unknown = (spelled: string): Reading => ({
  kind: 'error',
  message: `unknown option "${spelled}"`,
});

export class Getopt {
  readonly #tokens: readonly string[];
  #at = 0;
  /** Letters of a bundle that are still to be read. */
  #bundle = '';

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  next(table: OptionTable): Reading {
    if (this.#bundle !== '') return this.#letter(table);
    const token = this.#tokens[this.#at];
    if (token === undefined) return { kind: 'end' };
    this.#at += 1;
    if (token.startsWith('--')) return this.#long(token, table.long);
    if (!token.startsWith('-') || token === '-') return { kind: 'word', text: token };
    this.#bundle = token.slice(1);
    return this.#letter(table);
  }

  /** The next token where an option takes a further argument that may be left out. */
  optionalWord(): string | undefined {
    const token = this.#tokens[this.#at];
    if (this.#bundle !== '' || token === undefined || /^[-!]/.test(token)) return undefined;
    this.#at += 1;
    return token;
  }

  /** The next token, whatever it is. */
  anyWord(): string | undefined {
    const token = this.#tokens[this.#at];
    if (token !== undefined) this.#at += 1;
    return token;
  }

  #letter({ short, long }: OptionTable): Reading {
    const letter = this.#bundle.charAt(0);
    const rest = this.#bundle.slice(1);
    const spelled = `-${letter}`;
    const name = short.get(letter);
    if (name === undefined) {
      this.#bundle = '';
      return unknown(spelled);
    }
    const need = long.get(name);
    this.#bundle = need === 'none' ? rest : '';
    if (need === 'none') return { kind: 'option', name, value: '', spelled };
    if (need === 'optional') return { kind: 'option', name, value: rest, spelled };
    return this.#withValue(name, spelled, rest === '' ? undefined : rest);
  }

  #long(token: string, options: ReadonlyMap<string, ArgumentNeed>): Reading {
    const [, typed = '', joined] = /^--([^=]*)(?:=(.*))?$/s.exec(token) ?? [];
    const fits = [...options.keys()].filter((name) => name.startsWith(typed));
    const name = options.has(typed) ? typed : fits.length === 1 ? fits[0] : undefined;
    if (name === undefined || typed === '') return unknown(token);
    const need = options.get(name);
    if (need === 'none') return { kind: 'option', name, value: '', spelled: token };
    if (need === 'optional') return { kind: 'option', name, value: joined ?? '', spelled: token };
    return this.#withValue(name, token, joined);
  }

  #withValue(name: string, spelled: string, joined: string | undefined): Reading {
    const value = joined ?? this.anyWord();
    if (value === undefined)
      return { kind: 'error', message: `option "${spelled}" requires an argument` };
    return { kind: 'option', name, value, spelled };
  }
}
