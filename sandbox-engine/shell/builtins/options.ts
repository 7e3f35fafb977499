// set, shopt.
import type { Op } from '../../sim/index.ts';
import type { Shell, ShellOptions } from '../shell.ts';
import type { RunBuiltin } from './index.ts';
import { functionText, listVariables } from './listing.ts';
import { takeOptions } from './usage.ts';

type OptionName = keyof ShellOptions;

const letters: Readonly<Record<string, OptionName>> = {
  a: 'allexport',
  b: 'notify',
  C: 'noclobber',
  e: 'errexit',
  f: 'noglob',
  m: 'monitor',
  n: 'noexec',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
};
/** Accepted letters that change nothing here: braceexpand, hashall, errtrace, physical, … */
const ignored = 'BEhHIkpPtT';

/** `set -o` lists these; undefined: fixed at the value. */
const listed: readonly (readonly [string, OptionName | boolean])[] = [
  ['allexport', 'allexport'],
  ['braceexpand', true],
  ['emacs', 'interactive'],
  ['errexit', 'errexit'],
  ['errtrace', false],
  ['functrace', false],
  ['hashall', true],
  ['histexpand', false],
  ['history', 'interactive'],
  ['ignoreeof', 'ignoreeof'],
  ['interactive-comments', true],
  ['keyword', false],
  ['monitor', 'monitor'],
  ['noclobber', 'noclobber'],
  ['noexec', 'noexec'],
  ['noglob', 'noglob'],
  ['nolog', false],
  ['notify', 'notify'],
  ['nounset', 'nounset'],
  ['onecmd', false],
  ['physical', false],
  ['pipefail', 'pipefail'],
  ['posix', 'posix'],
  ['privileged', false],
  ['verbose', 'verbose'],
  ['vi', false],
  ['xtrace', 'xtrace'],
];

const isOn = (shell: Shell, option: OptionName | boolean): boolean =>
  typeof option === 'boolean' ? option : shell.options[option];

function listOptions(shell: Shell, asCommands: boolean): string {
  if (asCommands)
    return listed
      .map(([name, option]) => `set ${isOn(shell, option) ? '-' : '+'}o ${name}\n`)
      .join('');
  const bash = shell.dialect.name === 'bash';
  return listed
    .map(
      ([name, option]) =>
        `${name.padEnd(bash ? 15 : 16)}${bash ? '\t' : ''}${isOn(shell, option) ? 'on' : 'off'}\n`,
    )
    .join('');
}

/** `SHELLOPTS`. */
export const optionsOn = (shell: Shell): string =>
  listed.flatMap(([name, option]) => (isOn(shell, option) ? [name] : [])).join(':');

/** Turns an option of `set -o` on or off; false: there is none of that name. */
export function setOption(shell: Shell, name: string, on: boolean): boolean {
  const known = listed.find(([one]) => one === name);
  if (!known) return false;
  if (typeof known[1] !== 'boolean' && known[1] !== 'interactive') shell.options[known[1]] = on;
  return true;
}

/** Turns a one-letter option on or off; false: there is none. */
export function setLetter(shell: Shell, letter: string, on: boolean): boolean {
  const name = letters[letter];
  if (name) shell.options[name] = on;
  return name !== undefined || ignored.includes(letter);
}

function* set(shell: Shell, words: readonly string[]): Op<number> {
  if (words.length === 1) {
    const functions = [...shell.functions.keys()].sort().map((name) => functionText(shell, name));
    const text = listVariables(shell, shell.vars.names());
    yield* shell.out(shell.dialect.name === 'bash' ? text + functions.join('') : text, 'set');
    return 0;
  }
  let i = 1;
  for (; i < words.length && /^[-+]./.test(words[i] as string); i += 1) {
    const word = words[i] as string;
    if (word === '--') {
      shell.positional = words.slice(i + 1);
      return 0;
    }
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        i += 1;
        const status = yield* namedOption(shell, words[i], on);
        if (status !== 0) return status;
      } else if (!setLetter(shell, letter, on))
        return yield* wrongLetter(shell, word[0] as string, letter);
    }
  }
  if (words[i] === '-') i += 1;
  if (i < words.length) shell.positional = words.slice(i);
  return 0;
}

function* namedOption(shell: Shell, name: string | undefined, on: boolean): Op<number> {
  if (name === undefined) {
    yield* shell.out(listOptions(shell, !on), 'set');
    return 0;
  }
  if (setOption(shell, name, on)) return 0;
  const bash = shell.dialect.name === 'bash';
  yield* shell.complain(
    bash ? `${name}: invalid option name` : `illegal option ${on ? '-' : '+'}o ${name}`,
    'set',
  );
  return bash ? 1 : 2;
}

function* wrongLetter(shell: Shell, sign: string, letter: string): Op<number> {
  if (shell.dialect.name !== 'bash') {
    yield* shell.complain(
      `${shell.dialect.name === 'ash' ? 'illegal' : 'Illegal'} option ${sign}${letter}`,
      'set',
    );
    shell.abort(2);
    return 2;
  }
  yield* shell.complain(`${sign}${letter}: invalid option`, 'set');
  yield* shell.process.err(
    'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n',
  );
  return 2;
}

const shoptNames: readonly string[] =
  'autocd cdable_vars cdspell checkhash checkjobs checkwinsize cmdhist complete_fullquote direxpand dirspell dotglob execfail expand_aliases extdebug extglob extquote failglob force_fignore globasciiranges globskipdots globstar gnu_errfmt histappend histreedit histverify hostcomplete huponexit inherit_errexit interactive_comments lastpipe lithist localvar_inherit localvar_unset login_shell mailwarn no_empty_cmd_completion nocaseglob nocasematch noexpand_translation nullglob patsub_replacement progcomp progcomp_alias promptvars restricted_shell shift_verbose sourcepath varredir_close xpg_echo'.split(
    ' ',
  );

/** What bash turns on by itself. */
export const defaultShopts: readonly string[] =
  'checkwinsize cmdhist complete_fullquote extquote force_fignore globasciiranges globskipdots hostcomplete interactive_comments patsub_replacement progcomp promptvars sourcepath'.split(
    ' ',
  );

function* shopt(shell: Shell, words: readonly string[]): Op<number> {
  const options = yield* takeOptions(shell, words, 'opqsu', 'shopt [-pqsu] [-o] [optname ...]');
  if (!options) return 2;
  const { letters: given, rest } = options;
  if (given.has('o')) return yield* shoptOptions(shell, rest, given);
  const names = rest.length > 0 ? rest : shoptNames;
  let status = 0;
  for (const name of names) {
    if (!shoptNames.includes(name)) {
      yield* shell.complain(`${name}: invalid shell option name`, 'shopt');
      status = 1;
    } else if (given.has('s') && rest.length > 0) shell.shopts.add(name);
    else if (given.has('u') && rest.length > 0) shell.shopts.delete(name);
    else status = (yield* showShopt(shell, name, given, rest.length > 0)) || status;
  }
  return status;
}

function* showShopt(
  shell: Shell,
  name: string,
  given: ReadonlySet<string>,
  asked: boolean,
): Op<number> {
  const on = shell.shopts.has(name);
  if ((given.has('s') && !on) || (given.has('u') && on)) return 0;
  const line = given.has('p')
    ? `shopt ${on ? '-s' : '-u'} ${name}\n`
    : `${name.padEnd(20)}\t${on ? 'on' : 'off'}\n`;
  if (!given.has('q')) yield* shell.out(line, 'shopt');
  return asked && !on ? 1 : 0;
}

function* shoptOptions(
  shell: Shell,
  names: readonly string[],
  given: ReadonlySet<string>,
): Op<number> {
  let status = 0;
  for (const name of names) {
    const known = listed.find(([one]) => one === name);
    if (!known) {
      yield* shell.complain(`${name}: invalid option name`, 'shopt');
      status = 1;
    } else if (given.has('s') || given.has('u')) setOption(shell, name, given.has('s'));
    else if (!isOn(shell, known[1])) status = 1;
  }
  return status;
}

export const optionBuiltins: Readonly<Record<string, RunBuiltin>> = { set, shopt };
