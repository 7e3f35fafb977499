// `curl`.
//
// Mirrors: curl 8.22 (hosts) and 7.88 (Debian 12). Differs: HTTP only.
import type { Process, Program } from '../../os/index.ts';
import { micros, type Op, seconds, sleep } from '../../sim/index.ts';
import type { HttpConnection } from '../common/http-client.ts';
import { parseUrl } from '../common/url.ts';
import type { ConnectionContext } from './connect.ts';
import { type CurlOptions, parseCurl } from './options.ts';
import { writeOut } from './progress.ts';
import { type Failure, type Sink, Transfer } from './transfer.ts';

/** The file that a URL's body goes to; undefined: standard output. */
function fileFor(options: CurlOptions, index: number): string | undefined {
  const output = options.outputs[index];
  if (output === undefined || output === '-') return undefined;
  if (output !== true) return output;
  const path = parseUrl(options.urls[index] ?? '')?.target.replace(/[?].*$/, '') ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}

function makeSink(process: Process, options: CurlOptions, file: string | undefined): Sink {
  const terminal = file === undefined && process.isTty(1);
  const meter = !options.silent && !options.noProgress && !terminal;
  if (file === undefined) return { write: (text) => process.out(text), meter, terminal };
  let started = false;
  return {
    *write(text) {
      process.fs.write(process.fs.resolve(process.cwd, file), text, { append: started });
      started = true;
    },
    meter,
    terminal,
  };
}

/** Errors that --retry tries again. */
const isTransient = (
  options: CurlOptions,
  failure: Failure | undefined,
  status: number,
): boolean => {
  if (failure && options.retryRefused) return true;
  return (
    failure?.code === 28 || failure?.code === 6 || [408, 429, 500, 502, 503, 504].includes(status)
  );
};

function* runToItsEnd(transfer: Transfer): Op<Failure | undefined> {
  try {
    const failure = yield* transfer.run();
    yield* transfer.leave();
    return failure;
  } finally {
    transfer.close();
  }
}

function* fetchOne(context: ConnectionContext, index: number): Op<number> {
  const { process, options } = context;
  const url = options.urls[index] ?? '';
  const file = fileFor(options, index);
  if (file === '') {
    yield* process.err('curl: (23) Remote file name has no length\n');
    return 23;
  }
  for (let attempt = 0; ; attempt += 1) {
    const transfer = new Transfer(context, makeSink(process, options, file), url, index);
    transfer.report.file = file ?? '';
    const failure = yield* runToItsEnd(transfer);
    if (attempt < options.retries && isTransient(options, failure, transfer.report.status)) {
      const delay = options.retryDelay ?? 2 ** attempt;
      if (!options.silent)
        yield* process.err(
          `Warning: Problem: ${failure ? 'connection failed' : 'HTTP error'}. Will retry in ${delay} seconds. ${options.retries - attempt} retries left.\n`,
        );
      yield* sleep(process.sim, micros(seconds(delay)));
      continue;
    }
    if (options.writeOut !== undefined) {
      const written = writeOut(options.writeOut, transfer.report);
      if (written.out !== '') yield* process.out(written.out);
      if (written.err !== '') yield* process.err(written.err);
    }
    if (!failure) return 0;
    if (!options.silent || options.showError)
      yield* process.err(`curl: (${failure.code}) ${failure.text}\n`);
    return failure.code;
  }
}

export const curlProgram = (version: string): Program =>
  function* curl(process: Process): Op<number> {
    const options = parseCurl(process.argv.slice(1), version);
    if ('status' in options) {
      if (options.out) yield* process.out(options.out);
      if (options.err) yield* process.err(options.err);
      return options.status;
    }
    const idle = new Map<string, HttpConnection>();
    const context: ConnectionContext = {
      process,
      options,
      version,
      idle,
      *info(text) {
        if (options.verbose) yield* process.err(`* ${text}\n`);
      },
    };
    let status = 0;
    try {
      for (const index of options.urls.keys()) {
        const code = yield* fetchOne(context, index);
        status = code;
      }
    } finally {
      for (const { socket } of idle.values()) process.kernel.sockets.close(socket);
    }
    return status;
  };
