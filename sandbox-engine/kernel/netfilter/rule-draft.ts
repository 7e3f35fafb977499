// A rule while its options are being read: what `iptables -A CHAIN …` says after the chain.
// Mirrors: xtables-multi's do_command4 and xshared.c (order of checks and texts of iptables 1.8).
import { err, ok, type Result } from '../../std/index.ts';
import { type Cidr, cidrOf, type Ipv4, parseIpv4 } from '../../wire/index.ts';
import type { Match, Negatable, RuleSpec, Target } from './api.ts';
import type { Extension } from './extension.ts';
import { findMatch, findTarget, unsimulatedMatches, unsimulatedTargets } from './extensions.ts';
import type { ArgumentNeed, Getopt } from './getopt.ts';
import { protocolName } from './protocols.ts';

/** One extension in use, with what its options have said so far. */
interface Use {
  readonly name: string;
  readonly extension: Extension<object>;
  value: Partial<object>;
  given: boolean;
}

export const ruleShortOptions: ReadonlyMap<string, string> = new Map([
  ['s', 'source'],
  ['d', 'destination'],
  ['i', 'in-interface'],
  ['o', 'out-interface'],
  ['p', 'protocol'],
  ['j', 'jump'],
  ['g', 'goto'],
  ['m', 'match'],
  ['f', 'fragment'],
]);

const ruleLongOptions: readonly (readonly [string, ArgumentNeed])[] = [
  ['source', 'required'],
  ['src', 'required'],
  ['destination', 'required'],
  ['dst', 'required'],
  ['in-interface', 'required'],
  ['out-interface', 'required'],
  ['protocol', 'required'],
  ['proto', 'required'],
  ['jump', 'required'],
  ['goto', 'required'],
  ['match', 'required'],
  ['fragment', 'none'],
];

const shortOf: Readonly<Record<string, string>> = {
  source: '-s',
  src: '-s',
  destination: '-d',
  dst: '-d',
  'in-interface': '-i',
  'out-interface': '-o',
  protocol: '-p',
  proto: '-p',
  jump: '-j',
  goto: '-j',
};

export interface DraftOptions {
  /** The address of a host name; without it names are unknown. */
  readonly resolve?: (name: string) => Ipv4 | undefined;
}

export class RuleDraft {
  readonly #resolve: (name: string) => Ipv4 | undefined;
  /** The letters of the general options given so far (`-s` …), for "Illegal option" and "multiple flags". */
  readonly given = new Set<string>();
  #sources: readonly Negatable<Cidr>[] = [];
  #destinations: readonly Negatable<Cidr>[] = [];
  #inInterface: Negatable<string> | undefined;
  #outInterface: Negatable<string> | undefined;
  #protocol: Negatable<string> | undefined;
  readonly #matches: Use[] = [];
  #target: Use | undefined;
  #jump: { readonly chain: string; readonly goto: boolean } | undefined;

  constructor(options: DraftOptions = {}) {
    this.#resolve = options.resolve ?? (() => undefined);
  }

  /** The long options that may stand next. */
  longOptions(): Map<string, ArgumentNeed> {
    const options = new Map(ruleLongOptions);
    const uses = [...this.#matches, ...(this.#target ? [this.#target] : [])];
    const implied = this.#impliedMatch();
    for (const extension of [
      ...uses.map((use) => use.extension),
      ...(implied ? [implied.extension] : []),
    ])
      for (const [name, count] of Object.entries(extension.options))
        options.set(name, count === 0 ? 'none' : 'required');
    return options;
  }

  /** Takes one option; further arguments are read from `rest`. */
  take(name: string, value: string, not: boolean, rest: Getopt): Result<void, string> {
    const letter = shortOf[name];
    if (letter !== undefined) {
      if (this.given.has(letter)) return err(`multiple ${letter} flags not allowed`);
      this.given.add(letter);
      if (not && letter === '-j') return err(`cannot have ! before ${letter}`);
    }
    switch (name) {
      case 'source':
      case 'src':
      case 'destination':
      case 'dst':
        return this.#address(name, value, not);
      case 'in-interface':
      case 'out-interface':
        return this.#interface(name, value, not);
      case 'protocol':
      case 'proto':
        return this.#setProtocol(value, not);
      case 'jump':
      case 'goto':
        return this.#setTarget(value, name === 'goto');
      case 'match':
        return this.#addMatch(value);
      case 'fragment':
        return err('not simulated here: fragments (-f)');
      default:
        return this.#extensionOption(name, value, not, rest);
    }
  }

  /** The rules that were said: several when -s or -d named several addresses. */
  finish(): Result<readonly RuleSpec[], string> {
    const matches: Match[] = [];
    for (const use of this.#matches) {
      const match = use.extension.complete(use.value);
      if (!match.ok) return match;
      matches.push(match.value as Match);
    }
    const protocol = this.#protocol;
    const ported = protocol && !protocol.not && ['tcp', 'udp', 'sctp'].includes(protocol.value);
    if (!ported && matches.some((match) => match.name === 'multiport'))
      return err("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'");
    const target = this.#finishTarget(ported === true);
    if (!target.ok) return target;
    const rest: RuleSpec = {
      ...(this.#inInterface ? { inInterface: this.#inInterface } : {}),
      ...(this.#outInterface ? { outInterface: this.#outInterface } : {}),
      ...(this.#protocol ? { protocol: this.#protocol } : {}),
      matches,
      ...(target.value ? { target: target.value } : {}),
    };
    const any = <T>(list: readonly T[]): readonly (T | undefined)[] =>
      list.length === 0 ? [undefined] : list;
    return ok(
      any(this.#sources).flatMap((source) =>
        any(this.#destinations).map((destination) => ({
          ...(limits(source) ? { source } : {}),
          ...(limits(destination) ? { destination } : {}),
          ...rest,
        })),
      ),
    );
  }

  #finishTarget(ported: boolean): Result<Target | undefined, string> {
    if (this.#jump) {
      const { chain, goto } = this.#jump;
      if (chain === 'ACCEPT' || chain === 'DROP' || chain === 'RETURN') return ok({ name: chain });
      return ok(goto ? { name: 'jump', chain, goto } : { name: 'jump', chain });
    }
    if (!this.#target) return ok(undefined);
    const target = this.#target.extension.complete(this.#target.value);
    if (!target.ok) return target;
    const { name, port } = target.value as { name: string; port?: number };
    const withPort = ['DNAT', 'SNAT', 'REDIRECT'].includes(name) && port !== undefined;
    if (withPort && !ported) return err('Need TCP, UDP, SCTP or DCCP with port specification');
    return ok(target.value as Target);
  }

  #address(side: string, text: string, not: boolean): Result<void, string> {
    const parts = text.split(',');
    if (not && parts.length > 1)
      return err('! not allowed with multiple source or destination IP addresses');
    const list: Negatable<Cidr>[] = [];
    for (const part of parts) {
      const network = parseNetwork(part, this.#resolve);
      if (!network.ok) return network;
      list.push({ value: network.value, not });
    }
    if (side === 'source' || side === 'src') this.#sources = list;
    else this.#destinations = list;
    return ok(undefined);
  }

  #interface(side: string, name: string, not: boolean): Result<void, string> {
    if (name.length > 15)
      return err(`interface name \`${name}' must be shorter than IFNAMSIZ (15)`);
    if (name === '') return err('Empty interface is likely to be undesired');
    const value = name === '+' && !not ? undefined : { value: name, not };
    if (side === 'in-interface') this.#inInterface = value;
    else this.#outInterface = value;
    return ok(undefined);
  }

  #setProtocol(text: string, not: boolean): Result<void, string> {
    const name = protocolName(text);
    if (name === undefined) return err(`unknown protocol "${text}" specified`);
    if (name === '' && not) return err('rule would never match protocol');
    this.#protocol = name === '' ? undefined : { value: name, not };
    return ok(undefined);
  }

  #setTarget(name: string, goto: boolean): Result<void, string> {
    if (unsimulatedTargets.has(name)) return err(`not simulated here: target ${name}`);
    if (name.length > 28) return err(`Invalid target name "${name}" (28 chars max)`);
    const extension = goto ? undefined : findTarget(name);
    if (extension) this.#target = { name, extension, value: extension.initial, given: false };
    else this.#jump = { chain: name, goto };
    return ok(undefined);
  }

  #addMatch(name: string): Result<void, string> {
    if (unsimulatedMatches.has(name)) return err(`not simulated here: match ${name}`);
    const extension = findMatch(name);
    if (!extension) return err(`Couldn't load match \`${name}':No such file or directory\n`);
    this.#matches.push({ name, extension, value: extension.initial, given: false });
    return ok(undefined);
  }

  /** `-p tcp` brings the options of `-m tcp` along; the match itself is added when the first of them is used. */
  #impliedMatch(): Use | undefined {
    const name = this.#protocol?.value;
    if (name === undefined || this.#protocol?.not) return undefined;
    if (this.#matches.some((use) => use.name === name)) return undefined;
    const extension = ['tcp', 'udp', 'sctp', 'icmp'].includes(name) ? findMatch(name) : undefined;
    return extension && { name, extension, value: extension.initial, given: false };
  }

  #extensionOption(name: string, value: string, not: boolean, rest: Getopt): Result<void, string> {
    const use = this.#userOf(name);
    if (!use) return err(`unknown option "--${name}"`);
    const args = use.extension.options[name] === 0 ? [] : [value];
    if (use.extension.options[name] === 2) {
      const second = rest.optionalWord();
      if (second === undefined) return err(`--${name} requires two args.`);
      args.push(second);
    }
    const taken = use.extension.take(use.value, { name, args, not });
    if (!taken.ok) return taken;
    use.value = taken.value;
    use.given = true;
    return ok(undefined);
  }

  #userOf(option: string): Use | undefined {
    if (this.#target && option in this.#target.extension.options) return this.#target;
    const match = this.#matches.findLast((use) => option in use.extension.options);
    if (match) return match;
    const implied = this.#impliedMatch();
    if (!implied || !(option in implied.extension.options)) return undefined;
    this.#matches.push(implied);
    return implied;
  }
}

/** A network of all addresses says nothing, unless it is negated. */
const limits = (network: Negatable<Cidr> | undefined): network is Negatable<Cidr> =>
  network !== undefined && (network.value.prefixLength > 0 || network.not);

/** `10.0.0.0/8`, `1.2.3.4`, `1.2.3.4/255.255.0.0`, `1.2.3` (missing bytes are 0), or a host name. */
function parseNetwork(
  text: string,
  resolve: (name: string) => Ipv4 | undefined,
): Result<Cidr, string> {
  const slash = text.lastIndexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const mask = slash < 0 ? undefined : text.slice(slash + 1);
  const numeric = /^\d+(?:\.\d+){0,3}$/.test(host)
    ? parseIpv4([...host.split('.'), '0', '0', '0'].slice(0, 4).join('.'))
    : undefined;
  const prefixLength = mask === undefined ? 32 : parseMaskLength(mask);
  if (prefixLength === undefined) return err(`invalid mask \`${mask}' specified`);
  if (prefixLength === 'holes') return err(`not simulated here: the netmask ${mask}`);
  const address = numeric ?? (host === '' ? undefined : resolve(host));
  if (address === undefined) return err(`host/network \`${host}' not found`);
  return ok(cidrOf(address, prefixLength));
}

function parseMaskLength(text: string): number | 'holes' | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 32 ? Number(text) : undefined;
  const mask = parseIpv4(text);
  if (mask === undefined) return undefined;
  const ones = mask.toString(2).padStart(32, '0').indexOf('0');
  const length = ones < 0 ? 32 : ones;
  return (mask << length) >>> 0 === 0 || length === 32 ? length : 'holes';
}
