// What connection tracking makes of TCP segments. Mirrors: the table tcp_conntracks and tcp_timeouts of
// net/netfilter/nf_conntrack_proto_tcp.c (Linux 6.12). Differs: sequence numbers are not checked against the window.
import type { TcpSegment } from '../../wire/index.ts';

export type TcpTrackState =
  | 'NONE'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2';

const states: readonly TcpTrackState[] = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
];

/** `invalid`: the packet belongs to no state of the connection. `ignore`: it is let pass and changes nothing. */
export type TcpOutcome = TcpTrackState | 'invalid' | 'ignore';

// One column per present state, in the order of `states`.
const letters: Readonly<Record<string, TcpOutcome>> = {
  S: 'SYN_SENT',
  R: 'SYN_RECV',
  E: 'ESTABLISHED',
  F: 'FIN_WAIT',
  C: 'CLOSE_WAIT',
  L: 'LAST_ACK',
  T: 'TIME_WAIT',
  X: 'CLOSE',
  '2': 'SYN_SENT2',
  '-': 'invalid',
  i: 'ignore',
};

const table = {
  original: {
    syn: 'SSiiiiiSS2',
    synack: '--R------R',
    fin: '--FFLLLTX-',
    ack: 'E-EECCTTX-',
    rst: '-XXXXXXXXX',
  },
  reply: {
    syn: '-2-----S-2',
    synack: '-RiiiiiiiR',
    fin: '--FFLLLTX-',
    ack: '-iRECCTTXi',
    rst: '-XXXXXXXXX',
  },
} as const;

const kindOf = (segment: TcpSegment): keyof typeof table.original =>
  segment.rst
    ? 'rst'
    : segment.syn
      ? segment.ack
        ? 'synack'
        : 'syn'
      : segment.fin
        ? 'fin'
        : 'ack';

export function tcpTransition(
  state: TcpTrackState,
  direction: 'original' | 'reply',
  segment: TcpSegment,
): TcpOutcome {
  const row = table[direction][kindOf(segment)];
  return letters[row.charAt(states.indexOf(state))] ?? 'invalid';
}

/** Seconds after which a connection in that state is forgotten: net.netfilter.nf_conntrack_tcp_timeout_*. */
export const tcpTimeouts: Readonly<Record<TcpTrackState, number>> = {
  NONE: 10,
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432_000,
  FIN_WAIT: 120,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
  SYN_SENT2: 120,
};
