// Answers that nginx makes itself: its headers, its error pages, what `return` says.
//
// Mirrors: ngx_http_header_filter_module, ngx_http_special_response.
import { type HttpHeaders, reasonPhrases } from '../../os/index.ts';
import { bytes, type HttpAnswer, httpDate, nowMillis } from '../http-server.ts';
import type { Worker } from './exchange.ts';

export const nginxVersion = 'nginx/1.30.6';

export const commonHeaders = (worker: Worker): HttpHeaders => [
  ['Server', nginxVersion],
  ['Date', httpDate(nowMillis(worker.process.sim))],
];
export const connectionHeader = (alive: boolean): HttpHeaders => [
  ['Connection', alive ? 'keep-alive' : 'close'],
];

/** Statuses that nginx has words of its own for. */
const ownPhrases: Readonly<Record<number, string>> = {
  302: 'Moved Temporarily',
  405: 'Not Allowed',
  408: 'Request Time-out',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** Mirrors: ngx_http_error_404_page and its like. */
export function errorPage(
  worker: Worker,
  status: number,
  alive: boolean,
  extra: HttpHeaders = [],
): HttpAnswer {
  const reason = ownPhrases[status] ?? reasonPhrases[status] ?? '';
  const title = `${status} ${reason}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${nginxVersion}</center>\r\n</body>\r\n</html>\r\n`;
  return {
    status,
    reason,
    headers: [
      ...commonHeaders(worker),
      ['Content-Type', 'text/html'],
      ['Content-Length', bytes(body)],
      ...extra,
      ...connectionHeader(alive),
    ],
    body,
    close: !alive,
  };
}

/** The answer of a `return` directive. */
export function returned(
  worker: Worker,
  returns: { readonly status: number; readonly text: string },
  alive: boolean,
): HttpAnswer {
  const { status, text } = returns;
  if (status >= 300 && status < 400 && text !== '')
    return errorPage(worker, status, alive, [['Location', text]]);
  if (text === '' && status >= 400) return errorPage(worker, status, alive);
  return {
    status,
    headers: [
      ...commonHeaders(worker),
      ['Content-Type', worker.config.defaultType],
      ['Content-Length', bytes(text)],
      ...connectionHeader(alive),
    ],
    body: text,
    close: !alive,
  };
}
