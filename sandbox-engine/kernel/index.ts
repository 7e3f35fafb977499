export type * from './kernel-api.ts';
export type * from './netfilter/api.ts';
export { createNetfilter } from './netfilter/netfilter.ts';
export { formatRule, parseRule, parseRuleWords } from './netfilter/rule-text.ts';
export { vniProgram } from './netfilter/state-matches.ts';
export type * from './rows.ts';
