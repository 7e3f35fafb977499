// Tells a command's own output from what its terminal showed of the typing: the echoed line before it.
//
// A shell that has switched bracketed paste on (bash) switches it off when the line is complete: there its output begins.
// Other shells (ash) echo the line and a line end.

const pasteOn = '\u001b[?2004h';
const pasteOff = '\u001b[?2004l';

/** Watches one terminal; `typed` says that a command line goes in now. */
export class EchoFilter {
  #bracketed = false;
  /** What has come of the echo; undefined while nothing is expected. */
  #echo: string | undefined;
  #lines = 0;

  typed(line: string): void {
    this.#echo = '';
    this.#lines = line.split('\n').length;
  }

  /** The part of the text that the command printed. */
  own(text: string): string {
    const expected = this.#echo;
    if (expected === undefined) {
      this.#watch(text);
      return text;
    }
    const seen = expected + text;
    // A command that is typed at once meets the prompt still on its way: then the switching on stands before the echo.
    const [firstLine = ''] = seen.split('\n', 1);
    const bracketed = this.#bracketed || firstLine.includes(pasteOn);
    const end = bracketed ? endOfPastes(seen, this.#lines) : endOfLines(seen, this.#lines);
    this.#watch(text);
    if (end < 0) {
      this.#echo = seen;
      return '';
    }
    this.#echo = undefined;
    return seen.slice(end);
  }

  #watch(text: string): void {
    const [on, off] = [text.lastIndexOf(pasteOn), text.lastIndexOf(pasteOff)];
    if (on >= 0 || off >= 0) this.#bracketed = on > off;
  }
}

/** Each line of a command is read by itself, with a prompt of its own: paste is switched off after the last. */
function endOfPastes(text: string, count: number): number {
  let end = 0;
  for (let i = 0; i < count; i += 1) {
    const at = text.indexOf(pasteOff, end);
    if (at < 0) return -1;
    end = at + pasteOff.length;
  }
  return text[end] === '\r' ? end + 1 : end;
}

function endOfLines(text: string, count: number): number {
  let end = 0;
  for (let i = 0; i < count; i += 1) {
    end = text.indexOf('\n', end) + 1;
    if (end === 0) return -1;
  }
  return end;
}
