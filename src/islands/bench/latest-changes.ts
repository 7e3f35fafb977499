// What the last command changed below, whoever ran it: typed, a step's, the console's. Looked for only while it is open.

import type { ChangesView } from '../../../sandbox-engine/protocol/index.ts';
import { fill } from '../../i18n/fill.ts';
import { showChanges } from '../changes-body.ts';
import { client, find, make, strings } from '../page-data.ts';

export class LatestChanges {
  readonly #title: HTMLElement;
  readonly #body: HTMLElement;
  #stop: (() => void) | undefined;

  constructor(bench: HTMLElement) {
    const details = find<HTMLDetailsElement>(bench, '.bench-changes');
    this.#title = find(details, '.bench-changes-of');
    this.#body = find(details, '.changes-body');
    details.addEventListener('toggle', () => this.#watch(details.open));
    client.on.add('rewound', () => this.#show({ command: '', terminal: '', entries: [] }));
    this.#watch(details.open);
  }

  #watch(open: boolean): void {
    this.#stop?.();
    this.#stop = open
      ? client.subscribe('changes', {}, (value) => this.#show(value as ChangesView))
      : undefined;
  }

  #show(changes: ChangesView): void {
    const { terminal, command, hand, entries } = changes;
    const none = terminal === '' && command === '' && !hand;
    this.#title.textContent = none ? strings.changesNoCommand : titleOf(changes);
    if (entries.length > 0) showChanges(this.#body, changes);
    else
      this.#body.replaceChildren(
        ...(none ? [] : [make('p', { class: 'changes-none' }, strings.changesNothing)]),
      );
  }
}

/** The console's and the browser pane's commands have no terminal; of what is typed only the terminal is known. */
function titleOf({ terminal, command, hand }: ChangesView): string {
  if (hand) return fill(strings.machineDid, { host: hand.host, action: strings[hand.action] });
  if (terminal === '') return command;
  return command === ''
    ? fill(strings.changesTyped, { terminal })
    : fill(strings.changesOf, { terminal, command });
}
