// Carries a command of `iptables` out on one namespace, and says what came of it.
// Mirrors: the calls of libiptc and its errors (iptc_strerror), as iptables-legacy 1.8 prints them.
import type { Errno, Netfilter, RuleSpec, TableName } from '../../kernel/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { type Command, isBuiltin } from './command.ts';
import { describeRule, type ListOptions, listChain } from './list.ts';
import { chainsInOrder, listRules } from './save.ts';

/** `usage` errors carry the version and exit 2; `kernel` errors are `iptables: TEXT.` and exit 1. */
export type RunError =
  | { readonly kind: 'usage'; readonly text: string }
  | { readonly kind: 'kernel'; readonly text: string };

const kernel = (text: string): RunError => ({ kind: 'kernel', text });

const noChain = kernel('No chain/target/match by that name.');
const badRule = kernel('Bad rule (does a matching rule exist in that chain?).');
const dmesg = "Run `dmesg' for more information.";

const errnoTexts: Readonly<Partial<Record<Errno, string>>> = {
  ENOENT: 'No chain/target/match by that name.',
  EEXIST: 'File exists.',
  EINVAL: `Invalid argument. ${dmesg}`,
  EMLINK: 'Too many links.',
  ENOTEMPTY: 'Directory not empty.',
  ELOOP: 'Too many levels of symbolic links.',
};

const failed = (errno: Errno): RunError => kernel(errnoTexts[errno] ?? `${errno}.`);

const done = (result: Result<unknown, Errno>): Result<string, RunError> =>
  result.ok ? ok('') : err(failed(result.error));

export function runCommand(
  netfilter: Netfilter,
  table: TableName,
  command: Command,
  options: ListOptions,
): Result<string, RunError> {
  netfilter.use?.(table);
  const missing = missingTarget(netfilter, table, command.rules);
  if (missing !== undefined)
    return err({
      kind: 'usage',
      text: `Couldn't load target \`${missing}':No such file or directory\n`,
    });
  switch (command.name) {
    case 'A':
    case 'I':
    case 'R':
    case 'C':
    case 'D':
      return changeRules(netfilter, table, command, options);
    case 'L':
    case 'S':
      return show(netfilter, table, command, options);
    default:
      return changeChains(netfilter, table, command);
  }
}

/** A target that is neither an extension nor a chain of the user's. */
function missingTarget(
  netfilter: Netfilter,
  table: TableName,
  rules: readonly RuleSpec[],
): string | undefined {
  for (const { target } of rules)
    if (target?.name === 'jump') {
      const chain = netfilter.chain(table, target.chain);
      if (!chain || chain.policy) return target.chain;
    }
  return undefined;
}

function changeRules(
  netfilter: Netfilter,
  table: TableName,
  command: Command,
  options: ListOptions,
): Result<string, RunError> {
  const { name, chain = '', rules, number } = command;
  if (name === 'D' && number !== undefined) return deleteByNumber(netfilter, table, chain, number);
  let said = '';
  for (const rule of rules) {
    if (command.verbose > 0) said += describeRule({ spec: rule }, options);
    const one = changeRule(netfilter, table, command, rule);
    if (!one.ok) return one;
  }
  return ok(said);
}

function changeRule(
  netfilter: Netfilter,
  table: TableName,
  { name, chain = '', number = 1, counters }: Command,
  rule: RuleSpec,
): Result<void, RunError> {
  const length = netfilter.chain(table, chain)?.rules.length;
  if (name === 'C' || name === 'D') {
    const place = length === undefined ? undefined : netfilter.find(table, chain, rule);
    if (place === undefined) return err(badRule);
    if (name === 'D') netfilter.delete(table, chain, place);
    return ok(undefined);
  }
  if (length === undefined) return err(noChain);
  if (name === 'I' && number > length + 1) return err(kernel('Index of insertion too big.'));
  if (name === 'R' && number > length) return err(kernel('Index of replacement too big.'));
  const made =
    name === 'A'
      ? netfilter.append(table, chain, rule)
      : name === 'I'
        ? netfilter.insert(table, chain, number - 1, rule)
        : netfilter.replace(table, chain, number - 1, rule);
  if (!made.ok) return err(failed(made.error));
  if (counters) netfilter.setCounters?.(made.value.id, counters.packets, counters.bytes);
  return ok(undefined);
}

function deleteByNumber(
  netfilter: Netfilter,
  table: TableName,
  chain: string,
  number: number,
): Result<string, RunError> {
  const row = netfilter.chain(table, chain);
  if (!row) return err(noChain);
  if (number > row.rules.length) return err(kernel('Index of deletion too big.'));
  return done(netfilter.delete(table, chain, number - 1));
}

function changeChains(
  netfilter: Netfilter,
  table: TableName,
  { name, chain, word = '', number, verbose }: Command,
): Result<string, RunError> {
  switch (name) {
    case 'F':
      return announced(
        'Flushing',
        verbose,
        chain === undefined ? chainsInOrder(netfilter, table).map((row) => row.name) : [chain],
        netfilter.flush(table, chain),
      );
    case 'Z':
      return zero(netfilter, table, chain, number);
    case 'N': {
      const made = netfilter.newChain(table, chain ?? '');
      return made.ok ? ok('') : err(kernel('Chain already exists.'));
    }
    case 'X':
      return chain === undefined
        ? deleteUserChains(netfilter, table)
        : done(netfilter.deleteChain(table, chain));
    case 'P': {
      if (!isBuiltin(table, chain ?? '')) return err(kernel('Bad built-in chain name.'));
      if (word !== 'ACCEPT' && word !== 'DROP') return err(kernel(`Bad policy name. ${dmesg}`));
      return done(netfilter.setPolicy(table, chain ?? '', word));
    }
    default:
      return done(netfilter.renameChain?.(table, chain ?? '', word) ?? err('EOPNOTSUPP'));
  }
}

/** With -v each chain that it was done to is named. */
const announced = (
  verb: string,
  verbose: number,
  chains: readonly string[],
  result: Result<void, Errno>,
): Result<string, RunError> =>
  result.ok
    ? ok(verbose > 0 ? chains.map((chain) => `${verb} chain \`${chain}'\n`).join('') : '')
    : err(failed(result.error));

/** All chains of the user's; the first that cannot go ends it, and none goes. */
function deleteUserChains(netfilter: Netfilter, table: TableName): Result<string, RunError> {
  const chains = chainsInOrder(netfilter, table).filter((chain) => !chain.policy);
  for (const { name, rules } of chains) {
    if ((netfilter.references?.(table, name) ?? 0) > 0) return err(failed('EMLINK'));
    if (rules.length > 0) return err(failed('ENOTEMPTY'));
  }
  for (const { name } of chains) netfilter.deleteChain(table, name);
  return ok('');
}

function zero(
  netfilter: Netfilter,
  table: TableName,
  chain: string | undefined,
  number: number | undefined,
): Result<string, RunError> {
  if (chain === undefined || number === undefined) return done(netfilter.zero(table, chain));
  const row = netfilter.chain(table, chain);
  if (!row) return err(noChain);
  const rule = row.rules[number - 1];
  if (rule === undefined) return err(kernel('Index of counter too big.'));
  netfilter.setCounters?.(rule, 0, 0);
  return ok('');
}

function show(
  netfilter: Netfilter,
  table: TableName,
  command: Command,
  options: ListOptions,
): Result<string, RunError> {
  const { name, number } = command;
  const chain = command.chain === undefined ? undefined : netfilter.chain(table, command.chain);
  if (command.chain !== undefined && !chain) return err(noChain);
  const text =
    name === 'S'
      ? listRules(netfilter, table, chain, { verbose: command.verbose > 0, only: number })
      : (chain ? [chain] : chainsInOrder(netfilter, table))
          .map((row) => listChain(netfilter, row, options, number))
          .join('\n');
  if (!command.zero) return ok(text);
  const shown = chain ? [chain] : chainsInOrder(netfilter, table);
  netfilter.zero(table, command.chain);
  const named = shown.map((row) => `Zeroing chain \`${row.name}'\n`).join('');
  return ok(command.verbose > 0 ? text + named : text);
}
