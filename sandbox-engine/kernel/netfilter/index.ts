// What the layers above see of netfilter: its making, and rules as text.
export { Getopt } from './getopt.ts';
export { createNetfilter } from './netfilter.ts';
export { protocolNumber } from './protocols.ts';
export { RuleDraft, ruleShortOptions } from './rule-draft.ts';
export {
  formatRule,
  formatRuleParts,
  listMatch,
  listTarget,
  parseRule,
  parseRuleWords,
  splitWords,
} from './rule-text.ts';
export { vniProgram } from './state-matches.ts';
export { builtinChains } from './tables.ts';
