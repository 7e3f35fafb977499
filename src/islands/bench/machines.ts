// The machines' power and cables: how each stands, two buttons for it, and what the swarm makes of it.
import type {
  MachineAction,
  MachineState,
  MachinesView,
} from '../../../sandbox-engine/protocol/index.ts';
import { fill } from '../../i18n/fill.ts';
import { client, find, strings } from '../page-data.ts';

const power = {
  on: strings.machineOn,
  booting: strings.machineBooting,
  off: strings.machineOff,
} as const;

export class Machines {
  readonly #details: HTMLDetailsElement;
  /** What was said of each machine last. */
  readonly #said = new Map<string, string>();
  #stop: (() => void) | undefined;

  constructor(bench: HTMLElement) {
    this.#details = find<HTMLDetailsElement>(bench, '.bench-machines');
    for (const row of this.#rows()) {
      this.#show(row, { host: row.dataset.machine ?? '', power: 'on', plugged: true });
      for (const button of row.querySelectorAll<HTMLButtonElement>('[data-hand]'))
        button.addEventListener('click', () =>
          client.machine(row.dataset.machine ?? '', button.dataset.action as MachineAction),
        );
    }
    this.#details.addEventListener('toggle', () => this.#watch(this.#details.open));
    this.#watch(this.#details.open);
  }

  #rows(): NodeListOf<HTMLElement> {
    return this.#details.querySelectorAll<HTMLElement>('[data-machine]');
  }

  #watch(open: boolean): void {
    this.#stop?.();
    this.#stop = open
      ? client.subscribe('machines', {}, (value) => this.#take(value as MachinesView))
      : undefined;
  }

  #take({ machines }: MachinesView): void {
    const news: string[] = [];
    for (const row of this.#rows()) {
      const machine = machines.find(({ host }) => host === row.dataset.machine);
      if (!machine) continue;
      const before = this.#said.get(machine.host);
      const now = this.#show(row, machine);
      this.#said.set(machine.host, now);
      if (before !== undefined && before !== now)
        news.push(fill(strings.machineNow, { host: machine.host, state: now }));
    }
    if (news.length > 0) find(this.#details, '[role="status"]').textContent = news.join(' ');
  }

  /** Answers the machine's state in words. */
  #show(row: HTMLElement, machine: MachineState): string {
    const { host, plugged, node } = machine;
    const words = [
      power[machine.power],
      plugged ? '' : strings.machineUnplugged,
      node === undefined ? '' : fill(strings.machineNode, { state: dockerWord(node) }),
    ];
    const text = words.filter(Boolean).join(' · ');
    find(row, '.machine-state').textContent = text;
    row.toggleAttribute('data-cut', machine.power !== 'on' || !plugged);
    label(row, 'power', host, machine.power === 'off' ? 'powerOn' : 'powerOff');
    label(row, 'cable', host, plugged ? 'unplug' : 'plug');
    return text;
  }
}

/** `Ready`, as `docker node ls` writes it. */
const dockerWord = (state: string): string => `${state[0]?.toUpperCase()}${state.slice(1)}`;

function label(row: HTMLElement, hand: string, host: string, action: MachineAction): void {
  const button = find<HTMLButtonElement>(row, `[data-hand="${hand}"]`);
  if (button.dataset.action === action) return;
  button.dataset.action = action;
  button.textContent = strings[action];
  button.setAttribute('aria-label', `${strings[action]} ${host}`);
}
