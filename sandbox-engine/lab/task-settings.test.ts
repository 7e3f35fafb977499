// Settings of a service that a node cannot carry out: what its tasks say.
import { expect, it } from 'vitest';
import { swarmWorld } from './testing.ts';

const world = swarmWorld();
const starting =
  'starting container failed: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed:';

it.each([
  ['--cap-add FOO', 'Rejected', 'invalid CapAdd: unknown capability: "CAP_FOO"'],
  ['--stop-signal FOO', 'Rejected', 'invalid signal: FOO'],
  [
    '--oom-score-adj 5000',
    'Rejected',
    'Invalid value 5000, range for oom score adj is [-1000, 1000]',
  ],
  ['--isolation process', 'Rejected', "invalid isolation 'process' on linux"],
  [
    '--log-driver json-file --log-opt foo=bar',
    'Rejected',
    "unknown log opt 'foo' for json-file log driver",
  ],
  [
    '--mount type=volume,source=vol,target=rel',
    'Rejected',
    'invalid mount target, must be an absolute path: rel',
  ],
  [
    '--mount type=bind,source=rel,target=/x',
    'Rejected',
    'invalid bind mount source, must be an absolute path: rel',
  ],
  [
    '--mount type=tmpfs,source=a,target=/x',
    'Rejected',
    'invalid tmpfs source, source must be empty',
  ],
  [
    '--mount type=npipe,source=a,target=/x',
    'Rejected',
    'invalid mount config for type "npipe": mount type unknown',
  ],
  [
    '--sysctl foo.bar=1',
    'Failed',
    `${starting} sysctl "foo.bar" is not in a separate kernel namespace`,
  ],
  ['--generic-resource gpu=2', 'Pending', 'no suitable node (insufficient resources on 4 nodes)'],
])('%s: %s, %s', (flags, state, message) => {
  world.does('manager1', `docker service create -d --name w ${flags} busybox sleep 1000`);
  world.run(8);
  const shown = world.does(
    'manager1',
    'docker service ps w --no-trunc --format "{{.CurrentState}} {{.Error}}" | tail -1',
  );
  world.does('manager1', 'docker service rm w');
  expect(shown.replace(/ (?:less than a second|\d+ seconds?) ago/, '')).toBe(
    `${state} "${message}"\n`,
  );
});

it('networks of one node that the swarm lists: nothing pretends to be on them', () => {
  const says = (command: string): string => world.does('manager1', command);
  const told = 'not simulated here: containers on swarm-scoped networks of driver bridge';
  says('docker network create -d bridge --scope swarm --attachable local');
  expect(says('docker service create --network local nginx:alpine')).toContain(told);
  expect(says('docker run --rm --network local alpine true')).toContain(told);
  expect(says('docker network rm local')).toBe('local\n');
});

it.each([
  ['c -o parent=eth0', 'network driver options are not supported if'],
  ['c --label a=b', 'user specified configurations are not supported if'],
  ['c --config-only', 'a configuration network cannot depend on another configuration network'],
  ['none', 'configuration network "none" does not exist'],
])('network create --config-from %s: %s', (flags, message) => {
  world.does('worker1', 'docker network create --config-only --subnet 10.99.0.0/24 c');
  expect(world.does('worker1', `docker network create --config-from ${flags} n`)).toContain(
    `Error response from daemon: ${message}`,
  );
});
