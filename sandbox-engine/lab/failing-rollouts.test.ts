// Rollouts that fail, tasks that keep failing, jobs: what swarmkit's supervisors do, as the docker command shows it.
import { beforeEach, describe, expect, it } from 'vitest';
import { rolloutLab } from './rollout-testing.ts';

let world: ReturnType<typeof rolloutLab>;
const answer = (command: string) => world.answer(command);
const run = (command: string) => world.run(command);
const tasks = (service: string) => world.tasks(service);
const wait = (time: number) => world.wait(time);
const status = (service: string) => world.status(service);
const count = (service: string, what: string): number =>
  world.tasks(service).filter((line) => line.endsWith(what)).length;

beforeEach(() => {
  world = rolloutLab(5);
});

describe('a rollout whose tasks fail', () => {
  it('finishes the slot that it has begun when it is paused', () => {
    run('docker service create -d --name w --replicas 2 --update-monitor 4s nginx:alpine');
    wait(8);
    run('docker service update -d --update-order start-first --image lab/crash w');
    wait(25);
    expect(status('w')).toMatch(/^paused: update paused due to failure or early termination/);
    // Each slot has one task that is to run; nothing of the old one's is left in the slot that was begun.
    expect(tasks('w').filter((line) => !/ (Shutdown|Remove) /.test(line))).toHaveLength(2);
  });

  it('goes on while no more of its slots fail than the ratio allows', () => {
    run('docker service create -d --name w --replicas 4 --update-delay 5s nginx:alpine');
    wait(10);
    run('docker service update -d --update-max-failure-ratio 0.6 --image lab/crash w');
    wait(13);
    expect(status('w')).toBe('updating: update in progress\n');
    wait(30);
    expect(status('w')).toMatch(/^paused: /);
    expect(run("docker service ps w -f desired-state=running --format '{{.Image}}'")).toContain(
      'nginx:alpine',
    );
  });

  it('is rolled back, and has then no spec to go back to', () => {
    run('docker service create -d --name w --update-failure-action rollback nginx:alpine');
    wait(8);
    run('docker service update -d --image lab/crash w');
    wait(40);
    expect(status('w')).toBe('rollback_completed: rollback completed\n');
    expect(answer('docker service rollback w')).toMatchObject({
      stderr: expect.stringMatching(
        /^Error response from daemon: rpc error: code = FailedPrecondition desc = service \w{25} does not have a previous spec\n$/,
      ),
      exit: 1,
    });
    // What failed was replaced before the rollback began; that one goes too (061:48).
    expect(tasks('w')).toEqual([
      'w.1 Running Running',
      'w.1 Shutdown Shutdown',
      'w.1 Shutdown Failed',
      'w.1 Shutdown Shutdown',
    ]);
  });
});

describe('tasks that wait for a node', () => {
  it('are replaced when the service does not ask for that node any more', () => {
    run('docker service create -d --name w --constraint node.labels.disk==ssd nginx:alpine');
    wait(3);
    expect(tasks('w')).toEqual(['w.1 Running Pending']);
    run('docker service update -d --constraint-rm node.labels.disk==ssd w');
    wait(8);
    expect(tasks('w')).toEqual(['w.1 Running Running', 'w.1 Shutdown Shutdown']);
  });

  it('wait for a port of their node until the task before has ended', () => {
    run(
      'docker service create -d --name w --constraint node.hostname==worker1 --stop-grace-period 6s -p mode=host,target=80,published=9090 alpine sleep 1000',
    );
    wait(8);
    run('docker service update -d --force w');
    wait(2);
    expect(run("docker service ps w --no-trunc --format '{{.CurrentState}} {{.Error}}'")).toMatch(
      /^Pending .* "no suitable node \(scheduling constraints not satisfied on 3 nodes; host-mode port already in use on 1 node\)"\nRunning /,
    );
    wait(15);
    expect(tasks('w')).toEqual(['w.1 Running Running', 'w.1 Shutdown Shutdown']);
  });
});

describe('restarts', () => {
  it('are counted within the window that ends with the task', () => {
    run(
      'docker service create -d --name w --restart-max-attempts 1 --restart-delay 1s --restart-window 60s alpine false',
    );
    wait(25);
    expect(tasks('w')).toEqual(['w.1 Shutdown Failed', 'w.1 Shutdown Failed']);
    wait(120);
    run('docker service update -d --label-add a=b w');
    wait(10);
    expect(tasks('w')).toHaveLength(2);
  });

  it('leave as many old tasks as the limit says, from the next one on', () => {
    run('docker service create -d --name w --restart-delay 0s alpine sleep 1');
    wait(45);
    expect(tasks('w')).toHaveLength(5);
    run('docker service update -d --restart-condition none w');
    wait(12);
    run('docker swarm update --task-history-limit 2');
    wait(2);
    expect(tasks('w')).toHaveLength(5);
    run('docker service update -d --force w');
    wait(10);
    expect(tasks('w')).toHaveLength(2);
  });

  it('go to another node after five failures on one', () => {
    run('docker node update --availability drain worker2');
    run('docker node update --availability drain worker3');
    run('docker service create -d --name w --restart-delay 0s alpine false');
    // A node with another task comes second, until the first has failed too often.
    run('docker service create -d --name x --constraint node.hostname==worker1 nginx:alpine');
    wait(60);
    expect(run("docker service ps w --format '{{.Node}}' | sort -u").split('\n')).toContain(
      'worker1',
    );
  });
});

describe('a task that waits to be started', () => {
  it('takes two seconds to be given up where it has a network, as long as one that runs', () => {
    run('docker service create -d --name w -p 80 --restart-delay 40s lab/crash');
    wait(12);
    expect(tasks('w')).toEqual(['w.1 Ready Ready', 'w.1 Shutdown Failed']);
    run('docker service update -d --force w');
    wait(1);
    expect(tasks('w')).toContain('w.1 Shutdown Ready');
    wait(2);
    expect(tasks('w')).toContain('w.1 Shutdown Shutdown');
  });
});

describe('jobs', () => {
  it('a single task that may not be restarted is the last; two keep each other going (081:46-47)', () => {
    const failing = 'docker service create -d --mode replicated-job --restart-condition none';
    run(`${failing} --name one lab/crash`);
    run(`${failing} --name two --replicas 2 lab/crash`);
    run(
      'docker service create -d --name m --mode replicated-job --restart-max-attempts 2 --restart-delay 1s lab/crash',
    );
    wait(60);
    expect(count('one', 'Failed')).toBe(1);
    expect(count('two', 'Failed')).toBeGreaterThan(5);
    expect(tasks('m').filter((line) => line.endsWith('Shutdown Failed'))).toHaveLength(3);
    expect(tasks('m')).toHaveLength(3);
  });

  it('keep what is complete of earlier runs', () => {
    run('docker service create -d --name j --mode replicated-job --replicas 2 alpine true');
    wait(10);
    run('docker service update -d --force j');
    wait(10);
    expect(count('j', 'Complete Complete')).toBe(4);
    expect(run("docker service ls --format '{{.Replicas}}'")).toBe('0/2 (2/2 completed)\n');
  });

  it('replace what has failed, in the same place', () => {
    run('docker service create -d --name j --mode replicated-job --replicas 2 alpine false');
    wait(14);
    expect(count('j', 'Shutdown Failed')).toBeGreaterThanOrEqual(2);
    expect(new Set(tasks('j').map((line) => line.split(' ')[0])).size).toBe(2);
  });
});
