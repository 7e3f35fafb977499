export { LabClient, type LabState, type Ran } from './client.ts';
