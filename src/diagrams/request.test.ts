// One request as a sequence, from a made-up trace.
import { expect, test } from 'vitest';
import type {
  Decision,
  RequestStep,
  RequestView,
  RuleEffect,
} from '../../sandbox-engine/protocol/index.ts';
import { rowAt, stepsShown } from './follow.ts';
import { requestMermaid, requestTwin } from './request.ts';
import { requestPicture } from './request-picture.ts';

const client = '192.168.56.1:40000';
const sent = { source: client, destination: '192.168.56.11:8080' };
const inside = { source: client, destination: '172.18.0.2:8080' };
const balanced = { source: '10.0.0.2:40000', destination: '10.0.0.9:8080' };
const redirected = { source: '10.0.0.2:40000', destination: '10.0.0.9:80' };
const answer = { source: '10.0.0.9:80', destination: '10.0.0.2:40000' };
const tunnel = { source: '192.168.56.11', destination: '192.168.56.12', vni: 4096 };

const step = (
  id: string,
  place: string,
  kind: RequestStep['kind'],
  rest: Partial<RequestStep> & Pick<RequestStep, 'before'>,
): RequestStep => ({
  id,
  place,
  kind,
  stage: 'route',
  decision: { kind: 'echo' },
  after: rest.before,
  ...rest,
});
const rule = (chain: string, effect: RuleEffect): Decision => ({
  kind: 'rule',
  table: effect.target === 'MARK' ? 'mangle' : 'nat',
  chain,
  number: 1,
  effect,
});
const refused: Decision = { kind: 'policy-drop', table: 'filter', chain: 'FORWARD' };

const view: RequestView = {
  flow: 1,
  protocol: 'tcp',
  places: [
    { id: 'gateway/init', host: 'gateway', kind: 'host', name: 'gateway' },
    { id: 'worker1/init', host: 'worker1', kind: 'host', name: 'worker1' },
    { id: 'worker1/n1', host: 'worker1', kind: 'ingress', name: 'ingress_sbox' },
    { id: 'worker1/n2', host: 'worker1', kind: 'overlay', name: '1-abc' },
    {
      id: 'worker2/n9',
      host: 'worker2',
      kind: 'container',
      name: 'web.1.aaaaaaaaaaaaaaaaaaaaaaaaa',
    },
  ],
  there: [
    step('route', 'gateway/init', 'pass', { before: sent }),
    step('DNAT', 'worker1/init', 'translate', {
      before: sent,
      after: inside,
      decision: rule('DOCKER-INGRESS', { target: 'DNAT', to: '172.18.0.2:8080' }),
    }),
    step('MARK', 'worker1/n1', 'rule', {
      before: inside,
      decision: rule('PREROUTING', { target: 'MARK', mark: '0x100' }),
      matched: 6,
    }),
    step('IPVS and SNAT', 'worker1/n1', 'translate', { before: inside, after: balanced }),
    step('bridge', 'worker1/n2', 'pass', { before: balanced }),
    step('tunnelled', 'worker1/init', 'pass', { before: balanced, tunnel }),
    step('REDIRECT', 'worker2/n9', 'translate', { before: balanced, after: redirected }),
    step('socket', 'worker2/n9', 'deliver', { before: redirected, program: 'nginx' }),
  ],
  back: [
    step('answer', 'worker2/n9', 'pass', { before: answer }),
    step('conntrack', 'worker1/n1', 'translate', {
      before: answer,
      after: { ...answer, destination: client },
    }),
  ],
};

test('goes from client to process and back; bridges and tunnels are told on the arrow that crosses them', () => {
  const { actors, rows, translations } = requestPicture(view);
  expect(actors.map(({ name }) => name)).toEqual([
    'gateway',
    'worker1',
    'ingress_sbox',
    'web.1.aaaaaaaaaaaaaaaaaaaaaaaaa',
    'nginx',
  ]);
  expect(rows.map((row) => (row.kind === 'arrow' ? `${row.from} → ${row.to}` : row.kind))).toEqual([
    'way',
    'gateway/init → worker1/init',
    'note',
    'worker1/init → worker1/n1',
    'note',
    'note',
    'worker1/n1 → worker2/n9',
    'note',
    'worker2/n9 → worker2/n9 process',
    'way',
    'worker2/n9 process → worker2/n9',
    'worker2/n9 → worker1/n1',
    'note',
  ]);
  expect(rows.find((row) => row.kind === 'arrow' && row.tunnel)).toMatchObject({
    through: ['1-abc'],
    tunnel,
  });
  expect(translations).toBe(3);
});

test('says addresses before and after each translation, in both languages', () => {
  const twin = requestTwin(view, {}, 'en');
  expect(twin.summary).toBe(
    'From 192.168.56.1:40000 to 192.168.56.11:8080 by way of gateway, worker1, worker2; addresses translated 3 times on the way there',
  );
  expect(twin.items[0]?.items?.[1]?.text).toBe(
    'worker1: nat DOCKER-INGRESS rule 1: DNAT to 172.18.0.2:8080; to 192.168.56.11:8080 → 172.18.0.2:8080',
  );
  expect(requestTwin(view, {}, 'zh').items[0]?.items?.[1]?.text).toBe(
    'worker1：nat 表 DOCKER-INGRESS 链第 1 条规则：目的改为 172.18.0.2:8080（DNAT）；目的 192.168.56.11:8080 → 172.18.0.2:8080',
  );
  expect(twin.items[0]?.items?.[3]?.text).toBe(
    'ingress_sbox (worker1): mangle PREROUTING rule 1: MARK set 0x100; matched 6 packets so far',
  );
  expect(requestMermaid(view, {}, 'en')).toContain(
    'note over n_worker1_2finit: nat DOCKER-INGRESS rule 1:<br/>DNAT to 172.18.0.2:8080<br/>',
  );
});

test('without a request it says so', () => {
  expect(requestTwin(undefined, { port: '5000' }, 'en')).toEqual({
    summary:
      'Nobody has been to port 5000 yet. Run the curl of this section or open it in the browser: the way is drawn here.',
    items: [],
  });
  expect(requestMermaid(undefined, {}, 'zh')).toContain('还没有程序发出过数据包');
});

test('a lost packet ends where it was lost', () => {
  const lost: RequestView = {
    ...view,
    there: [
      step('route', 'gateway/init', 'pass', { before: sent }),
      step('policy', 'worker1/init', 'drop', { before: sent, decision: refused }),
    ],
    back: [],
    lost: refused,
  };
  expect(requestTwin(lost, {}, 'en').items.at(-1)?.text).toBe(
    'ends here: filter FORWARD policy: DROP',
  );
  expect(requestPicture(lost).rows.at(-1)).toMatchObject({ kind: 'note', drop: true });
});

test('each stage is found again: its row in the sequence, and on its own host alone', () => {
  const [, dnat] = view.there;
  expect(dnat && rowAt(view, dnat)).toEqual({ kind: 'note', index: 1 });
  expect(stepsShown('host', { host: 'worker2' }, view).map(({ id }) => id)).toEqual([
    'REDIRECT',
    'socket',
    'answer',
  ]);
});
