// Reads YAML, as far as Compose files use it.
//
// Differs: block and flow collections, plain, quoted and block scalars, anchors, aliases and merge keys; no tags,
// no complex keys, no second document.
import { err, ok, type Result } from '../../std/index.ts';
import { isObject, type Json, put } from '../json.ts';
import { FlowReader, scalar, splitKey, unquoted } from './yaml-scalars.ts';

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
            for (const [k, v] of Object.entries(source)) if (!Object.hasOwn(map, k)) put(map, k, v);
      } else {
        if (Object.hasOwn(map, key))
          this.#fail(line, `mapping key ${JSON.stringify(key)} already defined`);
        put(map, key, value);
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
