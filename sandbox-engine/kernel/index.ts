export type * from './kernel-api.ts';
export type * from './netfilter/api.ts';
export type * from './rows.ts';
