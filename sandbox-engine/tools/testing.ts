// A host with the network tools, and machines without programs around it: for tests of the tools.
//
// Not part of the engine's bundle: only tests import it.
import {
  createKernel,
  createNetworkWorld,
  type Kernel,
  type LinkRow,
  type NetnsId,
} from '../kernel/index.ts';
import {
  acceptClient,
  type Host,
  HttpParser,
  type HttpRequest,
  type HttpResponse,
  receiveDatagram,
  receiveSome,
  type SocketContext,
  sendAll,
  writeResponse,
} from '../os/index.ts';
import { type RunOptions, type RunResult, run, testHost } from '../os/testing.ts';
import { type Op, Sim } from '../sim/index.ts';
import { must } from '../std/index.ts';
import { cidr, type DnsRecord, type Mac, parseInterface } from '../wire/index.ts';
import { networkTools } from './index.ts';

/** A LAN: manager1 (192.168.56.10) with the tools, and machines that only have a kernel. */
export class ToolsLab {
  readonly sim = new Sim({ seed: 1, epochMillis: 1_795_305_600_000 });
  readonly #world = createNetworkWorld(this.sim);
  readonly kernel: Kernel;
  readonly host: Host;

  constructor() {
    this.kernel = this.machine('manager1', '192.168.56.10/24', '02:56:00:00:00:10');
    this.host = testHost({
      name: 'manager1',
      sim: this.sim,
      kernel: this.kernel,
      programs: Object.fromEntries(networkTools),
      tree: {
        '/etc/hosts': '127.0.0.1\tlocalhost\n192.168.56.10\tmanager1\n192.168.56.11\tworker1\n',
        '/etc/resolv.conf': 'nameserver 192.168.56.1\n',
        '/run': { directory: true },
        '/var/run': { link: '/run' },
      },
    });
  }

  /** A machine with that address on its eth0 and a default route by 192.168.56.1. */
  machine(name: string, address: string, mac: string): Kernel {
    const kernel = createKernel(this.#world, {
      host: name,
      uplink: { mac: mac as Mac, segment: 'lan' },
    });
    const eth0 = must(kernel.linkByName(kernel.initNetns, 'eth0'), 'eth0');
    this.give(kernel, eth0, address);
    if (!address.startsWith('192.168.56.1/'))
      kernel.routeAdd(kernel.initNetns, {
        destination: cidr('0.0.0.0/0'),
        via: cidr('192.168.56.1').base,
        link: eth0.id,
      });
    return kernel;
  }

  /** Adds an address with its network's broadcast address, as Docker and `ip addr add brd +` do. */
  give(kernel: Kernel, link: LinkRow, text: string): void {
    const { address, prefixLength } = must(parseInterface(text), text);
    const broadcast =
      prefixLength === 32 ? undefined : (address | (0xffff_ffff >>> prefixLength)) >>> 0;
    kernel.addressAdd(
      link.id,
      address,
      prefixLength,
      broadcast === undefined ? {} : { broadcast: broadcast as typeof address },
    );
  }

  /** Standard output of a command line of plain words, which must succeed. */
  out(line: string): string {
    const result = this.run(line);
    if (result.exit !== 0) throw new Error(`${line}: ${result.exit} ${result.stderr}`);
    return result.stdout;
  }

  run(line: string, options: RunOptions = {}): RunResult {
    const words = line.match(/'[^']*'|\S+/g) ?? [];
    return run(
      this.host,
      words.map((word) => word.replace(/^'|'$/g, '')),
      options,
    );
  }

  /** A network namespace with lo up, and its name in /var/run/netns. */
  namespace(name: string): NetnsId {
    const netns = this.kernel.netnsAdd();
    this.kernel.linkSet(must(this.kernel.linkByName(netns, 'lo'), 'lo').id, { up: true });
    this.host.fs.mkdir('/run/netns', { parents: true });
    this.host.fs.place(`/run/netns/${name}`, { type: 'netns', netns });
    return netns;
  }

  /** A DNS server on a machine. Names without records are NXDOMAIN. */
  serveDns(kernel: Kernel, records: Readonly<Record<string, readonly string[]>>, ttl = 300): void {
    const context: SocketContext = { sim: this.sim, kernel, netns: kernel.initNetns };
    this.sim.spawn('dns', answerQuestions(context, records, ttl));
  }

  /** A web server on port 80 of a machine. */
  serveHttp(
    kernel: Kernel,
    answer: (request: HttpRequest) => HttpResponse | 'hang' | 'close',
  ): void {
    const context: SocketContext = { sim: this.sim, kernel, netns: kernel.initNetns };
    this.sim.spawn('http', serveClients(context, answer));
  }
}

function* answerQuestions(
  context: SocketContext,
  records: Readonly<Record<string, readonly string[]>>,
  ttl: number,
): Op<void> {
  const { sockets } = context.kernel;
  const bound = sockets.udpBind(context.netns, { port: 53 });
  if (!bound.ok) return;
  for (;;) {
    const arrived = yield* receiveDatagram(context, bound.value);
    if (!arrived.ok || arrived.value.payload.kind !== 'dns') continue;
    const { payload, from, fromPort } = arrived.value;
    const { name, type } = payload.question;
    const known = records[name.toLowerCase()];
    const matching = type === 'PTR' || type === 'A' ? (known ?? []) : [];
    const answers = matching.map((data): DnsRecord => ({ name, type, ttl, data }));
    sockets.udpSend(bound.value, from, fromPort, {
      ...payload,
      response: true,
      recursionAvailable: true,
      rcode: known ? 'NOERROR' : 'NXDOMAIN',
      answers,
    });
  }
}

function* serveClients(
  context: SocketContext,
  answer: (request: HttpRequest) => HttpResponse | 'hang' | 'close',
): Op<void> {
  const listener = context.kernel.sockets.tcpListen(context.netns, {
    port: 80,
    backlog: 511,
    owner: { program: 'nginx', pid: 77, fd: 6 },
  });
  if (!listener.ok) return;
  for (;;) {
    const client = yield* acceptClient(context, listener.value);
    if (client.ok) context.sim.spawn('http client', serveClient(context, client.value, answer));
  }
}

function* serveClient(
  context: SocketContext,
  client: Parameters<typeof sendAll>[1],
  answer: (request: HttpRequest) => HttpResponse | 'hang' | 'close',
): Op<void> {
  const parser = new HttpParser('request');
  for (;;) {
    const request = parser.request();
    if (request) {
      const response = answer(request);
      if (response === 'close') break;
      if (response !== 'hang') yield* sendAll(context, client, writeResponse(response));
      continue;
    }
    const part = yield* receiveSome(context, client);
    if (!part.ok || part.value === null) break;
    parser.push(part.value);
  }
  context.kernel.sockets.close(client);
}

/** A plain answer with its length. */
export const page = (
  status: number,
  body: string,
  headers: HttpResponse['headers'] = [],
): HttpResponse => ({
  version: 'HTTP/1.1',
  status,
  reason: status === 200 ? 'OK' : status === 404 ? 'Not Found' : 'Found',
  headers: [...headers, ['Content-Type', 'text/plain'], ['Content-Length', `${body.length}`]],
  body,
});
