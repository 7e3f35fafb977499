// HTTP/1.1 as text: what clients and servers write to a connection, and a parser that takes it piece by piece.
//
// Mirrors: RFC 9112. Differs: trailers are dropped.
import { utf8Length } from '../wire/index.ts';

/** Header fields in order; names keep the case that they were written in. */
export type HttpHeaders = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  readonly version: string;
  readonly headers: HttpHeaders;
  readonly body: string;
}

export interface HttpResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: HttpHeaders;
  readonly body: string;
}

/** The value of a header field, whatever the case of its name. */
export function header(
  message: { readonly headers: HttpHeaders },
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  return message.headers.find(([n]) => n.toLowerCase() === wanted)?.[1];
}

const headerLines = (headers: HttpHeaders): string =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** The bytes of a request; Content-Length is added when there is a body and no length is given. */
export function writeRequest(request: HttpRequest): string {
  const lengthNeeded =
    request.body !== '' &&
    header(request, 'content-length') === undefined &&
    header(request, 'transfer-encoding') === undefined;
  const headers: HttpHeaders = lengthNeeded
    ? [...request.headers, ['Content-Length', `${utf8Length(request.body)}`]]
    : request.headers;
  return `${request.method} ${request.target} ${request.version}\r\n${headerLines(headers)}\r\n${request.body}`;
}

/** The bytes of a response as given: the caller says what Content-Length is. */
export const writeResponse = (response: HttpResponse): string =>
  `${response.version} ${response.status} ${response.reason}\r\n${headerLines(response.headers)}\r\n${response.body}`;

/** Mirrors: the reason phrases of nginx and RFC 9110. */
export const reasonPhrases: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

// ---- reading --------------------------------------------------------------------------------

type Framing = 'none' | 'length' | 'chunked' | 'close';

interface Head {
  readonly startLine: string;
  readonly headers: HttpHeaders;
  /** The head as it came, with its closing empty line. */
  readonly text: string;
}

/**
 * Takes the text of one connection as it arrives and hands out messages. A parser serves either requests or responses.
 * After `bad` nothing more comes out.
 */
export class HttpParser {
  readonly #role: 'request' | 'response';
  #buffer = '';
  #head: Head | undefined;
  #framing: Framing = 'none';
  #left = 0;
  #body = '';
  #ended = false;
  /** What came was not HTTP. */
  bad = false;
  /** Responses to HEAD have no body, whatever their headers say. */
  expectNoBody = false;

  constructor(role: 'request' | 'response') {
    this.#role = role;
  }

  push(text: string): void {
    this.#buffer += text;
  }

  /** The peer has closed: ends a body without a length. */
  end(): void {
    this.#ended = true;
  }

  /** Has anything of a message come yet? */
  get started(): boolean {
    return this.#head !== undefined || this.#buffer !== '';
  }

  /** The head that has come, before its body is complete: to show a download as it comes. */
  head():
    | { readonly startLine: string; readonly headers: HttpHeaders; readonly text: string }
    | undefined {
    if (!this.#head) this.#takeHead();
    return this.#head;
  }

  /** Body text since the last call, decoded. Whoever calls this gets the body from here and not from `response()`. */
  takeBody(): string {
    this.#takeBody();
    const text = this.#body;
    this.#body = '';
    return text;
  }

  /** Is the body complete (once there is a head)? */
  get complete(): boolean {
    if (!this.#head) return false;
    this.#takeBody();
    if (this.#framing === 'close') return this.#ended;
    return this.#framing === 'none' || (this.#framing === 'length' && this.#left === 0);
  }

  /** Bytes that the body still lacks; undefined where that is not known beforehand. */
  get missing(): number | undefined {
    return this.#framing === 'length' ? this.#left : undefined;
  }

  /** The next complete request, which is taken out. */
  request(): HttpRequest | undefined {
    const message = this.#take();
    if (!message) return undefined;
    const [method = '', target = '', version = ''] = message.head.startLine.split(' ');
    return { method, target, version, headers: message.head.headers, body: message.body };
  }

  /** The next complete response, which is taken out. */
  response(): HttpResponse | undefined {
    const message = this.#take();
    if (!message) return undefined;
    const { version, status, reason } = parseStatusLine(message.head.startLine);
    return { version, status, reason, headers: message.head.headers, body: message.body };
  }

  #take(): { readonly head: Head; readonly body: string } | undefined {
    const head = this.head();
    if (!head || !this.complete) return undefined;
    const body = this.#body;
    this.#head = undefined;
    this.#body = '';
    return { head, body };
  }

  #takeHead(): void {
    if (this.bad) return;
    if (this.#role === 'request') this.#buffer = this.#buffer.replace(/^(?:\r?\n)+/, '');
    const end = /\r?\n\r?\n/.exec(this.#buffer);
    const pattern =
      this.#role === 'request' ? /^[A-Z]+ \S+ HTTP\/1\.[01]\r?$/ : /^HTTP\/1\.[01] \d{3}\b/;
    const firstLine = this.#buffer.split('\n', 1)[0] ?? '';
    if ((end || this.#buffer.includes('\n')) && !pattern.test(firstLine)) {
      this.bad = true;
      return;
    }
    if (!end) return;
    const text = this.#buffer.slice(0, end.index + end[0].length);
    const [startLine = '', ...lines] = text.trimEnd().split(/\r?\n/);
    const headers = lines.map((line): readonly [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    this.#head = { startLine, headers, text };
    this.#buffer = this.#buffer.slice(text.length);
    this.#setFraming(this.#head);
  }

  #setFraming(head: Head): void {
    const length = header(head, 'content-length');
    const status = this.#role === 'response' ? parseStatusLine(head.startLine).status : 0;
    const bodyless =
      this.expectNoBody || status === 204 || status === 304 || (status >= 100 && status < 200);
    if (bodyless) this.#framing = 'none';
    else if (/chunked/i.test(header(head, 'transfer-encoding') ?? '')) this.#framing = 'chunked';
    else if (length !== undefined) this.#framing = 'length';
    else this.#framing = this.#role === 'response' ? 'close' : 'none';
    this.#left = this.#framing === 'length' ? Number(length) || 0 : 0;
  }

  #takeBody(): void {
    if (this.#framing === 'length') this.#takeBytes();
    else if (this.#framing === 'chunked') this.#takeChunks();
    else if (this.#framing === 'close') {
      this.#body += this.#buffer;
      this.#buffer = '';
    }
  }

  /** Takes characters worth at most `#left` bytes. */
  #takeBytes(): void {
    if (this.#left === 0) return;
    let end = 0;
    for (const character of this.#buffer) {
      if (this.#left <= 0) break;
      this.#left -= utf8Length(character);
      end += character.length;
    }
    if (this.#left < 0) this.#left = 0;
    this.#body += this.#buffer.slice(0, end);
    this.#buffer = this.#buffer.slice(end);
  }

  #takeChunks(): void {
    for (;;) {
      if (this.#left > 0) {
        this.#takeBytes();
        if (this.#left > 0) return;
      }
      const line = /^(?:\r\n)?([0-9a-fA-F]+)(?:;[^\r\n]*)?\r\n/.exec(this.#buffer);
      if (!line) return;
      const size = Number.parseInt(line[1] ?? '0', 16);
      if (size > 0) {
        this.#buffer = this.#buffer.slice(line[0].length);
        this.#left = size;
        continue;
      }
      const rest = this.#buffer.slice(line[0].length);
      const trailers = /^(?:[^\r\n]+\r\n)*\r\n/.exec(rest);
      if (!trailers) return;
      this.#buffer = rest.slice(trailers[0].length);
      this.#framing = 'none';
      return;
    }
  }
}

/** `HTTP/1.1 200 OK` in its parts. */
export function parseStatusLine(line: string): {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
} {
  const parts = /^(\S+) (\d+) ?(.*)$/.exec(line);
  return { version: parts?.[1] ?? '', status: Number(parts?.[2] ?? 0), reason: parts?.[3] ?? '' };
}
