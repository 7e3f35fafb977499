// Keeps one lab's session on this device, as its page asks: loads what was kept, writes what is new, and stands back when
// another page has the same lab open. A note in localStorage says at once, before anything is loaded, what there is.
import type { LabDefinition, Session } from '../../sandbox-engine/protocol/index.ts';
import { writeNote } from './note.ts';
import {
  commandsOf,
  type Parsed,
  parseSession,
  type SavedSession,
  sessionFormat,
  sessionVersion,
} from './saved-session.ts';
import * as store from './store.ts';

/** A lab begins without what was kept when the storage has not answered by then (ms). */
const storePatience = 4000;
const late = (millis: number): Promise<'late'> =>
  new Promise((resolve) => setTimeout(() => resolve('late'), millis));

export class Keeper {
  readonly #lab: LabDefinition;
  #mine: Promise<boolean>;

  constructor(lab: LabDefinition) {
    this.#lab = lab;
    this.#mine = store.claim(lab.id);
  }

  /** Is this the page that keeps the lab's session? */
  get mine(): Promise<boolean> {
    return this.#mine;
  }

  async load(): Promise<SavedSession | undefined> {
    if (!(await this.#mine)) return undefined;
    const kept = await Promise.race([store.load(this.#lab.id), late(storePatience)]);
    if (kept === 'late') {
      // What may be there is not overwritten by a page that has not seen it.
      this.#mine = Promise.resolve(false);
      throw new Error('the storage of this browser does not answer');
    }
    if (!kept) return undefined;
    const parsed = parseSession(kept.text, this.#lab);
    if (parsed.ok) return parsed.session;
    // Kept by a later version of the site, or damaged: it is put aside whole, and can be saved as a file.
    await store.putAside(this.#lab.id);
    return undefined;
  }

  async save(session: Session): Promise<void> {
    if (!(await this.#mine)) return;
    const saved = this.saved(session);
    await store.save(saved);
    writeNote(this.#lab.id, { commands: commandsOf(saved), savedMillis: saved.savedMillis });
  }

  /** The session in the form in which it is kept and shared. */
  saved({ seed, scenario, startMillis, inputs }: Session): SavedSession {
    return {
      format: sessionFormat,
      version: sessionVersion,
      lab: this.#lab.id,
      seed,
      scenario: scenario === 'nodes' ? 'nodes' : 'swarm',
      startMillis,
      savedMillis: Date.now(),
      inputs,
    };
  }

  parse(text: string): Parsed {
    return parseSession(text, this.#lab);
  }

  putAside(): Promise<void> {
    return store.putAside(this.#lab.id);
  }

  previous(): Promise<store.Kept | undefined> {
    return store.loadPrevious(this.#lab.id);
  }
}
