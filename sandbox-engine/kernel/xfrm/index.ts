// IPsec, as the kernel's door makes it.
export type * from './api.ts';
export { XfrmTable } from './xfrm.ts';
