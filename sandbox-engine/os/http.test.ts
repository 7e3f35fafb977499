import { expect, test } from 'vitest';
import { HttpParser, writeRequest, writeResponse } from './http.ts';

test('a request with a body carries its length in bytes', () => {
  const text = writeRequest({
    method: 'POST',
    target: '/x?a=1',
    version: 'HTTP/1.1',
    headers: [['Host', 'web']],
    body: 'é',
  });
  expect(text).toBe('POST /x?a=1 HTTP/1.1\r\nHost: web\r\nContent-Length: 2\r\n\r\né');
  const parser = new HttpParser('request');
  parser.push(text);
  expect(parser.request()).toEqual({
    method: 'POST',
    target: '/x?a=1',
    version: 'HTTP/1.1',
    headers: [
      ['Host', 'web'],
      ['Content-Length', '2'],
    ],
    body: 'é',
  });
  expect(parser.request()).toBeUndefined();
});

test('two requests in one piece come out one after the other', () => {
  const parser = new HttpParser('request');
  parser.push('GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n');
  expect(parser.request()?.target).toBe('/a');
  expect(parser.request()?.target).toBe('/b');
  expect(parser.request()).toBeUndefined();
});

test('a response comes out once its length is there', () => {
  const parser = new HttpParser('response');
  const text = writeResponse({
    version: 'HTTP/1.1',
    status: 200,
    reason: 'OK',
    headers: [['Content-Length', '5']],
    body: 'hello',
  });
  for (const character of text) {
    expect(parser.response()).toBeUndefined();
    parser.push(character);
  }
  expect(parser.response()?.body).toBe('hello');
});

test('chunks are put together', () => {
  const parser = new HttpParser('response');
  parser.push('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5');
  expect(parser.head()?.startLine).toBe('HTTP/1.1 200 OK');
  expect(parser.takeBody()).toBe('Wiki');
  expect(parser.complete).toBe(false);
  parser.push('\r\npedia\r\n0\r\n\r\n');
  expect(parser.takeBody()).toBe('pedia');
  expect(parser.complete).toBe(true);
});

test('without a length the body ends with the connection', () => {
  const parser = new HttpParser('response');
  parser.push('HTTP/1.0 200 OK\r\n\r\nall of it');
  expect(parser.response()).toBeUndefined();
  parser.end();
  expect(parser.response()?.body).toBe('all of it');
});

test('what is not HTTP is noticed', () => {
  const parser = new HttpParser('response');
  parser.push('-ERR unknown command\r\n');
  expect(parser.head()).toBeUndefined();
  expect(parser.bad).toBe(true);
});
