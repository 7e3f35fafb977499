// Builds a world: the LAN with its gateway and internet, the machines with their kernels and engines, and the swarm.
import type { ApiRequest } from '../api/index.ts';
import {
  gatewayAddress,
  gatewayTree,
  hostEnvironment,
  hostLayers,
  imageTrees,
  startGateway,
} from '../apps/index.ts';
import {
  type Cluster,
  Computer,
  createCluster,
  createClusterWorld,
  createDaemon,
  createDaemonCollections,
  proxyStarter,
  startEngineProcesses,
} from '../daemon/index.ts';
import { createKernel, createNetworkWorld } from '../kernel/index.ts';
import { createNetworkController, createNetworkRows } from '../libnetwork/index.ts';
import { createHost, createOsWorld, type FileTree, type Host } from '../os/index.ts';
import { micros, Sim, seconds } from '../sim/index.ts';
import { assert, must } from '../std/index.ts';
import { cidr, type Ipv4, ip, type Mac } from '../wire/index.ts';
import type { LabOptions } from './api.ts';
import { MachinePower } from './machines.ts';
import { type ProgramSource, programRegistry } from './programs.ts';
import { defaultMachines, lan, uplinkMac } from './topology.ts';
import type { Machine, World } from './world.ts';

/** 2026-11-22T00:00:00Z: the day of the recordings. */
const defaultStart = 1_795_305_600_000;

export function buildWorld(options: LabOptions, source: ProgramSource): World {
  const sim = new Sim({ seed: options.seed, epochMillis: options.startMillis ?? defaultStart });
  const shared: Shared = {
    sim,
    network: createNetworkWorld(sim),
    os: createOsWorld(sim),
    libnetwork: createNetworkRows(sim.journal),
    daemon: createDaemonCollections(sim.journal),
    swarm: createClusterWorld(sim, {
      ...(options.placements && { placements: options.placements }),
    }),
    computer: new Computer(sim),
    programs: programRegistry(source, [...hostLayers('host'), gatewayTree, ...imageTrees]),
  };
  const gateway = makeGateway(shared);
  const machines = new Map<string, Machine>();
  const addresses = options.machines ?? defaultMachines;
  for (const [name, address] of Object.entries(addresses))
    machines.set(
      name,
      makeMachine(shared, name, address, hostLayers(name, addresses, options.recordedDisks)),
    );
  const world: World = { ...shared, machines, gateway };
  settle(sim);
  if (options.scenario === 'swarm') formSwarm(world);
  return world;
}

type Shared = Omit<World, 'machines' | 'gateway'> & {
  readonly programs: ReturnType<typeof programRegistry>;
  readonly computer: Computer;
};

/** The addresses of a host's uplink, as at every boot. */
function setUpUplink(host: Host, address: string): void {
  const { kernel } = host;
  const eth0 = must(kernel.linkByName(kernel.initNetns, 'eth0'), `eth0 of ${host.name}`);
  kernel.addressAdd(eth0.id, ip(address), lan.prefixLength, { broadcast: lan.broadcast });
}

function makeHost(
  shared: Shared,
  name: string,
  address: string,
  tree: FileTree | readonly FileTree[],
): Host {
  const kernel = createKernel(shared.network, {
    host: name,
    uplink: { mac: uplinkMac(address) as Mac, segment: lan.segment },
  });
  const host = createHost({
    world: shared.os,
    name,
    kernel,
    tree,
    programs: shared.programs,
    env: hostEnvironment,
  });
  setUpUplink(host, address);
  return host;
}

function addDefaultRoute(host: Host, via: Ipv4): void {
  const { kernel } = host;
  const eth0 = must(kernel.linkByName(kernel.initNetns, 'eth0'), `eth0 of ${host.name}`);
  kernel.routeAdd(kernel.initNetns, { destination: cidr('0.0.0.0/0'), via, link: eth0.id });
}

/** As the recorded machines boot: forwarding is on before dockerd starts, so it leaves the FORWARD policy alone. */
function finishNetwork(host: Host): void {
  addDefaultRoute(host, lan.gateway);
  for (const name of ['net.ipv4.ip_forward', 'net.bridge.bridge-nf-call-iptables'])
    host.kernel.sysctlSet(host.kernel.initNetns, name, '1');
}

function makeMachine(
  shared: Shared,
  name: string,
  address: string,
  disk: readonly FileTree[],
): Machine {
  const host = makeHost(shared, name, address, disk);
  finishNetwork(host);
  const engine = { processes: startEngineProcesses(host) };
  let cluster: Cluster | undefined;
  const controller = createNetworkController({
    sim: shared.sim,
    kernel: host.kernel,
    host: name,
    rows: shared.libnetwork,
    readHostFile: (path) => {
      const read = host.fs.read(path);
      return read.ok ? read.value : undefined;
    },
    placeNetns: (path, netns) => {
      if (netns === undefined) host.fs.remove(path);
      else host.fs.place(path, { type: 'netns', netns });
    },
    startProxy: proxyStarter(host),
    get daemonPid() {
      return engine.processes.dockerd.row.pid;
    },
    dataPathAddress: () => cluster?.dataPathAddress(),
    dataPathPort: () => cluster?.dataPathPort(),
    onServiceEndpoints: () => cluster?.endpointsChanged(),
  });
  const daemon = createDaemon({
    sim: shared.sim,
    host,
    collections: shared.daemon,
    controller,
    computer: shared.computer,
  });
  const member = createCluster({
    sim: shared.sim,
    host,
    controller,
    containers: daemon.containers,
    world: shared.swarm,
    daemonPid: () => engine.processes.dockerd.row.pid,
  });
  cluster = member;
  daemon.joinCluster(member);
  const role = (): ReturnType<Machine['role']> => {
    const { manager, nodeId } = member.node;
    if (manager) return manager.raft.isLeader ? 'leader' : 'manager';
    return nodeId === undefined ? 'none' : 'worker';
  };
  const power = new MachinePower({
    ...{ sim: shared.sim, host, daemon, engine },
    setUpNetwork() {
      setUpUplink(host, address);
      finishNetwork(host);
    },
  });
  return { name, address, host, controller, daemon, cluster: member, power, role };
}

function makeGateway(shared: Shared): Host {
  const host = makeHost(shared, 'gateway', gatewayAddress, gatewayTree);
  startGateway(host);
  return host;
}

/** Lets what starts by itself come to rest, for at most a second. */
function settle(sim: Sim): void {
  sim.runUntil(seconds(1));
}

/** Joins the machines as the recordings did: the first makes the swarm, the others join as workers. */
function formSwarm(world: World): void {
  const [first, ...others] = [...world.machines.values()];
  if (!first) return;
  ask(world, first, 'POST', '/swarm/init', {
    ListenAddr: '0.0.0.0:2377',
    AdvertiseAddr: first.address,
    Spec: { Labels: null },
  });
  const swarm = ask(world, first, 'GET', '/swarm') as { JoinTokens: { Worker: string } };
  for (const machine of others)
    ask(world, machine, 'POST', '/swarm/join', {
      ListenAddr: '0.0.0.0:2377',
      RemoteAddrs: [`${first.address}:2377`],
      JoinToken: swarm.JoinTokens.Worker,
    });
  world.sim.runUntil(micros(world.sim.now() + seconds(2)));
}

/** Asks an engine, lets the world run until it has answered, and hands over the answer's body. */
function ask(
  { sim }: World,
  machine: Machine,
  method: ApiRequest['method'],
  path: string,
  body?: unknown,
): unknown {
  const request = sim.spawn(`lab: ${path}`, machine.daemon.api.handle({ method, path, body }));
  while (!request.ended && sim.runNext());
  const { status = 0, body: answer } = request.result ?? {};
  assert(status < 400, `${machine.name}: ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}
