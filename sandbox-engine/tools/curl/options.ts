// The command line of curl.
//
// Differs: what concerns TLS, proxies, uploads of files and protocols other than HTTP is refused plainly.
import { letters, refused, valued, withoutEffect } from './option-names.ts';

export interface CurlOptions {
  readonly urls: readonly string[];
  /** For each URL in turn: a file, `-` for stdout, or true for the name that the URL ends in. */
  readonly outputs: readonly (string | true)[];
  readonly method: string | undefined;
  readonly headers: readonly string[];
  readonly data: readonly string[];
  readonly dataInUrl: boolean;
  readonly headOnly: boolean;
  readonly include: boolean;
  readonly dumpHeader: string | undefined;
  readonly silent: boolean;
  readonly showError: boolean;
  readonly noProgress: boolean;
  readonly verbose: boolean;
  readonly follow: boolean;
  readonly maxRedirects: number;
  readonly fail: boolean;
  readonly maxTime: number | undefined;
  readonly connectTimeout: number | undefined;
  readonly retries: number;
  readonly retryDelay: number | undefined;
  readonly retryRefused: boolean;
  readonly writeOut: string | undefined;
  readonly family: 'ipv4' | 'ipv6' | undefined;
  /** `host:port` → address. */
  readonly resolve: ReadonlyMap<string, string>;
  readonly source: string | undefined;
  readonly userAgent: string | undefined;
  readonly user: string | undefined;
  readonly http10: boolean;
}

export interface CurlStop {
  readonly out?: string;
  readonly err?: string;
  readonly status: number;
}

type Changeable = { -readonly [Key in keyof CurlOptions]: CurlOptions[Key] };

const hint = "curl: try 'curl --help' or 'curl --manual' for more information\n";

function initial(): Changeable {
  return {
    urls: [],
    outputs: [],
    method: undefined,
    headers: [],
    data: [],
    dataInUrl: false,
    headOnly: false,
    include: false,
    dumpHeader: undefined,
    silent: false,
    showError: false,
    noProgress: false,
    verbose: false,
    follow: false,
    maxRedirects: 50,
    fail: false,
    maxTime: undefined,
    connectTimeout: undefined,
    retries: 0,
    retryDelay: undefined,
    retryRefused: false,
    writeOut: undefined,
    family: undefined,
    resolve: new Map(),
    source: undefined,
    userAgent: undefined,
    user: undefined,
    http10: false,
  };
}

const seconds = (text: string, name: string): number | CurlStop =>
  /^\d*\.?\d+$/.test(text)
    ? Number(text)
    : { err: `curl: option ${name}: expected a proper numerical parameter\n${hint}`, status: 2 };

/** Applies one option; answers why not, if it cannot be. */
function apply(o: Changeable, name: string, value: string, written: string): CurlStop | undefined {
  if (withoutEffect.has(name)) return undefined;
  if (refused.has(name)) return { err: `curl: not simulated here: --${name}\n`, status: 2 };
  const flag = flags[name];
  if (flag) {
    flag(o);
    return undefined;
  }
  switch (name) {
    case 'url':
      o.urls = [...o.urls, value];
      return undefined;
    case 'output':
      o.outputs = [...o.outputs, value];
      return undefined;
    case 'request':
      o.method = value;
      return undefined;
    case 'header':
      o.headers = [...o.headers, value];
      return undefined;
    case 'cookie':
      o.headers = [...o.headers, `Cookie: ${value}`];
      return undefined;
    case 'referer':
      o.headers = [...o.headers, `Referer: ${value}`];
      return undefined;
    case 'range':
      o.headers = [...o.headers, `Range: bytes=${value}`];
      return undefined;
    case 'json':
      o.data = [...o.data, value];
      o.headers = [...o.headers, 'Content-Type: application/json', 'Accept: application/json'];
      return undefined;
    case 'data':
    case 'data-raw':
    case 'data-ascii':
    case 'data-binary':
      o.data = [...o.data, value];
      return undefined;
    case 'dump-header':
      o.dumpHeader = value;
      return undefined;
    case 'write-out':
      o.writeOut = value;
      return undefined;
    case 'interface':
      o.source = value;
      return undefined;
    case 'user-agent':
      o.userAgent = value;
      return undefined;
    case 'user':
      o.user = value;
      return undefined;
    case 'resolve': {
      const [host = '', port = '', address = ''] = value.replace(/^\+/, '').split(':');
      o.resolve = new Map([...o.resolve, [`${host.toLowerCase()}:${port}`, address]]);
      return undefined;
    }
    default:
      return applyNumber(o, name, value, written);
  }
}

const flags: Readonly<Record<string, (o: Changeable) => void>> = {
  'remote-name': (o) => {
    o.outputs = [...o.outputs, true];
  },
  'remote-name-all': (o) => {
    o.outputs = [...o.outputs, true];
  },
  get: (o) => {
    o.dataInUrl = true;
  },
  head: (o) => {
    o.headOnly = true;
  },
  include: (o) => {
    o.include = true;
  },
  'show-headers': (o) => {
    o.include = true;
  },
  silent: (o) => {
    o.silent = true;
  },
  'show-error': (o) => {
    o.showError = true;
  },
  'no-progress-meter': (o) => {
    o.noProgress = true;
  },
  verbose: (o) => {
    o.verbose = true;
  },
  location: (o) => {
    o.follow = true;
  },
  'location-trusted': (o) => {
    o.follow = true;
  },
  fail: (o) => {
    o.fail = true;
  },
  'fail-with-body': (o) => {
    o.fail = true;
  },
  ipv4: (o) => {
    o.family = 'ipv4';
  },
  ipv6: (o) => {
    o.family = 'ipv6';
  },
  'http1.0': (o) => {
    o.http10 = true;
  },
  'retry-connrefused': (o) => {
    o.retryRefused = true;
  },
  'retry-all-errors': (o) => {
    o.retryRefused = true;
  },
};

function applyNumber(
  o: Changeable,
  name: string,
  value: string,
  written: string,
): CurlStop | undefined {
  const number = seconds(value, written);
  if (typeof number !== 'number') return number;
  if (name === 'max-time') o.maxTime = number;
  else if (name === 'connect-timeout') o.connectTimeout = number;
  else if (name === 'retry') o.retries = number;
  else if (name === 'retry-delay') o.retryDelay = number;
  else if (name === 'max-redirs') o.maxRedirects = number;
  return undefined;
}

const isKnown = (name: string): boolean =>
  valued.has(name) ||
  withoutEffect.has(name) ||
  refused.has(name) ||
  Object.hasOwn(flags, name) ||
  name === 'version' ||
  name === 'help' ||
  name === 'manual';

export function parseCurl(args: readonly string[], version: string): CurlOptions | CurlStop {
  const options = initial();
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-') || arg === '-') {
      options.urls = [...options.urls, arg];
      continue;
    }
    const names = arg.startsWith('--') ? [arg.slice(2)] : undefined;
    let rest = names ? '' : arg.slice(1);
    while (names?.length || rest !== '') {
      const name = names ? (names.pop() ?? '') : (letters[rest[0] ?? ''] ?? '');
      rest = rest.slice(1);
      if (!isKnown(name)) return { err: `curl: option ${arg}: is unknown\n${hint}`, status: 2 };
      if (name === 'version') return { out: versionText(version), status: 0 };
      if (name === 'help' || name === 'manual') return { out: help, status: 0 };
      let value = '';
      if (valued.has(name)) {
        const given = rest === '' ? args[++i] : rest;
        if (given === undefined)
          return { err: `curl: option ${arg}: requires parameter\n${hint}`, status: 2 };
        value = given;
        rest = '';
      }
      const stop = apply(options, name, value, arg);
      if (stop) return stop;
    }
  }
  if (options.urls.length > 0) return options;
  return args.length === 0
    ? { err: hint, status: 2 }
    : {
        err: version.startsWith('7.')
          ? `curl: no URL specified!\n${hint}`
          : `curl: (2) no URL specified\n${hint}`,
        status: 2,
      };
}

const versionText = (version: string): string =>
  `curl ${version} (x86_64-pc-linux-gnu) libcurl/${version}\nProtocols: http\nFeatures: none (TLS, IPv6 and other protocols are not simulated)\n`;

const help = `Usage: curl [options...] <url>
 -d, --data <data>           HTTP POST data
 -f, --fail                  Fail fast with no output on HTTP errors
 -h, --help <subject>        Get help for commands
 -o, --output <file>         Write to file instead of stdout
 -O, --remote-name           Write output to file named as remote file
 -i, --show-headers          Show response headers in output
 -s, --silent                Silent mode
 -T, --upload-file <file>    Transfer local FILE to destination
 -u, --user <user:password>  Server user and password
 -A, --user-agent <name>     Send User-Agent <name> to server
 -v, --verbose               Make the operation more talkative
 -V, --version               Show version number and quit

This is not the full help; this menu is split into categories.
Use "--help category" to get an overview of all categories, which are:
auth, connection, curl, deprecated, dns, file, ftp, global, http, imap, ldap,
output, pop3, post, proxy, scp, sftp, smtp, ssh, telnet, tftp, timeout, tls,
upload, verbose.
Use "--help all" to list all options
Use "--help [option]" to view documentation for a given option
`;
