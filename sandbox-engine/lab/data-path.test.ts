// The tunnels' port and the address pools of a swarm, chosen at `docker swarm init`.
import { describe, expect, it } from 'vitest';
import { createLab } from './index.ts';

describe('swarm init with a data path of its own', () => {
  const lab = createLab({ seed: 5 });
  const run = (host: string, command: string) => lab.exec(host, command);
  const says = (host: string, command: string): string => run(host, command).stdout.trim();

  it('refuses what are no networks and no port for it, as docker and dockerd do', () => {
    const refusal = (options: string): string =>
      run('manager1', `docker swarm init ${options}`).stderr;
    expect(refusal('--default-addr-pool foo')).toContain(
      'invalid argument "foo" for "--default-addr-pool" flag: invalid string being converted to CIDR: foo\n',
    );
    expect(refusal('--default-addr-pool 20.20.0.0/26')).toBe(
      'Error response from daemon: invalid CIDR: "20.20.0.0/26". Subnet size is too small for pool: 24\n',
    );
    expect(refusal('--data-path-port 80')).toBe(
      'Error response from daemon: Datapath port number is not in valid range (1024-49151) : 80\n',
    );
  });

  it('tunnels go to the port; the pools are those networks', () => {
    run('manager1', 'docker swarm init --data-path-port 5789 --default-addr-pool 30.30.0.1/16');
    const token = says('manager1', 'docker swarm join-token -q worker');
    run('worker1', `docker swarm join --token ${token} 192.168.56.10:2377`);
    expect(run('manager1', 'docker swarm init --data-path-port 80').stderr).toContain(
      'This node is already part of a swarm.',
    );
    expect(says('manager1', 'docker info')).toMatch(
      /Default Address Pool: 30\.30\.0\.0\/16 +\n +SubnetSize: 24\n +Data Path Port: 5789/,
    );
    run('manager1', 'docker network create -d overlay --opt encrypted net');
    run(
      'manager1',
      'docker service create -d=false --name web --network net --replicas 2 -p 80:80 nginx:alpine',
    );
    for (const host of ['manager1', 'worker1']) {
      expect(says(host, 'ss -uln')).toContain('0.0.0.0:5789');
      expect(says(host, 'iptables -S INPUT')).toContain('--dport 5789');
      for (let i = 0; i < 3; i += 1)
        expect(
          says('worker2', `curl -sI $(getent hosts ${host} | cut -d' ' -f1) | head -1`),
        ).toContain('200 OK');
    }
    expect(
      says(
        'manager1',
        'timeout 4 tcpdump -nlc 1 -i eth0 udp port 5789 & sleep 1; curl -s worker1 >/dev/null; curl -s worker1 >/dev/null; wait',
      ),
    ).toMatch(/192\.168\.56\.1\d\.\d+ > 192\.168\.56\.1\d\.5789: UDP, length \d+/);
  });

  it('a token of another root is refused by its digest', () => {
    const token =
      'SWMTKN-1-28idphdvjbebsjjolasemj1g2vun1ge19fiy17lytc1pzc1gcc-292q20luvylv2dqqclop32cuk';
    expect(run('worker3', `docker swarm join --token ${token} 192.168.56.10:2377`).stderr).toBe(
      'Error response from daemon: remote CA does not match fingerprint. Expected: 59bab050cafc10c2cdbb59597f531c161064d62d0cdbbf0faed56c61d85fd0fc\n',
    );
  });
});
