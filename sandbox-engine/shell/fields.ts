// Collects what a word expands to: fields, each as text and as a pattern in which quoted characters are quoted.
//
// Mirrors: POSIX 2.6.5 Field Splitting.
import { limits } from '../sim/index.ts';
import { quotePattern } from './pattern.ts';

export interface Field {
  readonly text: string;
  /** The same with quoted characters behind backslashes; undefined when nothing in it could be a pattern. */
  readonly pattern: string | undefined;
}

const special = /[*?[\\+@!]/;

export class FieldBuilder {
  readonly fields: Field[] = [];
  /** A word grew beyond `limits.textLength`; the rest was dropped. */
  overflow = false;
  readonly #separators: string;
  #text = '';
  #pattern = '';
  #hasPattern = false;
  #open = false;
  /** The last field ended at blanks that a separator may still follow (`a : b`). */
  #afterBlank = false;

  /** `separators`: the value of IFS; undefined splits at blank, tab and newline. */
  constructor(separators: string | undefined) {
    this.#separators = separators ?? ' \t\n';
  }

  /** Text that is not split. Quoted text is no pattern. */
  add(text: string, quoted: boolean): void {
    this.#open = true;
    this.#afterBlank = false;
    this.#append(text, quoted);
  }

  #append(text: string, quoted: boolean): void {
    if (this.#text.length + text.length > limits.textLength) {
      this.overflow = true;
      return;
    }
    this.#text += text;
    if (quoted) this.#pattern += special.test(text) ? quotePattern(text) : text;
    else {
      this.#pattern += text;
      this.#hasPattern ||= special.test(text);
    }
  }

  /** A piece of a pattern that stands for this text when nothing matches. */
  addPattern(pattern: string, text: string): void {
    this.#open = true;
    this.#afterBlank = false;
    this.#text += text;
    this.#pattern += pattern;
    this.#hasPattern = true;
  }

  /** The result of an unquoted expansion: split at the separators. */
  split(text: string): void {
    if (this.#separators === '' || !this.#mustSplit(text)) {
      if (text !== '') this.add(text, false);
      return;
    }
    let from = 0;
    for (let i = 0; i < text.length; i += 1) {
      if (!this.#separators.includes(text[i] as string)) continue;
      if (i > from) this.add(text.slice(from, i), false);
      from = i + 1;
      this.#separate(text[i] as string);
    }
    if (from < text.length) this.add(text.slice(from), false);
  }

  #mustSplit(text: string): boolean {
    for (let i = 0; i < text.length; i += 1)
      if (this.#separators.includes(text[i] as string)) return true;
    return false;
  }

  #separate(character: string): void {
    if (character === ' ' || character === '\t' || character === '\n') {
      if (this.#open) {
        this.end();
        this.#afterBlank = true;
      }
    } else if (this.#afterBlank && !this.#open) this.#afterBlank = false;
    else {
      this.#open = true;
      this.end();
    }
  }

  /** Quotes make a field even when there is nothing in it. */
  open(): void {
    this.#open = true;
  }

  /** Ends the field that is being made, if one is. */
  end(): void {
    if (this.#open)
      this.fields.push({
        text: this.#text,
        pattern: this.#hasPattern ? this.#pattern : undefined,
      });
    this.#text = '';
    this.#pattern = '';
    this.#hasPattern = false;
    this.#open = false;
  }

  finish(): readonly Field[] {
    this.end();
    return this.fields;
  }
}
