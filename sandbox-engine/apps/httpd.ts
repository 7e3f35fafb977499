// busybox httpd: `httpd -f -p PORT -h HOME`, a small web server for files.
//
// Mirrors: networking/httpd.c of BusyBox 1.38. Differs: no CGI, no authentication, no configuration file.
import type { SocketId } from '../kernel/index.ts';
import { type HttpRequest, type Process, type Program, strerror } from '../os/index.ts';
import { micros, millis, type Op, seconds, sleep } from '../sim/index.ts';
import { bytes, type HttpAnswer, httpDate, nowMillis, pathOf, serveHttp } from './http-server.ts';
import { listen, serveClients } from './tcp-server.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  txt: 'text/plain',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
};

const explanations: Readonly<Record<number, string>> = {
  400: 'Unsupported method',
  403: 'The requested URL was not permitted',
  404: 'The requested URL was not found',
  501: 'The requested method is not recognized',
};
const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  501: 'Not Implemented',
};

interface Options {
  readonly port: number;
  readonly home: string;
}

function parse(argv: readonly string[]): Options | string {
  let port = 80;
  let home = '.';
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '-f' || word === '-v' || word === '-vv' || word === '-fv') continue;
    const value = word.length > 2 ? word.slice(2) : (argv[at + 1] ?? '');
    if (word.length === 2) at += 1;
    if (word.startsWith('-p')) port = Number(value.split(':').at(-1));
    else if (word.startsWith('-h')) home = value;
    else return word;
  }
  return { port, home };
}

export const httpd: Program = function* (process) {
  const options = parse(process.argv);
  if (typeof options === 'string') {
    yield* process.err(`httpd: not simulated here: option ${options}\n`);
    return 1;
  }
  const home = process.fs.resolve(process.cwd, options.home);
  if (!process.fs.exists(home)) {
    yield* process.err(
      `httpd: can't change directory to '${options.home}': No such file or directory\n`,
    );
    return 1;
  }
  const listener = listen(process, { port: options.port, fd: 3 });
  if (!listener.ok) {
    yield* process.err(`httpd: bind: ${strerror(listener.error)}\n`);
    return 1;
  }
  return yield* serveClients(process, listener.value, (client) =>
    serveClient(process, client, home),
  );
};

function* serveClient(process: Process, client: SocketId, home: string): Op<void> {
  yield* serveHttp(process, client, {
    idle: seconds(60),
    pause: micros(150),
    answer: (request) => answer(process, request, home),
    malformed: () => problem(process, 400),
  });
}

const common = (process: Process): readonly (readonly [string, string])[] => [
  ['Date', httpDate(nowMillis(process.sim))],
  ['Connection', 'close'],
];

function problem(process: Process, status: number): HttpAnswer {
  const title = `${status} ${titles[status] ?? ''}`;
  return {
    status,
    headers: [...common(process), ['Content-type', 'text/html']],
    body: `<HTML><HEAD><TITLE>${title}</TITLE></HEAD>\n<BODY><H1>${title}</H1>\n${explanations[status] ?? ''}\n</BODY></HTML>\n`,
    close: true,
  };
}

function* answer(process: Process, request: HttpRequest, home: string): Op<HttpAnswer> {
  yield* sleep(process.sim, millis(1));
  if (request.method !== 'GET' && request.method !== 'HEAD') return problem(process, 501);
  const path = pathOf(request.target);
  if (path === undefined) return problem(process, 403);
  const file = path.endsWith('/') ? `${home}${path}index.html` : `${home}${path}`;
  const stat = process.fs.stat(file);
  if (!stat.ok) return problem(process, 404);
  if (stat.value.type === 'directory') {
    return {
      status: 302,
      headers: [...common(process), ['Content-type', 'text/html'], ['Location', `${path}/`]],
      body: '',
      close: true,
    };
  }
  const text = process.fs.read(file);
  if (!text.ok) return problem(process, 403);
  const extension = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  const { modifiedMillis } = stat.value;
  const etag = `"${Math.floor(modifiedMillis / 1_000).toString(16)}-${Number(bytes(text.value)).toString(16)}"`;
  return {
    status: 200,
    headers: [
      ...common(process),
      ['Content-type', types[extension] ?? 'application/octet-stream'],
      ['Accept-Ranges', 'bytes'],
      ['Last-Modified', httpDate(modifiedMillis)],
      ['ETag', etag],
      ['Content-Length', bytes(text.value)],
    ],
    body: text.value,
    close: true,
    file: true,
  };
}
