export { LabClient } from './client.ts';
export type { LabState, Ran } from './events.ts';
