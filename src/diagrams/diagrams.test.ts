import { expect, test } from 'vitest';
import type { LanView } from '../../sandbox-engine/protocol/index.ts';
import { hostView, viewOf } from '../../tests/fake-lab/views.ts';
import { changesHtml } from './changes-html.ts';
import { hostMermaid } from './host-mermaid.ts';
import { hostSvg } from './host-svg.ts';
import { hostTwin } from './host-twin.ts';
import { lanMermaid } from './lan-mermaid.ts';
import { lanTwin } from './lan-twin.ts';
import { mermaidLabel } from './mermaid-text.ts';
import { twinHtml } from './twin.ts';

const view = hostView('manager1');
const lan = viewOf('lan', '', []) as LanView;

test('a veth pair becomes one line, named for its outer end', () => {
  const text = hostMermaid(view, 'en');
  expect(text).toContain('n_c1eth0 bridge_0@---|"1: veth91c57e7"| n_br');
  expect(text).toContain('n_c2eth0 publish_5@-.-|":8000 → :80"| n_eth0');
  expect(text).not.toContain('127.0.0.1');
});

test('the same state gives the same text, whatever the language adds', () => {
  expect(hostMermaid(view, 'zh')).toBe(hostMermaid(hostView('manager1'), 'zh'));
  expect(lanMermaid(lan, 'zh')).toContain('局域网');
});

test('labels cannot break out of Mermaid’s grammar', () => {
  expect(mermaidLabel('a"]; click x "b', '<b>')).toBe(
    '"a#34;#93;#59; click x #34;b<br/>#60;b#62;"',
  );
});

test('the text twin says what is drawn, in both languages', () => {
  const twin = hostTwin(view, 'en');
  expect(twin.summary).toBe('manager1 has 3 Docker networks and 2 containers');
  expect(twin.items.find(({ text }) => text.startsWith('c1'))).toEqual({
    text: 'c1: container · alpine',
    items: [
      {
        text: '1: eth0: 172.19.0.2/16',
        items: [{ text: 'joined to 1: br-b4e8610bb506 (1: veth91c57e7)' }],
      },
    ],
  });
  expect(hostTwin(view, 'zh').summary).toBe('manager1 上有 3 个 Docker 网络，2 个容器');
  expect(lanTwin(lan, 'en').summary).toBe('4 hosts on one LAN, with 1 container in all');
});

test('names from the state are escaped wherever they go', () => {
  const evil = { ...view, host: '<img src=x onerror=alert(1)>' };
  for (const html of [
    twinHtml(hostTwin(evil, 'en')),
    hostSvg(evil, 'en'),
    changesHtml(
      {
        command: '',
        terminal: '',
        entries: [
          { host: evil.host, namespace: evil.host, kind: 'rule', change: 'added', text: evil.host },
        ],
      },
      'en',
    ),
  ])
    expect(html).not.toContain('<img');
});
