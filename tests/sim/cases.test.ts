// What the random sequences have found, as short as it could be made, so that it is looked at every time.
import { expect, test } from 'vitest';
import { factsOf } from './facts.ts';
import { Model, type ModelService } from './model.ts';
import { judged } from './run.ts';
import { Watch } from './watch.ts';
import { SimWorld } from './world.ts';

const service: ModelService = {
  name: 'web',
  mode: 'replicated',
  replicas: 4,
  image: 'nginx:alpine',
  networks: [],
  endpoint: 'vip',
};

function world(seed: number): { world: SimWorld; model: Model; broken: () => readonly string[] } {
  const made = new SimWorld(seed);
  const model = new Model(made.hosts);
  const watch = new Watch(made);
  return {
    world: made,
    model,
    broken: () => [...watch.settle(), ...judged(factsOf(made, model))],
  };
}

test('a node that is drained during an update does not give a slot two tasks', () => {
  const { world: made, model, broken } = world(2);
  model.services.set('web', { ...service, replicas: 8 });
  made.run('manager1', 'docker service create -d --name web --replicas 8 nginx:alpine');
  made.pass(20);
  made.run('manager1', 'docker service update -d --force web');
  made.pass(1);
  made.run('manager1', 'docker node update --availability drain worker1');
  const node = model.nodes.get('worker1');
  if (node) node.availability = 'drain';
  expect(broken()).toEqual([]);
});

test('a network that leaves a node and comes back at once is told to the others anew', () => {
  const { world: made, model, broken } = world(3);
  model.networks.set('net', { name: 'net', attachable: false, encrypted: false });
  made.run('manager1', 'docker network create -d overlay net');
  for (const [name, host] of [
    ['web', 'worker1'],
    ['other', 'worker2'],
  ] as const) {
    model.services.set(name, { ...service, name, replicas: 1, networks: ['net'] });
    made.run(
      'manager1',
      `docker service create -d --name ${name} --network net --constraint node.hostname==${host} nginx:alpine`,
    );
  }
  made.pass(20);
  made.run('manager1', 'docker service scale -d web=0');
  while (made.lines('worker1', 'docker network ls -q --filter name=^net$').length > 0)
    made.pass(0.1);
  made.run('manager1', 'docker service scale -d web=1');
  expect(broken()).toEqual([]);
});

test('an update leaves the tasks of a paused node alone until it is active again', () => {
  const { world: made, model, broken } = world(1);
  made.run('manager1', 'docker service create -d --name web --mode global nginx:alpine');
  made.pass(20);
  made.run('manager1', 'docker node update --availability pause worker2');
  made.run('manager1', 'docker service update -d --env-add A=B web');
  made.pass(60);
  const ages = (): readonly string[] =>
    made.lines(
      'manager1',
      "docker service ps web --filter desired-state=running --format '{{.Node}} {{.CurrentState}}'",
    );
  expect(ages().filter((line) => line.includes('minute'))).toEqual([
    'worker2 Running about a minute ago',
  ]);
  made.run('manager1', 'docker node update --availability active worker2');
  made.pass(30);
  expect(ages().filter((line) => line.startsWith('worker2'))).toHaveLength(1);
  model.services.set('web', { ...service, mode: 'global' });
  expect(broken()).toEqual([]);
  expect(made.lines('manager1', 'docker service ps -q web')).toHaveLength(8);
});

test('a paused node whose power was off gets its tasks of global services when it is active again', () => {
  const { world: made, model, broken } = world(1);
  model.services.set('web', { ...service, mode: 'global' });
  made.run('manager1', 'docker service create -d --name web --mode global nginx:alpine');
  made.pass(20);
  made.run('manager1', 'docker node update --availability pause worker2');
  const { power } = made.machine('worker2');
  power.cut();
  made.pass(30);
  power.press();
  made.pass(30);
  made.run('manager1', 'docker node update --availability active worker2');
  expect(broken()).toEqual([]);
});
