// Every decision is said in both languages. That none is missing is held by the types; here, that what is said in Chinese is
// Chinese, and what it looks like.
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../sandbox-engine/protocol/index.ts';
import { type DecisionWords, decisionText, decisionWords } from './decision-words.ts';

/** A value for each fact that any decision has. */
const facts = {
  address: '10.0.0.3',
  answer: 'icmp-port-unreachable',
  bridge: 'br0',
  chain: 'FORWARD',
  device: 'eth0',
  effect: { target: 'ACCEPT' },
  forwarding: 'Masq',
  identifier: 7,
  limit: 64,
  loss: { kind: 'ttl' },
  mac: '02:42:0a:00:00:03',
  mark: '0x100',
  mtu: 1450,
  node: '192.168.56.11',
  number: 3,
  outcome: { kind: 'no-server' },
  peer: 'veth1',
  port: 80,
  program: 'nginx',
  protocol: 'tcp',
  remote: '10.0.0.9:40000',
  route: 'default via 192.168.56.1 dev eth0',
  scheduler: 'rr',
  sequence: 2,
  server: '10.0.0.5:0',
  service: 'FWM 256',
  spi: '0x0a1b2c3d',
  state: 'ESTABLISHED',
  table: 'filter',
  to: '172.17.0.2:80',
  translated: 'source',
  type: 'blackhole',
  vni: 4097,
};

/** What commands print, and names of things that Chinese readers know by these letters. */
const latin =
  /\b(ACCEPT|DROP|LOG|REJECT|MARK|DNAT|SNAT|MASQUERADE|REDIRECT|IPVS|FWM|VXLAN|UDP|TCP|ARP|ESP|SPI|MAC|MTU|TTL|Masq|dummy|ping|rp_filter|route_localnet|net\.ipv4\.ip_forward)\b/g;

function everyWording(words: DecisionWords): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [group, wordings] of Object.entries(words))
    for (const [name, wording] of Object.entries(wordings) as [
      string,
      (given: typeof facts) => string,
    ][])
      said[`${group} ${name}`] = wording(facts);
  return said;
}

const withoutFacts = (text: string): string =>
  Object.values(facts)
    .filter((fact) => typeof fact !== 'object')
    .map(String)
    .sort((a, b) => b.length - a.length)
    .reduce((left, fact) => left.replaceAll(fact, ' '), text.replace(latin, ' '));

describe('decisions in words', () => {
  it('are Chinese on Chinese pages, but for what commands print', () => {
    for (const [name, text] of Object.entries(everyWording(decisionWords.zh))) {
      expect(text, name).toMatch(/\p{Script=Han}/u);
      expect(withoutFacts(text), name).not.toMatch(/[A-Za-z]{2,}/);
    }
  });

  it('have the same kinds in both languages', () => {
    const [zh, en] = [everyWording(decisionWords.zh), everyWording(decisionWords.en)];
    expect(Object.keys(zh)).toEqual(Object.keys(en));
    expect(Object.values(en).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
  });

  it('say chain, rule, address and backend', () => {
    const decisions: Decision[] = [
      {
        kind: 'rule',
        table: 'nat',
        chain: 'DOCKER-INGRESS',
        number: 1,
        effect: { target: 'DNAT', to: '172.18.0.2:5000' },
      },
      {
        kind: 'rule',
        table: 'nat',
        chain: 'POSTROUTING',
        number: 2,
        effect: { target: 'MASQUERADE' },
      },
      {
        kind: 'ipvs',
        service: 'FWM 256',
        scheduler: 'rr',
        outcome: { kind: 'new', server: '10.0.0.5:5000', forwarding: 'Masq' },
      },
      { kind: 'connection', remote: '10.0.0.2:40000', state: 'ESTABLISHED' },
      { kind: 'socket', protocol: 'tcp', port: 80, program: 'nginx' },
      { kind: 'socket', protocol: 'udp', port: 53 },
      { kind: 'lost', loss: { kind: 'no-listener', protocol: 'udp', port: 53 } },
    ];
    expect(decisions.map((decision) => decisionText(decision, 'zh'))).toEqual([
      'nat 表 DOCKER-INGRESS 链第 1 条规则：目的改为 172.18.0.2:5000（DNAT）',
      'nat 表 POSTROUTING 链第 2 条规则：丢弃：出口没有地址（MASQUERADE）',
      'IPVS FWM 256（rr）：选中 10.0.0.5:5000（Masq）',
      '交给与 10.0.0.2:40000 的连接（ESTABLISHED）',
      '交给监听 TCP 端口 80 的 nginx',
      '交给使用 UDP 端口 53 的套接字',
      '拒绝：没有程序监听 UDP 端口 53',
    ]);
    expect(decisions.map((decision) => decisionText(decision, 'en'))).toEqual([
      'nat DOCKER-INGRESS rule 1: DNAT to 172.18.0.2:5000',
      'nat POSTROUTING rule 2: MASQUERADE: the interface has no address, dropped',
      'IPVS FWM 256 rr: Masq to 10.0.0.5:5000',
      'to the connection with 10.0.0.2:40000 (ESTABLISHED)',
      'to nginx, listening on TCP port 80',
      'to the socket, bound to UDP port 53',
      'refused: nothing listens on UDP port 53',
    ]);
  });
});
