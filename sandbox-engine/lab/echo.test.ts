import { expect, test } from 'vitest';
import { EchoFilter } from './echo.ts';

const bashPrompt = 'root@manager1:~# \u001b[?2004h';

test('bash: the output begins where bracketed paste is switched off', () => {
  const filter = new EchoFilter();
  filter.own(bashPrompt);
  filter.typed('echo hi');
  expect(filter.own('echo hi\r\n\u001b[?2004l\rhi\r\n')).toBe('hi\r\n');
  expect(filter.own('more\r\n')).toBe('more\r\n');
});

test('bash: a line that wraps, and one that comes in pieces', () => {
  const filter = new EchoFilter();
  filter.own(bashPrompt);
  filter.typed('echo aaa');
  expect(filter.own('echo \r\naa')).toBe('');
  expect(filter.own('a\r\n\u001b[?2004l\r')).toBe('');
  expect(filter.own('aaa\r\n')).toBe('aaa\r\n');
});

test('bash: a command of several lines, each with its prompt', () => {
  const filter = new EchoFilter();
  filter.own(bashPrompt);
  filter.typed('echo a \\\nb');
  expect(filter.own('echo a \\\r\n\u001b[?2004l\r\u001b[?2004h> ')).toBe('');
  expect(filter.own('b\r\n\u001b[?2004l\ra b\r\n')).toBe('a b\r\n');
});

test('ash: the output begins after the echoed line', () => {
  const filter = new EchoFilter();
  filter.own('/ # ');
  filter.typed('ls');
  expect(filter.own('l')).toBe('');
  expect(filter.own('s\r\nbin\r\n')).toBe('bin\r\n');
});

test('from bash into ash and back', () => {
  const filter = new EchoFilter();
  filter.own(bashPrompt);
  filter.typed('docker exec -it c1 sh');
  expect(filter.own('docker exec -it c1 sh\r\n\u001b[?2004l\r/ # ')).toBe('/ # ');
  filter.typed('exit');
  expect(filter.own(`exit\r\n${bashPrompt}`)).toBe(bashPrompt);
  filter.typed('ls');
  expect(filter.own('ls\r\n\u001b[?2004l\rx\r\n')).toBe('x\r\n');
});

test('bash: a command that is typed before the prompt has been shown', () => {
  const filter = new EchoFilter();
  filter.typed('ls');
  expect(filter.own(bashPrompt)).toBe('');
  expect(filter.own('ls\r\n\u001b[?2004l\rx\r\n')).toBe('x\r\n');
});
