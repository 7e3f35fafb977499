// The collections that processes and files of all hosts share.
import { Collection, type Sim } from '../sim/index.ts';
import type { ProcessRow } from './api.ts';
import { type FileRow, fileIndexes } from './fs/upper.ts';

export interface OsWorld {
  readonly sim: Sim;
  /** Running processes of all hosts. */
  readonly processes: Collection<ProcessRow>;
  /** Writable layers of all roots. */
  readonly files: Collection<FileRow>;
}

export function createOsWorld(sim: Sim): OsWorld {
  return {
    sim,
    processes: new Collection<ProcessRow>(sim.journal, 'processes', {
      host: (row) => row.host,
      pidNamespace: (row) => `${row.host}:${row.pidNamespace}`,
    }),
    files: new Collection<FileRow>(sim.journal, 'files', fileIndexes),
  };
}
