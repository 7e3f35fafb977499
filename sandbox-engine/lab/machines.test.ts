import { describe, expect, it } from 'vitest';
import { seconds } from '../sim/index.ts';
import { swarmWorld as world } from './testing.ts';

type World = ReturnType<typeof world>;

const statusOf = ({ does }: World, host: string, from = 'manager1'): string =>
  does(from, `docker node ls --filter name=${host} --format '{{.Status}}'`).trim();

/** Waits until a node is in that state; answers the seconds that it took. */
function until(it: World, host: string, status: string, from = 'manager1'): number {
  const began = it.lab.sim.now();
  while (statusOf(it, host, from) !== status) {
    expect(it.lab.sim.now() - began).toBeLessThan(seconds(60));
    it.run(0.5);
  }
  return (it.lab.sim.now() - began) / 1_000_000;
}

describe('a worker that loses its power', () => {
  const it_ = world();
  it_.does('manager1', 'docker service create -d --name web --replicas 4 -p 8080:80 nginx:alpine');
  it_.run(10);
  it_.host('worker2', 'power off');

  it('is Down after its heartbeats have been missing, between 10 and 16 s', () => {
    expect(statusOf(it_, 'worker2')).toBe('Ready');
    const time = until(it_, 'worker2', 'Down');
    expect(time).toBeGreaterThan(9);
    expect(time).toBeLessThan(16);
    expect(it_.does('manager1', 'docker node inspect --format {{.Status.Message}} worker2')).toBe(
      'heartbeat failure\n',
    );
  });

  it('has its task replaced; the old one counts as running as long as nobody has heard otherwise', () => {
    it_.run(10);
    expect(it_.does('manager1', "docker service ls --format '{{.Replicas}}'")).toBe('5/4\n');
    const tasks = it_.does(
      'manager1',
      "docker node ps worker2 --format '{{.DesiredState}} {{.CurrentState}}'",
    );
    expect(tasks).toMatch(/^Shutdown Running \d+ seconds ago\n$/);
  });

  it('does nothing more, answers nobody and runs no commands', () => {
    const machine = it_.lab.hosts.get('worker2');
    expect(machine?.processes()).toEqual([]);
    expect(machine?.scope.members.size).toBe(0);
    expect(it_.does('worker2', 'docker ps')).toBe('worker2 is powered off\n');
    expect(it_.does('manager1', 'ping -c 1 -W 1 192.168.56.12')).toContain('100% packet loss');
  });

  it('comes back Ready with an exited container, and tells how its task ended', () => {
    it_.host('worker2', 'power on');
    until(it_, 'worker2', 'Ready');
    it_.run(1);
    expect(it_.does('worker2', "docker ps -a --format '{{.Status}} {{.Ports}}'")).toMatch(
      /^Exited \(255\) \d+ seconds? ago 80\/tcp\n$/,
    );
    expect(
      it_.does('manager1', "docker node ps worker2 --format '{{.CurrentState}} {{.Error}}'"),
    ).toMatch(/^Failed .* "task: non-zero exit \(255\)"\n$/);
    expect(it_.does('manager1', "docker service ls --format '{{.Replicas}}'")).toBe('4/4\n');
  });

  it('takes part in the routing mesh again, without a task', () => {
    it_.run(5);
    expect(
      it_.does('worker2', 'curl -s -o /dev/null -w "%{http_code}" http://192.168.56.12:8080'),
    ).toBe('200');
  });
});

describe('a daemon that is stopped', () => {
  it('gives its tasks up; its containers are gone, and the node is Down', () => {
    const w = world();
    w.does('manager1', 'docker service create -d --name web --mode global nginx:alpine');
    w.run(10);
    w.host('worker3', 'dockerd stopped cleanly (SIGTERM)');
    w.run(5);
    expect(w.does('worker3', 'docker ps')).toContain('Is the docker daemon running?');
    expect(w.does('worker3', 'pgrep -l "dockerd|nginx"')).toBe('');
    until(w, 'worker3', 'Down');
    w.host('worker3', 'dockerd started');
    until(w, 'worker3', 'Ready');
    w.run(15);
    expect(w.does('worker3', "docker ps --format '{{.Image}} {{.State}}'")).toBe(
      'nginx:alpine running\n',
    );
  });

  it('starts again with the containers whose policy says so, and a new default bridge network', () => {
    const w = world();
    const bridge = w.does('worker1', 'docker network inspect -f {{.Id}} bridge');
    w.does('worker1', 'docker run -d --name aa --restart always alpine sleep 1000');
    w.does('worker1', 'docker run -d --name bb alpine sleep 1000');
    w.host('worker1', 'dockerd restarted');
    w.run(20);
    expect(w.does('worker1', "docker ps -a --format '{{.Names}} {{.State}}'")).toBe(
      'bb exited\naa running\n',
    );
    const now = w.does('worker1', 'docker network inspect -f {{.Id}} bridge');
    expect(now).toMatch(/^[0-9a-f]{64}\n$/);
    expect(now).not.toBe(bridge);
  });

  it('hangs up on its clients', () => {
    const w = world();
    const events = w.lab.start('worker1', 'docker events; echo over $?');
    const waits = w.lab.start('worker1', 'docker run -d --name c alpine sleep 100; docker wait c');
    w.run(5);
    w.host('worker1', 'dockerd stopped cleanly (SIGTERM)');
    w.run(15);
    expect([events.ended, waits.ended]).toEqual([true, true]);
    expect(events.finish().stdout).toContain('over 0');
  });
});

describe('a manager', () => {
  it('leads again after its daemon has been restarted, and replaces the task whose container is gone', () => {
    const w = world();
    w.does('manager1', 'docker service create -d --name web --mode global nginx:alpine');
    w.run(10);
    w.host('manager1', 'manager dockerd stopped and started');
    w.run(25);
    expect(w.does('manager1', "docker node ls --format '{{.Status}} {{.ManagerStatus}}'")).toBe(
      'Ready Leader\nReady \nReady \nReady \n',
    );
    const tasks = w.does(
      'manager1',
      "docker node ps manager1 --no-trunc --format '{{.CurrentState}} {{.Error}}'",
    );
    expect(tasks).toMatch(/^Running .*\nFailed .* "No such container: web\.\S+"\n$/);
  });
});

describe('the power', () => {
  const hosts = ['manager1', 'worker1', 'worker2', 'worker3'];

  it.each([1, 2, 3, 4])('may go at any moment of anything (seed %i)', (seed) => {
    const w = world(seed);
    const chance = w.lab.sim.rng('test/power');
    w.does('manager1', 'docker network create -d overlay --attachable ov');
    w.lab.start(
      'manager1',
      'docker service create --name web --replicas 4 --network ov nginx:alpine',
    );
    for (let i = 0; i < 10; i += 1) {
      const victim = hosts[chance.below(hosts.length)] ?? '';
      w.lab.start(victim, 'docker run -d --restart always --network ov alpine sleep 1000');
      w.lab.start(
        'manager1',
        `docker service update --force --replicas ${1 + chance.below(6)} web`,
      );
      w.run(chance.below(8000) / 1000);
      w.host(victim, ['power off', 'dockerd restarted'][chance.below(2)] ?? '');
      w.run(chance.below(3000) / 1000);
      for (const host of hosts) if (chance.below(2) === 0) w.host(host, 'power on');
    }
    for (const host of hosts) w.host(host, 'power on');
    w.run(90);
    expect(w.does('manager1', "docker node ls --format '{{.Status}}'")).toBe(
      'Ready\nReady\nReady\nReady\n',
    );
    const replicas = w.does('manager1', "docker service ls --format '{{.Replicas}}'");
    expect(replicas).toMatch(/^(\d+)\/\1\n$/);
    const running = hosts.map((host) =>
      w.does(host, 'docker ps -q --filter label=com.docker.swarm.service.name=web'),
    );
    expect(running.join('').split('\n').length - 1).toBe(Number(replicas.split('/')[0]));
  });
});

it('the log of a task on a machine without power is not to be had, though nobody has missed the machine yet', () => {
  const w = world();
  const where = '--constraint node.hostname==worker1';
  w.does(
    'manager1',
    `docker service create -d --name aa ${where} alpine sh -c 'echo hi; sleep 1000'`,
  );
  w.run(8);
  expect(w.does('manager1', 'docker service logs --raw aa')).toBe('hi\n');
  w.host('worker1', 'power off');
  expect(w.does('manager1', 'docker service logs --raw aa')).toBe('');
});

describe('systemctl', () => {
  it('stops and starts the daemon, and says how it is', () => {
    const w = world();
    expect(w.does('worker1', 'systemctl is-active docker')).toBe('active\n');
    expect(w.does('worker1', 'systemctl stop docker; systemctl is-active docker; echo $?')).toBe(
      'inactive\n3\n',
    );
    expect(w.does('worker1', 'docker ps')).toContain('Is the docker daemon running?');
    expect(w.does('worker1', 'systemctl status docker')).toMatch(
      /^○ docker\.service - Docker Application Container Engine\n.*\n {5}Active: inactive \(dead\) since Sun 2026-11-22 00:00:\d\d UTC; .* ago\n/,
    );
    expect(w.does('worker1', 'service docker start; service docker status')).toMatch(
      /Active: active \(running\)[\s\S]*Main PID: (\d+) \(dockerd\)[\s\S]*└─\1 dockerd -H /,
    );
    expect(w.does('worker1', 'docker ps -q; pgrep dockerd | wc -l')).toBe('1\n');
    expect(w.does('worker1', 'systemctl restart docker && systemctl is-active docker')).toBe(
      'active\n',
    );
  });

  it('makes a node Down when it stops the daemon, and Ready again', () => {
    const w = world();
    w.does('worker2', 'systemctl stop docker');
    expect(until(w, 'worker2', 'Down')).toBeLessThan(17);
    w.does('worker2', 'systemctl start docker');
    expect(until(w, 'worker2', 'Ready')).toBeLessThan(3);
  });

  it('knows its units, and what it does not simulate', () => {
    const w = world();
    expect(w.does('worker1', 'systemctl stop nosuch; echo $?')).toBe(
      '5\nFailed to stop nosuch.service: Unit nosuch.service not loaded.\n',
    );
    expect(w.does('worker1', 'systemctl status nosuch; echo $?')).toBe(
      '4\nUnit nosuch.service could not be found.\n',
    );
    expect(w.does('worker1', 'systemctl stop containerd')).toBe(
      'systemctl: not simulated here: stop of containerd.service\n',
    );
    expect(w.does('worker1', 'systemctl mask docker')).toBe(
      'systemctl: not simulated here: mask\n',
    );
  });

  it('goes on when whoever asked does not wait', () => {
    const w = world();
    w.does('worker1', 'docker run -d --stop-timeout 5 alpine sleep 1000');
    w.does('worker1', 'timeout 1 systemctl stop docker');
    expect(w.does('worker1', 'systemctl is-active docker')).toBe('deactivating\n');
    w.run(10);
    expect(w.does('worker1', 'systemctl is-active docker')).toBe('inactive\n');
  });
});

describe('a terminal', () => {
  const shown = ({ lab }: World, terminal: string): string =>
    lab
      .takeOutput()
      .filter((item) => item.terminal === terminal)
      .map((item) => (item.kind === 'text' ? item.text : `<${item.status}>`))
      .join('');

  it('is closed by a reboot, and logs in again', () => {
    const w = world();
    w.lab.terminal('worker1');
    w.run(1);
    shown(w, 'worker1');
    w.lab.input({ do: 'run', terminal: 'worker1', line: 'reboot' });
    w.run(3);
    expect(shown(w, 'worker1')).toMatch(/Connection to worker1 closed\.\r\n[\s\S]*<255>$/);
    w.run(10);
    expect(shown(w, 'worker1')).toMatch(/^<0>.*root@worker1:~# $/);
    w.lab.input({ do: 'run', terminal: 'worker1', line: 'docker ps -q; uptime -p' });
    w.run(2);
    expect(shown(w, 'worker1')).toContain('<0>');
  });

  it('of a machine that is off takes no commands; Enter turns the machine on', () => {
    const w = world();
    w.lab.input({ do: 'run', terminal: 'worker1', line: 'poweroff -f' });
    w.run(2);
    expect(w.lab.hosts.get('worker1')?.up).toBe(false);
    shown(w, 'worker1');
    w.lab.input({ do: 'run', terminal: 'worker1', line: 'docker ps' });
    w.lab.terminal('worker1:2');
    expect(shown(w, 'worker1')).toBe(
      'worker1 is powered off. Press Enter in its terminal to turn it on.\r\n<255>',
    );
    w.lab.input({ do: 'input', terminal: 'worker1', text: '\r' });
    w.run(10);
    expect(w.lab.hosts.get('worker1')?.up).toBe(true);
    expect(shown(w, 'worker1')).toMatch(/^<0>.*root@worker1:~# $/);
    w.lab.input({ do: 'run', terminal: 'worker1:2', line: 'hostname' });
    w.run(1);
    expect(shown(w, 'worker1:2')).toContain('worker1\r\n');
  });
});

describe('a daemon that is killed', () => {
  it('is started again by process 1 after two seconds', () => {
    const w = world();
    w.does('worker1', 'docker run -d --name aa --restart always alpine sleep 1000');
    w.does('worker1', 'kill $(pgrep dockerd)');
    w.run(1);
    expect(w.does('worker1', 'docker ps')).toContain('Is the docker daemon running?');
    w.run(14);
    expect(w.does('worker1', "docker ps --format '{{.Names}}'")).toBe('aa\n');
    expect(w.does('worker1', 'pgrep dockerd | wc -l')).toBe('1\n');
    expect(until(w, 'worker1', 'Ready')).toBeLessThan(1);
  });

  it('stays stopped when it is told so meanwhile', () => {
    const w = world();
    w.does('worker1', 'pkill -9 dockerd; sleep 1; systemctl stop docker; sleep 5');
    expect(w.does('worker1', 'systemctl is-active docker')).toBe('inactive\n');
  });

  it('lives on when the signal is SIGHUP', () => {
    const w = world();
    expect(w.does('worker1', 'pkill -HUP dockerd; docker ps -q; pgrep dockerd | wc -l')).toBe(
      '1\n',
    );
  });

  it('stays stopped when it is told so before it has ended', () => {
    const w = world();
    w.does('worker1', 'pkill dockerd; systemctl stop docker; sleep 5');
    expect(w.does('worker1', 'systemctl is-active docker')).toBe('inactive\n');
  });

  it('says nothing with --quiet, and knows only its own verbs', () => {
    const w = world();
    expect(w.does('worker1', 'systemctl is-active --quiet docker && echo yes')).toBe('yes\n');
    expect(w.does('worker1', 'systemctl constructor; service docker toString')).toBe(
      'systemctl: not simulated here: constructor\nsystemctl: not simulated here: toString\n',
    );
  });
});
