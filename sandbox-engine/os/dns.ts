// One DNS question to one server, over simulated UDP or TCP.
//
// Names travel without their final dot.
// Mirrors: RFC 1035; res_send(3). Differs: messages are values; EDNS is not sent along.
import type { Micros, Op } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';
import {
  type DnsPayload,
  type DnsQuestion,
  dnsFromText,
  dnsToText,
  formatIpv4,
  type Ipv4,
} from '../wire/index.ts';
import {
  connectTcp,
  exchangeDatagram,
  receiveSome,
  type SocketContext,
  type SocketError,
  sendAll,
} from './sockets.ts';

export const withoutFinalDot = (name: string): string =>
  name.endsWith('.') ? name.slice(0, -1) : name;

/** A query as a stub resolver sends it: recursion desired, a random id. */
export function dnsQuery(context: SocketContext, question: DnsQuestion): DnsPayload {
  return {
    kind: 'dns',
    id: context.sim.rng('os/dns-id').below(65_536),
    response: false,
    rcode: 'NOERROR',
    recursionDesired: true,
    recursionAvailable: false,
    authoritative: false,
    question: { ...question, name: withoutFinalDot(question.name) },
    answers: [],
  };
}

/** The answer to one question from one server. EAGAIN: none by `until`; ECONNREFUSED: nobody listens there. */
export function* askServer(
  context: SocketContext,
  server: { readonly address: Ipv4; readonly port?: number },
  question: DnsQuestion,
  until: Micros,
): Op<Result<DnsPayload, SocketError>> {
  const query = dnsQuery(context, question);
  const answer = yield* exchangeDatagram(context, {
    to: server.address,
    port: server.port ?? 53,
    payload: query,
    until,
    wanted: ({ payload }) => payload.kind === 'dns' && payload.response && payload.id === query.id,
  });
  if (!answer.ok) return answer;
  const { payload } = answer.value;
  return payload.kind === 'dns' ? ok(payload) : err('EINVAL');
}

/** The same over TCP. ECONNRESET: the server closed without an answer. */
export function* askServerByTcp(
  context: SocketContext,
  server: { readonly address: Ipv4; readonly port?: number },
  question: DnsQuestion,
  until: Micros,
): Op<Result<DnsPayload, SocketError>> {
  const port = server.port ?? 53;
  const connected = yield* connectTcp(context, { to: server.address, port, until });
  if (!connected.ok) return connected;
  try {
    const query = dnsQuery(context, question);
    const sent = yield* sendAll(context, connected.value, dnsToText(query), until);
    if (!sent.ok) return sent;
    let text = '';
    for (;;) {
      const part = yield* receiveSome(context, connected.value, until);
      if (!part.ok) return part;
      if (part.value === null) return err('ECONNRESET');
      text += part.value;
      const answer = dnsFromText(text);
      if (answer?.response && answer.id === query.id) return ok(answer);
    }
  } finally {
    context.kernel.sockets.close(connected.value);
  }
}

/** `10.1.0.10.in-addr.arpa` for 10.0.1.10. */
export const reverseName = (address: Ipv4): string =>
  `${formatIpv4(address).split('.').reverse().join('.')}.in-addr.arpa`;
