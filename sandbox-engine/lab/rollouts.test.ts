// Rolling updates, restarts and scaling, as `docker service ps` and `inspect` tell of them.
import { beforeEach, describe, expect, it } from 'vitest';
import { rolloutLab } from './rollout-testing.ts';

let world: ReturnType<typeof rolloutLab>;
const run = (command: string) => world.run(command);
const tasks = (service: string) => world.tasks(service);
const wait = (time: number) => world.wait(time);
const status = (service: string) => world.status(service);

beforeEach(() => {
  world = rolloutLab(3);
});

describe('a rollout', () => {
  it('is paused by a new task that ends in time without a failure', () => {
    run('docker service create -d --name w nginx:alpine');
    wait(8);
    run('docker service update -d --image alpine --args "sleep 1" w');
    wait(12);
    expect(status('w')).toMatch(
      /^paused: update paused due to failure or early termination of task \w{25}\n$/,
    );
  });

  it('replaces tasks that are not restarted any more, one after another', () => {
    run('docker service create -d --name w --replicas 2 --restart-condition none alpine true');
    wait(8);
    expect(tasks('w')).toEqual(['w.1 Shutdown Complete', 'w.2 Shutdown Complete']);
    run('docker service update -d --args "sleep 1000" w');
    wait(3);
    expect(tasks('w').filter((line) => line.includes('Running'))).toHaveLength(1);
    wait(15);
    expect(tasks('w').filter((line) => line.includes('Running Running'))).toHaveLength(2);
    expect(status('w')).toBe('completed: update completed\n');
  });

  it('waits for its delay after the last task too', () => {
    run('docker service create -d --name w --update-delay 20s nginx:alpine');
    wait(8);
    run('docker service update -d --force w');
    wait(25);
    expect(status('w')).toBe('updating: update in progress\n');
    wait(35);
    expect(status('w')).toBe('completed: update completed\n');
  });
});

describe('scaling', () => {
  it('down leaves the old tasks of the slots that go, until the service is changed again', () => {
    run('docker service create -d --name w --replicas 2 nginx:alpine');
    wait(8);
    run('docker service update -d --force w');
    wait(25);
    run('docker service scale -d w=1');
    wait(10);
    const [left] = tasks('w');
    expect(tasks('w')).toEqual([
      expect.stringContaining('w.1 '),
      ...(left?.startsWith('w.1 Running') ? ['w.1 Shutdown Shutdown'] : []),
      expect.stringContaining('w.2 '),
      ...(left?.startsWith('w.1 Running') ? [] : ['w.2 Shutdown Shutdown']),
    ]);
    run('docker service update -d --label-add a=b w');
    wait(1);
    expect(new Set(tasks('w').map((line) => line.slice(0, 3))).size).toBe(1);
  });

  it('up again takes them as the history of the slot', () => {
    run('docker service create -d --name w --replicas 2 nginx:alpine');
    wait(8);
    run('docker service update -d --force w');
    wait(25);
    run('docker service scale -d w=1');
    wait(10);
    run('docker service scale -d w=2');
    wait(8);
    expect(tasks('w').filter((line) => line.endsWith('Shutdown Shutdown'))).toHaveLength(2);
  });
});

describe('a service without restarts', () => {
  it('loses its task with the node that is drained', () => {
    run('docker service create -d --name w --restart-condition none nginx:alpine');
    wait(8);
    run("docker node update --availability drain $(docker service ps w --format '{{.Node}}')");
    wait(8);
    expect(tasks('w')).toEqual(['w.1 Shutdown Shutdown']);
  });
});
