// nginx's configuration language, and the part of it that is simulated: servers, locations, root, index, proxy_pass, return.
//
// Mirrors: src/core/ngx_conf_file.c. What is not simulated is refused by name, not ignored, unless it only tunes.
import type { FileSystem } from '../../os/index.ts';
import { err, ok, type Result } from '../../std/index.ts';

interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
  readonly file: string;
  readonly line: number;
}

export interface Location {
  /** `=` exact, '' prefix. */
  readonly modifier: string;
  readonly path: string;
  readonly root: string;
  readonly index: readonly string[];
  readonly proxyPass?: ProxyPass;
  readonly returns?: { readonly status: number; readonly text: string };
}

export interface ProxyPass {
  readonly host: string;
  readonly port: number;
  /** What replaces the location's path; '' passes the request's path as it is. */
  readonly uri: string;
  readonly file: string;
  readonly line: number;
}

export interface Server {
  readonly ports: readonly number[];
  readonly names: readonly string[];
  readonly locations: readonly Location[];
}

/** Whom the workers run as, and where it says so ('' where it does not). */
export interface WorkerUser {
  readonly name: string;
  readonly place: string;
  /** Numbers of the user and its group; the error is for a master that is root, no other looks for them. */
  readonly account: Result<{ readonly uid: number; readonly gid: number }, string>;
}

export interface NginxConfig {
  readonly daemon: boolean;
  readonly workers: number;
  readonly user: WorkerUser;
  readonly pid: string;
  readonly errorLog: string;
  readonly accessLog: string;
  /** Seconds. */
  readonly keepAlive: number;
  readonly types: ReadonlyMap<string, string>;
  readonly defaultType: string;
  readonly servers: readonly Server[];
}

/** Directives that change nothing that can be seen here. */
const tuning = new Set(
  `worker_connections use multi_accept sendfile tcp_nopush tcp_nodelay gzip gzip_types types_hash_max_size
   server_tokens client_max_body_size proxy_set_header proxy_http_version proxy_connect_timeout proxy_read_timeout
   proxy_redirect proxy_buffering log_format charset worker_rlimit_nofile expires add_header error_page
   server_names_hash_bucket_size`.split(/\s+/),
);

type Parsed<T> = Result<T, string>;

interface Token {
  readonly text: string;
  readonly line: number;
  readonly quoted: boolean;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = /#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[{};]|[^\s{};"']+|\n/g;
  let line = 1;
  for (const match of text.matchAll(pattern)) {
    const [whole, double, single] = match;
    if (whole === '\n') line += 1;
    else if (!whole.startsWith('#'))
      found.push({
        text: double ?? single ?? whole,
        line,
        quoted: whole !== (double ?? single ?? whole),
      });
    if (whole !== '\n') line += whole.split('\n').length - 1;
  }
  return found;
}

class Parser {
  readonly #fs: FileSystem;
  readonly #file: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(fs: FileSystem, file: string, text: string) {
    this.#fs = fs;
    this.#file = file;
    this.#tokens = tokens(text);
  }

  block(nested: boolean): Parsed<Directive[]> {
    const list: Directive[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (!token) {
        return nested
          ? err(`unexpected end of file, expecting "}" in ${this.#file}:${this.#lastLine()}`)
          : ok(list);
      }
      if (token.text === '}' && !token.quoted) {
        if (!nested) return err(`unexpected "}" in ${this.#file}:${token.line}`);
        this.#at += 1;
        return ok(list);
      }
      const directive = this.#directive();
      if (!directive.ok) return directive;
      list.push(...directive.value);
    }
  }

  #lastLine(): number {
    return this.#tokens.at(-1)?.line ?? 1;
  }

  #directive(): Parsed<Directive[]> {
    const words: Token[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (!token)
        return err(
          `unexpected end of file, expecting ";" or "}" in ${this.#file}:${this.#lastLine()}`,
        );
      this.#at += 1;
      if (token.quoted || !/^[{};]$/.test(token.text)) {
        words.push(token);
        continue;
      }
      const [first, ...rest] = words;
      if (!first) return err(`unexpected "${token.text}" in ${this.#file}:${token.line}`);
      const base = {
        name: first.text,
        args: rest.map((word) => word.text),
        file: this.#file,
        line: first.line,
      };
      if (token.text === '}') return err(`unexpected "}" in ${this.#file}:${token.line}`);
      if (token.text === ';') return base.name === 'include' ? this.#include(base) : ok([base]);
      const block = this.block(true);
      return block.ok ? ok([{ ...base, block: block.value }]) : block;
    }
  }

  #include(directive: Directive): Parsed<Directive[]> {
    const pattern = this.#fs.resolve('/etc/nginx', directive.args[0] ?? '');
    const files = pattern.includes('*') ? matching(this.#fs, pattern) : [pattern];
    const list: Directive[] = [];
    for (const file of files) {
      const parsed = parseFile(this.#fs, file, `${directive.file}:${directive.line}`);
      if (!parsed.ok) return parsed;
      list.push(...parsed.value);
    }
    return ok(list);
  }
}

function matching(fs: FileSystem, pattern: string): string[] {
  const cut = pattern.lastIndexOf('/');
  const names = fs.list(pattern.slice(0, cut) || '/');
  const escaped = pattern
    .slice(cut + 1)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  const expression = new RegExp(`^${escaped}$`);
  return names.ok
    ? names.value.filter((n) => expression.test(n)).map((n) => `${pattern.slice(0, cut)}/${n}`)
    : [];
}

function parseFile(fs: FileSystem, file: string, from?: string): Parsed<Directive[]> {
  const text = fs.read(file);
  if (!text.ok)
    return err(
      `open() "${file}" failed (2: No such file or directory)${from ? ` in ${from}` : ''}`,
    );
  return new Parser(fs, file, text.value).block(false);
}

const places: Readonly<Record<string, readonly string[]>> = {
  main: ['daemon', 'user', 'worker_processes', 'pid', 'error_log', 'events', 'http', 'load_module'],
  http: [
    'types',
    'default_type',
    'access_log',
    'error_log',
    'keepalive_timeout',
    'server',
    'root',
    'index',
  ],
  server: [
    'listen',
    'server_name',
    'location',
    'root',
    'index',
    'return',
    'access_log',
    'error_log',
  ],
  location: ['root', 'index', 'proxy_pass', 'return', 'access_log', 'try_files', 'default_type'],
};

/** Refuses what nginx does not know here. */
function check(list: readonly Directive[], place: string): string | undefined {
  for (const { name, file, line, block } of list) {
    if (tuning.has(name)) continue;
    if (place === 'types' || place === 'events') continue;
    if (!places[place]?.includes(name)) {
      const elsewhere = Object.values(places).some((names) => names.includes(name));
      return elsewhere
        ? `"${name}" directive is not allowed here in ${file}:${line}`
        : `unknown directive "${name}" in ${file}:${line}`;
    }
    const problem = block && check(block, name);
    if (problem) return problem;
  }
  return undefined;
}

const last = (list: readonly Directive[], name: string): Directive | undefined =>
  list.findLast((directive) => directive.name === name);
const value = (list: readonly Directive[], name: string, fallback: string): string =>
  last(list, name)?.args[0] ?? fallback;

/** Reads a configuration file with what it includes, and the directives of `-g`. The error is what `[emerg]` says. */
export function readConfig(fs: FileSystem, file: string, globals: string): Parsed<NginxConfig> {
  const given = new Parser(fs, 'command line', globals).block(false);
  if (!given.ok) return given;
  const parsed = parseFile(fs, file);
  if (!parsed.ok) return parsed;
  const main = [...parsed.value, ...given.value];
  const problem = check(main, 'main');
  if (problem) return err(problem);
  if (!last(main, 'events')) return err(`no "events" section in configuration`);
  const http = last(main, 'http')?.block ?? [];
  const types = new Map<string, string>();
  for (const entry of last(http, 'types')?.block ?? [])
    for (const extension of entry.args) types.set(extension, entry.name);
  const servers: Server[] = [];
  for (const server of http.filter((d) => d.name === 'server')) {
    const made = serverOf(server.block ?? [], http);
    if (!made.ok) return made;
    servers.push(made.value);
  }
  const workers = Number(value(main, 'worker_processes', '1'));
  return ok({
    daemon: value(main, 'daemon', 'on') !== 'off',
    workers: Number.isInteger(workers) && workers > 0 ? Math.min(workers, 8) : 1,
    pid: value(main, 'pid', '/run/nginx.pid'),
    user: userOf(fs, main),
    errorLog: value(main, 'error_log', '/var/log/nginx/error.log'),
    accessLog: value(http, 'access_log', '/var/log/nginx/access.log'),
    keepAlive: Number.parseInt(value(http, 'keepalive_timeout', '75'), 10),
    types,
    defaultType: value(http, 'default_type', 'text/plain'),
    servers,
  });
}

function serverOf(list: readonly Directive[], http: readonly Directive[]): Parsed<Server> {
  const outer = [...http.filter((d) => !d.block), ...list.filter((d) => !d.block)];
  const listens = list.filter((d) => d.name === 'listen').map((d) => d.args[0] ?? '80');
  const ports = (listens.length > 0 ? listens : ['80'])
    .filter((text) => !text.startsWith('[') && !text.startsWith('unix:'))
    .map((text) => Number(text.split(':').at(-1)));
  const locations: Location[] = [];
  for (const directive of list.filter((d) => d.name === 'location')) {
    const location = locationOf(directive, outer);
    if (!location.ok) return location;
    locations.push(location.value);
  }
  const rest = locationOf({ name: 'location', args: ['/'], block: [], file: '', line: 0 }, outer);
  if (!rest.ok) return rest;
  if (!locations.some((l) => l.modifier === '' && l.path === '/')) locations.push(rest.value);
  return ok({
    ports: [...new Set(ports)],
    names: list.filter((d) => d.name === 'server_name').flatMap((d) => d.args),
    locations,
  });
}

/** Debian's build has www-data where nothing is said. Mirrors: nginx.c ngx_set_user. */
function userOf(fs: FileSystem, main: readonly Directive[]): WorkerUser {
  const said = last(main, 'user');
  const name = said?.args[0] ?? 'www-data';
  const group = said?.args[1] ?? name;
  const place = said ? `${said.file}:${said.line}` : '';
  const missing = (call: string): string => `${call} failed${place && ` in ${place}`}`;
  const uid = numberIn(fs, '/etc/passwd', name);
  const gid = numberIn(fs, '/etc/group', group);
  const account =
    uid === undefined
      ? err(missing(`getpwnam("${name}")`))
      : gid === undefined
        ? err(missing(`getgrnam("${group}")`))
        : ok({ uid, gid });
  return { name, place, account };
}

function numberIn(fs: FileSystem, table: string, name: string): number | undefined {
  const read = fs.read(table);
  const lines = read.ok ? read.value.split('\n').map((line) => line.split(':')) : [];
  const number = lines.find(([entry]) => entry === name)?.[2];
  return number === undefined ? undefined : Number(number);
}

function locationOf(directive: Directive, outer: readonly Directive[]): Parsed<Location> {
  const [first = '', second] = directive.args;
  const at = `${directive.file}:${directive.line}`;
  if (second !== undefined && first.startsWith('~'))
    return err(`not simulated here: locations with regular expressions, in ${at}`);
  const list = [...outer, ...(directive.block ?? [])];
  const own = directive.block ?? [];
  const proxy = last(own, 'proxy_pass');
  const proxyPass = proxy && proxyOf(proxy);
  if (proxyPass && !proxyPass.ok) return proxyPass;
  const returned = last(own, 'return') ?? last(outer, 'return');
  const [status = '', text = ''] = returned?.args ?? [];
  return ok({
    modifier: second === undefined ? '' : first,
    path: second ?? first,
    root: value(list, 'root', '/usr/share/nginx/html'),
    index: last(list, 'index')?.args ?? ['index.html'],
    ...(proxyPass && { proxyPass: proxyPass.value }),
    ...(returned && { returns: { status: Number(status) || 200, text } }),
  });
}

function proxyOf(directive: Directive): Parsed<ProxyPass> {
  const { file, line } = directive;
  const match = /^http:\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(directive.args[0] ?? '');
  if (!match) return err(`invalid URL prefix in ${file}:${line}`);
  return ok({
    host: match[1] ?? '',
    port: Number(match[2] ?? 80),
    uri: match[3] ?? '',
    file,
    line,
  });
}
