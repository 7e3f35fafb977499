// What a lab page runs before anybody touches it: the contents, a word about a kept session, and the listeners that load
// the live parts (live.ts) when a hand, a key or a focus comes near one of them.
import { readNote, wasOpen } from '../sessions/note.ts';
import { showKept, wordsOfPage } from './kept-notice.ts';
import { LabContents } from './lab-contents.ts';
import { LabEnd } from './lab-end.ts';
import { keepPressesSteady } from './steady-press.ts';

customElements.define('lab-contents', LabContents);
customElements.define('lab-end', LabEnd);
keepPressesSteady();

/** The elements that live.ts brings to life. */
const live =
  'lab-run, lab-bench, lab-predict, lab-changes, lab-diagram, lab-browser, lab-try, lab-session, lab-console, lab-do';
const lab = document.querySelector<HTMLElement>('[data-lab-page]')?.dataset.labPage ?? '';

let loading: Promise<unknown> | undefined;
let loaded = false;
const load = (): Promise<unknown> => {
  loading ??= import('./live.ts').then(
    () => {
      loaded = true;
    },
    () => {
      // The next press tries again.
      loading = undefined;
      sayFailed();
      return new Promise<never>(() => undefined);
    },
  );
  return loading;
};

const session = document.querySelector<HTMLElement>('lab-session');
function sayFailed(): void {
  if (!session) return;
  session.dataset.kind = 'failed';
  session.hidden = false;
  session.setAttribute('role', 'status');
  session.textContent = wordsOfPage().strings.loadFailed;
}

const partOf = ({ target }: Event): Element | null =>
  target instanceof Element ? target.closest(live) : null;

for (const intent of ['pointerover', 'pointerdown', 'focusin'])
  addEventListener(intent, (event) => {
    if (!loaded && partOf(event)) void load();
  });

/** A press that came before its element was alive is done again when it is. */
function again(event: Event): void {
  if (loaded || !partOf(event)) return;
  const { target } = event;
  const control = target instanceof Element ? target.closest<HTMLElement>('button, a') : null;
  const form = target instanceof HTMLFormElement ? target : undefined;
  if (!control && !form) return;
  event.preventDefault();
  event.stopPropagation();
  void load().then(() => (form ? form.requestSubmit() : control?.click()));
}
addEventListener('click', again, { capture: true });
addEventListener('submit', again, { capture: true });

// A session that is there to be gone on with, or to be taken over from a link, does not wait for a hand.
const note = readNote(lab);
const linked = location.hash.startsWith('#s=');
if (session && note && !linked && !wasOpen(lab)) showKept(session, note, wordsOfPage());
if (wasOpen(lab) || note || linked) void load();
else
  addEventListener('hashchange', () => {
    if (location.hash.startsWith('#s=')) void load();
  });
