// The command line of ping.
import { getopt, type OptionError, optionErrorText } from '../common/getopt.ts';

export interface PingOptions {
  readonly host: string;
  readonly count: number | undefined;
  /** Seconds. */
  readonly interval: number;
  readonly size: number;
  readonly ttl: number | undefined;
  /** Seconds: the whole run ends then. */
  readonly deadline: number | undefined;
  /** Seconds to wait for the last answers. */
  readonly linger: number | undefined;
  readonly quiet: boolean;
  readonly numeric: boolean;
  readonly timestamps: boolean;
  readonly reportOutstanding: boolean;
  readonly broadcast: boolean;
  readonly dontFragment: boolean;
  readonly source: string | undefined;
}

export interface PingRefusal {
  readonly out?: string;
  readonly err?: string;
  readonly status: number;
}

export const usage = `
Usage
  ping [options] <destination>

Options:
  <destination>      DNS name or IP address
  -a                 use audible ping
  -A                 use adaptive ping
  -B                 sticky source address
  -c <count>         stop after <count> replies
  -C                 call connect() syscall on socket creation
  -D                 print timestamps
  -d                 use SO_DEBUG socket option
  -e <identifier>    define identifier for ping session, default is random for
                     SOCK_RAW and kernel defined for SOCK_DGRAM
                     Imply using SOCK_RAW (for IPv4 only for identifier 0)
  -f                 flood ping
  -h                 print help and exit
  -H                 force reverse DNS name resolution (useful for numeric
                     destinations or for -f)
  -I <interface>     either interface name or address
  -i <interval>      seconds between sending each packet
  -L                 suppress loopback of multicast packets
  -l <preload>       send <preload> number of packages while waiting replies
  -m <mark>          tag the packets going out
  -M <pmtud opt>     define path MTU discovery, can be one of <do|dont|want|probe>
  -n                 no reverse DNS name resolution
  -O                 report outstanding replies
  -p <pattern>       contents of padding byte
  -q                 quiet output
  -Q <tclass>        use quality of service <tclass> bits
  -s <size>          use <size> as number of data bytes to be sent
  -S <size>          use <size> as SO_SNDBUF socket option value
  -t <ttl>           define time to live
  -U                 print user-to-user latency
  -v                 verbose output
  -V                 print version and exit
  -w <deadline>      reply wait <deadline> in seconds
  -W <timeout>       time to wait for response

IPv4 options:
  -4                 use IPv4
  -b                 allow pinging broadcast
  -R                 record route
  -T <timestamp>     define timestamp, can be one of <tsonly|tsandaddr|tsprespec>

IPv6 options:
  -6                 use IPv6
  -F <flowlabel>     define flow label, default is random
  -N <nodeinfo opt>  use IPv6 node info query, try <help> as argument

For more details see ping(8).
`;

const shorts = '46aABbc:CDde:fF:hHi:I:Ll:m:M:nN:Op:qQ:Rs:S:t:T:UvVw:W:';

/** Options that change nothing that is simulated. */
const withoutEffect = new Set([...'4aBCdHLUve', 'S', 'm', 'Q', 'p', 'l']);

const refuse = (text: string, status: number): PingRefusal => ({ err: text, status });

function numberIn(text: string, least: number, most: number, whole: boolean): number | PingRefusal {
  const pattern = whole ? /^\d+$/ : /^\d*\.?\d+$/;
  if (!pattern.test(text)) return refuse(`ping: invalid argument: '${text}'\n`, 1);
  const value = Number(text);
  if (value < least || value > most)
    return refuse(
      `ping: invalid argument: '${text}': out of range: ${least} <= value <= ${most}\n`,
      1,
    );
  return value;
}

type Changeable = { -readonly [Key in keyof PingOptions]: PingOptions[Key] };

function applyNumber(options: Changeable, name: string, value: string): PingRefusal | undefined {
  const whole = name !== 'i' && name !== 'W' && name !== 'w';
  const least = name === 'c' || name === 'w' ? 1 : 0;
  const most = name === 't' ? 255 : name === 's' ? 65507 : 2147483647;
  const number = numberIn(value, least, most, whole);
  if (typeof number !== 'number') return number;
  if (name === 'c') options.count = number;
  if (name === 'i') options.interval = number;
  if (name === 's') options.size = number;
  if (name === 't') options.ttl = number;
  if (name === 'w') options.deadline = number;
  if (name === 'W') options.linger = number;
  return undefined;
}

function applyFlag(options: Changeable, name: string): boolean {
  if (name === 'q') options.quiet = true;
  else if (name === 'n') options.numeric = true;
  else if (name === 'D') options.timestamps = true;
  else if (name === 'O') options.reportOutstanding = true;
  else if (name === 'b') options.broadcast = true;
  else return withoutEffect.has(name);
  return true;
}

export function parsePing(args: readonly string[], version: string): PingOptions | PingRefusal {
  const parsed = getopt(args, shorts);
  if ('error' in parsed)
    return refuse(`${optionErrorText('ping', parsed as OptionError)}${usage}`, 2);
  const options: Changeable = {
    host: '',
    count: undefined,
    interval: 1,
    size: 56,
    ttl: undefined,
    deadline: undefined,
    linger: undefined,
    quiet: false,
    numeric: false,
    timestamps: false,
    reportOutstanding: false,
    broadcast: false,
    dontFragment: false,
    source: undefined,
  };
  for (const { name, value } of parsed.options) {
    if (name === 'V') return { out: `ping from iputils ${version}\n`, status: 0 };
    if (name === 'h') return refuse(usage, 2);
    if ('cistwW'.includes(name)) {
      const refusal = applyNumber(options, name, value);
      if (refusal) return refusal;
    } else if (name === 'I') options.source = value;
    else if (name === 'M') {
      if (!['do', 'dont', 'want', 'probe'].includes(value))
        return refuse(`ping: invalid -M argument: ${value}\n`, 2);
      options.dontFragment = value === 'do' || value === 'probe';
    } else if (!applyFlag(options, name)) return refuse(`ping: not simulated here: -${name}\n`, 2);
  }
  const [host] = parsed.operands.slice(-1);
  if (host === undefined) return refuse('ping: usage error: Destination address required\n', 1);
  return { ...options, host };
}
