import { expect, test } from 'vitest';
import { screenLines, TextScreen } from './screen.ts';

test('lines end with \\r\\n, trailing blanks and empty lines go', () => {
  expect(screenLines('a  \r\n\r\nb\r\n\r\n')).toEqual(['a', '', 'b']);
});
test('a carriage return rewrites the line', () => {
  expect(screenLines('10%\r50%\r100% done\r\n')).toEqual(['100% done']);
});
test('progress that moves up and clears lines leaves its last state', () => {
  expect(
    screenLines('1: new\r\n2: new\r\n\u001b[2A\u001b[2K1: run\r\n\u001b[2K2: run\r\n'),
  ).toEqual(['1: run', '2: run']);
});
test('colours, titles and queries leave nothing', () => {
  expect(screenLines('\u001b[31mred\u001b[0m \u001b]0;t\u0007x\u001b[6n')).toEqual(['red x']);
});
test('a tab goes to the next eighth column', () => {
  expect(screenLines('ab\tc')).toEqual(['ab      c']);
});
test('a sequence may be cut in the middle', () => {
  const screen = new TextScreen();
  screen.write('abc\u001b[');
  screen.write('2Dx');
  expect(screen.lines()).toEqual(['axc']);
});
