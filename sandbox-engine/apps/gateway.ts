// The gateway of the lab's LAN and "the internet" behind it: DNS, a web server, a Debian mirror, the image registry.
//
// Mirrors: oracle/internet.py, the stand-in behind the recordings. Differs: 8.8.8.8 and 1.1.1.1 answer DNS too, and there is
// a mirror for apt-get.
import type { Datagram, SocketId } from '../kernel/index.ts';
import {
  type FileTree,
  type Host,
  type HttpRequest,
  header,
  type Process,
  type Program,
  receiveDatagram,
} from '../os/index.ts';
import { millis, type Op, seconds, sleep } from '../sim/index.ts';
import { must } from '../std/index.ts';
import type { DnsPayload, DnsRecord, Ipv4 } from '../wire/index.ts';
import { cidr, formatIpv4, ip } from '../wire/index.ts';
import { commands, essential } from './debian.ts';
import { bytes, type HttpAnswer, httpDate, nowMillis, serveHttp } from './http-server.ts';
import { publishedTags } from './images/catalogue.ts';
import { registryServer } from './registry-server.ts';
import { listen, type Peer, serveClients } from './tcp-server.ts';

/** The gateway's address on the LAN. */
export const gatewayAddress = '192.168.56.1';

/** Every name that the DNS server knows. */
export const internetNames: Readonly<Record<string, string>> = {
  'www.docker.com': '203.0.113.10',
  'example.com': '203.0.113.20',
  'www.google.com': '203.0.113.30',
  'mirror.lab': '203.0.113.40',
  'registry-1.docker.io': gatewayAddress,
  'auth.docker.io': gatewayAddress,
  'gateway.lab': gatewayAddress,
};

/** Addresses of the internet that the gateway answers for; every other one is silently dropped. */
export const internetAddresses: readonly string[] = [
  '203.0.113.10',
  '203.0.113.20',
  '203.0.113.30',
  '203.0.113.40',
  '8.8.8.8',
  '1.1.1.1',
];

export const gatewayTree: FileTree = {
  ...essential,
  ...commands('/usr/sbin', 'ip iptables tcpdump ss'),
  '/etc/hostname': 'gateway\n',
  '/etc/hosts': `127.0.0.1\tlocalhost\n${gatewayAddress}\tgateway\n`,
  '/etc/resolv.conf': `nameserver ${gatewayAddress}\n`,
};

/** Gives the gateway the internet's addresses, lets it forward, and starts its services. */
export function startGateway(host: Host): void {
  const { kernel } = host;
  const loopback = must(kernel.linkByName(kernel.initNetns, 'lo'), 'lo of the gateway');
  for (const address of internetAddresses) kernel.addressAdd(loopback.id, ip(address), 32);
  kernel.routeAdd(kernel.initNetns, { destination: cidr('0.0.0.0/0'), type: 'blackhole' });
  kernel.sysctlSet(kernel.initNetns, 'net.ipv4.ip_forward', '1');
  const start = (argv: readonly string[], program: Program): void => {
    const started = host.spawn({ argv, cwd: '/', program });
    must(started.ok ? started.value : undefined, argv.join(' '));
  };
  start(['dns-server'], dnsServer);
  start(['docker-registry', 'serve'], registryServer(ip(gatewayAddress), publishedTags));
  start(['web-server', 'example.com'], webServer(ip('203.0.113.20'), hello));
  start(['web-server', 'mirror.lab'], webServer(ip('203.0.113.40'), mirror));
}

// ---- DNS -------------------------------------------------------------------------------------------

/** Seconds for which answers may be kept. */
const timeToLive = 300;

const dnsServer: Program = function* (process) {
  const { sockets } = process.kernel;
  const bound = sockets.udpBind(process.netns, {
    port: 53,
    owner: { program: 'dns-server', pid: process.row.pid, fd: 3 },
  });
  if (!bound.ok) return 1;
  try {
    for (;;) {
      const arrived = yield* receiveDatagram(process, bound.value);
      if (arrived.ok) yield* answerQuery(process, bound.value, arrived.value);
    }
  } finally {
    sockets.close(bound.value);
  }
};

function* answerQuery(process: Process, socket: SocketId, query: Datagram): Op<void> {
  const { payload } = query;
  if (payload.kind !== 'dns' || payload.response) return;
  yield* sleep(process.sim, millis(1));
  process.kernel.sockets.udpSend(socket, query.from, query.fromPort, dnsAnswer(payload));
}

function dnsAnswer(query: DnsPayload): DnsPayload {
  const name = query.question.name.toLowerCase().replace(/\.$/, '');
  const address = Object.hasOwn(internetNames, name) ? internetNames[name] : undefined;
  const answers: DnsRecord[] =
    address !== undefined && query.question.type === 'A'
      ? [{ name: query.question.name, type: 'A', ttl: timeToLive, data: address }]
      : [];
  return {
    ...query,
    response: true,
    rcode: address === undefined ? 'NXDOMAIN' : 'NOERROR',
    recursionAvailable: true,
    authoritative: false,
    answers,
    compressed: true,
  };
}

// ---- web ---------------------------------------------------------------------------------------------

type Page = (
  request: HttpRequest,
  peer: Peer,
) => { readonly status: number; readonly body: string };

const webServer = (address: Ipv4, page: Page): Program =>
  function* (process) {
    const listener = listen(process, { port: 80, address, fd: 3 });
    if (!listener.ok) return 1;
    return yield* serveClients(process, listener.value, (client, peer) =>
      serveHttp(process, client, {
        idle: seconds(60),
        answer: (request) => answerPage(process, request, peer, page),
        malformed: () => pageAnswer(process, { status: 400, body: 'Bad request\n' }, true),
      }),
    );
  };

function* answerPage(
  process: Process,
  request: HttpRequest,
  peer: Peer,
  page: Page,
): Op<HttpAnswer> {
  yield* sleep(process.sim, millis(2));
  const close = (header(request, 'connection') ?? '').toLowerCase() === 'close';
  return pageAnswer(process, page(request, peer), close);
}

function pageAnswer(
  process: Process,
  { status, body }: { readonly status: number; readonly body: string },
  close: boolean,
): HttpAnswer {
  return {
    status,
    headers: [
      ['Server', 'BaseHTTP/0.6 Python/3.13.9'],
      ['Date', httpDate(nowMillis(process.sim))],
      ['Content-Type', 'text/plain'],
      ['Content-Length', bytes(body)],
    ],
    body,
    close,
  };
}

const hello: Page = (request, peer) => ({
  status: 200,
  body: `Hello from ${header(request, 'host') ?? 'None'}, you are ${formatIpv4(peer.address)}\n`,
});

/** Any file of the archive, by its path: apt-get only looks whether it is there. */
const mirror: Page = (request) =>
  request.target.startsWith('/debian/')
    ? { status: 200, body: `${request.target}\n` }
    : { status: 404, body: 'Not found\n' };
