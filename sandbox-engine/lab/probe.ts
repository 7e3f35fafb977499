// Asks a world something from a host, or from one of its containers: whether a packet gets to an address (by sending one),
// and what a name means (by looking it up).
import { connectTcp, lookupIpv4, type Process } from '../os/index.ts';
import type { Check } from '../protocol/index.ts';
import { micros, type Op, seconds } from '../sim/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import { containerOf } from './swarm-facts.ts';
import type { World } from './world.ts';

type Asked = Extract<Check, { kind: 'reachable' | 'resolves' }>;

/** Simulated seconds that an answer may take. */
const patience = 2;

/** Undefined when the asker does not exist. The world is changed by it: use a copy. */
export function probe(
  world: World,
  check: Extract<Check, { kind: 'reachable' }>,
  to: string,
): boolean | undefined {
  return askFrom(world, check, false, (process) => reaches(process, to, check.port));
}

/** The addresses of a name. Undefined when the asker does not exist. The world is changed by it: use a copy. */
export function resolve(
  world: World,
  check: Extract<Check, { kind: 'resolves' }>,
): readonly string[] | undefined {
  return askFrom(world, check, [], function* (process) {
    const found = yield* lookupIpv4(process, check.name);
    return found.ok ? found.value.map(formatIpv4) : [];
  });
}

/** Runs a program where the check asks from, and answers what it found; `otherwise` when it took too long. */
function askFrom<Answer>(
  world: World,
  check: Asked,
  otherwise: Answer,
  ask: (process: Process) => Op<Answer>,
): Answer | undefined {
  const machine = world.machines.get(check.from);
  const inside = check.container !== undefined || check.task !== undefined;
  const asker = inside ? insideOf(world, check) : {};
  if (!machine || !asker) return undefined;
  let answer = otherwise;
  const started = machine.host.spawn({
    argv: ['probe'],
    program: function* (process) {
      answer = yield* ask(process);
      return 0;
    },
    ...asker,
  });
  if (!started.ok) return undefined;
  const deadline = micros(world.sim.now() + seconds(3 * patience));
  while (started.value.exitStatus === undefined) {
    const next = world.sim.nextAt();
    if (next === undefined || next > deadline) break;
    world.sim.runNext();
  }
  return answer;
}

/** Root and namespace of a container's first process. */
function insideOf(world: World, check: Asked): Pick<Process, 'fs' | 'netns'> | undefined {
  const row = containerOf(world, check.from, check);
  const process = row && world.machines.get(check.from)?.host.process(row.state.pid);
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
