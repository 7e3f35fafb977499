// The rows of volumes.
import type { Micros } from '../../sim/index.ts';

/** One volume of one host. */
export interface VolumeRow {
  /** `host/name`. */
  readonly id: string;
  readonly host: string;
  readonly name: string;
  readonly driver: string;
  readonly createdAt: Micros;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly options: Readonly<Record<string, string>> | null;
  /** Made for a container without a name: `docker volume prune` takes it. */
  readonly anonymous: boolean;
}
