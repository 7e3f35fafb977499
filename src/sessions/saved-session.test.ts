// What a session must be like to be taken in, and why others are refused.
import { expect, test } from 'vitest';
import type { LabDefinition } from '../../sandbox-engine/protocol/index.ts';
import { linkMark, packedLink, unpacked } from './packed.ts';
import { commandsOf, parseSession, type SavedSession } from './saved-session.ts';

const lab: LabDefinition = {
  id: 'bridge-networking',
  order: 2,
  minutes: 20,
  scenario: 'swarm',
  seed: 3,
  values: {},
  steps: [
    {
      id: 'create-br',
      host: 'manager1',
      command: 'docker network create br',
      check: [],
      after: [],
      lines: [],
    },
  ],
  predictions: [],
  tries: [],
};
const session: SavedSession = {
  format: 'overnet-session',
  version: 1,
  lab: 'bridge-networking',
  seed: 3,
  scenario: 'swarm',
  startMillis: Date.UTC(2026, 10, 22),
  savedMillis: Date.UTC(2026, 10, 23),
  inputs: [
    { at: 0, do: 'open', terminal: 'manager1' },
    { at: 5, do: 'resize', terminal: 'manager1', columns: 80, rows: 24 },
    {
      at: 10,
      do: 'run',
      terminal: 'manager1',
      line: 'docker network create br',
      step: 'create-br',
    },
    { at: 20, do: 'input', terminal: 'worker1:2', text: 'ls\r' },
    { at: 30, do: 'browse', url: 'http://manager1:8000/' },
    {
      at: 31,
      do: 'api',
      host: 'manager1',
      method: 'POST',
      path: '/services/x/update',
      query: { version: '7' },
      body: { Name: 'x' },
    },
  ],
};
const parse = (value: unknown) => parseSession(JSON.stringify(value), lab);
const withInput = (input: unknown) => parse({ ...session, inputs: [...session.inputs, input] });

test('a session comes back as it was written', () => {
  expect(parse(session)).toEqual({ ok: true, session });
  expect(commandsOf(session)).toBe(3);
});

test('a session goes through a link', async () => {
  const link = await packedLink(session, 'https://example.org/en/labs/bridge-networking/');
  const text = await unpacked(link.slice(link.indexOf(linkMark)));
  expect(parseSession(text ?? '', lab)).toEqual({ ok: true, session });
});

test('a damaged link, and one that unpacks without end, answer nothing', async () => {
  expect(await unpacked(`${linkMark}notalink`)).toBeUndefined();
  expect(await unpacked(`${linkMark}%%%`)).toBeUndefined();
  const bomb = {
    ...session,
    inputs: [{ at: 0, do: 'input', terminal: 'manager1', text: 'a'.repeat(5e6) }],
  };
  const link = await packedLink(bomb as SavedSession, '');
  expect(link.length).toBeLessThan(20_000);
  expect(await unpacked(link)).toBeUndefined();
});

test.each([
  ['no JSON', '{"format":', { reason: 'damaged', detail: '' }],
  ['something else', '[1,2]', { reason: 'foreign', detail: '' }],
  ['a prototype', '{"__proto__":{"format":"overnet-session"}}', { reason: 'foreign', detail: '' }],
  ['too much', 'x'.repeat(4_000_001), { reason: 'tooLarge', detail: '4000001' }],
])('%s is refused', (_, text, refusal) => {
  expect(parseSession(text, lab)).toEqual({ ok: false, ...refusal });
});

test.each([
  ['a later version', { version: 2 }, { reason: 'newer', detail: '2' }],
  ['another lab', { lab: 'port-mapping' }, { reason: 'otherLab', detail: 'port-mapping' }],
  ['no lab', { lab: 5 }, { reason: 'damaged', detail: 'lab' }],
  ['a seed that is none', { seed: '3' }, { reason: 'damaged', detail: 'seed' }],
  ['an unknown scenario', { scenario: 'moon' }, { reason: 'damaged', detail: 'scenario' }],
  ['a start that is none', { startMillis: 1e99 }, { reason: 'damaged', detail: 'startMillis' }],
  ['inputs that are none', { inputs: {} }, { reason: 'damaged', detail: 'inputs' }],
])('%s is refused', (_, change, refusal) => {
  expect(parse({ ...session, ...change })).toEqual({ ok: false, ...refusal });
});

test.each([
  ['of an unknown kind', { at: 40, do: 'fly' }],
  ['named like a method', { at: 40, do: 'constructor' }],
  ['back in time', { at: 1, do: 'open', terminal: 'manager1' }],
  ['at half a microsecond', { at: 40.5, do: 'open', terminal: 'manager1' }],
  ['on an unknown host', { at: 40, do: 'open', terminal: 'manager9' }],
  ['with a text that is none', { at: 40, do: 'input', terminal: 'manager1', text: ['ls'] }],
  [
    'with a text without end',
    { at: 40, do: 'run', terminal: 'manager1', line: 'a'.repeat(50_001) },
  ],
  [
    'with a size that is none',
    { at: 40, do: 'resize', terminal: 'manager1', columns: -1, rows: 24 },
  ],
  ['with too many pages', { at: 40, do: 'browse', url: 'http://manager1/', times: 1e9 }],
  ['to an unknown host', { at: 40, do: 'api', host: 'manager9', method: 'GET', path: '/info' }],
  ['of an unknown method', { at: 40, do: 'api', host: 'manager1', method: 'HACK', path: '/info' }],
  ['with a path that is none', { at: 40, do: 'api', host: 'manager1', method: 'GET', path: 'x' }],
  [
    'with a query that is none',
    { at: 40, do: 'api', host: 'manager1', method: 'GET', path: '/x', query: { a: 1 } },
  ],
  ['that is null', null],
])('an input %s is refused, with its number', (_, input) => {
  expect(withInput(input)).toEqual({ ok: false, reason: 'badInput', detail: '7' });
});

test('a step that the lab no longer has is a command like any other', () => {
  const parsed = withInput({ at: 40, do: 'run', terminal: 'manager1', line: 'ls', step: 'gone' });
  expect(parsed.ok && parsed.session.inputs.at(-1)).toEqual({
    at: 40,
    do: 'run',
    terminal: 'manager1',
    line: 'ls',
  });
});
