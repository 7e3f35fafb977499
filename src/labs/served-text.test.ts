import { expect, test } from 'vitest';
import { servedText } from './served-text.ts';

test('a web page is shown as the text that one would read', () => {
  expect(
    servedText({
      status: 200,
      headers: { 'content-type': 'text/html' },
      entered: 'manager1',
      path: ['manager1'],
      took: 900,
      body: '<!DOCTYPE html>\n<html>\n<head>\n<title>T</title><style>b{}</style></head>\n<body>\n<h1>Welcome &amp; hello</h1>\n<p>One<br>two</p></body></html>',
    }),
  ).toBe('Welcome & hello\n\nOne\ntwo');
});
