// The words of a command line, taken one by one.

/** The words that are left, taken one by one. */
export class Words {
  #index = 0;
  readonly #words: readonly string[];

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get more(): boolean {
    return this.#index < this.#words.length;
  }

  peek(): string | undefined {
    return this.#words[this.#index];
  }

  next(): string | undefined {
    const word = this.#words[this.#index];
    this.#index += 1;
    return word;
  }

  rest(): readonly string[] {
    return this.#words.slice(this.#index);
  }
}
