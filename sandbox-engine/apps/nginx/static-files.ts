// Files of a location's root: index files, redirects to directories, validators.
//
// Mirrors: ngx_http_static_module, ngx_http_index_module, ngx_http_not_modified_filter_module.
import { type HttpHeaders, header } from '../../os/index.ts';
import { bytes, type HttpAnswer, httpDate } from '../http-server.ts';
import { commonHeaders, connectionHeader, errorPage } from './answers.ts';
import type { Location } from './config.ts';
import { type Exchange, logError } from './exchange.ts';

export function staticFile(
  exchange: Exchange,
  location: Location,
  path: string,
  alive: boolean,
): HttpAnswer {
  const { worker, request } = exchange;
  const { fs } = worker.process;
  const candidates = path.endsWith('/') ? location.index.map((name) => `${path}${name}`) : [path];
  const file = candidates.map((name) => `${location.root}${name}`).find((name) => fs.exists(name));
  if (!file) return missing(exchange, location, path, candidates[0] ?? path, alive);
  const stat = fs.stat(file);
  if (stat.ok && stat.value.type === 'directory') {
    const host = header(request, 'host') ?? '';
    return errorPage(worker, 301, alive, [['Location', `http://${host}${path}/`]]);
  }
  const text = fs.read(file);
  if (!stat.ok || !text.ok) {
    logError(exchange, `open() "${file}" failed (13: Permission denied)`);
    return errorPage(worker, 403, alive);
  }
  return fileAnswer(exchange, file, text.value, stat.value.modifiedMillis, alive);
}

function fileAnswer(
  { worker, request }: Exchange,
  file: string,
  text: string,
  modifiedMillis: number,
  alive: boolean,
): HttpAnswer {
  const extension = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  const length = bytes(text);
  const modified = httpDate(modifiedMillis);
  const etag = `"${Math.floor(modifiedMillis / 1_000).toString(16)}-${Number(length).toString(16)}"`;
  const known =
    header(request, 'if-none-match') === etag ||
    (header(request, 'if-none-match') === undefined &&
      header(request, 'if-modified-since') === modified);
  const validators: HttpHeaders = [
    ['Last-Modified', modified],
    ...connectionHeader(alive),
    ['ETag', etag],
  ];
  if (known) {
    const headers = [...commonHeaders(worker), ...validators];
    return { status: 304, headers, body: '', close: !alive };
  }
  const type = worker.config.types.get(extension) ?? worker.config.defaultType;
  return {
    status: 200,
    headers: [
      ...commonHeaders(worker),
      ['Content-Type', type],
      ['Content-Length', length],
      ...validators,
      ['Accept-Ranges', 'bytes'],
    ],
    body: text,
    close: !alive,
    file: true,
  };
}

function missing(
  exchange: Exchange,
  location: Location,
  path: string,
  tried: string,
  alive: boolean,
): HttpAnswer {
  const { worker } = exchange;
  const directory = `${location.root}${path}`;
  if (path.endsWith('/') && worker.process.fs.exists(directory)) {
    logError(exchange, `directory index of "${directory}" is forbidden`);
    return errorPage(worker, 403, alive);
  }
  logError(exchange, `open() "${location.root}${tried}" failed (2: No such file or directory)`);
  return errorPage(worker, 404, alive);
}
