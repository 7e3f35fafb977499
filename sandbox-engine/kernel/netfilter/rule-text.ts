// Rules as text, in the words of `iptables -S`: `-d 172.17.0.2/32 ! -i docker0 -p tcp -m tcp --dport 80 -j ACCEPT`.
import { err, ok, type Result } from '../../std/index.ts';
import { type Cidr, formatCidr } from '../../wire/index.ts';
import type { Match, Negatable, RuleSpec, Target } from './api.ts';
import { bang } from './extension.ts';
import { findMatch, findTarget } from './extensions.ts';
import { Getopt } from './getopt.ts';
import { RuleDraft, ruleShortOptions } from './rule-draft.ts';

/** Splits a line as iptables-restore does: blanks separate words, double quotes hold them together, `\` escapes. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|(\S+)/gs;
  for (const [, inQuotes, plain] of line.matchAll(pattern))
    words.push(inQuotes === undefined ? (plain ?? '') : inQuotes.replace(/\\(.)/gs, '$1'));
  return words;
}

/** The rule that these words say, without command and chain. The error is iptables' own text. */
export function parseRuleWords(words: readonly string[]): Result<RuleSpec, string> {
  const reader = new Getopt(words);
  const draft = new RuleDraft();
  let not = false;
  for (;;) {
    const reading = reader.next({ short: ruleShortOptions, long: draft.longOptions() });
    if (reading.kind === 'end') break;
    if (reading.kind === 'error') return err(reading.message);
    if (reading.kind === 'word') {
      if (reading.text !== '!' || not) return err(`Bad argument \`${reading.text}'`);
      not = true;
      continue;
    }
    const taken = draft.take(reading.name, reading.value, not, reader);
    if (!taken.ok) return taken;
    not = false;
  }
  const rules = draft.finish();
  if (!rules.ok) return rules;
  const [rule] = rules.value;
  return rule && rules.value.length === 1 ? ok(rule) : err('several addresses in one rule');
}

/** `parseRule('-s 10.0.0.0/8 -j DROP')`. */
export const parseRule = (text: string): Result<RuleSpec, string> =>
  parseRuleWords(splitWords(text));

const option = <T>(name: string, value: Negatable<T> | undefined, show: (value: T) => string) =>
  value ? ` ${bang(value.not)}${name} ${show(value.value)}` : '';

function targetText(rule: RuleSpec): string {
  const target = rule.target;
  if (!target) return '';
  if (target.name === 'jump') return ` ${target.goto ? '-g' : '-j'} ${target.chain}`;
  return ` -j ${target.name}${findTarget(target.name)?.save(target) ?? ''}`;
}

/** What stands before and from the target on (`-vS` prints the counters in between). */
export function formatRuleParts(rule: RuleSpec): {
  readonly matches: string;
  readonly target: string;
} {
  const matches = rule.matches.map(
    (match) => ` -m ${match.name}${findMatch(match.name)?.save(match) ?? ''}`,
  );
  const text =
    option<Cidr>('-s', rule.source, formatCidr) +
    option<Cidr>('-d', rule.destination, formatCidr) +
    option('-i', rule.inInterface, String) +
    option('-o', rule.outInterface, String) +
    option('-p', rule.protocol, String) +
    matches.join('');
  return { matches: text.slice(1), target: targetText(rule).slice(1) };
}

/** The inverse of `parseRule`: exactly what `iptables -S` prints after `-A CHAIN `. */
export function formatRule(rule: RuleSpec): string {
  const { matches, target } = formatRuleParts(rule);
  return matches && target ? `${matches} ${target}` : matches + target;
}

/** As in `iptables -L`, with a leading blank. */
export const listMatch = (match: Match, numeric: boolean): string =>
  findMatch(match.name)?.list(match, numeric) ?? '';

export const listTarget = (target: Target, numeric: boolean): string =>
  findTarget(target.name)?.list(target, numeric) ?? '';
