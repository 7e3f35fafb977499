// The kernel's line editing between keyboard and program: echo, erase, end of file, and the keys that send signals.
//
// Mirrors: linux/drivers/tty/n_tty.c with stty's defaults. Differs: no ^R (reprint), ^V (literal next), ^S/^Q.
import { signals } from './api.ts';

interface Hooks {
  /** Shows text on the terminal. */
  echo(text: string): void;
  /** There is something to read. */
  ready(): void;
  signal(signal: number): void;
  echoing(): boolean;
}

/** Marks an end of input (^D on an empty line) in the queue. */
const endOfInput = Symbol('end of input');

const signalKeys: ReadonlyMap<string, number> = new Map([
  ['\x03', signals.SIGINT],
  ['\x1c', signals.SIGQUIT],
  ['\x1a', signals.SIGTSTP],
]);

export class LineDiscipline {
  readonly #hooks: Hooks;
  #raw = false;
  /** Cooked: the line that is being typed. */
  #line: string[] = [];
  /** What programs may read: lines, or keys in raw mode. */
  #queue: (string | typeof endOfInput)[] = [];

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** Raw: the typed part of a line becomes readable. Cooked: what nobody has read becomes lines. */
  setRaw(raw: boolean): void {
    if (raw === this.#raw) return;
    this.#raw = raw;
    if (raw) {
      if (this.#line.length > 0) this.#deliver(this.#line.join(''));
      this.#line = [];
      return;
    }
    this.#relearn();
  }

  /** Keys that came in raw mode and that nobody read are taken as lines; they are not echoed and send no signals. */
  #relearn(): void {
    const text = this.#queue.filter((item) => item !== endOfInput).join('');
    this.#queue = [];
    const lines = text.replaceAll('\r', '\n').split(/(?<=\n)/);
    for (const line of lines) {
      if (line.endsWith('\n')) this.#deliver(line);
      else this.#line = [...line];
    }
  }

  input(text: string): void {
    if (this.#raw) {
      if (text !== '') this.#deliver(text);
      return;
    }
    for (const key of text) this.#key(key);
  }

  read(max: number): string | null | undefined {
    const first = this.#queue[0];
    if (first === undefined) return undefined;
    if (first === endOfInput) {
      this.#queue.shift();
      return null;
    }
    if (first.length <= max) this.#queue.shift();
    else this.#queue[0] = first.slice(max);
    return first.slice(0, max);
  }

  #deliver(item: string | typeof endOfInput): void {
    this.#queue.push(item);
    this.#hooks.ready();
  }

  #key(typed: string): void {
    const key = typed === '\r' ? '\n' : typed;
    const signal = signalKeys.get(key);
    if (signal !== undefined) {
      this.#queue = [];
      this.#line = [];
      this.#echo(key);
      this.#hooks.signal(signal);
    } else if (key === '\x7f' || key === '\b') this.#erase(1);
    else if (key === '\x15') this.#erase(this.#line.length);
    else if (key === '\x17') this.#erase(this.#wordLength());
    else if (key === '\x04') this.#endOfInput();
    else {
      this.#line.push(key);
      this.#echo(key);
      if (key === '\n') this.#endLine();
    }
  }

  #endLine(): void {
    const line = this.#line.join('');
    this.#line = [];
    this.#deliver(line);
  }

  #endOfInput(): void {
    if (this.#line.length > 0) this.#endLine();
    else this.#deliver(endOfInput);
  }

  #erase(count: number): void {
    const erased = this.#line.splice(this.#line.length - count, count);
    if (!this.#hooks.echoing()) return;
    const columns = erased.reduce((sum, key) => sum + columnsOf(key), 0);
    this.#hooks.echo('\b \b'.repeat(columns));
  }

  /** The length of the last word with the blanks after it. */
  #wordLength(): number {
    let at = this.#line.length;
    while (at > 0 && isBlank(this.#line[at - 1])) at -= 1;
    while (at > 0 && !isBlank(this.#line[at - 1])) at -= 1;
    return this.#line.length - at;
  }

  #echo(key: string): void {
    if (!this.#hooks.echoing()) return;
    this.#hooks.echo(key === '\n' ? '\r\n' : key === '\t' ? key : caret(key));
  }
}

const isBlank = (key: string | undefined): boolean => key === ' ' || key === '\t';

/** Control characters are echoed as `^X`. */
const caret = (key: string): string =>
  key < ' ' ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key;

const columnsOf = (key: string): number => (key < ' ' ? 2 : isWide(key) ? 2 : 1);

/** Does the character take two columns? East Asian wide and fullwidth blocks, emoji. */
export function isWide(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
