// The sources of apt, and fetching from them over HTTP.
import {
  connectTcp,
  type FileSystem,
  lookupIpv4,
  type Process,
  type ResolveError,
  type SocketError,
} from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { exchange, openHttp } from '../common/http-client.ts';
import { parseUrl } from '../common/url.ts';

export interface Source {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** One-line entries (`deb URI SUITE COMPONENT…`) and deb822 stanzas, of binary packages. */
export function readSources(fs: FileSystem): readonly Source[] {
  const directory = fs.list('/etc/apt/sources.list.d');
  const paths = [
    '/etc/apt/sources.list',
    ...(directory.ok ? directory.value.map((n) => `/etc/apt/sources.list.d/${n}`) : []),
  ];
  return paths.flatMap((path) => {
    const file = fs.read(path);
    if (!file.ok) return [];
    return path.endsWith('.sources') ? fromStanzas(file.value) : fromLines(file.value);
  });
}

function fromLines(text: string): readonly Source[] {
  return text.split('\n').flatMap((line) => {
    const words = line
      .replace(/#.*/, '')
      .replace(/\[[^\]]*\]/, '')
      .trim()
      .split(/\s+/);
    const [type, uri, suite, ...components] = words;
    return type === 'deb' && uri && suite
      ? [{ uri: uri.replace(/\/$/, ''), suite, components }]
      : [];
  });
}

function fromStanzas(text: string): readonly Source[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): readonly string[] =>
      new RegExp(`^${name}:\\s*(.*)$`, 'mi').exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    if (!field('Types').includes('deb')) return [];
    return field('URIs').flatMap((uri) =>
      field('Suites').map((suite) => ({
        uri: uri.replace(/\/$/, ''),
        suite,
        components: field('Components'),
      })),
    );
  });
}

/** Undefined: it is there. Otherwise apt's words for why it is not. */
export function* fetchFile(process: Process, address: string): Op<string | undefined> {
  const url = parseUrl(address);
  if (url?.scheme !== 'http')
    return `The method driver /usr/lib/apt/methods/${url?.scheme ?? ''} is not simulated here.`;
  const found = yield* lookupIpv4(process, url.host);
  if (!found.ok) return resolveProblem(found.error, url.host);
  const [to] = found.value;
  if (to === undefined) return resolveProblem('EAI_NONAME', url.host);
  const place = `${url.host}:${url.port} (${formatIpv4(to)})`;
  const until = micros(process.sim.now() + seconds(30));
  const connected = yield* connectTcp(process, { to, port: url.port, until });
  if (!connected.ok) return connectProblem(connected.error, place);
  try {
    const request = `GET ${url.target} HTTP/1.1\r\nHost: ${url.authority}\r\nUser-Agent: Debian APT-HTTP/1.3\r\nConnection: close\r\n\r\n`;
    const outcome = yield* exchange(process, openHttp(connected.value), request, {
      until: micros(process.sim.now() + seconds(30)),
      *onHead() {},
      *onBody() {},
    });
    if (outcome.kind === 'complete')
      return outcome.head.status < 400
        ? undefined
        : `${outcome.head.status}  ${outcome.head.reason} [IP: ${formatIpv4(to)} ${url.port}]`;
    return `Connection failed [IP: ${formatIpv4(to)} ${url.port}]`;
  } finally {
    process.kernel.sockets.close(connected.value);
  }
}

const resolveProblem = (error: ResolveError, host: string): string =>
  error === 'EAI_AGAIN' ? `Temporary failure resolving '${host}'` : `Could not resolve '${host}'`;

function connectProblem(error: SocketError, place: string): string {
  if (error === 'ECONNREFUSED')
    return `Could not connect to ${place}. - connect (111: Connection refused)`;
  if (error === 'ENETUNREACH')
    return `Cannot initiate the connection to ${place}. - connect (101: Network is unreachable)`;
  if (error === 'EHOSTUNREACH')
    return `Could not connect to ${place}. - connect (113: No route to host)`;
  return `Could not connect to ${place}, connection timed out`;
}
