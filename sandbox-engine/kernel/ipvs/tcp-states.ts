// The states in which IPVS sees a TCP connection that it forwards, and how long each lasts without a packet.
// Mirrors: net/netfilter/ipvs/ip_vs_proto_tcp.c (tcp_states, tcp_timeouts, tcp_state_active_table).
import type { TcpSegment } from '../../wire/index.ts';

export type BalancedTcpState =
  | 'NONE'
  | 'ESTABLISHED'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'FIN_WAIT'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'LISTEN'
  | 'SYNACK';

/** Seconds. ESTABLISHED and FIN_WAIT can be changed (`ipvsadm --set`). */
export const tcpTimeouts: Readonly<Record<BalancedTcpState, number>> = {
  NONE: 2,
  ESTABLISHED: 900,
  SYN_SENT: 120,
  SYN_RECV: 60,
  FIN_WAIT: 120,
  TIME_WAIT: 120,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  LISTEN: 120,
  SYNACK: 120,
};

/** ActiveConn counts connections in these, InActConn all others. */
export const isActive = (state: BalancedTcpState): boolean =>
  state === 'ESTABLISHED' || state === 'SYN_SENT' || state === 'SYN_RECV' || state === 'SYNACK';

/** `in`: from the client; `out`: from the server; `half`: from the client, where the server answers it directly. */
export type Way = 'in' | 'out' | 'half';

type Flag = 'syn' | 'fin' | 'ack' | 'rst';

const names: Readonly<Record<string, BalancedTcpState>> = {
  NO: 'NONE',
  ES: 'ESTABLISHED',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  FW: 'FIN_WAIT',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  LI: 'LISTEN',
  SA: 'SYNACK',
};

const order = Object.values(names);

/** The next state, by the present one in the order of `names`. */
const table: Readonly<Record<Way, Readonly<Record<Flag, string>>>> = {
  in: {
    syn: 'SR ES ES SR SR SR SR SR SR SR SR',
    fin: 'CL CW SS TW TW TW CL CW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW CL LI ES',
    rst: 'CL CL CL SR CL CL CL CL LA LI SR',
  },
  out: {
    syn: 'SS ES SS SR SS SS SS SS SS LI SR',
    fin: 'TW FW SS TW FW TW CL TW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW LA ES ES',
    rst: 'CL CL SS CL CL TW CL CL CL CL CL',
  },
  half: {
    syn: 'SR ES ES SR SR SR SR SR SR SR SR',
    fin: 'CL FW SS TW FW TW CL CW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW CL LI ES',
    rst: 'CL CL CL SR CL CL CL CL LA LI CL',
  },
};

const transitions: ReadonlyMap<string, BalancedTcpState> = new Map(
  Object.entries(table).flatMap(([way, flags]) =>
    Object.entries(flags).flatMap(([flag, row]) =>
      row
        .split(' ')
        .map((next, n) => [`${way} ${flag} ${order[n]}`, names[next] ?? 'CLOSE'] as const),
    ),
  ),
);

function flagOf({ rst, syn, fin, ack }: TcpSegment): Flag | undefined {
  if (rst) return 'rst';
  if (syn) return 'syn';
  if (fin) return 'fin';
  return ack ? 'ack' : undefined;
}

export function nextState(
  before: BalancedTcpState,
  way: Way,
  segment: TcpSegment,
): BalancedTcpState {
  const flag = flagOf(segment);
  return flag === undefined ? 'CLOSE' : (transitions.get(`${way} ${flag} ${before}`) ?? before);
}
