import { describe, expect, test } from 'vitest';
import { onTerminal, type TerminalSession } from '../os/testing.ts';
import { completers } from './index.ts';
import { shellHost } from './testing.ts';

const prompt = 'root@manager1:~# ';
const on = '\x1b[?2004h';
const off = '\x1b[?2004l\r';

interface Opened extends TerminalSession {
  /** Types and answers what was shown, without the switches of bracketed paste. */
  says(text: string, seconds?: number): string;
  readonly prompts: { status: number; prompt: string }[];
}

function open(argv: readonly string[] = ['bash'], tree = {}, columns = 40): Opened {
  const session = onTerminal(shellHost(tree), argv, { columns, rows: 24 });
  const prompts: Opened['prompts'] = [];
  session.tty.onPrompt = ({ status, prompt: text }) => prompts.push({ status, prompt: text });
  session.type('', 0.1);
  const says = (text: string, seconds = 1): string =>
    session.type(text, seconds).replaceAll(on, '').replaceAll(off, '');
  return { ...session, says, prompts };
}

/** What the terminal shows as text: backspaces, cursor movements and erasures carried out. */
function screen(output: string, columns = 40): string[] {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  const at = (r: number): string[] => {
    while (rows.length <= r) rows.push([]);
    return rows[r] as string[];
  };
  for (const match of output.matchAll(/\x1b\[(\??)(\d*)(?:;\d*)?([A-Za-z])|[\s\S]/gu)) {
    const [whole, , count, letter] = match;
    const n = Number(count || 1);
    if (letter === 'A') row = Math.max(0, row - n);
    else if (letter === 'B') row += n;
    else if (letter === 'C') column += n;
    else if (letter === 'D') column -= n;
    else if (letter === 'J') {
      at(row).length = Math.min(at(row).length, column);
      rows.length = row + 1;
    } else if (whole === '\r') column = 0;
    else if (whole === '\n') row += 1;
    else if (whole === '\b') column -= 1;
    else if (!letter && whole >= ' ') {
      if (column >= columns) {
        row += 1;
        column = 0;
      }
      const cells = at(row);
      while (cells.length < column) cells.push(' ');
      cells[column] = whole;
      column += 1;
    }
  }
  return rows
    .map((cells) => cells.join('').trimEnd())
    .filter((line, i, all) => line !== '' || i < all.length - 1);
}

describe('prompts', () => {
  test('bash on a host', () => {
    const session = onTerminal(shellHost(), ['bash']);
    expect(session.type('', 0.1)).toBe(`${on}${prompt}`);
  });

  test('a login shell calls itself by the name it was given', () => {
    const host = shellHost();
    const session = onTerminal(host, ['bash', '-l']);
    session.type('', 0.1);
    expect(session.type('exit\r')).toBe(`exit\r\n${off}logout\r\n`);
  });

  test('ash greets, and asks for the cursor at each prompt', () => {
    const session = onTerminal(shellHost(), ['ash']);
    expect(session.type('', 0.1)).toBe(
      `\r\n\r\nBusyBox v1.38.0 (Debian 1:1.38.0-3+b1) built-in shell (ash)\r\nEnter 'help' for a list of built-in commands.\r\n\r\n~ # \x1b[6n`,
    );
    expect(session.type('cd /\n')).toBe('cd /\r\n/ # \x1b[6n');
    expect(session.type('\x1b[24;5Recho hi\n')).toBe('echo hi\r\nhi\r\n/ # \x1b[6n');
    expect(session.type('exit\n')).toBe('exit\r\n');
  });

  test('are told to the terminal with the last status', () => {
    const session = open();
    session.says('cat /nosuch\rcd /etc\r');
    expect(session.prompts).toEqual([
      { status: 0, prompt },
      { status: 1, prompt },
      { status: 0, prompt: 'root@manager1:/etc# ' },
    ]);
  });

  const escapes: [ps1: string, shown: string][] = [
    ['\\u@\\h \\w \\W\\$ ', 'root@manager1 ~ ~# '],
    ['[\\t] ', '[00:00:00] '],
    ['$((1+1)) $HOME ', '2 /root '],
    ['\\[\\e[1m\\]x\\[\\e[0m\\] ', '\x1b[1mx\x1b[0m '],
    ['\\101\\n> ', 'A\r\n> '],
  ];
  test.each(escapes)('PS1=%j', (ps1, shown) => {
    const session = open();
    expect(session.says(`PS1='${ps1}'\r`, 0.01).slice(-shown.length)).toBe(shown);
  });
});

describe('editing', () => {
  const cases: [what: string, keys: string, line: string][] = [
    ['^A and ^E', 'bc\x01a\x05d', 'abcd'],
    ['^B and ^F', 'ac\x02b\x06d', 'abcd'],
    ['arrows, Home and End', 'b\x1b[D\x1b[Ca\x1b[D\x1b[Hx\x1b[Fy', 'xbay'],
    ['backspace and Delete', 'abxc\x02\x7f\x1b[D\x1b[3~B', 'aBc'],
    ['^D deletes under the cursor', 'abc\x01\x04', 'bc'],
    ['^U and ^Y', 'one two\x15x\x19', 'xone two'],
    ['^K and ^Y', 'one two\x01\x06\x0b\x01\x19', 'ne twoo'],
    ['^W kills a word up to a blank', 'a b/c\x17d', 'a d'],
    ['M-b, M-f and M-d', 'one two three\x1bb\x1bb\x1bd\x01\x1bf!', 'one!  three'],
    ['M-DEL kills back to the start of a word', 'a b/c\x1b\x7fd', 'a b/d'],
    ['^T swaps two characters', 'ab\x14', 'ba'],
    ['M-u, M-l, M-c', 'ab CD ef\x01\x1bu\x1bl\x1bc', 'AB cd Ef'],
    ['^_ takes back', 'abc \x17\x1f', 'abc '],
    ['wide characters', '中文\x02a', '中a文'],
    ['characters outside the basic plane', '😀\x7fb', 'b'],
    ['unknown sequences are ignored', 'a\x1b[99~\x1b[24;80Rb', 'ab'],
  ];
  test.each(cases)('%s', (_what, keys, line) => {
    const session = open();
    expect(screen(prompt + session.says(keys, 0.1))).toEqual([(prompt + line).trimEnd()]);
  });

  test('a long line wraps, and is edited across the margin', () => {
    const session = open();
    const text = 'abcdefghijklmnopqrstuvwxyz0123456789';
    const out = session.says(`${text}\x01X\x05Y`, 0.1);
    const line = `${prompt}X${text}Y`;
    expect(screen(prompt + out)).toEqual([line.slice(0, 40), line.slice(40)]);
  });

  test('^C gives the line up, ^L clears the screen', () => {
    const session = open();
    expect(session.says('abc\x03')).toBe(`abc^C\r\n${prompt}`);
    expect(session.prompts.at(-1)?.status).toBe(130);
    expect(session.says('ab\x0c', 0.1)).toBe(`\x1b[H\x1b[2J${prompt}ab`);
  });

  test('^D on an empty line ends the shell', () => {
    const session = open();
    expect(session.says('\x04')).toBe('exit\r\n');
    expect(session.process.exitStatus).toBe(0);
  });

  test('10,000 pasted characters', () => {
    const session = open();
    const before = performance.now();
    const out = session.says(`echo ${'x'.repeat(10_000)}\r`);
    expect(out.length).toBeLessThan(25_000);
    expect(out.endsWith(`${'x'.repeat(100)}\r\n${prompt}`)).toBe(true);
    expect(performance.now() - before).toBeLessThan(500);
  });

  test('pasted lines run one after the other', () => {
    const session = open();
    expect(session.says('\x1b[200~echo 1\necho 2\necho 3\x1b[201~')).toBe(
      `echo 1\r\n1\r\n${prompt}echo 2\r\n2\r\n${prompt}echo 3`,
    );
    expect(session.says('\r')).toBe(`\r\n3\r\n${prompt}`);
  });

  test('pasted input for a command reaches it', () => {
    const session = open();
    expect(session.says('cat\nto cat\n\x04echo shell\n')).toContain('to cat\r\n');
  });
});

describe('several lines', () => {
  const cases: [first: string, rest: string, shown: string][] = [
    ['for i in 1 2; do', 'echo $i; done', '1\r\n2\r\n'],
    ['echo "a', 'b"', 'a\r\nb\r\n'],
    ['echo a \\', 'b', 'a b\r\n'],
    ['true &&', 'echo yes', 'yes\r\n'],
    ['f() {', 'echo f; }; f', 'f\r\n'],
    ['echo $(', 'echo sub)', 'sub\r\n'],
    ['cat <<EOF', 'EOF', ''],
  ];
  test.each(cases)('%s', (first, rest, shown) => {
    const session = open();
    expect(session.says(`${first}\r`)).toBe(`${first}\r\n> `);
    expect(session.says(`${rest}\r`)).toBe(`${rest}\r\n${shown}${prompt}`);
  });

  test('^C leaves the continuation', () => {
    const session = open();
    session.says('if true\r');
    expect(session.says('\x03')).toBe(`^C\r\n${prompt}`);
    expect(session.says('echo ok\r')).toBe(`echo ok\r\nok\r\n${prompt}`);
  });

  test('a syntax error is one line without a number', () => {
    const session = open();
    expect(session.says('echo )\r')).toBe(
      `echo )\r\nbash: syntax error near unexpected token \`)'\r\n${prompt}`,
    );
  });
});

describe('history', () => {
  const withHistory = (): Opened => {
    const session = open();
    for (const line of ['echo one', 'echo two', 'echo two', ' hidden=1', 'cat /etc/passwd'])
      session.says(`${line}\r`);
    return session;
  };

  test('up and down', () => {
    const session = withHistory();
    expect(screen(prompt + session.says('new\x1b[A', 0.1))).toEqual([`${prompt}cat /etc/passwd`]);
    expect(session.says('\x1b[A\x1b[A\r')).toContain('\r\none\r\n');
    expect(screen(prompt + session.says('draft\x1b[A\x1b[B', 0.1))).toEqual([`${prompt}draft`]);
  });

  test('the history builtin leaves out repetitions and hidden lines', () => {
    expect(withHistory().says('history\r')).toBe(
      `history\r\n    1  echo one\r\n    2  echo two\r\n    3  cat /etc/passwd\r\n    4  history\r\n${prompt}`,
    );
  });

  test('^R finds backwards', () => {
    const session = withHistory();
    const out = session.says('\x12ec', 0.1);
    expect(screen(prompt + out, 80)).toEqual(["(reverse-i-search)`ec': echo two"]);
    expect(session.says('\x12\r')).toContain('\r\none\r\n');
    expect(screen(session.says('x\x12passwd\x07', 0.1)).at(-1)).toBe(`${prompt}x`);
  });
});

describe('completion', () => {
  const tree = { '/root/notes.txt': '', '/root/nodes/a': '', '/root/a b': '', '/opt/x': '' };
  const cases: [typed: string, line: string][] = [
    ['hist\t', 'history'],
    ['cat not\t', 'cat notes.txt'],
    ['cat no\t', 'cat no'],
    ['cat nod\t', 'cat nodes/'],
    ['cat /op\t', 'cat /opt/'],
    ['cat a\t', 'cat a\\ b'],
    ['echo $HOM\t', 'echo $HOME'],
    ['true && hist\t', 'true && history'],
    ['demo ser\t', 'demo service'],
    ['demo service l\t', 'demo service ls'],
  ];
  test.each(cases)('%j', (typed, line) => {
    completers.set('demo', (words) =>
      words[1] === 'service' && words.length === 3 ? ['ls', 'create'] : ['service', 'stack'],
    );
    const session = open(['bash'], tree);
    expect(screen(prompt + session.says(typed, 0.1))).toEqual([(prompt + line).trimEnd()]);
    completers.delete('demo');
  });

  test('a second tab lists what there is', () => {
    const session = open(['bash'], tree);
    expect(session.says('cat no\t\t', 0.1)).toBe(
      `cat no\x07\r\nnodes/     notes.txt\r\n${prompt}cat no`,
    );
  });
});

describe('job control', () => {
  test('^C interrupts the command, not the shell', () => {
    const session = open();
    session.says('sleep 100\r');
    expect(session.says('\x03')).toBe(`^C\r\n${prompt}`);
    expect(session.prompts.at(-1)?.status).toBe(130);
  });

  test('^C stops a loop of builtins', () => {
    const session = open();
    session.says('while :; do :; done\r', 0.5);
    expect(session.says('\x03')).toBe(`^C${prompt}`);
    expect(session.says('echo on\r')).toBe(`echo on\r\non\r\n${prompt}`);
  });

  test('^C drops the rest of the line; a program that survives it goes on', () => {
    const session = open();
    session.says('sleep 100; echo no\r');
    expect(session.says('\x03')).toBe(`^C\r\n${prompt}`);
    session.says('tough; echo $?\r');
    expect(session.says('\x03')).toBe(`^C5\r\n${prompt}`);
  });

  test('^Z, jobs, bg, fg', () => {
    const session = open();
    session.says('sleep 30\r');
    expect(session.says('\x1a')).toBe(`^Z\r\n[1]+  Stopped                 sleep 30\r\n${prompt}`);
    expect(session.says('bg\r')).toBe(`bg\r\n[1]+ sleep 30 &\r\n${prompt}`);
    expect(session.says('jobs\r')).toBe(
      `jobs\r\n[1]+  Running                 sleep 30 &\r\n${prompt}`,
    );
    expect(session.says('fg %1\r')).toBe('fg %1\r\nsleep 30\r\n');
    expect(session.says('\x03')).toBe(`^C\r\n${prompt}`);
    expect(session.says('fg\r')).toBe(`fg\r\nbash: fg: current: no such job\r\n${prompt}`);
  });

  test('the end of a job is told before the next prompt', () => {
    const session = open();
    expect(session.says('sleep 1 &\r', 0.1)).toMatch(/^sleep 1 &\r\n\[1\] \d+\r\n/);
    session.says('sleep 2 | cat & true\r', 3);
    expect(session.says('\r')).toBe(
      `\r\n[1]-  Done                    sleep 1\r\n[2]+  Done                    sleep 2 | cat\r\n${prompt}`,
    );
  });

  test('kill %1', () => {
    const session = open();
    session.says('sleep 100 &\r');
    expect(session.says('kill %1\r')).toBe(
      `kill %1\r\n[1]+  Terminated              sleep 100\r\n${prompt}`,
    );
  });

  test('stopped jobs are spoken of before the end', () => {
    const session = open();
    session.says('sleep 100\r');
    session.says('\x1a');
    expect(session.says('\x04')).toBe(`There are stopped jobs.\r\n${prompt}`);
    expect(session.says('\x04')).toBe('exit\r\n');
  });

  test('a shell within a shell', () => {
    const session = open();
    session.says('ash\r');
    expect(session.says('echo $0\r')).toBe('echo $0\r\nash\r\n~ # \x1b[6n');
    session.says('sleep 100\r');
    expect(session.says('\x03')).toBe('^C\r\n~ # \x1b[6n');
    expect(session.says('exit 4\r')).toBe(`exit 4\r\n${prompt}`);
    expect(session.prompts.at(-1)?.status).toBe(4);
  });
});

describe('bash -c on a terminal', () => {
  test('^C ends it with its command', () => {
    const session = onTerminal(shellHost(), ['bash', '-c', 'sleep 100; echo no']);
    session.type('', 0.1);
    expect(session.type('\x03')).toBe('^C');
    expect(session.process.exitSignal).toBe(2);
  });

  test('but not when the command survives', () => {
    const session = onTerminal(shellHost(), ['bash', '-c', 'tough; echo $?']);
    session.type('', 0.1);
    expect(session.type('\x03')).toBe('^C5\r\n');
    expect(session.process.exitStatus).toBe(0);
  });
});
