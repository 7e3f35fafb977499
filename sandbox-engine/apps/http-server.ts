// Serving HTTP/1.1 to one client: requests in, answers out, keep-alive in between.
import type { SocketId } from '../kernel/index.ts';
import {
  type HttpHeaders,
  HttpParser,
  type HttpRequest,
  header,
  type Process,
  reasonPhrases,
  receiveSome,
  sendAll,
  writeResponse,
} from '../os/index.ts';
import { type Micros, micros, type Op, type Sim, sleep } from '../sim/index.ts';
import { civilTime, dayNames, monthNames } from '../std/index.ts';
import { utf8Length } from '../wire/index.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Where the server has words of its own for a status. */
  readonly reason?: string;
  readonly headers: HttpHeaders;
  readonly body: string;
  /** Close the connection after this answer. */
  readonly close: boolean;
  /** The body is a file: it is written by itself after the headers, as by a server that leaves copying to the kernel. */
  readonly file?: boolean;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Milliseconds since 1970, now. */
export const nowMillis = (sim: Sim): number => sim.epochMillis + Math.floor(sim.now() / 1_000);

/** `Sun, 22 Nov 2026 00:04:55 GMT`. */
export function httpDate(millis: number): string {
  const t = civilTime(millis);
  return `${dayNames[t.weekday]}, ${two(t.day)} ${monthNames[t.month - 1]} ${t.year} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} GMT`;
}

/** Does the client want to go on after this request? */
export function keepsAlive(request: HttpRequest): boolean {
  const connection = (header(request, 'connection') ?? '').toLowerCase();
  return request.version === 'HTTP/1.1' ? connection !== 'close' : connection === 'keep-alive';
}

export interface ServeOptions {
  /** An idle client is cut off after so long. */
  readonly idle: Micros;
  readonly answer: (request: HttpRequest) => Op<HttpAnswer>;
  /** What came was not HTTP. */
  readonly malformed: () => HttpAnswer;
  /** How long the server is busy between headers, file and closing. */
  readonly pause?: Micros;
}

/** Answers one client until either side closes. */
export function* serveHttp(process: Process, client: SocketId, options: ServeOptions): Op<void> {
  const parser = new HttpParser('request');
  for (;;) {
    const request = yield* nextRequest(process, client, parser, options.idle);
    if (request === undefined) return;
    const answer = request === 'bad' ? options.malformed() : yield* options.answer(request);
    const headOnly = request !== 'bad' && request.method === 'HEAD';
    const sent = yield* send(process, client, answer, headOnly, options.pause);
    if (!sent || answer.close) return;
    process.kernel.sockets.noDelay(client);
  }
}

/** False when the client has gone. */
function* send(
  process: Process,
  client: SocketId,
  answer: HttpAnswer,
  headOnly: boolean,
  pause = micros(0),
): Op<boolean> {
  const { body } = answer;
  if (headOnly || !answer.file || body === '')
    return (yield* sendAll(process, client, textOf(answer, headOnly))).ok;
  const headers = yield* sendAll(process, client, textOf(answer, true));
  if (!headers.ok) return false;
  if (pause > 0) yield* sleep(process.sim, pause);
  const sent = yield* sendAll(process, client, body);
  if (pause > 0) yield* sleep(process.sim, pause);
  return sent.ok;
}

function* nextRequest(
  process: Process,
  client: SocketId,
  parser: HttpParser,
  idle: Micros,
): Op<HttpRequest | 'bad' | undefined> {
  const deadline = micros(process.sim.now() + idle);
  for (;;) {
    const request = parser.request();
    if (request) return request;
    if (parser.bad) return 'bad';
    const text = yield* receiveSome(process, client, deadline);
    if (!text.ok && text.error === 'EINTR') continue;
    if (!text.ok || text.value === null) return undefined;
    parser.push(text.value);
  }
}

function textOf(answer: HttpAnswer, headOnly: boolean): string {
  return writeResponse({
    version: 'HTTP/1.1',
    status: answer.status,
    reason: answer.reason ?? reasonPhrases[answer.status] ?? '',
    headers: answer.headers,
    body: headOnly ? '' : answer.body,
  });
}

export const bytes = (text: string): string => String(utf8Length(text));

/** The path of a request line: without query, `%xx` decoded, `.` and `..` resolved; undefined when it leaves the root. */
export function pathOf(target: string): string | undefined {
  const raw = target.replace(/^https?:\/\/[^/]*/, '').split(/[?#]/)[0] || '/';
  const decoded = raw.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const parts: string[] = [];
  for (const part of decoded.split('/')) {
    if (part === '..') {
      if (parts.length === 0) return undefined;
      parts.pop();
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}${decoded.endsWith('/') && parts.length > 0 ? '/' : ''}`;
}
