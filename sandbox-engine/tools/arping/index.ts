// `arping`: asks on one link who has an address.
//
// Mirrors: iputils 20250605 and the BusyBox applet. Differs: requests go out as the kernel's own neighbour discovery, so
// that each is answered once; -U and -A announce the own address.
import type { LinkRow, NeighbourRow } from '../../kernel/index.ts';
import { lookupIpv4, type Process, signals } from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { getopt, optionErrorText } from '../common/getopt.ts';

const usage = `
Usage
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source IP address

For more details see arping(8).
`;

/** One request: the entry is forgotten, a packet to nowhere makes the kernel ask, and the wire is watched for the answer. */
function* request(
  process: Process,
  link: LinkRow,
  target: Ipv4,
): Op<{ readonly mac: string; readonly took: number } | 'interrupted' | undefined> {
  const { kernel, sim } = process;
  const { sockets } = kernel;
  const before: NeighbourRow | undefined = kernel
    .neighbours(process.netns)
    .find((row) => row.link === link.id && row.address === target);
  if (before?.state === 'PERMANENT') return { mac: before.mac ?? '', took: 0 };
  kernel.neighbourDelete(link.id, target);
  const tap = sockets.capture(process.netns, link.id);
  const bound = sockets.udpBind(process.netns, {});
  try {
    const sentAt = sim.now();
    const until = micros(sentAt + seconds(1));
    if (bound.ok) sockets.udpSend(bound.value, target, 9, { kind: 'text', text: '' }, { ttl: 1 });
    for (;;) {
      for (const { frame } of sockets.captured(tap)) {
        const { payload } = frame;
        if (payload.kind === 'arp' && payload.operation === 'reply' && payload.senderIp === target)
          return { mac: payload.senderMac, took: sim.now() - sentAt };
      }
      if (sim.now() >= until) return undefined;
      const wake = yield { keys: [sockets.key(tap)], until };
      if (wake.by === 'signal') return 'interrupted';
    }
  } finally {
    sockets.close(tap);
    if (bound.ok) sockets.close(bound.value);
  }
}

export function* arping(process: Process): Op<number> {
  const parsed = getopt(process.argv.slice(1), 'fqbDUAc:w:i:I:s:hV');
  if ('error' in parsed || parsed.operands.length === 0) {
    yield* process.err('error' in parsed ? `${optionErrorText('arping', parsed)}${usage}` : usage);
    return 2;
  }
  const has = (name: string): boolean => parsed.options.some((o) => o.name === name);
  const value = (name: string): string | undefined =>
    parsed.options.findLast((o) => o.name === name)?.value;
  const [host = ''] = parsed.operands;
  const found = yield* lookupIpv4(process, host);
  const [target] = found.ok ? found.value : [];
  if (target === undefined) {
    yield* process.err(`arping: ${host}: Name or service not known\n`);
    return 2;
  }
  const { kernel, netns } = process;
  const route = kernel.routeLookup(netns, target);
  const name =
    value('I') ??
    (route.ok && route.value.link ? kernel.link(route.value.link)?.name : undefined) ??
    'eth0';
  const link = kernel.linkByName(netns, name);
  if (!link) {
    yield* process.err(`arping: Device ${name} not available.\n`);
    return 2;
  }
  const own = kernel.addresses({ link: link.id })[0]?.address;
  yield* process.out(
    `ARPING ${formatIpv4(target)} from ${own === undefined ? '0.0.0.0' : formatIpv4(own)} ${name}\n`,
  );
  const count = value('c') === undefined ? Infinity : Number(value('c'));
  const announcing = has('U') || has('A');
  process.handle(signals.SIGINT, 'catch');
  let sent = 0;
  let received = 0;
  const deadline =
    value('w') === undefined ? Infinity : process.sim.now() + seconds(Number(value('w')));
  while (sent < count && process.sim.now() < deadline) {
    sent += 1;
    const startedAt = process.sim.now();
    if (announcing) kernel.announce(link.id, target);
    else {
      const answer = yield* request(process, link, target);
      if (answer === 'interrupted') break;
      if (answer) {
        received += 1;
        yield* process.out(
          `Unicast reply from ${formatIpv4(target)} [${answer.mac.toUpperCase()}]  ${(answer.took / 1000).toFixed(3)}ms\n`,
        );
        if (has('f')) break;
      }
    }
    if (sent >= count) break;
    const wake = yield { until: micros(Math.max(process.sim.now(), startedAt + seconds(1))) };
    if (wake.by === 'signal') break;
  }
  yield* process.out(
    `Sent ${sent} probes (${announcing ? sent : 1} broadcast(s))\nReceived ${received} response(s)\n`,
  );
  if (announcing) return 0;
  return has('D') ? (received > 0 ? 1 : 0) : received > 0 ? 0 : 1;
}
