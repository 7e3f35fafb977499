// Where sessions are kept: IndexedDB, on this device only. One session per lab, and the one that was there before it.
import { createStore, get, set, type UseStore } from 'idb-keyval';
import { commandsOf, type SavedSession } from './saved-session.ts';

let opened: UseStore | undefined;
const store = (): UseStore => {
  opened ??= createStore('overnet', 'sessions');
  return opened;
};

/** What is kept for a lab, as text: it is looked at like any other text from outside. */
export interface Kept {
  readonly text: string;
  readonly savedMillis: number;
  readonly commands: number;
}

const previous = (lab: string): string => `${lab} previous`;
const kept = (session: SavedSession): Kept => ({
  text: JSON.stringify(session),
  savedMillis: session.savedMillis,
  commands: commandsOf(session),
});

export const load = (lab: string): Promise<Kept | undefined> => get<Kept>(lab, store());
export const loadPrevious = (lab: string): Promise<Kept | undefined> =>
  get<Kept>(previous(lab), store());

export const save = (session: SavedSession): Promise<void> =>
  set(session.lab, kept(session), store());

/** Puts what is kept aside, so that the lab can begin anew; it stays there until the next one is put aside. */
export async function putAside(lab: string): Promise<void> {
  const now = await load(lab);
  if (now && now.commands > 0) await set(previous(lab), now, store());
}

/** Asks that only one page at a time keeps a lab's session; answers whether it is this one. */
export function claim(lab: string): Promise<boolean> {
  if (!('locks' in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request(`lab ${lab}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      // Held as long as the page lives.
      return lock === null ? undefined : new Promise<never>(() => undefined);
    });
  });
}
