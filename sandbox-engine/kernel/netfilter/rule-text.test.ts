// Every rule that a real host printed is read and printed again to the letter; texts of wrong rules are iptables' own.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatRule, parseRule } from './rule-text.ts';

const golden = new URL('../../../tests/golden/', import.meta.url);

function recordedRules(): string[] {
  const rules = new Set<string>();
  for (const file of readdirSync(golden).filter((name) => name.endsWith('.jsonl')))
    for (const line of readFileSync(new URL(file, golden), 'utf8').split('\n')) {
      if (!line.includes('iptables')) continue;
      const { stdout = '' } = JSON.parse(line) as { stdout?: string };
      for (const [, rule = ''] of stdout.matchAll(/^-A [A-Z][\w-]* (.*)$/gm)) rules.add(rule);
    }
  return [...rules];
}

function roundTrip(text: string): string {
  const rule = parseRule(text);
  return rule.ok ? formatRule(rule.value) : `error: ${rule.error}`;
}

describe('rules as text', () => {
  const recorded = recordedRules();
  test('there are recordings', () => expect(recorded.length).toBeGreaterThan(300));
  test('every recorded rule is read and printed again to the letter', () => {
    expect(recorded.map(roundTrip)).toEqual(recorded);
  });

  // Printed by iptables-legacy 1.8.9 for these arguments.
  test.each([
    ['-s 10.0.0.1 -d 10.0.0.2/24 -g C1', '-s 10.0.0.1/32 -d 10.0.0.0/24 -g C1'],
    ['-s 0/0 -d 1.2.3.4/255.255.0.0 -j ACCEPT', '-d 1.2.0.0/16 -j ACCEPT'],
    ['! -s 10.0.0.0/8 ! -i eth+ ! -p tcp -j DROP', '! -s 10.0.0.0/8 ! -i eth+ ! -p tcp -j DROP'],
    [
      '-p tcp --sport 1:10 ! --dport 20: -j REJECT',
      '-p tcp -m tcp --sport 1:10 ! --dport 20:65535 -j REJECT --reject-with icmp-port-unreachable',
    ],
    [
      '-p tcp ! --syn -j REJECT --reject-with host-prohib',
      '-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with icmp-host-prohibited',
    ],
    [
      '-p tcp --tcp-flags ALL NONE -j LOG --log-level 7 --log-prefix "hello world "',
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -j LOG --log-prefix "hello world " --log-level 7',
    ],
    [
      '-p tcp --dport http -m comment --comment "a b" -j ACCEPT',
      '-p tcp -m tcp --dport 80 -m comment --comment "a b" -j ACCEPT',
    ],
    ['-p udp -m multiport ! --sports 53 -j ACCEPT', '-p udp -m multiport ! --sports 53 -j ACCEPT'],
    ['-p icmp --icmp-type echo-request', '-p icmp -m icmp --icmp-type 8'],
    [
      '-m conntrack --ctstate NEW,RELATED,INVALID -j ACCEPT',
      '-m conntrack --ctstate INVALID,NEW,RELATED -j ACCEPT',
    ],
    [
      '-m addrtype --src-type local,unicast ! --dst-type LOCAL',
      '-m addrtype --src-type UNICAST,LOCAL ! --dst-type LOCAL',
    ],
    ['-m mark ! --mark 1/0xff -j ACCEPT', '-m mark ! --mark 0x1/0xff -j ACCEPT'],
    ['-m limit -j LOG', '-m limit --limit 3/hour -j LOG'],
    ['-m limit --limit 1/s -j ACCEPT', '-m limit --limit 1/sec -j ACCEPT'],
    [
      '-m limit --limit 90/minute --limit-burst 7 -j ACCEPT',
      '-m limit --limit 90/min --limit-burst 7 -j ACCEPT',
    ],
    ['-m limit --limit 7 -j ACCEPT', '-m limit --limit 7/sec -j ACCEPT'],
    [
      '-m statistic --mode random --probability 0.5 -j ACCEPT',
      '-m statistic --mode random --probability 0.50000000000 -j ACCEPT',
    ],
    ['-p TCP', '-p tcp'],
    ['-p 47', '-p gre'],
    ['-j MARK --set-mark 0x1/0x3', '-j MARK --set-xmark 0x1/0x3'],
    ['-j MARK --or-mark 0x10', '-j MARK --set-xmark 0x10/0x10'],
    ['-j MARK --and-mark 0x10', '-j MARK --set-xmark 0x0/0xffffffef'],
    [
      '-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
      '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    ],
    ['-p tcp -j DNAT --to-destination :80', '-p tcp -j DNAT --to-destination :80'],
    ['-p tcp -j REDIRECT --to-port 80', '-p tcp -j REDIRECT --to-ports 80'],
    ['', ''],
  ])('%s', (given, printed) => expect(roundTrip(given)).toBe(printed));

  test.each([
    ['--dport 80', 'unknown option "--dport"'],
    ['-p icmp --dport 80', 'unknown option "--dport"'],
    ['-p tcp --dport foo', "invalid port/service `foo' specified"],
    ['-p foo', 'unknown protocol "foo" specified'],
    ['-s 1.2.3.4/33', "invalid mask `33' specified"],
    ['-s nohost', "host/network `nohost' not found"],
    ['-m foo', "Couldn't load match `foo':No such file or directory\n"],
    ['-j', 'option "-j" requires an argument'],
    ['foo', "Bad argument `foo'"],
    ['-m conntrack --ctstate FOO', 'Bad ctstate "FOO"'],
    ['-m conntrack', 'conntrack: At least one option is required'],
    ['-j DNAT --to-destination 1.2.3.4:80', 'Need TCP, UDP, SCTP or DCCP with port specification'],
    ['-j DNAT', 'DNAT: option "--to-destination" must be specified\n'],
    ['-j ACCEPT -j DROP', 'multiple -j flags not allowed'],
    ['! -j ACCEPT', 'cannot have ! before -j'],
    ['-m limit --limit 5/year', 'bad rate "5/year"\''],
    ['-m limit --limit 100000/s', 'Rate too fast "100000/s"\n'],
    ['-m hashlimit --hashlimit 5/min', 'not simulated here: match hashlimit'],
  ])('%s: %s', (given, error) => expect(parseRule(given)).toEqual({ ok: false, error }));
});
