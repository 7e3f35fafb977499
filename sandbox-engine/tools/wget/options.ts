// What was asked of wget.
import type { HttpHeaders } from '../../os/index.ts';
import { getopt, type LongOption, optionErrorText } from '../common/getopt.ts';

export interface Options {
  /** -O; `-` is standard output. */
  readonly output: string | undefined;
  readonly directory: string;
  readonly verbosity: 'full' | 'brief' | 'quiet';
  readonly showResponse: boolean;
  readonly spider: boolean;
  readonly keepExisting: boolean;
  readonly errorBodies: boolean;
  readonly agent: string;
  /** Seconds; 0: as long as it takes. */
  readonly connectTimeout: number;
  readonly readTimeout: number;
  /** 0: for ever. */
  readonly tries: number;
  readonly retryRefused: boolean;
  readonly redirections: number;
  readonly method: string | undefined;
  readonly headers: HttpHeaders;
  readonly body: string | undefined;
  readonly urls: readonly string[];
}

/** Long options without a short one of their own get a capital or a digit that wget does not use. */
const longs: readonly LongOption[] = [
  { name: 'background', short: 'b' },
  { name: 'connect-timeout', short: '5' },
  { name: 'content-on-error', short: '6' },
  { name: 'continue', short: 'c' },
  { name: 'directory-prefix', short: 'P' },
  { name: 'dns-timeout', short: '8' },
  { name: 'header', short: '1' },
  { name: 'help', short: 'h' },
  { name: 'inet4-only', short: '4' },
  { name: 'max-redirect', short: '2' },
  { name: 'method', short: 'M' },
  { name: 'body-data', short: '3' },
  { name: 'post-data', short: '3' },
  { name: 'no-cache', short: 'z' },
  { name: 'no-check-certificate', short: 'z' },
  { name: 'no-clobber', short: 'C' },
  { name: 'no-proxy', short: 'z' },
  { name: 'no-verbose', short: 'V' },
  { name: 'output-document', short: 'O' },
  { name: 'quiet', short: 'q' },
  { name: 'read-timeout', short: '7' },
  { name: 'retry-connrefused', short: 'R' },
  { name: 'server-response', short: 'S' },
  { name: 'show-progress', short: 'z' },
  { name: 'spider', short: 's' },
  { name: 'timeout', short: 'T' },
  { name: 'tries', short: 't' },
  { name: 'user-agent', short: 'U' },
  { name: 'verbose', short: 'v' },
  { name: 'version', short: '0' },
];

/** `-nv` and `-nc` are options of two letters. */
const twoLetters: ReadonlyMap<string, string> = new Map([
  ['-nv', '--no-verbose'],
  ['-nc', '--no-clobber'],
  ['-nd', '--no-cache'],
]);

const hint = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n";

const help = (version: string): string => `GNU Wget ${version}, a non-interactive network retriever.
Usage: wget [OPTION]... [URL]...

Mandatory arguments to long options are mandatory for short options too.

Startup:
  -V,  --version                   display the version of Wget and exit
  -h,  --help                      print this help

Logging and input file:
  -q,  --quiet                     quiet (no output)
  -v,  --verbose                   be verbose (this is the default)
  -nv, --no-verbose                turn off verboseness, without being quiet

Download:
  -t,  --tries=NUMBER              set number of retries to NUMBER (0 unlimits)
       --retry-connrefused         retry even if connection is refused
  -O,  --output-document=FILE      write documents to FILE
  -nc, --no-clobber                skip downloads that would download to
                                     existing files (overwriting them)
  -S,  --server-response           print server response
       --spider                    don't download anything
  -T,  --timeout=SECONDS           set all timeout values to SECONDS
       --connect-timeout=SECS      set the connect timeout to SECS
       --read-timeout=SECS         set the read timeout to SECS

Directories:
  -P,  --directory-prefix=PREFIX   save files to PREFIX/..

HTTP options:
       --header=STRING             insert STRING among the headers
       --max-redirect              maximum redirections allowed per page
  -U,  --user-agent=AGENT          identify as AGENT instead of Wget/VERSION
       --post-data=STRING          use the POST method; send STRING as the data
       --method=HTTPMethod         use method "HTTPMethod" in the request
       --body-data=STRING          send STRING as data. --method MUST be set
       --content-on-error          output the received content on server errors
`;

export type Stop = { readonly out?: string; readonly err?: string; readonly status: number };

export function parse(args: readonly string[], version: string): Options | Stop {
  const parsed = getopt(
    args.map((arg) => twoLetters.get(arg) ?? arg),
    '0bcChi:I:O:P:qRsST:t:U:vVxz1:2:3:4M:5:67:8:',
    longs,
  );
  if ('error' in parsed) return { err: `${optionErrorText('wget', parsed)}${hint}`, status: 2 };
  const { options, operands } = parsed;
  const has = (name: string): boolean => options.some((o) => o.name === name);
  const value = (name: string): string | undefined =>
    options.findLast((o) => o.name === name)?.value;
  const seconds = (name: string, otherwise: number): number =>
    Number.parseFloat(value(name) ?? value('T') ?? '') || otherwise;
  if (has('h')) return { out: help(version), status: 0 };
  if (has('0')) return { out: `GNU Wget ${version} built on linux-gnu.\n`, status: 0 };
  if (operands.length === 0) return { err: `wget: missing URL\n${hint}`, status: 1 };
  const refused = ['b', 'c', 'i'].find(has);
  if (refused) return { err: `wget: not simulated here: -${refused}\n`, status: 2 };
  return {
    output: value('O'),
    directory: value('P') ?? '.',
    verbosity: has('q') ? 'quiet' : has('V') ? 'brief' : 'full',
    showResponse: has('S'),
    spider: has('s'),
    keepExisting: has('C'),
    errorBodies: has('6'),
    agent: value('U') ?? `Wget/${version}`,
    connectTimeout: seconds('5', 0),
    readTimeout: seconds('7', 900),
    tries: Number(value('t') ?? 20),
    retryRefused: has('R'),
    redirections: Number(value('2') ?? 20),
    method: value('M') ?? (has('3') ? 'POST' : undefined),
    headers: options.flatMap(({ name, value: text }) => (name === '1' ? [headerOf(text)] : [])),
    body: value('3'),
    urls: operands,
  };
}

function headerOf(text: string): HttpHeaders[number] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}
