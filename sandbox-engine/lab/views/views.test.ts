// The views of a running swarm, against what the tools say of the same things.
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  AttachmentsView,
  DirectionsView,
  HostView,
  PlacementView,
  RequestView,
  SwarmView,
} from '../../protocol/index.ts';
import type { Lab } from '../api.ts';
import { createLab } from '../index.ts';

let lab: Lab;
const sh = (host: string, command: string): string => lab.exec(host, command).stdout.trim();

beforeAll(() => {
  lab = createLab({ seed: 7, scenario: 'swarm' });
  sh('manager1', 'docker network create -d overlay --opt encrypted --subnet 100.0.0.0/24 net1');
  sh(
    'manager1',
    'docker service create -d --name web --network net1 -p 1080:80 --replicas 2 --constraint node.hostname!=worker3 nginx:alpine',
  );
  sh('manager1', 'docker node update --availability drain worker2');
  sh('manager1', 'sleep 15');
});

const taskHosts = (): string[] =>
  sh(
    'manager1',
    'docker service ps web --filter desired-state=running --format "{{.Name}} {{.Node}}"',
  )
    .split('\n')
    .sort();

describe('the swarm', () => {
  it('has the tasks where docker service ps has them, with the addresses of their containers', () => {
    const { hosts, services } = lab.view('swarm', {}) as SwarmView;
    const tasks = hosts.flatMap(({ name, tasks: own }) =>
      own.map((task) => ({ ...task, host: name })),
    );
    expect(tasks.map((task) => `${task.name} ${task.host}`).sort()).toEqual(taskHosts());
    for (const task of tasks)
      expect(sh(task.host, `docker exec ${task.name}.${task.id} ip addr`)).toContain(
        task.addresses[0]?.address,
      );
    expect(services).toMatchObject([
      { name: 'web', running: 2, desired: 2, ports: [{ port: 1080, target: 80 }] },
    ]);
    expect(hosts.find(({ name }) => name === 'worker2')?.node?.availability).toBe('drain');
  });

  it('shows a host whose cable is pulled', () => {
    const copy = createLab({ seed: 7, scenario: 'swarm' });
    copy.exec('worker1', 'ip link set eth0 down');
    copy.exec('manager1', 'sleep 30');
    const { hosts } = copy.view('swarm', {}) as SwarmView;
    expect(hosts.find(({ name }) => name === 'worker1')).toMatchObject({
      cut: 'down',
      node: { state: 'down' },
    });
  });
});

describe('one host', () => {
  it('knows veth pairs by number, and what its VXLAN devices know of other nodes', () => {
    const [, host = ''] = taskHosts()[0]?.split(' ') ?? [];
    const { attachments } = lab.view('attachments', { host, network: 'net1' }) as AttachmentsView;
    const task = attachments.find(({ task: name }) => name === 'web.1');
    const end = task?.end;
    expect(sh(host, `docker exec ${task?.name} ip link show ${end?.device}`)).toContain(
      `${end?.index}: ${end?.device}@if${end?.peerIndex}`,
    );
    expect(task?.virtualIps).toEqual([
      sh(
        'manager1',
        'docker service inspect web --format "{{range .Endpoint.VirtualIPs}}{{.Addr}} {{end}}"',
      )
        .split(' ')
        .find((address) => address.startsWith('100.'))
        ?.split('/')[0],
    ]);
    const view = lab.view('host', { host }) as HostView;
    const net1 = view.namespaces
      .flatMap(({ devices }) => devices)
      .find(({ network, vxlan }) => network === 'net1' && vxlan);
    expect(net1?.vxlan?.vni).toBe(view.networks.find(({ name }) => name === 'net1')?.vni);
    expect(net1?.vxlan?.peers.length).toBeGreaterThan(0);
  });
});

describe('placement', () => {
  it('gives a reason for every node, as the filters gave it', () => {
    const view = lab.view('placement', { service: 'web' }) as PlacementView;
    const names = new Map(view.nodes.map(({ id, name }) => [id, name]));
    const refused = view.tasks[0]?.verdicts.flatMap(({ node, refusedBy }) =>
      refusedBy === undefined ? [] : [`${names.get(node)} ${refusedBy}`],
    );
    expect(refused).toContain('worker3 constraints');
    expect(view.tasks.map(({ name, host }) => `${name} ${host}`)).toEqual(taskHosts());
  });

  it('says why a task is nowhere', () => {
    sh(
      'manager1',
      'docker service create -d --name nowhere --constraint node.labels.x==y nginx:alpine',
    );
    sh('manager1', 'sleep 2');
    const { tasks } = lab.view('placement', { service: 'nowhere' }) as PlacementView;
    expect(tasks[0]).toMatchObject({
      state: 'pending',
      error:
        'no suitable node (scheduling constraints not satisfied on 3 nodes; 1 node not available for new tasks)',
    });
    expect(tasks[0]?.verdicts.map(({ refusedBy }) => refusedBy).sort()).toEqual([
      'constraints',
      'constraints',
      'constraints',
      'ready',
    ]);
  });
});

describe('the last request', () => {
  it('is none of those that the engines make: they fetch images unasked', () => {
    const other = createLab({ seed: 7, scenario: 'swarm' });
    const { stdout } = other.exec('manager1', 'docker pull nicolaka/pets_web:1.0');
    expect(stdout).toContain('Pulling from nicolaka/pets_web');
    expect(other.view('request', {})).toBeUndefined();
  });

  it('is told as its packets went: who translated what, and back the same way', () => {
    lab.ask({ about: 'browse', url: 'http://worker3:1080/' });
    const view = lab.view('request', { port: '1080' }) as RequestView;
    const translations = view.there.filter(({ kind }) => kind === 'translate');
    expect(
      translations.map(({ decision, stage }) =>
        decision.kind === 'rule' ? decision.effect.target : stage,
      ),
    ).toEqual(['DNAT', 'ipvs', 'SNAT', 'REDIRECT']);
    const counted = sh('worker3', 'iptables -t nat -nvL DOCKER-INGRESS | grep dpt:1080');
    expect(counted.trim().split(' ')[0]).toBe(String(translations[0]?.matched));
    expect(view.there.at(-1)).toMatchObject({ kind: 'deliver', program: 'nginx' });
    expect(view.there.some(({ tunnel }) => tunnel?.vni === 4096)).toBe(true);
    for (const [i, { before }] of view.there.entries())
      if (i > 0) expect(before).toEqual(view.there[i - 1]?.after);
    const [first, last] = [view.there[0], view.back.at(-1)];
    expect(last?.after).toEqual({
      source: first?.before.destination,
      destination: first?.before.source,
    });
  });

  it('goes by the VIP through the load balancer of the overlay', () => {
    const [, host = ''] = taskHosts()[0]?.split(' ') ?? [];
    sh(host, 'docker exec $(docker ps -q | head -n 1) wget -qO /dev/null http://web/');
    const view = lab.view('request', {}) as RequestView;
    expect(view.places.map(({ kind }) => kind)).toContain('loadbalancer');
    expect(view.there.filter(({ kind }) => kind === 'translate').map(({ stage }) => stage)).toEqual(
      ['ipvs', 'postrouting'],
    );
  });

  it('ends where a rule drops it', () => {
    sh('worker3', 'iptables -I FORWARD -p tcp --dport 1080 -j DROP');
    lab.ask({ about: 'browse', url: 'http://worker3:1080/' });
    const view = lab.view('request', { port: '1080' }) as RequestView;
    expect(view.lost).toEqual({
      kind: 'rule',
      table: 'filter',
      chain: 'FORWARD',
      number: 1,
      effect: { target: 'DROP' },
    });
    expect(view.back).toEqual([]);
    sh('worker3', 'iptables -D FORWARD 1');
  });
});

describe('the three directions', () => {
  it('are those of the rules and addresses that are set up', () => {
    const view = lab.view('directions', { service: 'web' }) as DirectionsView;
    const host = view.task?.host ?? '';
    expect(sh(view.inbound?.entry ?? '', 'iptables-save -t nat')).toContain(
      view.inbound?.rule.replace('-t nat ', ''),
    );
    expect(sh(host, 'iptables-save -t nat')).toContain(
      view.northSouth?.rule.replace('-t nat ', ''),
    );
    expect(view.eastWest).toMatchObject([{ network: 'net1', encrypted: true }]);
    expect(view.eastWest[0]?.peers).toHaveLength(1);
  });

  it('are none while no task runs', () => {
    expect(lab.view('directions', { service: 'nothing' })).toEqual({
      service: 'nothing',
      eastWest: [],
    });
  });
});
