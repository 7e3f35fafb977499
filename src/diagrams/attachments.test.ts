// The two classic drawings of a host's containers on a network, and the three directions: made-up views.
import { expect, test } from 'vitest';
import type { AttachmentsView, DirectionsView } from '../../sandbox-engine/protocol/index.ts';
import { attachmentsMermaid, attachmentsSvg, attachmentsTwin } from './attachments.ts';
import { directionsMermaid, directionsTwin } from './directions.ts';

const end = {
  device: 'eth0',
  index: 17,
  address: '100.0.0.6',
  mac: '',
  peer: 'veth1',
  peerIndex: 18,
};
const attachments: AttachmentsView = {
  host: 'manager1',
  network: 'net1',
  present: { id: 'n1', name: 'net1', driver: 'overlay', scope: 'swarm', subnet: '100.0.0.0/24' },
  gateway: { id: 'g1', name: 'docker_gwbridge', driver: 'bridge', scope: 'local' },
  attachments: [
    {
      id: 'a1',
      kind: 'container',
      name: 'node.1.aaaaaaaaaaaaaaaaaaaaaaaaa',
      task: 'node.1',
      service: 'node',
      end,
      virtualIps: ['100.0.0.5'],
      gatewayEnd: {
        ...end,
        device: 'eth1',
        index: 15,
        address: '172.18.0.3',
        peer: 'veth9',
        peerIndex: 16,
      },
    },
    {
      id: 'a2',
      kind: 'ingress',
      name: 'ingress_sbox',
      virtualIps: [],
      gatewayEnd: { ...end, address: '172.18.0.2' },
    },
  ],
};

test('net1 alone shows addresses and VIPs; with the gateway, docker_gwbridge as well', () => {
  const alone = attachmentsMermaid(attachments, {}, 'en');
  expect(alone).toContain('100.0.0.6<br/>100.0.0.5 (VIP)<br/>17: eth0<br/>– 18: veth1');
  expect(alone).not.toContain('docker_gwbridge');
  expect(alone).not.toContain('ingress_sbox');
  const both = attachmentsMermaid(attachments, { gateway: '' }, 'en');
  expect(both).toContain('172.18.0.3<br/>15: eth1<br/>– 16: veth9');
  expect(both).toContain('ingress_sbox');
  expect(attachmentsSvg(attachments, { gateway: '' }, 'zh')).toContain('172.18.0.2');
});

test('the words name both ends of each veth pair by number', () => {
  const twin = attachmentsTwin(attachments, {}, 'zh');
  expect(twin.summary).toBe('manager1 上有 1 个容器接在 net1 上');
  expect(twin.items.at(-1)?.items).toEqual([
    { text: 'net1：100.0.0.6，100.0.0.5 (VIP)，eth0（17 号）接 veth1（18 号）' },
  ]);
  const { present: _, ...absent } = attachments;
  expect(attachmentsTwin({ ...absent, attachments: [] }, {}, 'en').summary).toBe(
    'manager1 does not have net1 now',
  );
});

test('a direction that does not exist says why', () => {
  const view: DirectionsView = {
    service: 'test',
    task: { name: 'test.1', host: 'worker1', container: 'x', interfaces: [] },
    eastWest: [],
    northSouth: {
      device: 'eth1',
      address: '172.18.0.3',
      bridge: 'docker_gwbridge',
      bridgeAddress: '172.18.0.1',
      rule: '-t nat -A POSTROUTING -j MASQUERADE',
      uplink: 'eth0',
      uplinkAddress: '192.168.56.11',
      router: '192.168.56.1',
    },
  };
  const twin = directionsTwin(view, 'en');
  expect(twin.summary).toBe('The task test.1 on worker1 has ways in 1 direction');
  expect(twin.items.map(({ items }) => items?.length)).toEqual([1, 1, 4]);
  expect(twin.items[0]?.items).toEqual([
    { text: 'The service publishes no port: nothing comes in' },
  ]);
  expect(directionsMermaid(view, 'zh')).toContain('这个服务没有发布端口，外面进不来');
  expect(directionsTwin({ service: 'test', eastWest: [] }, 'zh').summary).toBe(
    'test 现在没有在运行的任务',
  );
});
