// What concerns the whole world: a session to go on with, a bug of the simulator, a worker that died. Sharing, files and
// what was put aside are in session-panel.ts, which is loaded when somebody asks for it.

import { fill } from '../i18n/fill.ts';
import { markOpen, wasOpen } from '../sessions/note.ts';
import { client, find, lab, make, strings } from './page-data.ts';

/** What is read out at once. */
const failures = new Set(['bug', 'crash', 'unsaved', 'refused']);

export class LabSession extends HTMLElement {
  connectedCallback(): void {
    this.setAttribute('role', 'status');
    client.on.add('bug', ({ message, session }) => {
      const record = JSON.stringify({ message, page: location.pathname, session }, null, 1);
      const copy = make('button', { type: 'button', class: 'button quiet' }, strings.bugCopy);
      copy.addEventListener('click', () => void navigator.clipboard.writeText(record));
      this.say('bug', strings.bug, copy, this.close(), make('pre', { tabindex: '0' }, message));
    });
    client.on.add('unsaved', ({ message }) => {
      this.say(
        'unsaved',
        fill(strings.sessionUnsaved, { reason: message }),
        this.button(strings.sessionSaveFile, async () => (await panel()).saveFile()),
        this.close(),
      );
    });
    client.on.add('state', (state) => {
      if (state === 'ready') {
        markOpen(lab.id);
        if (this.dataset.kind === 'kept') this.hidden = true;
      }
      if (state === 'crashed') this.#offerRecovery();
    });
    addEventListener('lab-sessions', () => void panel().then((it) => it.open(this)));
    addEventListener('lab-share', () => void panel().then((it) => it.share()));
    // A link that is pasted into the open page changes nothing but the fragment.
    addEventListener('hashchange', () => this.#offerLinked());
    // This file has come: that it could not be loaded (lab.ts) is over.
    if (this.dataset.kind === 'failed') this.hidden = true;
    if (this.#offerLinked()) return;
    if (wasOpen(lab.id)) client.start();
    else this.#offerKept();
  }

  say(kind: string, text: string, ...more: Node[]): void {
    this.setAttribute('role', failures.has(kind) ? 'alert' : 'status');
    this.dataset.kind = kind;
    this.hidden = false;
    this.replaceChildren(make('span', {}, text), ...more);
  }

  button(label: string, work: () => void | Promise<void>, quiet = true): HTMLButtonElement {
    const kind = quiet ? 'button quiet' : 'button';
    const button = make('button', { type: 'button', class: kind }, label);
    button.addEventListener('click', () => void work());
    return button;
  }

  close(): HTMLElement {
    return this.button(strings.close, () => {
      this.hidden = true;
    });
  }

  /** Is there a session in the address? */
  #offerLinked(): boolean {
    const { hash } = location;
    if (!hash.startsWith('#s=')) return false;
    void panel().then((it) => it.offer(this, hash));
    return true;
  }

  /** lab.ts has said what is kept, if it was there when the page came: a note that is written later is another tab's. */
  #offerKept(): void {
    if (this.dataset.kind !== 'kept') return;
    this.#onAct('go-on', () => client.start());
    this.#onAct('fresh', async () => {
      this.hidden = true;
      await (await panel()).startFresh();
    });
  }

  #onAct(act: string, work: () => void | Promise<void>): void {
    find(this, `[data-act="${act}"]`).addEventListener('click', () => void work());
  }

  #offerRecovery(): void {
    this.say(
      'crash',
      strings.crashed,
      this.button(
        strings.crashedHint,
        () => {
          this.hidden = true;
          client.recover();
        },
        false,
      ),
      this.button(strings.sessionFresh, async () => {
        this.hidden = true;
        await (await panel()).startFresh();
      }),
    );
  }
}

const panel = () => import('./session-panel.ts');
