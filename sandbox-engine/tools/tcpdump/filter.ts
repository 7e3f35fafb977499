// Filter expressions of pcap, as a test over frames.
//
// Mirrors: pcap-filter(7). Differs: of the `proto[offset]` forms only tcp[tcpflags] and icmp[icmptype]; no vlan, mpls, ip6.
import type { CapturedFrame } from '../../kernel/index.ts';
import {
  broadcastMac,
  type Cidr,
  contains,
  frameLength,
  type Ipv4,
  parseCidr,
  parseIpv4,
  protocolNumbers,
  type Transport,
} from '../../wire/index.ts';

export type FrameTest = (captured: CapturedFrame) => boolean;

/** What a name in a filter stands for. */
export interface FilterNames {
  readonly host: (name: string) => readonly Ipv4[] | undefined;
  readonly port: (name: string) => number | undefined;
}

type Direction = 'src' | 'dst' | 'either' | 'both';
type Kind = 'host' | 'net' | 'port' | 'portrange' | 'proto';

interface Qualifiers {
  readonly protocol: string | undefined;
  readonly direction: Direction;
  readonly kind: Kind | undefined;
}

const noQualifiers: Qualifiers = { protocol: undefined, direction: 'either', kind: undefined };
const protocols = new Set([
  'ip',
  'arp',
  'rarp',
  'icmp',
  'tcp',
  'udp',
  'esp',
  'ah',
  'ip6',
  'ether',
  'sctp',
  'igmp',
  'icmp6',
]);

class SyntaxProblem extends Error {}

/** The test for an expression, or why it is none. */
export function compileFilter(
  text: string,
  names: FilterNames,
): FrameTest | { readonly problem: string } {
  if (text.trim() === '') return () => true;
  const tokens = text.match(/\[[^\]]*\]|!=|[()!]|&&|\|\||[<>]=?|==?|[^\s()!&|=<>[\]]+|&|\|/g) ?? [];
  try {
    const parser = new FilterParser(tokens, names);
    return parser.parse();
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { problem: problem.message };
    throw problem;
  }
}

class FilterParser {
  readonly #tokens: readonly string[];
  readonly #names: FilterNames;
  #at = 0;
  /** `port 80 or 443`: a bare value takes the qualifiers of the last one. */
  #last: Qualifiers = { ...noQualifiers, kind: 'host' };

  constructor(tokens: readonly string[], names: FilterNames) {
    this.#tokens = tokens;
    this.#names = names;
  }

  parse(): FrameTest {
    const test = this.#alternatives();
    if (this.#at < this.#tokens.length) throw new SyntaxProblem('syntax error');
    return test;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new SyntaxProblem('syntax error');
    this.#at += 1;
    return token;
  }

  #accept(...words: readonly string[]): boolean {
    const token = this.#peek();
    if (token === undefined || !words.includes(token)) return false;
    this.#at += 1;
    return true;
  }

  // `and` and `or` bind alike and from the left; `not` binds closest.
  #alternatives(): FrameTest {
    let test = this.#factor();
    for (;;) {
      if (this.#accept('and', '&&')) {
        const [left, right] = [test, this.#factor()];
        test = (frame) => left(frame) && right(frame);
      } else if (this.#accept('or', '||')) {
        const [left, right] = [test, this.#factor()];
        test = (frame) => left(frame) || right(frame);
      } else return test;
    }
  }

  #factor(): FrameTest {
    if (this.#accept('not', '!')) {
      const inner = this.#factor();
      return (frame) => !inner(frame);
    }
    if (this.#accept('(')) {
      const inner = this.#alternatives();
      if (!this.#accept(')')) throw new SyntaxProblem('syntax error');
      return inner;
    }
    return this.#primitive();
  }

  #primitive(): FrameTest {
    const word = this.#peek() ?? '';
    if (this.#accept('inbound')) return ({ direction }) => direction === 'in';
    if (this.#accept('outbound')) return ({ direction }) => direction === 'out';
    if (this.#accept('broadcast')) return ({ frame }) => frame.destination === broadcastMac;
    if (this.#accept('multicast')) return ({ frame }) => isGroupFrame(frame.destination);
    if (word === 'less' || word === 'greater') return this.#length();
    const qualifiers = this.#qualifiers();
    if (this.#peek()?.startsWith('[') && qualifiers.protocol)
      return this.#field(qualifiers.protocol);
    return this.#valueTest(qualifiers);
  }

  #length(): FrameTest {
    const less = this.#take() === 'less';
    const limit = Number(this.#take());
    if (!Number.isInteger(limit)) throw new SyntaxProblem('syntax error');
    return ({ frame }) => (less ? frameLength(frame) <= limit : frameLength(frame) >= limit);
  }

  #qualifiers(): Qualifiers {
    let result = noQualifiers;
    for (;;) {
      const word = this.#peek() ?? '';
      if (protocols.has(word) && result.protocol === undefined && result.kind === undefined)
        result = { ...result, protocol: word };
      else if (word === 'src' || word === 'dst') {
        const next = this.#tokens[this.#at + 1];
        const other = this.#tokens[this.#at + 2];
        const paired =
          (next === 'or' || next === 'and') &&
          (other === 'src' || other === 'dst') &&
          other !== word;
        if (paired) this.#at += 2;
        result = { ...result, direction: paired ? (next === 'or' ? 'either' : 'both') : word };
      } else if (isKind(word)) result = { ...result, kind: word };
      else return result;
      this.#at += 1;
    }
  }

  #valueTest(qualifiers: Qualifiers): FrameTest {
    const token = this.#peek();
    const ends = token === undefined || ['and', 'or', '&&', '||', ')', 'not', '!'].includes(token);
    const bare = qualifiers === noQualifiers;
    if (ends) {
      // `tcp` alone is a whole primitive.
      if (qualifiers.protocol !== undefined && qualifiers.kind === undefined)
        return protocolTest(qualifiers.protocol);
      throw new SyntaxProblem('syntax error');
    }
    const value = this.#take();
    const used = bare ? this.#last : { ...qualifiers, kind: qualifiers.kind ?? 'host' };
    this.#last = used;
    const limited = used.protocol === undefined ? () => true : protocolTest(used.protocol);
    const test = this.#test(used, value);
    return (frame) => limited(frame) && test(frame);
  }

  #test(qualifiers: Qualifiers, value: string): FrameTest {
    const { kind, direction, protocol } = qualifiers;
    if (protocol === 'ether') {
      const mac = value.toLowerCase();
      return ({ frame }) => combine(direction, frame.source === mac, frame.destination === mac);
    }
    if (kind === 'port' || kind === 'portrange') return portTest(direction, this.#portRange(value));
    if (kind === 'proto') {
      const name = value.replace(/^\\/, '');
      const number = Number(name);
      return Number.isInteger(number)
        ? ({ frame: { payload } }) =>
            payload.kind === 'ipv4' && protocolNumbers[payload.transport.protocol] === number
        : protocolTest(name);
    }
    if (kind === 'net') {
      const network = this.#network(value);
      return addressTest(direction, (address) => contains(network, address));
    }
    const addresses = this.#addresses(value);
    return addressTest(direction, (address) => addresses.includes(address));
  }

  #portRange(value: string): readonly [number, number] {
    const [low = '', high] = value.split('-');
    const from = /^\d+$/.test(low) ? Number(low) : this.#names.port(low);
    const to = high === undefined ? from : Number(high);
    if (from === undefined || to === undefined || !Number.isInteger(to))
      throw new SyntaxProblem('syntax error');
    return [from, to];
  }

  #network(value: string): Cidr {
    if (this.#accept('mask')) this.#take();
    const parts = value.split('/')[0]?.split('.').length ?? 4;
    const padded = value.includes('/') ? value : `${value}${'.0'.repeat(4 - parts)}/${parts * 8}`;
    const network = parseCidr(padded);
    if (!network) throw new SyntaxProblem('syntax error');
    return network;
  }

  #addresses(value: string): readonly Ipv4[] {
    const address = parseIpv4(value);
    if (address !== undefined) return [address];
    const found = this.#names.host(value);
    if (!found) throw new SyntaxProblem(`unknown host '${value}'`);
    return found;
  }

  /** `tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn`, `icmp[icmptype] == icmp-echo`. */
  #field(protocol: string): FrameTest {
    const field = this.#take().slice(1, -1).trim();
    const read = fieldReader(protocol, field);
    if (!read) throw new SyntaxProblem(`not simulated here: ${protocol}[${field}]`);
    let mask = ~0;
    if (this.#accept('&')) mask = this.#bits();
    const comparison = this.#take();
    const wanted = this.#bits();
    return (frame) => {
      const value = read(frame);
      if (value === undefined) return false;
      const masked = value & mask;
      return comparison === '!=' ? masked !== wanted : masked === wanted;
    };
  }

  #bits(): number {
    if (this.#accept('(')) {
      let bits = this.#bits();
      while (this.#accept('|')) bits |= this.#bits();
      if (!this.#accept(')')) throw new SyntaxProblem('syntax error');
      return bits;
    }
    const token = this.#take();
    const named =
      bitNames[token] ?? (/^(0x[0-9a-f]+|\d+)$/i.test(token) ? Number(token) : undefined);
    if (named === undefined) throw new SyntaxProblem('syntax error');
    return named;
  }
}

const isKind = (word: string): word is Kind =>
  word === 'host' || word === 'net' || word === 'port' || word === 'portrange' || word === 'proto';

const bitNames: Readonly<Record<string, number>> = {
  'tcp-fin': 1,
  'tcp-syn': 2,
  'tcp-rst': 4,
  'tcp-push': 8,
  'tcp-ack': 16,
  'tcp-urg': 32,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-timxceed': 11,
};

/** The flags byte of a TCP header. */
export function tcpFlagBits(segment: Extract<Transport, { protocol: 'tcp' }>): number {
  const { fin, syn, rst, psh, ack } = segment;
  return (
    Number(fin) | (Number(syn) << 1) | (Number(rst) << 2) | (Number(psh) << 3) | (Number(ack) << 4)
  );
}

function fieldReader(
  protocol: string,
  field: string,
): ((captured: CapturedFrame) => number | undefined) | undefined {
  const transport = ({ frame: { payload } }: CapturedFrame): Transport | undefined =>
    payload.kind === 'ipv4' ? payload.transport : undefined;
  if (protocol === 'tcp' && (field === 'tcpflags' || field === '13'))
    return (captured) => {
      const segment = transport(captured);
      return segment?.protocol === 'tcp' ? tcpFlagBits(segment) : undefined;
    };
  if (protocol === 'icmp' && (field === 'icmptype' || field === '0'))
    return (captured) => {
      const message = transport(captured);
      return message?.protocol === 'icmp' ? message.type : undefined;
    };
  return undefined;
}

const isGroupFrame = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;

function combine(direction: Direction, source: boolean, destination: boolean): boolean {
  if (direction === 'src') return source;
  if (direction === 'dst') return destination;
  return direction === 'both' ? source && destination : source || destination;
}

function protocolTest(name: string): FrameTest {
  if (name === 'ether') return () => true;
  if (name === 'ip') return ({ frame: { payload } }) => payload.kind === 'ipv4';
  if (name === 'arp') return ({ frame: { payload } }) => payload.kind === 'arp';
  return ({ frame: { payload } }) => payload.kind === 'ipv4' && payload.transport.protocol === name;
}

function portTest(direction: Direction, [from, to]: readonly [number, number]): FrameTest {
  const inRange = (port: number): boolean => port >= from && port <= to;
  return ({ frame: { payload } }) => {
    if (payload.kind !== 'ipv4') return false;
    const { transport } = payload;
    if (transport.protocol !== 'tcp' && transport.protocol !== 'udp') return false;
    return combine(direction, inRange(transport.sourcePort), inRange(transport.destinationPort));
  };
}

/** Addresses of IPv4 packets, and those in ARP. */
function addressTest(direction: Direction, matches: (address: Ipv4) => boolean): FrameTest {
  return ({ frame: { payload } }) => {
    const [source, destination] =
      payload.kind === 'arp'
        ? [payload.senderIp, payload.targetIp]
        : [payload.source, payload.destination];
    return combine(direction, matches(source), matches(destination));
  };
}

/** Is that frame addressed to a group? Shown by captures of all devices. */
export const frameAudience = (destination: string): 'B' | 'M' | undefined => {
  if (destination === broadcastMac) return 'B';
  return isGroupFrame(destination) ? 'M' : undefined;
};
