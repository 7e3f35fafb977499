import { door } from '../std/index.ts';
import type { EngineApi } from './http.ts';

export type * from './http.ts';

/** Where programs find their host's Docker Engine. */
export const dockerSocket = door<EngineApi>('/var/run/docker.sock');
