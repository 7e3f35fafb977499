// What the page hears of its lab, and what is kept of it beyond the life of the page.
import type { Session, TerminalId } from '../../sandbox-engine/protocol/index.ts';

export type LabState = 'idle' | 'starting' | 'ready' | 'crashed';

export interface Ran {
  readonly status: number;
  readonly output: string;
}

/** What a world begins with: all of a session but its version. */
export type Beginning = Omit<Session, 'version'>;

/** Keeps the session of a lab beyond the life of the page. */
export interface SessionKeeper {
  /** What was kept last; undefined when there is nothing to go on with. */
  load(): Promise<Beginning | undefined>;
  save(session: Session): Promise<void>;
}

export interface Events {
  readonly state: LabState;
  /** What a terminal shows. */
  readonly text: { readonly terminal: TerminalId; readonly text: string };
  /** A terminal got busy or waits again. */
  readonly busy: TerminalId;
  /** A shell waits for a command: the one before it has ended so. */
  readonly prompt: { readonly terminal: TerminalId; readonly status: number };
  /** A step was run, or the world went back to before it was. */
  readonly steps: undefined;
  /** The world was made anew: terminals start empty. */
  readonly rewound: undefined;
  /** A Run of a restored session has been done again. */
  readonly repeated: { readonly step: string } & Ran;
  /** A step was done in the console or in the browser pane: how the command that it equals would have ended. */
  readonly performed: { readonly step: string; readonly ran: Ran };
  /** The session could not be kept. */
  readonly unsaved: Error;
  readonly bug: { readonly message: string; readonly session: Session };
}
