// The Docker Engine API as the engine's clients use it: requests and responses with the routes, JSON bodies and status
// codes of API 1.51, without the bytes of HTTP. The docker CLI, the console and the HTTP port are three equal clients.
//
// JSON bodies are plain objects whose key order is the one that Docker prints.
import type { Op } from '../sim/index.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Without version prefix: `/containers/json`. Path parameters are already decoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ApiResponse {
  /** 0: the daemon has gone before it answered, and the connection with it. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, text, or absent. */
  readonly body?: unknown;
  /** Upgraded or streaming answers: attach, exec start, logs, events, pull, stats. */
  readonly stream?: ApiStream;
}

/** One piece of a stream. `json` pieces are the messages of events, pull and progress streams. */
export type StreamPiece =
  | { readonly channel: 'stdout' | 'stderr'; readonly text: string }
  | { readonly channel: 'json'; readonly message: unknown }
  /**
   * A shell on the container's terminal is about to read a command. Differs: the real stream has no such piece; here it
   * lets the client's own terminal know that a command typed through `docker exec -it` has ended.
   */
  | {
      readonly channel: 'prompt';
      readonly pid: number;
      readonly status: number;
      readonly prompt: string;
    };

/** A two-way stream. Pieces wait until they are taken; `key` is woken when there is something new or the end has come. */
export interface ApiStream {
  readonly key: string;
  /** undefined: nothing yet; null: the end. */
  take(): StreamPiece | null | undefined;
  /** To standard input of the container or exec. */
  send(text: string): void;
  /** No more standard input. */
  closeInput(): void;
  /** The client goes away. */
  close(): void;
}

/** One node's Docker Engine. */
export interface EngineApi {
  /** Handles a request in simulated time: run it with `yield*`, or as a coroutine of its own. */
  handle(request: ApiRequest): Op<ApiResponse>;
}

/** The body of every error answer. */
export interface ApiErrorBody {
  readonly message: string;
}

/**
 * Files on their way in or out of a container: the body of GET and PUT `/containers/{id}/archive`, instead of the bytes of
 * a tar file. Paths are relative; the first entry of a GET is the file or directory asked for.
 */
export interface FileArchive {
  readonly entries: readonly ArchiveEntry[];
}

export interface ArchiveEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'program';
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedMillis: number;
  readonly text?: string;
  readonly target?: string;
  readonly program?: string;
}

/** What HEAD and GET `/containers/{id}/archive` say of a path, in the header `X-Docker-Container-Path-Stat` as JSON. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly type: string;
  readonly linkTarget: string;
}
