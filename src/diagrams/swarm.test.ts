// The drawing of a whole swarm, from a made-up view.
import { expect, test } from 'vitest';
import type { SwarmView } from '../../sandbox-engine/protocol/index.ts';
import { followable, kept } from './follow.ts';
import { mermaidId } from './mermaid-text.ts';
import { swarmMermaid } from './swarm-mermaid.ts';
import { swarmSvg } from './swarm-svg.ts';
import { swarmTwin } from './swarm-twin.ts';

const net1 = {
  id: 'n1',
  name: 'net1',
  driver: 'overlay',
  scope: 'swarm',
  subnet: '10.0.1.0/24',
  vni: 4097,
} as const;
const view: SwarmView = {
  hosts: [
    {
      name: 'manager1',
      address: '192.168.56.10',
      role: 'leader',
      node: { state: 'ready', availability: 'drain' },
      networks: [],
      tasks: [],
      containers: [{ name: 'c1', image: 'alpine', state: 'running', addresses: ['172.17.0.2'] }],
    },
    {
      name: 'worker1',
      address: '192.168.56.11',
      role: 'worker',
      node: { state: 'down', availability: 'active' },
      cut: 'off',
      networks: [net1],
      tasks: [
        {
          id: 't1',
          name: 'web.1',
          service: 'web',
          state: 'running',
          addresses: [{ network: 'net1', address: '10.0.1.3' }],
          ports: [],
        },
      ],
      containers: [],
    },
  ],
  services: [
    {
      id: 's1',
      name: 'web',
      mode: 'replicated',
      running: 1,
      desired: 2,
      virtualIps: [{ network: 'net1', address: '10.0.1.2' }],
      ports: [{ port: 8080, target: 80, protocol: 'tcp' }],
    },
  ],
  networks: [net1],
};

test('says hosts with their faults, tasks, services and which host has which overlay', () => {
  expect(swarmTwin(view, 'en')).toEqual({
    summary: '2 hosts (1 down), 1 service, 1 task',
    items: [
      {
        text: 'manager1 · 192.168.56.10 · manager (leader) · Ready · Drain',
        items: [{ text: 'container c1 (alpine): 172.17.0.2' }, { text: 'networks here: ' }],
      },
      {
        text: 'worker1 · 192.168.56.11 · worker · Down · powered off',
        items: [
          { text: 'web.1: last reported running, net1 10.0.1.3' },
          { text: 'networks here: net1' },
        ],
      },
      {
        text: 'Services',
        items: [
          {
            text: 'web: 1/2 tasks running, VIP 10.0.1.2 (net1), 8080/tcp of every node → 80 of a task',
          },
        ],
      },
      {
        text: 'Overlay networks',
        items: [{ text: 'net1 (10.0.1.0/24 · VXLAN 4097): now on worker1' }],
      },
    ],
  });
  expect(swarmTwin(view, 'zh').summary).toBe('2 台主机（1 台失联），1 个服务，1 个任务');
});

test('draws a node that is down as faulty, in text and in the picture', () => {
  const text = swarmMermaid(view, 'en');
  expect(text).toContain(`class ${mermaidId('host worker1')} faulty`);
  expect(text).not.toContain(`class ${mermaidId('host manager1')} faulty`);
  expect(swarmSvg(view, 'en')).toContain('class="d-frame d-worker1 d-down"');
});

test('following a task keeps its host and the network that it hangs on', () => {
  const text = swarmMermaid(view, 'en');
  const web = followable('swarm', view).find(({ label }) => label === 'web.1 (worker1)');
  const ids = kept(text, web?.own ?? []);
  expect(ids).toContain(mermaidId('host worker1'));
  expect(ids).toContain(mermaidId('network n1'));
  expect(ids).not.toContain(mermaidId('host manager1'));
});
