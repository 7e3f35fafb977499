// What is kept of a lab, in a few bytes that can be read before anything is loaded.
export interface Note {
  readonly commands: number;
  /** Milliseconds since 1970. */
  readonly savedMillis: number;
}

const key = (lab: string): string => `session:${lab}`;

export function readNote(lab: string): Note | undefined {
  try {
    const note: unknown = JSON.parse(localStorage.getItem(key(lab)) ?? 'null');
    if (typeof note !== 'object' || note === null) return undefined;
    const { commands, savedMillis } = note as Partial<Note>;
    if (typeof commands !== 'number' || typeof savedMillis !== 'number') return undefined;
    return commands > 0 ? { commands, savedMillis } : undefined;
  } catch {
    return undefined;
  }
}

export function writeNote(lab: string, note: Note): void {
  try {
    localStorage.setItem(key(lab), JSON.stringify(note));
  } catch {
    // Without the note the session is still there: it is gone on with at the first Run, unannounced.
  }
}

/** This tab has had the lab's world running: a reload goes on at once. */
export function markOpen(lab: string): void {
  try {
    sessionStorage.setItem(key(lab), 'open');
  } catch {
    // Then a reload waits for the first Run.
  }
}

export function wasOpen(lab: string): boolean {
  try {
    return sessionStorage.getItem(key(lab)) === 'open';
  } catch {
    return false;
  }
}
