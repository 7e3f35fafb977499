// Reads and writes YAML, as far as Compose files use it.
//
// Differs: block and flow collections, plain, quoted and block scalars, anchors, aliases and merge keys; no tags,
// no complex keys, no second document.
import { err, ok, type Result } from '../../std/index.ts';
import { isObject, type Json } from '../json.ts';

class YamlError extends Error {}

interface Line {
  readonly number: number;
  readonly indent: number;
  /** Without indentation, comment and trailing blanks. */
  readonly text: string;
  /** As it stands in the file. */
  readonly raw: string;
}

/** The value of a document; the error reads as Go's yaml writes it. */
export function parseYaml(source: string): Result<unknown, string> {
  try {
    return ok(new YamlReader(source).document());
  } catch (error) {
    if (error instanceof YamlError) return err(error.message);
    throw error;
  }
}

/** Cuts a comment off: `#` at the start or behind a blank, outside of quotes. */
function withoutComment(line: string): string {
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] ?? '';
    if (quote) {
      if (c === '\\' && quote === '"') i += 1;
      else if (c === quote) quote = '';
    } else if ((c === '"' || c === "'") && /[\s:[{,-]|^$/.test(line[i - 1] ?? '')) quote = c;
    else if (c === '#' && /\s|^$/.test(line[i - 1] ?? '')) return line.slice(0, i);
  }
  return line;
}

class YamlReader {
  readonly #lines: readonly Line[];
  readonly #anchors = new Map<string, unknown>();
  #at = 0;

  constructor(source: string) {
    this.#lines = source
      .replace(/\r\n/g, '\n')
      .split('\n')
      .map((raw, index) => {
        const text = withoutComment(raw).trimEnd();
        return {
          number: index + 1,
          indent: text.length - text.trimStart().length,
          text: text.trimStart(),
          raw,
        };
      });
  }

  document(): unknown {
    this.#skipBlank();
    if (this.#line()?.text === '---') this.#at += 1;
    this.#skipBlank();
    const first = this.#line();
    if (!first) return null;
    const value = this.#block(first.indent);
    this.#skipBlank();
    const rest = this.#line();
    if (rest && rest.text !== '---' && rest.text !== '...')
      this.#fail(rest, 'did not find expected key');
    return value;
  }

  #fail(line: Line, message: string): never {
    throw new YamlError(`yaml: line ${line.number}: ${message}`);
  }

  #line(): Line | undefined {
    return this.#lines[this.#at];
  }

  #skipBlank(): void {
    while (this.#line()?.text === '') this.#at += 1;
  }

  /** The collection or scalar that begins at the current line. */
  #block(indent: number): unknown {
    this.#skipBlank();
    const line = this.#line();
    if (!line || line.indent < indent) return null;
    if (/\t/.test(line.raw.slice(0, line.indent)))
      this.#fail(line, 'found character that cannot start any token');
    if (line.text === '-' || line.text.startsWith('- ')) return this.#sequence(line.indent);
    if (splitKey(line.text)) return this.#mapping(line.indent);
    this.#at += 1;
    return this.#value(line, line.text, indent - 1);
  }

  #sequence(indent: number): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      this.#skipBlank();
      const line = this.#line();
      if (!line || line.indent !== indent || !(line.text === '-' || line.text.startsWith('- ')))
        break;
      const rest = line.text.slice(1).trimStart();
      const column = indent + line.text.length - rest.length;
      const nested = rest.startsWith('- ');
      if (nested || (rest !== '' && splitKey(rest) && !/^[[{]/.test(rest))) {
        // A collection that begins behind the dash: as if it stood on a line of its own.
        (this.#lines as Line[])[this.#at] = { ...line, indent: column, text: rest };
        items.push(nested ? this.#sequence(column) : this.#mapping(column));
        continue;
      }
      this.#at += 1;
      items.push(rest === '' ? this.#nested(indent) : this.#value(line, rest, indent));
    }
    return items;
  }

  /** What stands below a `key:` or a `-`. */
  #nested(indent: number, sameIndentSequence = false): unknown {
    this.#skipBlank();
    const line = this.#line();
    if (!line) return null;
    const dash = line.text === '-' || line.text.startsWith('- ');
    if (line.indent > indent || (sameIndentSequence && dash && line.indent === indent))
      return this.#block(line.indent);
    return null;
  }

  #mapping(indent: number): Json {
    const map: Record<string, unknown> = {};
    for (;;) {
      this.#skipBlank();
      const line = this.#line();
      if (!line || line.indent < indent || line.text === '---') break;
      if (line.indent > indent) this.#fail(line, 'mapping values are not allowed in this context');
      const parts = splitKey(line.text);
      if (!parts) {
        if (line.text.startsWith('- ')) break;
        this.#fail(line, "could not find expected ':'");
      }
      this.#at += 1;
      const [key, rest] = parts;
      const value = rest === '' ? this.#nested(indent, true) : this.#value(line, rest, indent);
      if (key === '<<') {
        for (const source of Array.isArray(value) ? value : [value])
          if (isObject(source))
            for (const [k, v] of Object.entries(source)) if (!(k in map)) map[k] = v;
      } else {
        if (Object.hasOwn(map, key))
          this.#fail(line, `mapping key ${JSON.stringify(key)} already defined`);
        map[key] = value;
      }
    }
    return map;
  }

  /** A value that begins on a line behind its key or dash. */
  #value(line: Line, text: string, indent: number): unknown {
    const anchor = /^&(\S+)\s*/.exec(text);
    if (anchor) {
      const rest = text.slice(anchor[0].length);
      const value = rest === '' ? this.#nested(indent, true) : this.#value(line, rest, indent);
      this.#anchors.set(anchor[1] ?? '', value);
      return value;
    }
    const alias = /^\*(\S+)$/.exec(text);
    if (alias) {
      const name = alias[1] ?? '';
      if (!this.#anchors.has(name)) this.#fail(line, `unknown anchor '${name}' referenced`);
      return this.#anchors.get(name);
    }
    const literal = /^([|>])([+-]?)\d*([+-]?)$/.exec(text);
    if (literal) return this.#literal(indent, literal[1] === '>', literal[2] || literal[3] || '');
    if (text.startsWith('[') || text.startsWith('{')) return this.#flow(line, text, indent);
    if (text.startsWith('"') || text.startsWith("'")) return this.#quoted(line, text);
    let whole = text;
    while ((this.#line()?.indent ?? -1) > indent && this.#line()?.text !== '') {
      const next = this.#line() as Line;
      if (splitKey(next.text)) this.#fail(next, 'mapping values are not allowed in this context');
      whole += ` ${next.text}`;
      this.#at += 1;
    }
    return scalar(whole);
  }

  #quoted(line: Line, text: string): string {
    let whole = text;
    const closed = (s: string): boolean =>
      s.startsWith('"') ? /^"(?:[^"\\]|\\.)*"$/s.test(s) : /^'(?:[^']|'')*'$/s.test(s);
    while (!closed(whole)) {
      const next = this.#line();
      if (!next) this.#fail(line, 'found unexpected end of stream');
      whole += ` ${next?.raw.trim() ?? ''}`;
      this.#at += 1;
    }
    return unquoted(whole);
  }

  #literal(indent: number, folded: boolean, chomp: string): string {
    const body: string[] = [];
    let margin: number | undefined;
    for (;;) {
      const line = this.#line();
      if (!line) break;
      const depth = line.raw.length - line.raw.trimStart().length;
      if (line.raw.trim() !== '') {
        if (depth <= indent) break;
        margin ??= depth;
      }
      body.push(
        line.raw.slice(margin ?? line.raw.length).trimEnd() === '' ? '' : line.raw.slice(margin),
      );
      this.#at += 1;
    }
    let text = folded ? body.join('\n').replace(/([^\n])\n(?=[^\n ])/g, '$1 ') : body.join('\n');
    if (chomp === '+') text += '\n';
    else {
      text = text.replace(/\n+$/, '');
      if (chomp === '' && text !== '') text += '\n';
    }
    return text;
  }

  /** `[a, b]` and `{a: 1}`, over several lines when need be. */
  #flow(line: Line, text: string, indent: number): unknown {
    let whole = text;
    for (;;) {
      const reader = new FlowReader(whole, this.#anchors);
      const value = reader.value();
      if (value.complete) {
        if (reader.rest().trim() !== '') this.#fail(line, `did not find expected key`);
        return value.value;
      }
      const next = this.#line();
      if (!next || (next.indent <= indent && next.text !== '' && !/^[\]}]/.test(next.text)))
        this.#fail(line, "did not find expected ',' or ']'");
      whole += ` ${next.text}`;
      this.#at += 1;
    }
  }
}

/** Reads one flow collection out of a text. */
class FlowReader {
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
        map[key] = this.#item();
      } else map[key] = null;
      if (!this.#complete) return map;
    }
  }
}

/** `key: value` → key and value; undefined when there is no key. */
function splitKey(text: string): readonly [string, string] | undefined {
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

function unquoted(text: string): string {
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
function scalar(text: string): unknown {
  if (text === '' || /^(?:~|null|Null|NULL)$/.test(text)) return null;
  if (Object.hasOwn(booleans, text)) return booleans[text];
  if (/^[-+]?(?:0|[1-9][0-9_]*)$/.test(text)) return Number(text.replaceAll('_', ''));
  if (/^0o?[0-7]+$/.test(text)) return Number.parseInt(text.replace('o', ''), 8);
  if (/^0x[0-9a-fA-F]+$/.test(text)) return Number.parseInt(text, 16);
  if (/^[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}

// ---- writing ------------------------------------------------------------------------------------

function scalarText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'string') return String(value);
  const ambiguous =
    value === '' ||
    typeof scalar(value) !== 'string' ||
    /^[\s!&*|>%@`"'#[\]{},?-]|: |:$| #|^\s|\s$/.test(value.replace(/^-(?=\S)/, '')) ||
    /[\x00-\x1f]/.test(value);
  return ambiguous ? JSON.stringify(value) : value;
}

/** YAML of a value, two blanks a level. */
export function writeYaml(value: unknown, level = ''): string {
  if (Array.isArray(value)) {
    return value
      .map((item) => {
        const inner = writeYaml(item, `${level}  `);
        const nested =
          (Array.isArray(item) && item.length > 0) ||
          (isObject(item) && Object.keys(item).length > 0);
        return nested ? `${level}- ${inner.slice(level.length + 2)}` : `${level}- ${inner}\n`;
      })
      .join('');
  }
  if (!isObject(value)) return scalarText(value);
  return Object.entries(value)
    .map(([key, item]) => {
      const name = `${level}${scalarText(key)}:`;
      if (Array.isArray(item))
        return item.length > 0 ? `${name}\n${writeYaml(item, `${level}  `)}` : `${name} []\n`;
      if (isObject(item))
        return Object.keys(item).length > 0
          ? `${name}\n${writeYaml(item, `${level}  `)}`
          : `${name} {}\n`;
      return `${name} ${scalarText(item)}\n`;
    })
    .join('');
}
