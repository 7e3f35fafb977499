// How loading a Compose file ends early.

export class LoadError extends Error {}

/** Ends the loading with these words. */
export const refuse = (message: string): never => {
  throw new LoadError(message);
};
