// Asks where a further shell is to be opened: on a host, or in one of the containers that run now.
import type { LanView } from '../../../sandbox-engine/protocol/index.ts';
import { fill } from '../../i18n/fill.ts';
import { client, make, strings } from '../page-data.ts';

export interface NewShell {
  readonly host: string;
  readonly container?: string;
}

/** The hosts' containers as they are now. */
function lanView(): Promise<LanView> {
  return new Promise((resolve) => {
    let stop: (() => void) | undefined;
    let came = false;
    const take = (value: unknown) => {
      if (came) return;
      came = true;
      resolve(value as LanView);
      stop?.();
    };
    stop = client.subscribe('lan', {}, take);
    if (came) stop();
  });
}

/** Answers what was chosen; undefined when the reader went away. */
export async function chooseShell(hosts: readonly string[]): Promise<NewShell | undefined> {
  const view = await lanView();
  const select = make('select', { 'aria-label': strings.newShellWhere });
  const choices: NewShell[] = [];
  for (const host of hosts) {
    const group = make('optgroup', { label: host });
    const add = (choice: NewShell, label: string) => {
      group.append(make('option', { value: String(choices.length) }, label));
      choices.push(choice);
    };
    add({ host }, fill(strings.newShellOn, { host }));
    const running = view.hosts
      .find(({ name }) => name === host)
      ?.containers.filter(({ state }) => state === 'running');
    for (const { name } of running ?? [])
      add({ host, container: name }, fill(strings.newShellIn, { container: name }));
    select.append(group);
  }
  const dialog = make('dialog', { class: 'session-dialog', 'aria-labelledby': 'new-shell-title' });
  const open = make(
    'button',
    { type: 'submit', class: 'button', value: 'open' },
    strings.newShellOpen,
  );
  const close = make('button', { type: 'submit', class: 'button quiet', value: '' }, strings.close);
  dialog.append(
    make(
      'form',
      { method: 'dialog' },
      make('h2', { id: 'new-shell-title' }, strings.newShellTitle),
      make('p', {}, select),
      make('p', { class: 'session-acts' }, open, close),
    ),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'open' ? choices[Number(select.value)] : undefined);
    });
    dialog.showModal();
  });
}
