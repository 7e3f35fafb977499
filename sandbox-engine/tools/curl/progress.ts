// The progress meter, and `-w`.
//
// Mirrors: src of curl: lib/progress.c, src/tool_writeout.c.
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';

export const meterHeader = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`;

/** Five characters. */
function amount(n: number): string {
  if (n < 100_000) return `${Math.floor(n)}`.padStart(5);
  if (n < 10_240_000) return `${`${Math.floor(n / 1024)}`.padStart(4)}k`;
  return `${`${Math.floor(n / 1_048_576)}`.padStart(4)}M`;
}

function clock(seconds: number): string {
  if (seconds < 1) return '--:--:--';
  const two = (n: number): string => `${n}`.padStart(2, '0');
  return `${`${Math.floor(seconds / 3600)}`.padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds) % 60)}`;
}

/** One state of the meter, drawn over the last one. */
export function meterLine(received: number, total: number | undefined, seconds: number): string {
  const percent = total
    ? Math.floor((received * 100) / total)
    : received > 0 && total === undefined
      ? 100
      : 0;
  const speed = seconds > 0 ? received / seconds : 0;
  const expected = total && speed > 0 ? total / speed : 0;
  return `\r${`${percent}`.padStart(3)} ${amount(total ?? received)}  ${`${percent}`.padStart(3)} ${amount(received)}    0     0  ${amount(speed)}      0 ${clock(expected)} ${clock(seconds)} ${clock(Math.max(0, expected - seconds))} ${amount(speed)}`;
}

/** What is known of a transfer when it is over. Times in seconds since its start. */
export interface TransferReport {
  url: string;
  method: string;
  status: number;
  exitCode: number;
  errorText: string;
  nameLookup: number;
  connect: number;
  startTransfer: number;
  redirect: number;
  total: number;
  downloaded: number;
  uploaded: number;
  headerSize: number;
  requestSize: number;
  remote: Ipv4 | undefined;
  remotePort: number;
  local: Ipv4 | undefined;
  localPort: number;
  connects: number;
  redirects: number;
  contentType: string;
  redirectUrl: string;
  version: string;
  scheme: string;
  file: string;
  number: number;
}

const time = (seconds: number): string => seconds.toFixed(6);

const variables: Readonly<Record<string, (r: TransferReport) => string>> = {
  content_type: (r) => r.contentType,
  errormsg: (r) => r.errorText,
  exitcode: (r) => `${r.exitCode}`,
  filename_effective: (r) => r.file,
  http_code: (r) => `${r.status}`.padStart(3, '0'),
  response_code: (r) => `${r.status}`.padStart(3, '0'),
  http_connect: () => '000',
  http_version: (r) => r.version,
  local_ip: (r) => (r.local === undefined ? '' : formatIpv4(r.local)),
  local_port: (r) => `${r.localPort}`,
  method: (r) => r.method,
  num_connects: (r) => `${r.connects}`,
  num_headers: () => '0',
  num_redirects: (r) => `${r.redirects}`,
  proto: (r) => r.scheme,
  redirect_url: (r) => r.redirectUrl,
  remote_ip: (r) => (r.remote === undefined ? '' : formatIpv4(r.remote)),
  remote_port: (r) => `${r.remotePort}`,
  scheme: (r) => r.scheme,
  size_download: (r) => `${r.downloaded}`,
  size_header: (r) => `${r.headerSize}`,
  size_request: (r) => `${r.requestSize}`,
  size_upload: (r) => `${r.uploaded}`,
  speed_download: (r) => `${r.total > 0 ? Math.floor(r.downloaded / r.total) : 0}`,
  speed_upload: (r) => `${r.total > 0 ? Math.floor(r.uploaded / r.total) : 0}`,
  ssl_verify_result: () => '0',
  time_appconnect: () => time(0),
  time_connect: (r) => time(r.connect),
  time_namelookup: (r) => time(r.nameLookup),
  time_pretransfer: (r) => time(r.connect),
  time_redirect: (r) => time(r.redirect),
  time_starttransfer: (r) => time(r.startTransfer),
  time_total: (r) => time(r.total),
  url: (r) => r.url,
  url_effective: (r) => r.url,
  urlnum: (r) => `${r.number}`,
};

export interface WrittenOut {
  readonly out: string;
  readonly err: string;
}

/** Fills in `%{variable}` and the escapes `\n`, `\t`, `\r`. `%{stderr}` sends what follows there. */
export function writeOut(format: string, report: TransferReport): WrittenOut {
  const result = { out: '', err: '' };
  let target: 'out' | 'err' = 'out';
  const pattern = /%\{([^}]*)\}|%%|\\([nrt])|[^%\\]+|./gs;
  for (const match of format.matchAll(pattern)) {
    const [text, name, letter] = match;
    if (name === 'stderr' || name === 'stdout') target = name === 'stderr' ? 'err' : 'out';
    else if (name === 'onerror' && report.exitCode === 0) break;
    else if (name !== undefined) {
      const variable = variables[name];
      if (variable) result[target] += variable(report);
      else if (name !== 'onerror') result.err += `curl: unknown --write-out variable: '${name}'\n`;
    } else if (letter) result[target] += { n: '\n', r: '\r', t: '\t' }[letter] ?? '';
    else result[target] += text === '%%' ? '%' : text;
  }
  return result;
}
