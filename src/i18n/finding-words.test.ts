// What a check has found is said in the reader's language.
import { expect, it } from 'vitest';
import type { Finding } from '../../sandbox-engine/protocol/index.ts';
import { type FindingWords, findingsText, findingWords } from './finding-words.ts';

/** A value for each fact that any finding has. */
const facts = {
  addresses: ['10.0.1.3'],
  container: 'c1',
  count: 2,
  driver: 'overlay',
  file: '/root/note.txt',
  from: { host: 'worker1' },
  host: 'manager1',
  image: 'alpine',
  matches: false,
  name: 'pets',
  network: 'overnet',
  networks: ['overnet'],
  pattern: '6/6',
  port: 80,
  ports: [80],
  reaches: false,
  service: 'web',
  state: 'exited',
  status: 1,
  subnet: '10.0.1.0/24',
  there: false,
  to: '10.0.1.3',
  values: ['c1.ip'],
  what: { kind: 'running', count: 2 },
};
const names =
  /manager1|worker1|overnet|overlay|alpine|exited|pets|web|\/root\/note\.txt|c1(\.ip)?/g;

const everyWording = ({ finding, service }: FindingWords): [string, string][] =>
  [...Object.entries(finding), ...Object.entries(service)].map(([name, wording]) => [
    name,
    (wording as unknown as (given: typeof facts) => string)(facts),
  ]);

it('is Chinese on Chinese pages, whatever was found', () => {
  for (const [name, text] of everyWording(findingWords.zh)) {
    expect(text, name).toMatch(/\p{Script=Han}/u);
    expect(text.replace(names, ' '), name).not.toMatch(/[A-Za-z]{2,}/);
  }
  for (const [name, text] of everyWording(findingWords.en))
    expect(text, name).not.toMatch(/\p{Script=Han}/u);
});

it('says what is not as it should be', () => {
  const found: Finding[] = [
    { kind: 'output', pattern: ' 6/6 ', matches: false },
    { kind: 'tasks', service: 'ubuntu', host: 'manager1', count: 0 },
    { kind: 'service-has', service: 'pets', what: { kind: 'running', count: 1 } },
    { kind: 'reaches', from: { host: 'worker1', task: 'web' }, to: '10.0.1.3:80', reaches: false },
    { kind: 'resolves', from: { host: 'worker1', container: 'c1' }, name: 'pets', addresses: [] },
    { kind: 'container', container: 'c1', host: 'manager1', there: true, networks: [] },
  ];
  expect(findingsText(found, 'zh')).toBe(
    [
      '输出里没有匹配 / 6/6 / 的内容',
      'manager1 上有 0 个 ubuntu 的任务在运行',
      '服务 pets 有 1 个任务在运行',
      '从 worker1 上 web 的任务到不了 10.0.1.3:80',
      'worker1 上的容器 c1 解析不了 pets',
      'manager1 上的容器 c1 没有接任何网络',
    ].join('；'),
  );
  expect(findingsText(found, 'en')).toBe(
    [
      'the output has no / 6/6 /',
      '0 tasks of ubuntu on manager1',
      'service pets has 1 running task',
      'a task of web on worker1 does not reach 10.0.1.3:80',
      'for c1 on worker1, pets does not resolve',
      'container c1 on manager1 is on no network',
    ].join('; '),
  );
});
