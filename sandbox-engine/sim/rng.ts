// Chance, drawn from the lab's seed: one named stream per purpose, so that a new consumer of chance does not shift
// what the others draw. Integers only.
import { assert } from '../std/index.ts';

/** A stream of random integers. */
export interface Rng {
  /** An integer in [0, bound). */
  below(bound: number): number;
  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy. */
  shuffled<T>(items: readonly T[]): T[];
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** `length` characters of [0-9a-z]: what swarm ids are made of. */
  base36(length: number): string;
}

/** Mirrors: sfc32 (Chris Doty-Humphrey), a small fast counting generator with 128 bits of state. */
class Sfc32 implements Rng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(a: number, b: number, c: number) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let i = 0; i < 12; i += 1) this.#next();
  }

  #next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  below(bound: number): number {
    assert(Number.isInteger(bound) && bound > 0, `a bound of ${bound}`);
    const unbiased = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const n = this.#next();
      if (n < unbiased) return n % bound;
    }
  }

  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  pick<T>(items: readonly T[]): T {
    assert(items.length > 0, 'picking from nothing');
    return items[this.below(items.length)] as T;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j] as T, list[i] as T];
    }
    return list;
  }

  hex(length: number): string {
    return this.#text(length, '0123456789abcdef');
  }

  base36(length: number): string {
    return this.#text(length, '0123456789abcdefghijklmnopqrstuvwxyz');
  }

  #text(length: number, alphabet: string): string {
    let text = '';
    while (text.length < length) text += alphabet[this.below(alphabet.length)];
    return text;
  }
}

/** The stream of that name in a lab with that seed. */
export function rngStream(seed: number, name: string): Rng {
  // FNV-1a over the name, once from each of three offsets.
  const hash = (offset: number): number => {
    let h = (0x811c9dc5 ^ offset) | 0;
    for (let i = 0; i < name.length; i += 1) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
    return h;
  };
  return new Sfc32(hash(seed), hash(seed ^ 0x9e3779b9), Math.imul(seed, 0x85ebca6b) ^ hash(7));
}
