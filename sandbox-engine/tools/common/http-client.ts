// One HTTP exchange over one connection: what curl and wget have in common.
import type { SocketId } from '../../kernel/index.ts';
import {
  type HttpHeaders,
  HttpParser,
  header,
  parseStatusLine,
  receiveSome,
  type SocketContext,
  type SocketError,
  sendAll,
} from '../../os/index.ts';
import type { Micros, Op } from '../../sim/index.ts';

/** A connection that may serve several requests one after the other. */
export interface HttpConnection {
  readonly socket: SocketId;
  readonly parser: HttpParser;
}

export const openHttp = (socket: SocketId): HttpConnection => ({
  socket,
  parser: new HttpParser('response'),
});

export interface HttpHead {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: HttpHeaders;
  /** As it came, with its closing empty line. */
  readonly text: string;
  /** From Content-Length, when there is one. */
  readonly length: number | undefined;
}

export type HttpOutcome =
  | { readonly kind: 'complete'; readonly head: HttpHead; readonly keepAlive: boolean }
  /** The peer closed before anything came. */
  | { readonly kind: 'empty' }
  /** The peer closed in the middle of the body. */
  | { readonly kind: 'short'; readonly head: HttpHead; readonly missing: number }
  /** What came is not HTTP/1. */
  | { readonly kind: 'not_http' }
  | { readonly kind: 'error'; readonly error: SocketError; readonly sending: boolean };

export interface ExchangeOptions {
  readonly until?: Micros;
  /** The answer has no body (HEAD). */
  readonly bodyless?: boolean;
  readonly onHead: (head: HttpHead) => Op<void>;
  readonly onBody: (text: string) => Op<void>;
}

/** Sends a request and hands the answer on as it comes. */
export function* exchange(
  context: SocketContext,
  connection: HttpConnection,
  request: string,
  options: ExchangeOptions,
): Op<HttpOutcome> {
  const { socket, parser } = connection;
  parser.expectNoBody = options.bodyless ?? false;
  const sent = yield* sendAll(context, socket, request, options.until);
  if (!sent.ok) return { kind: 'error', error: sent.error, sending: true };
  let head: HttpHead | undefined;
  for (;;) {
    const raw = head ? undefined : parser.head();
    if (parser.bad) return { kind: 'not_http' };
    if (raw) {
      head = headOf(raw);
      // 100 Continue announces the real answer.
      if (head.status === 100) {
        parser.response();
        head = undefined;
        continue;
      }
      yield* options.onHead(head);
    }
    if (head) {
      const body = parser.takeBody();
      if (body !== '') yield* options.onBody(body);
      if (parser.complete) {
        parser.response();
        return { kind: 'complete', head, keepAlive: keepsAlive(head) };
      }
    }
    const arrived = yield* receiveSome(context, socket, options.until);
    if (!arrived.ok) return { kind: 'error', error: arrived.error, sending: false };
    if (arrived.value !== null) {
      parser.push(arrived.value);
      continue;
    }
    parser.end();
    if (!head) return parser.started && !parser.head() ? { kind: 'not_http' } : { kind: 'empty' };
    if (!parser.complete) return { kind: 'short', head, missing: parser.missing ?? 0 };
  }
}

function headOf(raw: NonNullable<ReturnType<HttpParser['head']>>): HttpHead {
  const length = header(raw, 'content-length');
  return {
    ...parseStatusLine(raw.startLine),
    headers: raw.headers,
    text: raw.text,
    length: length === undefined ? undefined : Number(length),
  };
}

function keepsAlive(head: HttpHead): boolean {
  const connection = (header(head, 'connection') ?? '').toLowerCase();
  if (head.version === 'HTTP/1.0') return connection === 'keep-alive';
  const delimited =
    head.length !== undefined ||
    header(head, 'transfer-encoding') !== undefined ||
    head.status === 204 ||
    head.status === 304;
  return connection !== 'close' && delimited;
}
