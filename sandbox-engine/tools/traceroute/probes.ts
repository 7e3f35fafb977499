// Sending packets that die on their way, and collecting who says so.
import type { SocketId } from '../../kernel/index.ts';
import type { Process } from '../../os/index.ts';
import { type Micros, micros, type Op } from '../../sim/index.ts';
import type { Ipv4 } from '../../wire/index.ts';

export interface ProbeResult {
  readonly from: Ipv4;
  /** µs. */
  readonly took: number;
  /** The destination itself has answered. */
  readonly final: boolean;
  /** `!H`, `!N`, `!X` behind the time. */
  readonly mark: string;
}

export interface Probe {
  readonly hop: number;
  readonly socket: SocketId;
  readonly sequence: number;
  readonly sentAt: number;
  result: ProbeResult | 'lost' | undefined;
}

export interface ProbeMethod {
  readonly icmp: boolean;
  readonly to: Ipv4;
  readonly from: Ipv4 | undefined;
  readonly basePort: number;
  /** Bytes of payload behind the UDP or ICMP header. */
  readonly size: number;
}

/** Sends one probe; undefined when the kernel refuses. Each has a socket of its own, so that errors find it. */
export function sendProbe(
  process: Process,
  method: ProbeMethod,
  hop: number,
  sequence: number,
): Probe | undefined {
  const { sockets } = process.kernel;
  const sentAt = process.sim.now();
  if (method.icmp) {
    const socket = sockets.icmpOpen(process.netns);
    const sent = sockets.icmpSend(socket, method.to, {
      sequence: sequence + 1,
      size: method.size,
      ttl: hop,
      ...(method.from !== undefined && { from: method.from }),
    });
    if (sent.ok) return { hop, socket, sequence, sentAt, result: undefined };
    sockets.close(socket);
    return undefined;
  }
  const bound = sockets.udpBind(
    process.netns,
    method.from === undefined ? {} : { address: method.from },
  );
  if (!bound.ok) return undefined;
  const payload = { kind: 'text' as const, text: '@'.repeat(method.size) };
  const sent = sockets.udpSend(bound.value, method.to, method.basePort + sequence, payload, {
    ttl: hop,
  });
  if (sent.ok) return { hop, socket: bound.value, sequence, sentAt, result: undefined };
  sockets.close(bound.value);
  return undefined;
}

const marks: Readonly<Record<number, string>> = {
  0: ' !N',
  1: ' !H',
  2: ' !P',
  4: ' !F',
  9: ' !X',
  10: ' !X',
  13: ' !X',
};

/** What has come for a probe; undefined: nothing yet. */
function answerOf(process: Process, probe: Probe, method: ProbeMethod): ProbeResult | undefined {
  const took = process.sim.now() - probe.sentAt;
  const { sockets } = process.kernel;
  if (method.icmp) {
    const arrival = sockets.icmpReceive(probe.socket);
    if (!arrival) return undefined;
    const final = arrival.type === 0 || arrival.type === 3;
    return {
      from: arrival.from,
      took,
      final,
      mark: arrival.type === 3 ? (marks[arrival.code] ?? '') : '',
    };
  }
  const arrived = sockets.udpReceive(probe.socket);
  if (!arrived) return undefined;
  if (!('error' in arrived)) return { from: arrived.from, took, final: true, mark: '' };
  const unreachable = arrived.type === 3;
  return {
    from: arrived.from,
    took,
    final: unreachable,
    mark: unreachable ? (marks[arrived.code] ?? '') : '',
  };
}

/** Looks at all open probes, then waits for one of them to change or for the deadline. */
export function* waitForProbes(
  process: Process,
  probes: readonly Probe[],
  method: ProbeMethod,
  until: Micros,
): Op<'interrupted' | undefined> {
  const { sockets } = process.kernel;
  const take = (): boolean => {
    let taken = false;
    for (const probe of probes) {
      if (probe.result !== undefined) continue;
      const result = answerOf(process, probe, method);
      if (result) {
        probe.result = result;
        taken = true;
      }
    }
    return taken;
  };
  if (take() || process.sim.now() >= until) return undefined;
  const keys = probes
    .filter((probe) => probe.result === undefined)
    .map((probe) => sockets.key(probe.socket));
  const wake = yield { keys, until };
  if (wake.by === 'signal') return 'interrupted';
  take();
  return undefined;
}

export const later = (time: number): Micros => micros(Math.round(time));
