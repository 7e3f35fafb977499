// What happens to a machine itself: the power, the network cable, and the services that its process 1 looks after. Behind the
// replay protocol's `host` messages, the reader's hand on the machine, and what `systemctl` and `reboot` ask for on it.
//
// Mirrors: a PC with systemd and docker.service. Differs: containerd cannot be stopped; a boot takes a fixed time.
import {
  type Daemon,
  type EngineProcesses,
  startDockerd,
  startEngineProcesses,
} from '../daemon/index.ts';
import { type Host, type ServiceManager, serviceManager, signals, type Unit } from '../os/index.ts';
import type { MachineAction, MachineState } from '../protocol/index.ts';
import { type Coroutine, millis, type Op, type Sim, seconds, sleep } from '../sim/index.ts';
import { unreachable } from '../std/index.ts';
import { lan } from './topology.ts';

/** From the power button until process 1 starts the services. */
const bootTime = seconds(5);
/** Between off and on in a reboot. */
const rebootPause = seconds(1);
/** From the end of a daemon that was killed until it is started again. */
const restartPause = seconds(2);
/** How often a service manager looks whether a service has come up. */
const lookEvery = millis(50);

export interface PoweredParts {
  readonly sim: Sim;
  readonly host: Host;
  readonly daemon: Daemon;
  /** The engine's processes; replaced as they come and go. */
  readonly engine: { processes: EngineProcesses };
  /** Addresses, routes and sysctls, as at every boot. */
  readonly setUpNetwork: () => void;
}

export class MachinePower implements ServiceManager {
  readonly #parts: PoweredParts;
  #booting: Coroutine<void> | undefined;
  /** Brings a daemon back that was killed. */
  #revival: Coroutine<void> | undefined;
  #docker: Pick<Unit, 'state' | 'since'>;
  #plugged = true;

  constructor(parts: PoweredParts) {
    this.#parts = parts;
    const { sim, host } = parts;
    this.#docker = { state: 'active', since: sim.now() };
    host.provide(serviceManager, this);
    this.#watch();
  }

  get on(): boolean {
    return this.#parts.host.up;
  }

  get state(): Omit<MachineState, 'node'> {
    const { host } = this.#parts;
    const power = host.up ? 'on' : this.#booting ? 'booting' : 'off';
    return { host: host.name, power, plugged: this.#plugged };
  }

  /** A hand on the machine. */
  does(action: MachineAction): void {
    switch (action) {
      case 'powerOff':
        this.cut();
        return;
      case 'powerOn':
        this.press();
        return;
      case 'unplug':
      case 'plug':
        this.#plugged = action === 'plug';
        this.#wire();
        return;
      default:
        unreachable(action);
    }
  }

  /** Brings the network card to where the cable is: a kernel that boots finds it as it was left. */
  #wire(): void {
    const { kernel, up } = this.#parts.host;
    if (!up) return;
    for (const link of kernel.links(kernel.initNetns))
      if (link.kind === 'ether' && (link.segment !== undefined) !== this.#plugged)
        kernel.linkSet(link.id, { segment: this.#plugged ? lan.segment : null });
  }

  // ---- power ------------------------------------------------------------------------------

  /** Pulls the plug: nothing is written, nobody is told. */
  cut(): void {
    const { sim, host, daemon } = this.#parts;
    if (this.#booting) sim.cancel(this.#booting);
    this.#booting = undefined;
    if (!host.up) return;
    // The network first: a machine without power sends nothing, whatever ends on it.
    host.kernel.halt();
    daemon.lose();
    host.halt();
    this.#docker = { state: 'inactive', since: sim.now() };
  }

  /** Presses the button. Nothing when the machine is on, or on its way. */
  press(): void {
    const { sim, host } = this.#parts;
    if (host.up || this.#booting) return;
    this.#booting = sim.spawn(`boot of ${host.name}`, this.#boot(), null);
  }

  *#boot(): Op<void> {
    const { sim, host, daemon, engine, setUpNetwork } = this.#parts;
    yield* sleep(sim, bootTime);
    host.kernel.boot();
    setUpNetwork();
    host.boot();
    this.#wire();
    host.provide(serviceManager, this);
    engine.processes = startEngineProcesses(host);
    this.#watch();
    daemon.boot();
    this.#set('activating');
    while (!daemon.running) yield* sleep(sim, lookEvery);
    this.#set('active');
    this.#booting = undefined;
  }

  shutDown(then: 'poweroff' | 'reboot', force: boolean): void {
    const { sim, host } = this.#parts;
    sim.spawn(`${then} of ${host.name}`, this.#shutDown(then, force), null);
  }

  *#shutDown(then: 'poweroff' | 'reboot', force: boolean): Op<void> {
    const { sim } = this.#parts;
    if (!force) yield* this.stop('docker.service');
    this.cut();
    if (then === 'poweroff') return;
    yield* sleep(sim, rebootPause);
    this.press();
  }

  // ---- services ---------------------------------------------------------------------------

  units(): readonly Unit[] {
    const { containerd, dockerd } = this.#parts.engine.processes;
    return [
      {
        name: 'containerd.service',
        description: 'containerd container runtime',
        documentation: 'https://containerd.io',
        state: 'active',
        since: this.#parts.host.bootedAt,
        mainPid: containerd.row.pid,
        argv: containerd.row.argv,
      },
      {
        name: 'docker.service',
        description: 'Docker Application Container Engine',
        documentation: 'https://docs.docker.com',
        ...this.#docker,
        mainPid: dockerd.row.pid,
        argv: dockerd.row.argv,
      },
    ];
  }

  start(unit: string): Op<void> {
    return this.#job(`start of ${unit}`, unit === 'docker.service' ? this.#start() : nothing());
  }

  stop(unit: string): Op<void> {
    return this.#job(`stop of ${unit}`, unit === 'docker.service' ? this.#stop() : nothing());
  }

  /** Process 1 does it, whether or not somebody waits for it. */
  *#job(name: string, op: Op<void>): Op<void> {
    const { sim, host } = this.#parts;
    const job = sim.spawn(name, op, host.scope);
    while (!job.ended) yield { keys: [job.endKey] };
  }

  *#start(): Op<void> {
    const { sim, host, daemon, engine } = this.#parts;
    while (this.#docker.state === 'deactivating') yield* sleep(sim, lookEvery);
    if (this.#docker.state === 'inactive') {
      this.#set('activating');
      engine.processes = { ...engine.processes, dockerd: startDockerd(host) };
      this.#watch();
      daemon.boot();
    }
    while (!daemon.running) yield* sleep(sim, lookEvery);
    if (this.#docker.state === 'activating') this.#set('active');
  }

  /**
   * Somebody may kill dockerd: docker.service says Restart=always, RestartSec=2. Differs: its containers do not go on until
   * then, however it was killed.
   */
  #watch(): void {
    const { sim, host, engine } = this.#parts;
    const { dockerd } = engine.processes;
    dockerd.onExit.push(() => {
      const current = engine.processes.dockerd === dockerd && this.#docker.state === 'active';
      if (current && host.up)
        this.#revival = sim.spawn('end of dockerd', this.#revive(), host.scope);
    });
  }

  *#revive(): Op<void> {
    const { sim, daemon } = this.#parts;
    this.#set('deactivating');
    yield* daemon.stop();
    this.#set('inactive');
    yield* sleep(sim, restartPause);
    yield* this.#start();
  }

  *#stop(): Op<void> {
    const { sim, host, daemon, engine } = this.#parts;
    // One that was just killed has to end before its revival can be called off.
    while (this.#revival && this.#docker.state === 'deactivating') yield* sleep(sim, lookEvery);
    if (this.#docker.state === 'inactive' && this.#revival) sim.cancel(this.#revival);
    this.#revival = undefined;
    while (this.#docker.state === 'activating') yield* sleep(sim, lookEvery);
    if (this.#docker.state === 'active') {
      this.#set('deactivating');
      yield* daemon.stop();
      host.kill(engine.processes.dockerd.row.pid, signals.SIGKILL);
      this.#set('inactive');
    }
    while (this.#docker.state === 'deactivating') yield* sleep(sim, lookEvery);
  }

  #set(state: Unit['state']): void {
    this.#docker = { state, since: this.#parts.sim.now() };
  }
}

/** What a replay's `host` message asks for; the words are the recorder's. */
export function hostAction(
  sim: Sim,
  power: MachinePower | undefined,
  action: string,
): { readonly ok: boolean; readonly error?: string } {
  if (!power) return { ok: false, error: 'no such host' };
  const docker = 'docker.service';
  if (action === 'power off') power.cut();
  else if (action === 'power on') power.press();
  else {
    const stops = /dockerd .*\b(stopped|restarted)\b/.test(action);
    const starts = /dockerd .*\b(started|restarted)\b/.test(action);
    if (!stops && !starts) return { ok: false, error: `not simulated: ${action}` };
    sim.spawn(
      action,
      inTurn(stops ? power.stop(docker) : nothing(), starts ? power.start(docker) : nothing()),
      null,
    );
  }
  return { ok: true };
}

function* inTurn(first: Op<void>, second: Op<void>): Op<void> {
  yield* first;
  yield* second;
}

function* nothing(): Op<void> {}
