// From the characters that a terminal sends to keys: control characters, escape sequences, pasted text.

/** `a`, `ctrl-a`, `meta-b`, `up`, `delete`, `paste-start` …; printable characters stand for themselves. */
export interface Key {
  readonly name: string;
  /** The character, when it is to be inserted. */
  readonly text?: string;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['[A', 'up'],
  ['[B', 'down'],
  ['[C', 'right'],
  ['[D', 'left'],
  ['[F', 'end'],
  ['[H', 'home'],
  ['[1~', 'home'],
  ['[2~', 'insert'],
  ['[3~', 'delete'],
  ['[4~', 'end'],
  ['[5~', 'page-up'],
  ['[6~', 'page-down'],
  ['[7~', 'home'],
  ['[8~', 'end'],
  ['[Z', 'back-tab'],
  ['[1;5C', 'meta-f'],
  ['[1;5D', 'meta-b'],
  ['[1;3C', 'meta-f'],
  ['[1;3D', 'meta-b'],
  ['[200~', 'paste-start'],
  ['[201~', 'paste-end'],
  ['OA', 'up'],
  ['OB', 'down'],
  ['OC', 'right'],
  ['OD', 'left'],
  ['OF', 'end'],
  ['OH', 'home'],
]);

/** Longer than any sequence that a terminal sends: what follows is text again. */
const longestSequence = 32;

export class KeyDecoder {
  #pending = '';

  /** Takes one character; answers a key when one is complete. */
  take(character: string): Key | undefined {
    if (this.#pending === '') return this.#first(character);
    this.#pending += character;
    return this.#sequence();
  }

  #first(character: string): Key | undefined {
    const code = character.charCodeAt(0);
    // The first half of a surrogate pair waits for the second.
    if (character === '\x1b' || (code >= 0xd800 && code < 0xdc00)) {
      this.#pending = character;
      return undefined;
    }
    if (character === '\r' || character === '\n') return { name: 'enter' };
    if (character === '\x7f' || character === '\b') return { name: 'backspace' };
    if (character === '\t') return { name: 'tab' };
    if (character < ' ') return { name: `ctrl-${String.fromCharCode(code + 96)}` };
    return { name: character, text: character };
  }

  #sequence(): Key | undefined {
    const { length } = this.#pending;
    const body = this.#pending.slice(1);
    if (!this.#pending.startsWith('\x1b'))
      return this.#done({ name: this.#pending, text: this.#pending });
    if (body === '\x1b') return this.#done({ name: 'escape' });
    if (body === '[' || body === 'O') return undefined;
    if (body.startsWith('[') && !/[@-~]$/.test(body.slice(1)) && length < longestSequence)
      return undefined;
    const known = escapes.get(body);
    if (known) return this.#done({ name: known });
    if (body.startsWith('[') || body.startsWith('O')) return this.#done({ name: 'unknown' });
    if (body === '\x7f' || body === '\b') return this.#done({ name: 'meta-backspace' });
    return this.#done({ name: `meta-${body.toLowerCase()}` });
  }

  #done(key: Key): Key {
    this.#pending = '';
    return key;
  }
}
