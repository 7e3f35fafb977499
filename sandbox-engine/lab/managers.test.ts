// Several managers: elections, loss of the quorum, recovery, autolock, a new root certificate.
import { describe, expect, it } from 'vitest';
import { swarmWorld } from './testing.ts';

const noLeader =
  "Error response from daemon: rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.\n";
const deadline =
  'Error response from daemon: rpc error: code = DeadlineExceeded desc = context deadline exceeded\n';

function world(seed = 1) {
  const swarm = swarmWorld(seed);
  const { does } = swarm;
  /** `manager1 Ready Leader`, a line for each node, as that one sees them. */
  const nodes = (from: string): string[] =>
    does(from, "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'")
      .trim()
      .split('\n')
      .map((line) => line.trimEnd());
  return { ...swarm, nodes };
}

function threeManagers(seed = 1) {
  const w = world(seed);
  w.does('manager1', 'docker node promote worker1 worker2');
  w.run(3);
  return w;
}

const leaderIn = (nodes: readonly string[]): string | undefined =>
  nodes.find((line) => line.endsWith(' Leader'))?.split(' ')[0];

const asked =
  'Error response from daemon: You are attempting to leave the swarm on a node that is participating as a manager. ';
const restore =
  'The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. Use `--force` to suppress this message.\n';

describe('a manager that wants to leave', () => {
  it('is told what becomes of the swarm without it', () => {
    const w = world();
    expect(w.does('manager1', 'docker swarm leave')).toBe(
      `${asked}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message.\n`,
    );
    w.does('manager1', 'docker node promote worker1');
    w.run(3);
    for (const host of ['manager1', 'worker1'])
      expect(w.does(host, 'docker swarm leave')).toBe(
        `${asked}Removing this node leaves 1 managers out of 2. Without a Raft quorum your swarm will be inaccessible. ${restore}`,
      );
    w.does('manager1', 'docker node promote worker2');
    w.run(3);
    expect(w.does('worker1', 'docker swarm leave')).toBe(`${asked}${restore}`);
  });
});

describe('three managers', () => {
  it('elect another leader when theirs loses its power; it is unreachable at once, and Down later', () => {
    const w = threeManagers();
    expect(w.nodes('worker1')).toEqual([
      'manager1 Ready Leader',
      'worker1 Ready Reachable',
      'worker2 Ready Reachable',
      'worker3 Ready',
    ]);
    w.does('worker1', 'docker service create -d --name web --replicas 4 nginx:alpine');
    w.run(10);
    w.host('manager1', 'power off');
    w.run(24);
    const after = w.nodes('worker1');
    expect(after[0]).toBe('manager1 Unknown Unreachable');
    expect(['worker1', 'worker2']).toContain(leaderIn(after));
    expect(after[3]).toBe('worker3 Ready');
    w.run(30);
    expect(w.nodes('worker2')[0]).toBe('manager1 Down Unreachable');
    w.run(12);
    expect(
      w.does(
        'worker1',
        "docker service ps web --filter desired-state=running --format '{{.Node}}'",
      ),
    ).not.toContain('manager1');
    w.host('manager1', 'power on');
    w.run(10);
    expect(w.nodes('manager1')[0]).toBe('manager1 Ready Reachable');
    expect(w.does('manager1', "docker service ls --format '{{.Replicas}}'")).toBe('4/4\n');
  });

  it('without a majority answer nothing: first after 20 s, then at once; what runs goes on', () => {
    const w = threeManagers();
    w.does('manager1', 'docker service create -d --name web --replicas 4 -p 8080:80 nginx:alpine');
    w.run(10);
    // The leader is the last to go, so that worker1 still believes in it.
    w.host('worker2', 'power off');
    w.host('manager1', 'power off');
    const began = w.lab.sim.now();
    expect(w.does('worker1', 'docker node ls')).toBe(deadline);
    expect((w.lab.sim.now() - began) / 1e6).toBeCloseTo(20, 0);
    w.run(12);
    for (const command of [
      'docker node ls',
      'docker service ls',
      'docker network create -d overlay n',
    ])
      expect(w.does('worker1', command)).toBe(noLeader);
    expect(w.does('worker1', 'docker service scale web=2')).toBe(`web: ${noLeader}`);
    expect(w.does('worker1', "docker info -f '{{.Swarm.LocalNodeState}} {{.Swarm.Error}}'")).toBe(
      noLeader.replace('Error response from daemon:', 'active'),
    );
    expect(
      w.does('worker3', 'curl -s -m 3 -o /dev/null -w "%{http_code}" 192.168.56.13:8080'),
    ).toBe('200');
    expect(w.does('worker1', 'docker swarm leave')).toMatch(
      /reinitialize it with `--force-new-cluster`/,
    );
    w.host('worker2', 'power on');
    w.run(40);
    expect(leaderIn(w.nodes('worker1'))).toBeDefined();
  });

  it('a survivor goes on alone with --force-new-cluster, and keeps the tokens; a removed one comes back as a worker', () => {
    const w = threeManagers();
    const token = w.does('manager1', 'docker swarm join-token -q worker');
    w.host('manager1', 'power off');
    w.host('worker2', 'power off');
    w.run(25);
    const made = w.does(
      'worker1',
      'docker swarm init --force-new-cluster --advertise-addr 192.168.56.11',
    );
    expect(made).toContain(`docker swarm join --token ${token.trim()} 192.168.56.11:2377`);
    const nodes = w.nodes('worker1');
    expect(nodes.slice(0, 3)).toEqual([
      'manager1 Unknown',
      'worker1 Ready Leader',
      'worker2 Unknown',
    ]);
    w.run(40);
    expect(w.nodes('worker1')).toEqual([
      'manager1 Down',
      'worker1 Ready Leader',
      'worker2 Down',
      'worker3 Ready',
    ]);
    w.host('manager1', 'power on');
    w.run(25);
    expect(w.nodes('worker1')[0]).toBe('manager1 Ready');
    expect(w.does('manager1', 'docker node ls')).toMatch(/Worker nodes can't be used to view/);
    expect(leaderIn(w.nodes('worker1'))).toBe('worker1');
  });

  it('a leader whose cable is cut leads no longer, and follows when it is mended', () => {
    const w = threeManagers();
    w.does('manager1', 'ip link set eth0 down');
    w.run(30);
    expect(w.does('manager1', 'docker node ls')).toBe(noLeader);
    expect(leaderIn(w.nodes('worker1'))).not.toBe('manager1');
    w.does('manager1', 'ip link set eth0 up');
    w.run(15);
    expect(w.nodes('manager1')[0]).toBe('manager1 Ready Reachable');
    expect(w.nodes('manager1')).toEqual(w.nodes('worker1'));
  });

  it('a demoted leader hands over; a demoted or leaving manager counts no more', () => {
    const w = threeManagers();
    expect(w.does('worker1', 'docker node demote manager1')).toBe(
      'Manager manager1 demoted in the swarm.\n',
    );
    w.run(30);
    expect(w.nodes('worker1')[0]).toBe('manager1 Ready');
    expect(['worker1', 'worker2']).toContain(leaderIn(w.nodes('worker1')));
    expect(w.does('manager1', 'docker node ls')).toMatch(/Worker nodes can't be used to view/);
  });
});

describe('swarm leave', () => {
  it('takes the networks of the swarm from plain containers, which go on', () => {
    const w = world();
    w.does('manager1', 'docker network create -d overlay --attachable ov');
    w.does('worker1', 'docker run -d --name box --network ov nginx:alpine');
    w.does('worker1', 'docker swarm leave');
    expect(w.does('worker1', "docker ps --format '{{.Names}} {{.State}}'")).toBe('box running\n');
    expect(w.does('worker1', "docker inspect -f '{{json .NetworkSettings.Networks}}' box")).toBe(
      '{}\n',
    );
    expect(w.does('worker1', "docker network ls --filter scope=swarm --format '{{.Name}}'")).toBe(
      '',
    );
    expect(w.does('worker1', 'docker rm -f box')).toBe('box\n');
  });
});

describe('autolock', () => {
  it('locks a manager that restarts until it is given the key', () => {
    const w = world();
    expect(w.does('manager1', 'docker swarm update --autolock=true')).toMatch(/^Swarm updated\.\n/);
    const key = w.does('manager1', 'docker swarm unlock-key -q').trim();
    expect(key).toMatch(/^SWMKEY-1-/);
    w.does('manager1', 'systemctl restart docker');
    expect(w.does('manager1', 'docker node ls')).toBe(
      'Error response from daemon: Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.\n',
    );
    expect(w.does('manager1', "docker info -f '{{.Swarm.LocalNodeState}}'")).toBe('locked\n');
    const wrong = `SWMKEY-1-${'A'.repeat(43)}`;
    expect(w.does('manager1', `echo ${wrong} | docker swarm unlock`)).toBe(
      'Error response from daemon: swarm could not be unlocked: invalid key provided\n',
    );
    expect(w.does('manager1', `echo ${key} | docker swarm unlock`)).toBe('');
    expect(w.nodes('manager1')).toContain('manager1 Ready Leader');
  });

  it('changes its key: a manager that was off meanwhile still takes the old one', () => {
    const w = threeManagers();
    w.does('manager1', 'docker swarm update --autolock=true');
    const old = w.does('manager1', 'docker swarm unlock-key -q').trim();
    w.run(2);
    w.host('worker2', 'power off');
    w.run(2);
    expect(w.does('manager1', 'docker swarm unlock-key --rotate')).toMatch(
      /^Successfully rotated manager unlock key\.\n/,
    );
    const key = w.does('manager1', 'docker swarm unlock-key -q').trim();
    expect(key).not.toBe(old);
    w.host('worker2', 'power on');
    w.run(8);
    expect(w.does('worker2', `echo ${key} | docker swarm unlock`)).toMatch(/invalid key provided/);
    expect(w.does('worker2', `echo ${old} | docker swarm unlock`)).toBe('');
    w.run(3);
    expect(w.nodes('worker2')[2]).toBe('worker2 Ready Reachable');
    // From now on it is locked with the key of the others.
    w.does('worker2', 'systemctl restart docker');
    expect(w.does('worker2', `echo ${key} | docker swarm unlock`)).toBe('');
  });

  it('is turned off: managers come back by themselves', () => {
    const w = world();
    w.does('manager1', 'docker swarm update --autolock=true');
    w.does('manager1', 'docker swarm update --autolock=false');
    w.does('manager1', 'systemctl restart docker');
    w.run(3);
    expect(w.nodes('manager1')).toContain('manager1 Ready Leader');
  });
});

describe('swarm ca --rotate', () => {
  const tls = ({ does }: ReturnType<typeof world>): string =>
    does('manager1', "docker node ls --format '{{.Hostname}} {{.TLSStatus}}'");

  it('gives every node a certificate of the new root, then trusts it alone and changes the tokens', () => {
    const w = world();
    const before = w.does('manager1', 'docker swarm ca');
    const token = w.does('manager1', 'docker swarm join-token -q worker').trim();
    const shown = w.does('manager1', 'docker swarm ca --rotate');
    const root = w.does('manager1', 'docker swarm ca');
    expect(root).not.toBe(before);
    expect(shown.endsWith(`\n${root}`)).toBe(true);
    expect(shown).toMatch(
      /^desired root digest: \n {2}rotated TLS certificates: \n {2}rotated CA certificates: {2}\n(desired root digest: sha256:[0-9a-f]{64}\n)+-----BEGIN/,
    );
    expect(tls(w)).toBe('manager1 Ready\nworker1 Ready\nworker2 Ready\nworker3 Ready\n');
    w.does('worker3', 'docker swarm leave');
    expect(w.does('worker3', `docker swarm join --token ${token} 192.168.56.10:2377`)).toMatch(
      /^Error/,
    );
    const fresh = w.does('manager1', 'docker swarm join-token -q worker').trim();
    expect(w.does('worker3', `docker swarm join --token ${fresh} 192.168.56.10:2377`)).toBe(
      'This node joined a swarm as a worker.\n',
    );
  });

  it('waits for a node that is off', () => {
    const w = world();
    w.host('worker1', 'power off');
    w.run(20);
    w.does('manager1', 'docker swarm ca --rotate -d');
    w.run(30);
    expect(w.does('manager1', 'docker info 2>/dev/null | grep "Root Rotation"')).toBe(
      '  Root Rotation In Progress: true\n',
    );
    w.host('worker1', 'power on');
    w.run(15);
    expect(w.does('manager1', 'docker info 2>/dev/null | grep "Root Rotation"')).toBe(
      '  Root Rotation In Progress: false\n',
    );
    expect(tls(w)).toBe('manager1 Ready\nworker1 Ready\nworker2 Ready\nworker3 Ready\n');
  });
});
