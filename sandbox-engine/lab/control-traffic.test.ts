// The swarm's control traffic crosses the simulated LAN: what cuts it has its real effect.
import { describe, expect, it } from 'vitest';
import { seconds } from '../sim/index.ts';
import { swarmWorld } from './testing.ts';

const world = () => {
  const { lab, does, run } = swarmWorld();
  const status = (host: string): string =>
    does('manager1', `docker node ls --filter name=${host} --format '{{.Status}}'`).trim();
  /** Seconds until the node is in that state. */
  const until = (host: string, wanted: string): number => {
    const began = lab.sim.now();
    while (status(host) !== wanted) {
      expect(lab.sim.now() - began).toBeLessThan(seconds(60));
      run(0.5);
    }
    return (lab.sim.now() - began) / 1_000_000;
  };
  does('manager1', 'docker network create -d overlay net1');
  does(
    'manager1',
    'docker service create -d --name web --replicas 4 --network net1 -p 8080:80 nginx:alpine',
  );
  run(12);
  return { does, run, status, until };
};
type World = ReturnType<typeof world>;

/** The mechanisms of both kinds of cut: Down, rescheduled, back. */
function cutOff(w: World, victim: string): void {
  const down = w.until(victim, 'Down');
  expect(down).toBeGreaterThan(8);
  expect(down).toBeLessThan(21);
  w.run(12);
  const tasks = w.does(
    'manager1',
    "docker service ps web --filter desired-state=running --format '{{.Node}}'",
  );
  expect(tasks.trim().split('\n')).toHaveLength(4);
  expect(tasks).not.toContain(victim);
}

describe('a cut cable', () => {
  const w = world();
  const members = () =>
    w.does('manager1', "docker network inspect -f '{{len .Peers}}' ingress").trim();

  it('makes the node Down, and its task runs elsewhere', () => {
    expect(members()).toBe('4');
    w.does('worker1', 'ip link set eth0 down');
    cutOff(w, 'worker1');
    expect(w.does('manager1', "docker node inspect -f '{{.Status.Message}}' worker1")).toBe(
      'heartbeat failure\n',
    );
  });

  it('makes the others forget what the node told by gossip', () => {
    expect(members()).toBe('3');
  });

  it('leaves the cut node with its container, which it goes on running', () => {
    expect(w.does('worker1', "docker ps --format '{{.Image}} {{.State}}'")).toBe(
      'nginx:alpine running\n',
    );
    expect(w.does('worker1', 'docker info 2>/dev/null | grep Swarm')).toBe(' Swarm: active\n');
  });

  it('is mended: Ready, the surplus container is stopped, gossip is back, the mesh works', () => {
    w.does('worker1', 'ip link set eth0 up; ip route add default via 192.168.56.1');
    expect(w.until('worker1', 'Ready')).toBeLessThan(20);
    w.run(15);
    expect(w.does('worker1', 'docker ps -q')).toBe('');
    expect(members()).toBe('4');
    expect(
      w.does('worker1', 'curl -s -m 3 -o /dev/null -w "%{http_code}" 192.168.56.11:8080'),
    ).toBe('200');
  });
});

describe('a firewall rule', () => {
  it('on 2377 of the manager cuts off the nodes it names, while data still flows', () => {
    const w = world();
    w.does('manager1', 'iptables -I INPUT -p tcp --dport 2377 -s 192.168.56.12 -j DROP');
    cutOff(w, 'worker2');
    expect(w.status('worker1')).toBe('Ready');
    // The routing mesh is another matter: its tables and packets do not go through 2377.
    expect(
      w.does('worker2', 'curl -s -m 3 -o /dev/null -w "%{http_code}" 192.168.56.12:8080'),
    ).toBe('200');
    w.does('manager1', 'iptables -D INPUT -p tcp --dport 2377 -s 192.168.56.12 -j DROP');
    expect(w.until('worker2', 'Ready')).toBeLessThan(20);
  });

  it('on 2377 keeps a node from joining', () => {
    const w = world();
    w.does('worker3', 'docker swarm leave');
    w.does('worker3', 'iptables -A OUTPUT -p tcp --dport 2377 -j DROP');
    const token = w.does('manager1', 'docker swarm join-token -q worker').trim();
    expect(w.does('worker3', `docker swarm join --token ${token} 192.168.56.10:2377`)).toMatch(
      /^Error response from daemon: rpc error: code = Unavailable desc = connection error: .*\n/,
    );
  });

  it('on 7946 stops the gossip: the node stays Ready, but nobody hears of its endpoints', () => {
    const w = world();
    w.does('worker3', 'iptables -A INPUT -p udp --dport 7946 -j DROP');
    w.run(15);
    expect(w.status('worker3')).toBe('Ready');
    const peers = w.does('worker3', "docker network inspect -f '{{len .Peers}}' ingress");
    expect(peers).toBe('1\n');
    w.does('worker3', 'iptables -D INPUT -p udp --dport 7946 -j DROP');
    w.run(8);
    expect(w.does('worker3', "docker network inspect -f '{{len .Peers}}' ingress")).toBe('4\n');
  });
});
