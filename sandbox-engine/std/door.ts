// Typed names of services that programs reach through a path.

/** Names a service that programs reach through a path, as through a UNIX socket. */
export interface Door<T> {
  readonly path: string;
  /** Never set: carries the type. */
  readonly service?: T;
}

export const door = <T>(path: string): Door<T> => ({ path });
