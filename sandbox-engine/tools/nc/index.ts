// `nc`: a TCP or UDP connection between standard input and output.
//
// Mirrors: OpenBSD netcat 1.22x (Debian) and the BusyBox applet. Differs: no proxies, TLS, UNIX sockets or -e.
import {
  acceptClient,
  connectTcp,
  lookupAddress,
  lookupIpv4,
  type Process,
  type Program,
  signals,
  socketOwner,
  strerror,
} from '../../os/index.ts';
import { micros, type Op, seconds } from '../../sim/index.ts';
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { getopt, optionErrorText } from '../common/getopt.ts';
import { type RelayOptions, relay } from '../common/relay.ts';
import { formatPort, portOfService } from '../common/socket-list.ts';
import { listenUdp, sendDatagrams } from './datagrams.ts';

type Flavour = 'openbsd' | 'busybox';

interface Request {
  readonly listen: boolean;
  readonly keep: boolean;
  readonly udp: boolean;
  readonly verbose: boolean;
  readonly scan: boolean;
  readonly numeric: boolean;
  /** Seconds. */
  readonly wait: number | undefined;
  /** Ends as soon as standard input does. */
  readonly quitAtEof: boolean;
  readonly host: string | undefined;
  readonly ports: readonly number[];
}

const usage = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`;

function portsOf(text: string): readonly number[] | undefined {
  const [low = '', high] = text.split('-');
  const from = /^\d+$/.test(low) ? Number(low) : portOfService(low, 'tcp');
  const to = high === undefined ? from : Number(high);
  if (from === undefined || to === undefined || to < from || to > 65_535) return undefined;
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function parse(args: readonly string[]): Request | string {
  const parsed = getopt(args, '46bCDdFhklNnrStUuvzI:i:M:m:O:P:p:q:s:T:W:w:X:x:e:');
  if ('error' in parsed) return `${optionErrorText('nc', parsed)}${usage}`;
  const has = (name: string): boolean => parsed.options.some((o) => o.name === name);
  const value = (name: string): string | undefined =>
    parsed.options.findLast((o) => o.name === name)?.value;
  const refused = ['U', 'X', 'x', 'e'].find(has);
  if (refused) return `nc: not simulated here: -${refused}\n`;
  const listen = has('l');
  const operands = [...parsed.operands];
  const portText = listen ? (value('p') ?? operands.pop()) : operands[1];
  const ports = portText === undefined ? undefined : portsOf(portText);
  const host = listen ? operands[0] : operands[0];
  if (!ports) return portText === undefined ? usage : `nc: port number invalid: ${portText}\n`;
  if (!listen && host === undefined) return usage;
  const wait = value('w');
  return {
    listen,
    keep: has('k'),
    udp: has('u'),
    verbose: has('v'),
    scan: has('z'),
    numeric: has('n'),
    wait: wait === undefined ? undefined : Number(wait),
    quitAtEof: has('N') || value('q') !== undefined,
    host,
    ports,
  };
}

const relayOptions = (request: Request, flavour: Flavour): RelayOptions => ({
  atEof: request.quitAtEof || flavour === 'busybox' ? 'shutdown' : 'keep',
  wait: request.wait,
});

function* connectOne(
  process: Process,
  request: Request,
  flavour: Flavour,
  address: Ipv4,
  port: number,
): Op<boolean> {
  const host = request.host ?? '';
  const text = formatIpv4(address);
  if (request.udp) return yield* sendDatagrams(process, request, address, port);
  const until =
    request.wait === undefined ? undefined : micros(process.sim.now() + seconds(request.wait));
  const connected = yield* connectTcp(process, {
    to: address,
    port,
    owner: socketOwner(process, 3),
    ...(until !== undefined && { until }),
  });
  if (!connected.ok) {
    const why =
      connected.error === 'EAGAIN'
        ? flavour === 'busybox'
          ? 'timed out'
          : 'Operation now in progress'
        : strerror(connected.error);
    if (flavour === 'busybox')
      yield* process.err(
        connected.error === 'EAGAIN'
          ? 'nc: timed out\n'
          : `nc: can't connect to remote host (${text}): ${why}\n`,
      );
    else if (request.verbose) {
      const named = host === text ? text : `${host} (${text})`;
      yield* process.err(
        `nc: connect to ${named} port ${port} (tcp) ${connected.error === 'EAGAIN' ? 'timed out' : 'failed'}: ${why}\n`,
      );
    }
    return false;
  }
  try {
    if (request.verbose) {
      const service = formatPort(port, 'tcp', request.numeric);
      const named = host === text ? text : `${host} (${text})`;
      yield* process.err(
        flavour === 'busybox'
          ? `${host} (${text}:${port}) open\n`
          : `Connection to ${named} ${port} port [tcp/${service === `${port}` ? '*' : service}] succeeded!\n`,
      );
    }
    if (!request.scan) yield* relay(process, connected.value, relayOptions(request, flavour));
    return true;
  } finally {
    process.kernel.sockets.close(connected.value);
  }
}

function* connectAll(process: Process, request: Request, flavour: Flavour): Op<number> {
  const host = request.host ?? '';
  const found = yield* lookupIpv4(process, host);
  const [address] = found.ok ? found.value : [];
  if (address === undefined) {
    yield* process.err(
      flavour === 'busybox'
        ? `nc: bad address '${host}'\n`
        : `nc: getaddrinfo for host "${host}" port ${request.ports[0]}: Name or service not known\n`,
    );
    return 1;
  }
  let status = 1;
  for (const port of request.ports) {
    if (yield* connectOne(process, request, flavour, address, port)) status = 0;
  }
  return status;
}

function* listenTcp(
  process: Process,
  request: Request,
  flavour: Flavour,
  port: number,
): Op<number> {
  const { sockets } = process.kernel;
  const family = flavour === 'busybox' ? 'any' : 'ipv4';
  const listener = sockets.tcpListen(process.netns, {
    port,
    family,
    backlog: 1,
    owner: socketOwner(process, 3),
  });
  if (!listener.ok) {
    yield* process.err(
      flavour === 'busybox'
        ? `nc: bind: ${strerror(listener.error)}\n`
        : `nc: ${strerror(listener.error)}\n`,
    );
    return 1;
  }
  try {
    if (request.verbose)
      yield* process.err(
        flavour === 'busybox'
          ? `listening on [::]:${port} ...\n`
          : `Listening on 0.0.0.0 ${port}\n`,
      );
    for (;;) {
      const client = yield* acceptClient(process, listener.value);
      if (!client.ok) return 1;
      const row = sockets.get(client.value);
      if (request.verbose && row) {
        const name = request.numeric ? undefined : yield* lookupAddress(process, row.remoteAddress);
        const text = formatIpv4(row.remoteAddress);
        yield* process.err(
          flavour === 'busybox'
            ? `connect to [::ffff:${formatIpv4(row.localAddress)}]:${port} from [::ffff:${text}]:${row.remotePort}\n`
            : `Connection received on ${name ?? text} ${row.remotePort}\n`,
        );
      }
      try {
        yield* relay(process, client.value, relayOptions(request, flavour));
      } finally {
        sockets.close(client.value);
      }
      if (!request.keep) return 0;
    }
  } finally {
    sockets.close(listener.value);
  }
}

export const ncProgram = (flavour: Flavour): Program =>
  function* nc(process: Process): Op<number> {
    const request = parse(process.argv.slice(1));
    if (typeof request === 'string') {
      yield* process.err(request);
      return 1;
    }
    process.handle(signals.SIGPIPE, 'ignore');
    if (!request.listen) return yield* connectAll(process, request, flavour);
    const port = request.ports[0] ?? 0;
    return request.udp
      ? yield* listenUdp(process, request, port)
      : yield* listenTcp(process, request, flavour, port);
  };
