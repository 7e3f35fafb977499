// RESP, the protocol of Redis: requests as arrays of bulk strings or as plain lines, replies of five kinds.
//
// Mirrors: RESP2. Differs: texts count in UTF-8 bytes, as everywhere here.
import { utf8Length } from '../../wire/index.ts';

export type Reply =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bulk'; readonly text: string | null }
  | { readonly kind: 'array'; readonly items: readonly Reply[] };

export const status = (text: string): Reply => ({ kind: 'status', text });
export const errorReply = (text: string): Reply => ({ kind: 'error', text });
export const integer = (value: number): Reply => ({ kind: 'integer', value });
export const bulk = (text: string | null): Reply => ({ kind: 'bulk', text });
export const array = (items: readonly Reply[]): Reply => ({ kind: 'array', items });

export function encode(reply: Reply): string {
  switch (reply.kind) {
    case 'status':
      return `+${reply.text}\r\n`;
    case 'error':
      return `-${reply.text}\r\n`;
    case 'integer':
      return `:${reply.value}\r\n`;
    case 'bulk':
      return reply.text === null ? '$-1\r\n' : `$${utf8Length(reply.text)}\r\n${reply.text}\r\n`;
    case 'array':
      return `*${reply.items.length}\r\n${reply.items.map(encode).join('')}`;
  }
}

export const encodeCommand = (words: readonly string[]): string => encode(array(words.map(bulk)));

/** Takes text as it comes and hands out commands (a server's side) or replies (a client's side). */
export class RespReader {
  #buffer = '';

  push(text: string): void {
    this.#buffer += text;
  }

  /** The next command, if all of it has come. An empty line is an empty command. */
  command(): readonly string[] | undefined {
    if (this.#buffer === '') return undefined;
    if (!this.#buffer.startsWith('*')) {
      const end = this.#buffer.indexOf('\n');
      if (end < 0) return undefined;
      const line = this.#buffer.slice(0, end).trim();
      this.#buffer = this.#buffer.slice(end + 1);
      return line === '' ? [] : line.split(/\s+/);
    }
    const reply = this.reply();
    if (reply?.kind !== 'array') return undefined;
    return reply.items.map((item) => (item.kind === 'bulk' ? (item.text ?? '') : ''));
  }

  /** The next reply, if all of it has come. */
  reply(): Reply | undefined {
    const parsed = parse(this.#buffer);
    if (!parsed) return undefined;
    this.#buffer = parsed.rest;
    return parsed.reply;
  }
}

function parse(text: string): { readonly reply: Reply; readonly rest: string } | undefined {
  const end = text.indexOf('\r\n');
  if (end < 0) return undefined;
  const head = text.slice(1, end);
  const rest = text.slice(end + 2);
  switch (text[0]) {
    case '+':
      return { reply: status(head), rest };
    case '-':
      return { reply: errorReply(head), rest };
    case ':':
      return { reply: integer(Number(head)), rest };
    case '$':
      return parseBulk(Number(head), rest);
    case '*':
      return parseArray(Number(head), rest);
    default:
      return { reply: errorReply(`ERR Protocol error: unexpected '${text[0] ?? ''}'`), rest: '' };
  }
}

function parseBulk(length: number, text: string) {
  if (length < 0) return { reply: bulk(null), rest: text };
  let left = length;
  let end = 0;
  for (const character of text) {
    if (left <= 0) break;
    left -= utf8Length(character);
    end += character.length;
  }
  if (left > 0 || text.length < end + 2) return undefined;
  return { reply: bulk(text.slice(0, end)), rest: text.slice(end + 2) };
}

function parseArray(count: number, text: string) {
  const items: Reply[] = [];
  let rest = text;
  for (let n = 0; n < count; n += 1) {
    const item = parse(rest);
    if (!item) return undefined;
    items.push(item.reply);
    rest = item.rest;
  }
  return { reply: array(items), rest };
}
