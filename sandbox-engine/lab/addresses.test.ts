// Who gets which address on a swarm's networks, as recorded (golden 071:24-76).
import { describe, expect, it } from 'vitest';
import { micros, seconds } from '../sim/index.ts';
import { createLab } from './index.ts';

function world(placements: Readonly<Record<string, readonly string[]>>) {
  const lab = createLab({ seed: 3, scenario: 'swarm', placements });
  const does = (host: string, command: string): string => lab.exec(host, command).stdout.trim();
  return {
    does,
    run: (time: number) => lab.sim.runUntil(micros(lab.sim.now() + seconds(time))),
    /** The address of a node's load balancer on a network, by the node's name; '' where the network is not. */
    balancers: (network: string) =>
      ['manager1', 'worker1', 'worker2', 'worker3'].map((host) => {
        const format = '{{range .Containers}}{{.Name}} {{.IPv4Address}};{{end}}';
        const text = does(host, `docker network inspect ${network} -f '${format}'`);
        return /-endpoint 10\.0\.1\.(\d+)/.exec(text)?.[1] ?? '';
      }),
    tasks: (service: string) =>
      does(
        'manager1',
        `docker inspect $(docker service ps -q ${service} --filter desired-state=running) -f '{{range .NetworksAttachments}}{{.Addresses}}{{end}}'`,
      ).replace(/\[10\.0\.1\.(\d+)\/24\]\n?/g, '$1 '),
    gateways: (host: string) =>
      does(
        host,
        `docker network inspect docker_gwbridge -f '{{range .Containers}}{{.IPv4Address}} {{end}}'`,
      )
        .split(' ')
        .sort(),
  };
}

describe('addresses on a swarm network', () => {
  const w = world({
    'v1.1': ['worker1'],
    'v1.2': ['manager1'],
    'v2.1': ['worker3'],
    'v2.2': ['worker2'],
  });
  w.does('manager1', 'docker network create -d overlay o1');

  it('are the service’s, its tasks’, and those of the nodes in the order of the tasks (071:31-38)', () => {
    w.does(
      'manager1',
      'docker service create -d --name v1 --network o1 --replicas 2 alpine sleep 100000',
    );
    w.run(15);
    expect(w.tasks('v1').trim()).toBe('3 4');
    expect(w.balancers('o1')).toEqual(['6', '5', '', '']);
  });

  it('go on behind the last for the next service and the nodes that it brings (071:34)', () => {
    w.does(
      'manager1',
      'docker service create -d --name v2 --network o1 --replicas 2 alpine sleep 100000',
    );
    w.run(15);
    expect(w.tasks('v2').trim()).toBe('8 9');
    expect(w.balancers('o1')).toEqual(['6', '5', '11', '10']);
  });

  it('of a node go back with its last task, and nobody gets an address again at once', () => {
    w.does('manager1', 'docker service rm v2');
    w.run(20);
    expect(w.balancers('o1')).toEqual(['6', '5', '', '']);
    w.does(
      'manager1',
      'docker service create -d --name v2 --network o1 --replicas 2 alpine sleep 100000',
    );
    w.run(15);
    expect(w.tasks('v2').trim()).toBe('13 14');
    expect(w.balancers('o1').sort()).toEqual(['15', '16', '5', '6']);
  });

  it('on docker_gwbridge are the lowest that are free (071:59-65)', () => {
    expect(w.gateways('worker2')).toEqual(['172.18.0.2/16', '172.18.0.3/16']);
    w.does('manager1', 'docker service rm v1 v2');
    w.run(20);
    expect(w.gateways('worker2')).toEqual(['172.18.0.2/16']);
    w.does(
      'manager1',
      'docker service create -d --name v3 --network o1 --replicas 4 alpine sleep 100000',
    );
    w.run(15);
    expect(w.gateways('worker2')).toEqual(['172.18.0.2/16', '172.18.0.3/16']);
  });
});

describe('the VXLAN ids of a swarm network', () => {
  const w = world({});
  const option = 'com.docker.network.driver.overlay.vxlanid_list';
  const create = (name: string, flags = '') =>
    w.does('manager1', `docker network create -d overlay ${flags} ${name}`);
  const ids = (name: string) =>
    w.does('manager1', `docker network inspect ${name} -f '{{index .Options "${option}"}}'`);

  it('are those that the user names, and otherwise the next ones that nobody has', () => {
    create('first');
    create('named', `--opt ${option}=4099`);
    create('two', '--subnet 10.50.0.0/24 --subnet 10.51.0.0/24');
    create('some', `--opt ${option}=9999 --subnet 10.52.0.0/24 --subnet 10.53.0.0/24`);
    expect(['first', 'named', 'two', 'some'].map(ids)).toEqual([
      '4097',
      '4099',
      '4098,4100',
      '9999,4101',
    ]);
  });

  it('a network that asks for another’s gets none', () => {
    create('twice', `--opt ${option}=9999`);
    expect(w.does('manager1', 'docker network inspect twice -f "{{json .IPAM.Config}}"')).toBe(
      '[]',
    );
  });
});
