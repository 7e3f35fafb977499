// Asks a world whether a packet gets from a host, or from one of its containers, to an address: by sending one.
import { connectTcp, lookupIpv4, type Process } from '../os/index.ts';
import type { Check } from '../protocol/index.ts';
import { micros, type Op, seconds } from '../sim/index.ts';
import type { World } from './world.ts';

type Reachable = Extract<Check, { kind: 'reachable' }>;

/** Simulated seconds that an answer may take. */
const patience = 2;

/** Undefined when the asker does not exist. The world is changed by it: use a copy. */
export function probe(world: World, check: Reachable, to: string): boolean | undefined {
  const machine = world.machines.get(check.from);
  if (!machine) return undefined;
  const asker = check.container === undefined ? {} : insideOf(world, check.from, check.container);
  if (!asker) return undefined;
  const started = machine.host.spawn({
    argv: ['probe'],
    program: function* (process) {
      return (yield* reaches(process, to, check.port)) ? 0 : 1;
    },
    ...asker,
  });
  if (!started.ok) return undefined;
  const deadline = micros(world.sim.now() + seconds(3 * patience));
  while (started.value.exitStatus === undefined) {
    const next = world.sim.nextAt();
    if (next === undefined || next > deadline) return false;
    world.sim.runNext();
  }
  return started.value.exitStatus === 0;
}

/** Root and namespace of a container's first process. */
function insideOf(
  world: World,
  host: string,
  name: string,
): Pick<Process, 'fs' | 'netns'> | undefined {
  const row = world.daemon.containers.where('host', host).find((one) => one.name === name);
  const process = row && world.machines.get(host)?.host.process(row.state.pid);
  return process && { fs: process.fs, netns: process.netns };
}

function* reaches(process: Process, to: string, port: number | undefined): Op<boolean> {
  const addresses = yield* lookupIpv4(process, to);
  const address = addresses.ok ? addresses.value[0] : undefined;
  if (address === undefined) return false;
  if (port !== undefined) {
    const until = micros(process.sim.now() + seconds(patience));
    const opened = yield* connectTcp(process, { to: address, port, until });
    if (opened.ok) process.kernel.sockets.close(opened.value);
    return opened.ok;
  }
  const { sockets } = process.kernel;
  const socket = sockets.icmpOpen(process.netns);
  const sent = sockets.icmpSend(socket, address, { sequence: 1, size: 56 });
  const until = micros(process.sim.now() + seconds(patience));
  let answered = false;
  while (sent.ok && !answered && process.sim.now() < until) {
    const arrival = sockets.icmpReceive(socket);
    if (arrival) answered = arrival.type === 0;
    else yield { keys: [sockets.key(socket)], until };
  }
  sockets.close(socket);
  return answered;
}
