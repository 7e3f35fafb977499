import { expect, test } from 'vitest';
import type { ApiRequest, ApiResponse } from '../api/index.ts';
import { Sim } from '../sim/index.ts';
import { failure } from '../std/index.ts';
import { createRouter, failed, json, type Route, route } from './router.ts';

function ask(routes: readonly Route[], method: ApiRequest['method'], path: string): ApiResponse {
  const sim = new Sim({ seed: 1, epochMillis: 0 });
  const call = sim.spawn('request', createRouter(sim, routes).handle({ method, path }));
  while (!call.ended) sim.runNext();
  return call.result as ApiResponse;
}

const at = (method: Route['method'], pattern: string): Route =>
  route(method, pattern, (_request, params) => json({ pattern, params }));

const routes = [
  at('GET', '/containers/json'),
  at('GET', '/containers/:id/json'),
  at('GET', '/images/:name+/json'),
  at('DELETE', '/images/:name+'),
];

test('routes are found by method and segments', () => {
  expect(ask(routes, 'GET', '/containers/json').body).toEqual({
    pattern: '/containers/json',
    params: {},
  });
  expect(ask(routes, 'GET', '/containers/web1/json').body).toEqual({
    pattern: '/containers/:id/json',
    params: { id: 'web1' },
  });
});

test('names of images may have slashes', () => {
  expect(ask(routes, 'GET', '/images/nvbeta/node:latest/json').body).toEqual({
    pattern: '/images/:name+/json',
    params: { name: 'nvbeta/node:latest' },
  });
  expect(ask(routes, 'DELETE', '/images/lab/crash').body).toEqual({
    pattern: '/images/:name+',
    params: { name: 'lab/crash' },
  });
});

test('what is not in the table is not found', () => {
  expect(ask(routes, 'POST', '/containers/json')).toEqual({
    status: 404,
    body: { message: 'page not found' },
  });
});

test('failures become status codes', () => {
  expect(failed(failure('conflict', 'already'))).toEqual({
    status: 409,
    body: { message: 'already' },
  });
  expect(failed(failure('not_modified', ''))).toEqual({ status: 304 });
});
