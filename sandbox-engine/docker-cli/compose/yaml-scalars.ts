// The small parts of YAML: keys, quoted and plain scalars, flow collections.
import { type Json, put } from '../json.ts';

/** Reads one flow collection out of a text. */
export class FlowReader {
  readonly #text: string;
  readonly #anchors: ReadonlyMap<string, unknown>;
  #at = 0;
  #complete = true;

  constructor(text: string, anchors: ReadonlyMap<string, unknown>) {
    this.#text = text;
    this.#anchors = anchors;
  }

  value(): { readonly value: unknown; readonly complete: boolean } {
    const value = this.#item();
    return { value, complete: this.#complete };
  }

  rest(): string {
    return this.#text.slice(this.#at);
  }

  #skip(): string {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  #item(): unknown {
    const c = this.#skip();
    if (c === '[') return this.#list();
    if (c === '{') return this.#map();
    if (c === '"' || c === "'") {
      const match = (c === '"' ? /^"(?:[^"\\]|\\.)*"/ : /^'(?:[^']|'')*'/).exec(this.rest());
      if (!match) {
        this.#complete = false;
        return '';
      }
      this.#at += match[0].length;
      return unquoted(match[0]);
    }
    const plain = /^(?:[^,[\]{}:]|:(?=[^\s,[\]{}]))*/.exec(this.rest())?.[0] ?? '';
    this.#at += plain.length;
    const text = plain.trim();
    return text.startsWith('*') ? this.#anchors.get(text.slice(1)) : scalar(text);
  }

  #list(): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    for (;;) {
      const c = this.#skip();
      if (c === ']') {
        this.#at += 1;
        return items;
      }
      if (c === '') {
        this.#complete = false;
        return items;
      }
      if (c === ',') this.#at += 1;
      else items.push(this.#pairOrItem());
      if (!this.#complete) return items;
    }
  }

  /** `[a: 1]` is a list of one mapping. */
  #pairOrItem(): unknown {
    const item = this.#item();
    if (this.#skip() !== ':') return item;
    this.#at += 1;
    return { [String(item)]: this.#item() };
  }

  #map(): Json {
    const map: Record<string, unknown> = {};
    this.#at += 1;
    for (;;) {
      const c = this.#skip();
      if (c === '}') {
        this.#at += 1;
        return map;
      }
      if (c === '') {
        this.#complete = false;
        return map;
      }
      if (c === ',') {
        this.#at += 1;
        continue;
      }
      const key = String(this.#item());
      if (this.#skip() === ':') {
        this.#at += 1;
        put(map, key, this.#item());
      } else put(map, key, null);
      if (!this.#complete) return map;
    }
  }
}

/** `key: value` → key and value; undefined when there is no key. */
export function splitKey(text: string): readonly [string, string] | undefined {
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?:\s+(.*))?$/.exec(text);
  if (quoted) return [unquoted(quoted[1] ?? ''), quoted[2] ?? ''];
  if (/^["'[{&*|>]/.test(text) && !text.startsWith('<<')) return undefined;
  const plain = /^([^\s:][^:]*(?::[^\s:][^:]*)*?)\s*:(?:\s+(.*))?$/.exec(text);
  return plain ? [(plain[1] ?? '').trim(), plain[2] ?? ''] : undefined;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  e: '\x1b',
  a: '\x07',
  b: '\b',
};

export function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith("'")) return inner.replaceAll("''", "'");
  return inner.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g,
    (_, x?: string, u?: string, c = '') =>
      x !== undefined || u !== undefined
        ? String.fromCharCode(Number.parseInt(x ?? u ?? '', 16))
        : (escapes[c] ?? c),
  );
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
  yes: true,
  Yes: true,
  on: true,
  On: true,
  no: false,
  No: false,
  off: false,
  Off: false,
};

/** What a plain scalar means. */
export function scalar(text: string): unknown {
  if (text === '' || /^(?:~|null|Null|NULL)$/.test(text)) return null;
  if (Object.hasOwn(booleans, text)) return booleans[text];
  if (/^[-+]?(?:0|[1-9][0-9_]*)$/.test(text)) return Number(text.replaceAll('_', ''));
  if (/^0o?[0-7]+$/.test(text)) return Number.parseInt(text.replace('o', ''), 8);
  if (/^0x[0-9a-fA-F]+$/.test(text)) return Number.parseInt(text, 16);
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}
