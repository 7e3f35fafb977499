import { describe, expect, test } from 'vitest';
import { createLab } from '../../tests/fake-lab/index.ts';
import type { PageMessage, Session, WorkerMessage } from '../protocol/index.ts';
import { Pump } from './pump.ts';

/** A pump with a wall clock of its own: `pass` lets that many milliseconds go by. */
function pumpUnderTest() {
  let wall = 0;
  const posted: WorkerMessage[] = [];
  // Each look at the clock takes 10 µs, so that a slice of endless work ends.
  const pump = new Pump({
    createLab,
    post: (message) => posted.push(structuredClone(message)),
    now: () => {
      wall += 0.01;
      return wall;
    },
  });
  const pass = (millis: number) => {
    const end = wall + millis;
    while (wall < end) {
      const wait = pump.slice() ?? 50;
      wall += Math.max(0.1, Math.min(wait, end - wall));
    }
  };
  const send = (...messages: PageMessage[]) => {
    for (const message of messages) pump.receive(message);
  };
  const of = <Type extends WorkerMessage['type']>(type: Type) =>
    posted.filter((m): m is Extract<WorkerMessage, { type: Type }> => m.type === type);
  send({ type: 'start', version: 1, seed: 1, scenario: 'swarm' });
  return { pass, send, of, wall: () => wall };
}

describe('the pump', () => {
  test('types a command, and answers with its own output alone when the prompt is back', () => {
    const { pass, send, of } = pumpUnderTest();
    send({ type: 'run', request: 7, terminal: 'manager1', line: 'docker network ls', step: 'ls' });
    pass(50);
    expect(of('ran')).toEqual([
      {
        type: 'ran',
        request: 7,
        terminal: 'manager1',
        status: 0,
        output: 'bridge\r\nhost\r\nnone\r\n',
        step: 'ls',
      },
    ]);
    expect(
      of('output')
        .map((m) => m.text)
        .join(''),
    ).toBe('root@manager1:~# docker network ls\r\nbridge\r\nhost\r\nnone\r\nroot@manager1:~# ');
  });

  test('keeps to real time, and to the chosen pace while a command makes one wait', () => {
    const slow = pumpUnderTest();
    slow.send({ type: 'run', request: 1, terminal: 'manager1', line: 'sleep 8' });
    slow.pass(7_000);
    expect(slow.of('ran')).toHaveLength(0);
    slow.pass(1_500);
    expect(slow.of('ran')).toHaveLength(1);

    const fast = pumpUnderTest();
    fast.send({ type: 'pace', factor: 8 });
    fast.send({ type: 'run', request: 1, terminal: 'manager1', line: 'sleep 8' });
    fast.pass(1_300);
    expect(fast.of('ran')).toHaveLength(1);
  });

  test('the clock stands still while nobody does anything, and goes on from there', () => {
    const { pass, send, of } = pumpUnderTest();
    const now = (request: number) => {
      send({ type: 'resize', terminal: 'manager1', columns: 80, rows: 20 + request });
      send({ type: 'session', request });
      pass(10);
      const session = of('answer').find((message) => message.request === request)?.value;
      return ((session as Session | undefined)?.inputs.at(-1)?.at ?? 0) / 1e6;
    };
    pass(60_000);
    expect(now(1)).toBeCloseTo(60, 0);
    pass(3_600_000);
    expect(now(2)).toBeCloseTo(180, 0);
    send({ type: 'run', request: 3, terminal: 'manager1', line: 'sleep 300' });
    pass(301_000);
    expect(of('ran')).toHaveLength(1);
    expect(now(4)).toBeCloseTo(481, 0);
  });

  test('while the past is done again, what is done waits, and the session is whole', () => {
    const { pass, send, of } = pumpUnderTest();
    send({ type: 'run', request: 1, terminal: 'manager1', line: 'sleep 30' });
    send({ type: 'run', request: 2, terminal: 'manager1', line: 'docker network ls' });
    pass(31_000);
    send({ type: 'undo', request: 3 });
    send({ type: 'session', request: 4 });
    send({ type: 'input', terminal: 'manager1', text: 'ls' });
    pass(100);
    const lines = (value: unknown) =>
      (value as Session).inputs.flatMap((input) => ('line' in input ? [input.line] : []));
    expect(of('answer').map(({ value }) => lines(value))).toEqual([['sleep 30']]);
    send({ type: 'session', request: 5 });
    pass(10);
    const inputs = (of('answer').at(-1)?.value as Session | undefined)?.inputs ?? [];
    expect(inputs.map((input) => input.do)).toEqual(['run', 'input']);
    expect(inputs.map(({ at }) => at)).toEqual(
      inputs.map(({ at }) => at).toSorted((a, b) => a - b),
    );
    expect(of('ran').map(({ request }) => request)).toEqual([1, 2, 0]);
  });

  test('runs two commands of one terminal one after the other', () => {
    const { pass, send, of } = pumpUnderTest();
    send(
      { type: 'run', request: 1, terminal: 'manager1', line: 'sleep 1' },
      { type: 'run', request: 2, terminal: 'manager1', line: 'nonsense' },
      { type: 'run', request: 3, terminal: 'worker1', line: 'docker network ls' },
    );
    pass(1_500);
    expect(of('ran').map((m) => [m.request, m.status])).toEqual([
      [3, 0],
      [1, 0],
      [2, 127],
    ]);
  });

  test('answers Ctrl-C within a slice while output has no end', () => {
    const { pass, send, of, wall } = pumpUnderTest();
    send({ type: 'run', request: 1, terminal: 'manager1', line: 'yes' });
    pass(300);
    expect(of('ran')).toHaveLength(0);
    const before = wall();
    send({ type: 'interrupt', terminal: 'manager1' });
    while (of('ran').length === 0 && wall() < before + 1_000) pass(5);
    expect(of('ran').map((m) => m.status)).toEqual([130]);
    expect(wall() - before).toBeLessThan(50);
  });

  test('tells a view once, and again when it has changed', () => {
    const { pass, send, of } = pumpUnderTest();
    send({ type: 'subscribe', view: 'values', parameters: { lab: 'x' } });
    pass(500);
    expect(of('view').map((m) => m.value)).toEqual([{ 'c1.ip': '172.19.0.2' }]);
  });

  test('tells a bug with the session, and the other terminals go on', () => {
    const { pass, send, of } = pumpUnderTest();
    send({ type: 'run', request: 1, terminal: 'manager1', line: 'bug' });
    pass(50);
    expect(of('bug').map((m) => m.session.inputs.map((i) => i.do === 'run' && i.line))).toEqual([
      ['bug'],
    ]);
    send({ type: 'run', request: 2, terminal: 'worker1', line: 'docker network ls' });
    pass(50);
    expect(of('ran').map((m) => m.request)).toEqual([2]);
  });

  test('undo makes the world again without the last command', () => {
    const { pass, send, of } = pumpUnderTest();
    send({
      type: 'run',
      request: 1,
      terminal: 'manager1',
      line: 'docker network create -d bridge a',
    });
    pass(100);
    send({
      type: 'run',
      request: 2,
      terminal: 'manager1',
      line: 'docker network create -d bridge b',
    });
    pass(100);
    send({ type: 'undo', request: 3 });
    pass(200);
    expect(of('rewound').map((m) => m.inputs.length)).toEqual([1]);
    send({ type: 'run', request: 4, terminal: 'manager1', line: 'docker network ls' });
    pass(100);
    expect(of('ran').at(-1)?.output).toBe('bridge\r\nhost\r\nnone\r\na\r\n');
  });

  test('does what the console does, answers when it has been done, and can take it back', () => {
    const { pass, send, of } = pumpUnderTest();
    const input = { do: 'api', host: 'manager1', method: 'POST', path: '/x' } as const;
    send({ type: 'do', request: 1, input });
    pass(5);
    expect(of('answer')).toEqual([]);
    pass(60);
    expect(of('answer')).toEqual([{ type: 'answer', request: 1, value: { status: 200 } }]);
    send({ type: 'undo', request: 2 });
    pass(60);
    expect(of('rewound')).toEqual([{ type: 'rewound', request: 2, inputs: [] }]);
  });

  test('what is under way when the world goes back is answered with nothing', () => {
    const { pass, send, of } = pumpUnderTest();
    send({ type: 'do', request: 1, input: { do: 'browse', url: 'http://manager1/' } });
    pass(5);
    send({ type: 'reset', request: 2 });
    pass(60);
    expect(of('answer')).toEqual([{ type: 'answer', request: 1, value: undefined }]);
  });
});
