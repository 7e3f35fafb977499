// The numbers of the raft log that objects bear as their versions, as recorded (021:10,11,48; 040:154).
import { expect, it } from 'vitest';
import { createLab } from './index.ts';

it('a swarm of four nodes has made 25 entries, a network and a service make two', () => {
  const lab = createLab({ seed: 3, scenario: 'swarm' });
  const index = (kind: string, name: string) =>
    lab
      .start('manager1', `docker ${kind} inspect ${name} --format '{{.Version.Index}}'`, {})
      .finish()
      .stdout.trim();
  const run = (command: string) => lab.start('manager1', command, {}).finish();
  expect(['manager1', 'worker1', 'worker2', 'worker3'].map((name) => index('node', name))).toEqual([
    '9',
    '15',
    '20',
    '25',
  ]);
  run('docker network create -d overlay net');
  run('echo 1 | docker secret create one -');
  expect(index('secret', 'one')).toBe('28');
  run('docker service create -d --name web --network net nginx:alpine');
  expect(index('service', 'web')).toBe('30');
});
