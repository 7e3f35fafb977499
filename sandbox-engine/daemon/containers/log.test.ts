import { expect, test } from 'vitest';
import { micros, Sim } from '../../sim/index.ts';
import { ContainerLog } from './log.ts';

const both = { stdout: true, stderr: true, timestamps: false, details: undefined, follow: false };
const all = { ...both, tail: undefined, since: undefined, until: undefined };

/** The lines of a log to which a process wrote two lines on each stream at once. */
function written(seed: number, read: (sim: Sim) => void): string {
  const sim = new Sim({ seed, epochMillis: 0 });
  const log = new ContainerLog(sim, 'c1');
  for (const n of [1, 2]) {
    log.write('stdout', `out ${n}\n`);
    log.write('stderr', `err ${n}\n`);
  }
  read(sim);
  log.flush();
  const stream = log.read(all, () => true);
  let text = '';
  for (let piece = stream.take(); piece; piece = stream.take())
    if ('text' in piece) text += piece.text;
  return text;
}

test('what a process writes to both streams at once is kept stream by stream, either of them first', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const later = seeds.map((seed) => written(seed, (sim) => sim.runUntil(micros(10))));
  expect([...new Set(later)].sort()).toEqual([
    'err 1\nerr 2\nout 1\nout 2\n',
    'out 1\nout 2\nerr 1\nerr 2\n',
  ]);
  expect(seeds.map((seed) => written(seed, () => undefined))).toEqual(later);
});
