// Lines of labels: where they may break, and how wide they are.
import { expect, it } from 'vitest';
import { wrapped } from './mermaid-text.ts';

it('breaks at blanks, and leaves an arrow with what it leads to', () => {
  expect(wrapped('nat DOCKER-INGRESS rule 1: DNAT to 172.18.0.2:5000', 26)).toEqual([
    'nat DOCKER-INGRESS rule 1:',
    'DNAT to 172.18.0.2:5000',
  ]);
  expect(wrapped('from 10.0.0.2:40000 → 10.0.0.9:8080', 20)).toEqual([
    'from 10.0.0.2:40000',
    '→ 10.0.0.9:8080',
  ]);
});

it('breaks Chinese after its punctuation, counts a character as two, and leaves numbers with what they count', () => {
  expect(
    wrapped('nat 表 DOCKER-INGRESS 链第 1 条规则：目的改为 172.18.0.2:5000（DNAT）', 26),
  ).toEqual(['nat 表 DOCKER-INGRESS', '链第 1 条规则：目的改为', '172.18.0.2:5000（DNAT）']);
  expect(wrapped('连接跟踪：按这条连接的记录改写源地址', 26)).toEqual([
    '连接跟踪：',
    '按这条连接的记录改写源地址',
  ]);
});
