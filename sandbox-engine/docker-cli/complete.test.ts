import { expect, test } from 'vitest';
import { Sim } from '../sim/index.ts';
import { completeDocker } from './complete.ts';
import { FakeEngine } from './testing.ts';

const engine = new FakeEngine({
  'GET /containers/json': [{ Names: ['/web1'] }, { Names: ['/db'] }],
  'GET /networks': [{ Name: 'bridge' }, { Name: 'br0' }],
  'GET /services': [{ Spec: { Name: 'web' } }],
  'GET /images/json': [{ RepoTags: ['nginx:alpine', 'nginx:latest'] }],
});

function complete(line: string): string[] {
  const sim = new Sim({ seed: 1, epochMillis: 0 });
  const call = sim.spawn('complete', completeDocker(line.split(' '), engine));
  while (!call.ended) sim.runNext();
  return call.result ?? [];
}

test.each([
  ['docker net', ['network']],
  ['docker network ', ['connect', 'create', 'disconnect', 'inspect', 'ls', 'prune', 'rm']],
  ['docker network in', ['inspect']],
  ['docker network inspect br', ['br0', 'bridge']],
  ['docker network connect br0 w', ['web1']],
  ['docker exec -it ', ['db', 'web1']],
  ['docker run --network b', ['br0', 'bridge']],
  ['docker run -d ngi', ['nginx:alpine', 'nginx:latest']],
  ['docker service ps ', ['web']],
  ['docker service create --rep', ['--replicas', '--replicas-max-per-node']],
  ['docker network ls x', []],
])('%s', (line, words) => {
  expect(complete(line)).toEqual(words);
});
