// sed's cycle: the pattern space and the hold space, and what each command of a parsed script does to them.
import { limits } from '../../sim/index.ts';
import type { Address, SedCommand } from './parse.ts';

type Flow = 'go' | 'next' | 'end' | 'restart' | { readonly branch: string };

/** One run of a script; takes the lines of its input one after the other. */
export class Editor {
  readonly #commands: readonly SedCommand[];
  readonly #quiet: boolean;
  readonly #active = new Map<SedCommand, number | true>();
  #number = 0;
  #last = false;
  #space = '';
  #hold = '';
  #out = '';
  #appended = '';
  #substituted = false;
  /** `n` and `N` ask for one more line: the cycle goes on behind that command when it comes. */
  #wanting: SedCommand | undefined;
  quit = false;
  status = 0;

  constructor(commands: readonly SedCommand[], quiet: boolean) {
    this.#commands = commands;
    this.#quiet = quiet;
  }

  /** Takes one line; answers what is to be printed now. */
  line(text: string, last: boolean): string {
    this.#number += 1;
    this.#last = last;
    this.#out = '';
    const resumed = this.#wanting;
    this.#wanting = undefined;
    this.#space = resumed?.name === 'N' ? `${this.#space}\n${text}` : text;
    if (!resumed) this.#substituted = false;
    this.#cycle(resumed);
    return this.#out;
  }

  #cycle(after: SedCommand | undefined): void {
    let from = after;
    for (let round = 0; round < limits.chainDepth * 1_000; round += 1) {
      const flow = this.#run(this.#commands, from);
      from = undefined;
      if (flow === 'restart') continue;
      if (this.#wanting) return;
      if (typeof flow === 'object') {
        const label = this.#find(this.#commands, flow.branch);
        if (flow.branch !== '' && !label) {
          this.status = 1;
          this.quit = true;
          return;
        }
        if (label) {
          from = label;
          continue;
        }
      }
      if (flow !== 'end' && !this.#quiet) this.#out += `${this.#space}\n`;
      this.#out += this.#appended;
      this.#appended = '';
      return;
    }
  }

  #find(commands: readonly SedCommand[], label: string): SedCommand | undefined {
    for (const command of commands) {
      if (command.name === ':' && command.label === label) return command;
      const inner = command.block && this.#find(command.block, label);
      if (inner) return inner;
    }
    return undefined;
  }

  /** Runs commands in order; with `after`, from the one behind it. */
  #run(commands: readonly SedCommand[], after?: SedCommand): Flow {
    let skipping = after;
    for (const command of commands) {
      if (skipping) {
        if (command === skipping) skipping = undefined;
        else if (command.block && this.#contains(command.block, skipping)) {
          const flow = this.#run(command.block, skipping);
          skipping = undefined;
          if (flow !== 'go') return flow;
        }
        continue;
      }
      if (this.#selects(command) === command.not) continue;
      const flow = command.block ? this.#run(command.block) : this.#do(command);
      if (flow !== 'go') return flow;
    }
    return 'go';
  }

  #contains(commands: readonly SedCommand[], wanted: SedCommand): boolean {
    return commands.some(
      (c) => c === wanted || (c.block !== undefined && this.#contains(c.block, wanted)),
    );
  }

  #matches(address: Address): boolean {
    switch (address.kind) {
      case 'line':
        return this.#number === address.line;
      case 'last':
        return this.#last;
      case 'step':
        return address.step === 0
          ? this.#number === address.first
          : this.#number >= address.first && (this.#number - address.first) % address.step === 0;
      case 'regex':
        address.regex.lastIndex = 0;
        return address.regex.test(this.#space);
      case 'after':
        return false;
    }
  }

  #selects(command: SedCommand): boolean {
    const [first, second] = command.addresses;
    if (!first) return true;
    if (!second) return this.#matches(first);
    const until = this.#active.get(command);
    if (until === undefined) {
      if (!this.#matches(first)) return false;
      if (second.kind === 'line' && second.line <= this.#number) return true;
      if (second.kind === 'after') {
        if (second.lines > 0) this.#active.set(command, this.#number + second.lines);
        return true;
      }
      this.#active.set(command, true);
      return true;
    }
    const over = until === true ? this.#matches(second) : this.#number >= until;
    if (over || (second.kind === 'line' && this.#number >= second.line))
      this.#active.delete(command);
    return true;
  }

  #do(command: SedCommand): Flow {
    switch (command.name) {
      case 's':
        this.#substitute(command);
        return 'go';
      case 'y':
        this.#space = [...this.#space].map((c) => command.map?.get(c) ?? c).join('');
        return 'go';
      case 'p':
        this.#out += `${this.#space}\n`;
        return 'go';
      case 'P':
        this.#out += `${this.#space.split('\n')[0]}\n`;
        return 'go';
      case 'd':
        return 'end';
      case 'D': {
        const at = this.#space.indexOf('\n');
        if (at < 0) return 'end';
        this.#space = this.#space.slice(at + 1);
        return 'restart';
      }
      case 'n':
        if (this.#last) return this.#finish();
        if (!this.#quiet) this.#out += `${this.#space}\n`;
        return this.#want(command);
      case 'N':
        return this.#last ? this.#finish() : this.#want(command);
      case 'g':
        this.#space = this.#hold;
        return 'go';
      case 'G':
        this.#space += `\n${this.#hold}`;
        return 'go';
      case 'h':
        this.#hold = this.#space;
        return 'go';
      case 'H':
        this.#hold += `\n${this.#space}`;
        return 'go';
      case 'x':
        [this.#space, this.#hold] = [this.#hold, this.#space];
        return 'go';
      case '=':
        this.#out += `${this.#number}\n`;
        return 'go';
      case 'l':
        this.#out += `${this.#space.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n')}$\n`;
        return 'go';
      case 'a':
        this.#appended += `${command.text}\n`;
        return 'go';
      case 'i':
        this.#out += `${command.text}\n`;
        return 'go';
      case 'c':
        if (!command.addresses[1] || !this.#active.has(command)) this.#out += `${command.text}\n`;
        return 'end';
      case 'z':
        this.#space = '';
        return 'go';
      case 'q':
      case 'Q':
        this.quit = true;
        this.status = Number(command.label || '0');
        return command.name === 'q' ? 'next' : 'end';
      case 'b':
        return { branch: command.label ?? '' };
      case 't':
      case 'T': {
        const jump = this.#substituted === (command.name === 't');
        this.#substituted = false;
        return jump ? { branch: command.label ?? '' } : 'go';
      }
      default:
        return 'go';
    }
  }

  #finish(): Flow {
    this.quit = true;
    return 'next';
  }

  #want(command: SedCommand): Flow {
    this.#wanting = command;
    return 'end';
  }

  #substitute(command: SedCommand): void {
    const { regex, text = '', flags } = command;
    if (!regex || !flags) return;
    let seen = 0;
    let changed = false;
    const after = this.#space.replace(regex, (...parts: (string | number | undefined)[]) => {
      seen += 1;
      const whole = String(parts[0]);
      if (seen < flags.nth || (!flags.global && seen > flags.nth)) return whole;
      changed = true;
      return expand(text, parts as string[]);
    });
    this.#space = after;
    if (!changed) return;
    this.#substituted = true;
    if (flags.print) this.#out += `${this.#space}\n`;
  }
}

/** The replacement of s: `&`, `\1`, `\n`, and GNU's case conversions. */
function expand(text: string, parts: readonly (string | undefined)[]): string {
  let out = '';
  let conversion: '' | 'U' | 'L' = '';
  let once: '' | 'u' | 'l' = '';
  const add = (piece: string): void => {
    let shown =
      conversion === 'U' ? piece.toUpperCase() : conversion === 'L' ? piece.toLowerCase() : piece;
    if (once && shown) {
      shown = (once === 'u' ? shown[0]?.toUpperCase() : shown[0]?.toLowerCase()) + shown.slice(1);
      once = '';
    }
    out += shown;
  };
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] ?? '';
    if (c === '&') add(parts[0] ?? '');
    else if (c === '\\') {
      i += 1;
      const next = text[i] ?? '';
      if (/\d/.test(next)) add(parts[Number(next)] ?? '');
      else if (next === 'n') add('\n');
      else if (next === 't') add('\t');
      else if (next === 'U' || next === 'L') conversion = next;
      else if (next === 'u' || next === 'l') once = next;
      else if (next === 'E') conversion = '';
      else add(next);
    } else add(c);
  }
  return out;
}
