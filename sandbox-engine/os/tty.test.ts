import { describe, expect, test } from 'vitest';
import { limits, type Op, seconds, sleep } from '../sim/index.ts';
import type { Process, Program } from './api.ts';
import { signals } from './api.ts';
import { onTerminal, testHost } from './testing.ts';

/** Shows each piece that it reads in brackets, until the end. */
const show: Program = function* (process) {
  for (;;) {
    const text = yield* process.read(0);
    if (text === null) break;
    yield* process.out(`[${text}]`);
  }
  yield* process.out('end');
  return 0;
};

const start = (program: Program = show) => {
  const host = testHost({ programs: { main: program } });
  const session = onTerminal(host, ['main']);
  session.type('', 0.1);
  return { host, ...session };
};

describe('cooked input', () => {
  const cases: [what: string, typed: string, shown: string][] = [
    ['a line is echoed and delivered with its newline', 'ab\n', 'ab\r\n[ab\r\n]'],
    ['Enter sends \\r, which becomes \\n', 'ab\r', 'ab\r\n[ab\r\n]'],
    ['DEL and ^H erase a character', 'abc\x7f\x08d\n', 'abc\b \b\b \bd\r\n[ad\r\n]'],
    ['nothing is erased before the start', '\x7fa\n', 'a\r\n[a\r\n]'],
    ['^U erases the line', 'abc\x15d\n', 'abc\b \b\b \b\b \bd\r\n[d\r\n]'],
    ['^W erases a word', 'ab cd \x17e\n', 'ab cd \b \b\b \b\b \be\r\n[ab e\r\n]'],
    ['a wide character takes two columns', '中\x7fx\n', '中\b \b\b \bx\r\n[x\r\n]'],
    ['control characters are echoed as ^X', '\x01\n', '^A\r\n[\x01\r\n]'],
    ['^D delivers what has been typed', 'ab\x04', 'ab[ab]'],
    ['^D on an empty line is the end', '\x04', 'end'],
    ['several lines are delivered one by one', 'a\nb\n', 'a\r\nb\r\n[a\r\n][b\r\n]'],
  ];
  test.each(cases)('%s', (_what, typed, shown) => {
    expect(start().type(typed, 0.1)).toBe(shown);
  });

  test('without echo nothing is shown', () => {
    const session = start();
    session.tty.echo = false;
    expect(session.type('secret\n', 0.1)).toBe('[secret\r\n]');
  });

  test('what is typed while nobody reads is kept', () => {
    const { type } = start(function* (process) {
      yield* sleep(process.sim, seconds(1));
      return yield* show(process);
    });
    expect(type('ahead\n', 0.1)).toBe('ahead\r\n');
    expect(type('', 2)).toBe('[ahead\r\n]');
  });
});

describe('keys that send signals', () => {
  const keys: [key: string, shown: string, signal: number][] = [
    ['\x03', '^C', signals.SIGINT],
    ['\x1c', '^\\', signals.SIGQUIT],
  ];
  test.each(keys)('%j', (key, shown, signal) => {
    const session = start();
    expect(session.type(`typed${key}`, 0.1)).toBe(`typed${shown}`);
    expect(session.process.exitSignal).toBe(signal);
  });

  test('^Z stops the foreground', () => {
    const session = start();
    expect(session.type('\x1a', 0.1)).toBe('^Z');
    expect(session.process.row.state).toBe('T');
  });

  test('what was typed before ^C is thrown away', () => {
    const session = start(function* (process) {
      process.handle(signals.SIGINT, 'catch');
      return yield* show(process);
    });
    expect(session.type('lost\x03kept\n', 0.1)).toBe('lost^Ckept\r\n[kept\r\n]');
  });
});

describe('raw mode', () => {
  test('delivers keys at once, without echo or signals', () => {
    const session = start();
    session.tty.mode = 'raw';
    expect(session.type('a\x03\r', 0.1)).toBe('[a\x03\r]');
  });

  test('the typed part of a line becomes readable', () => {
    const session = start();
    session.type('part', 0.1);
    session.tty.mode = 'raw';
    expect(session.type('', 0.1)).toBe('[part]');
  });

  test('what nobody has read becomes lines when the mode changes back', () => {
    const session = start(function* (process) {
      yield* sleep(process.sim, seconds(1));
      return yield* show(process);
    });
    session.tty.mode = 'raw';
    session.type('a\rb', 0.1);
    session.tty.mode = 'cooked';
    expect(session.type('', 2)).toBe('[a\r\n]');
    expect(session.type('c\n', 0.1)).toBe('c\r\n[bc\r\n]');
  });

  test('a lone newline still starts a fresh line', () => {
    const session = start();
    session.tty.mode = 'raw';
    const file = session.tty.open();
    for (const text of ['a\n\nb\r', '\nc\r\n']) file.write(text);
    expect(session.tty.takeOutput()).toBe('a\r\n\r\nb\r\nc\r\n');
  });
});

test('a new size is told to the foreground', () => {
  const seen: (number | undefined)[] = [];
  const session = start(function* (process) {
    process.handle(signals.SIGWINCH, 'catch');
    yield* sleep(process.sim, seconds(10));
    seen.push(process.takeSignal(), process.tty?.columns);
    return 0;
  });
  session.tty.resize(100, 30);
  session.type('', 0.1);
  expect(seen).toEqual([signals.SIGWINCH, 100]);
});

test('hanging up ends the programs and the input', () => {
  const session = start();
  session.tty.hangUp();
  expect(session.process.exitSignal).toBe(signals.SIGHUP);
  expect(session.host.openTty({ columns: 80, rows: 24 }).id).toBe('pts/0');
});

test('a process in the background that reads is stopped', () => {
  const session = start(function* (process): Op<number> {
    const child = process.spawn({ argv: ['child'], group: true, program: show });
    for (;;) {
      if (child.ok && (child.value as Process).row.state === 'T') return 7;
      yield* sleep(process.sim, seconds(1));
    }
  });
  session.type('', 3);
  expect(session.process.exitStatus).toBe(7);
});

test('a command that prints too much is stopped with one line', () => {
  const printer: Program = function* (process) {
    yield* sleep(process.sim, seconds(1));
    for (;;) yield* process.out('y\n'.repeat(1000));
  };
  const session = start(printer);
  const lines = session.type('', 5).split('\r\n');
  expect(lines.slice(0, 2)).toEqual(['y', 'y']);
  expect(lines.length).toBe(limits.outputPerCommand / 2 + 3);
  expect(lines.slice(-3)).toEqual([
    '',
    '[stopped: a command may print 1000000 characters here]',
    '',
  ]);
  expect(session.process.exitSignal).toBe(signals.SIGINT);
});
