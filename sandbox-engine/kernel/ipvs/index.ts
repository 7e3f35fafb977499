// IPVS, as the kernel's door makes it.
export type * from './api.ts';
export { IpvsTable } from './table.ts';
