// For tests: a small swarm of nodes whose controllers are told of each other's endpoints, with tasks that serve their name.
import type { NetnsId, SocketId } from '../../kernel/index.ts';
import type { Op } from '../../sim/index.ts';
import { must } from '../../std/index.ts';
import { type Ipv4, ip, macOfIpv4 } from '../../wire/index.ts';
import type { SandboxRow, ServiceBinding, SwarmNetworkSpec } from '../api.ts';
import { containerSpec, run, type TestHost, testHosts, value } from '../testing.ts';

export const ingressId = 'kkuvb257c41ai06mj19gmbq8c';
export const overlayId = 'z9943kt4wr7313rhzij312yh1';

export const networkSpec = (
  kind: 'ingress' | 'ov',
  loadBalancerAddress: string,
  options: Readonly<Record<string, string>> = {},
): SwarmNetworkSpec => ({
  networkId: kind === 'ingress' ? ingressId : overlayId,
  name: kind,
  createdAt: 0,
  subnets: [
    kind === 'ingress'
      ? { subnet: '10.0.0.0/24', gateway: '10.0.0.1', vni: 4096 }
      : { subnet: '10.0.1.0/24', gateway: '10.0.1.1', vni: 4097 },
  ],
  ingress: kind === 'ingress',
  internal: false,
  attachable: kind === 'ov',
  options,
  labels: null,
  loadBalancerAddress: `${loadBalancerAddress}/24`,
});

export interface TestTask {
  readonly host: TestHost;
  readonly sandbox: SandboxRow;
}

export interface TaskOrder {
  readonly name: string;
  readonly addresses: Readonly<Partial<Record<'ingress' | 'ov', string>>>;
  readonly service: ServiceBinding;
  /** On which port the task's server listens; 0: nothing does. */
  readonly port?: number;
}

/** Nodes at 192.168.56.10, .11 …, of which each has 10.0.0.2, .3 … on ingress. */
export function testSwarm(count: number): TestHost[] {
  const hosts = testHosts(count);
  for (const [n, host] of hosts.entries())
    value(host.controller.addSwarmNetwork(networkSpec('ingress', `10.0.0.${2 + n}`)));
  sync(hosts);
  return hosts;
}

const nodeOf = (hosts: readonly TestHost[], host: TestHost): Ipv4 =>
  ip(`192.168.56.1${hosts.indexOf(host)}`);

/** What gossip does: everybody hears of everybody's endpoints, and of those that are gone. */
export function sync(hosts: readonly TestHost[]): void {
  for (const networkId of [ingressId, overlayId])
    for (const host of hosts)
      for (const other of hosts) if (other !== host) tell(hosts, networkId, host, other);
}

function tell(hosts: readonly TestHost[], networkId: string, from: TestHost, to: TestHost): void {
  const node = nodeOf(hosts, from);
  const here = from.controller.serviceEndpoints(networkId).filter(({ local }) => local);
  const takesPart = to.controller.networks().some((network) => network.networkId === networkId);
  for (const known of to.controller.serviceEndpoints(networkId))
    if (known.node === node && !here.some(({ endpointId }) => endpointId === known.endpointId))
      to.controller.removeServiceEndpoint(networkId, known.endpointId);
  if (!takesPart) return;
  for (const row of here) to.controller.addServiceEndpoint(networkId, row);
  for (const { address } of from.controller.endpoints(networkId))
    if (address !== undefined)
      to.controller.addPeer(networkId, { address, mac: macOfIpv4(address), node });
}

/** Starts a task; it is in the table as soon as it runs. */
export function startTask(host: TestHost, order: TaskOrder): TestTask {
  const { name, addresses, service, port = 80 } = order;
  const networks = Object.entries(addresses).map(([network, address]) => ({
    network,
    allocatedAddress: `${address}/24`,
    service: { virtualIp: virtualIps[network as 'ingress' | 'ov'], ...service },
  }));
  const sandbox = value(host.controller.createSandbox(containerSpec(name, networks)));
  if (port > 0) serve(host, sandbox.netns, port, name);
  host.controller.enableService(sandbox.id);
  host.controller.announceService(sandbox.id);
  return { host, sandbox };
}

const virtualIps = { ingress: '10.0.0.6', ov: '10.0.1.2' } as const;

/** A server that answers every connection with its name. */
function serve(host: TestHost, netns: NetnsId, port: number, name: string): void {
  const { sockets } = host.kernel;
  const listener = sockets.tcpListen(netns, { port });
  const socket = listener.ok ? listener.value : ('' as SocketId);
  host.sim.spawn(
    `server ${name}`,
    (function* (): Op<void> {
      while (sockets.get(socket)) {
        const client = sockets.tcpAccept(socket);
        if (client === undefined) yield { keys: [sockets.key(socket)] };
        else {
          sockets.send(client, name);
          sockets.close(client);
        }
      }
    })(),
  );
}

/** What a server says, or the error of connecting to it. */
export function fetch(host: TestHost, netns: NetnsId, to: string, port: number): string {
  const { sockets } = host.kernel;
  const socket = sockets.tcpConnect(netns, { to: ip(to), port });
  if (!socket.ok) return socket.error;
  run(host, 1);
  const state = sockets.connection(socket.value);
  const got = sockets.receive(socket.value);
  sockets.close(socket.value);
  run(host, 1);
  return got && 'text' in got ? got.text : state;
}

export const named = ({ netnsFiles }: TestHost, key: string): NetnsId =>
  must(netnsFiles.get(`/var/run/docker/netns/${key}`), key);
