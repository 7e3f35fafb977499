import { describe, expect, test } from 'vitest';
import type { CapturedFrame, LinkRow } from '../../kernel/index.ts';
import {
  type EthernetFrame,
  type Ipv4Packet,
  ip,
  type Mac,
  type Transport,
} from '../../wire/index.ts';
import { compileFilter } from './filter.ts';
import { Printer } from './print.ts';

const macs = { a: '02:56:00:00:00:12' as Mac, b: '02:56:00:00:00:11' as Mac };

const packet = (source: string, destination: string, transport: Transport): Ipv4Packet => ({
  kind: 'ipv4',
  id: 7,
  source: ip(source),
  destination: ip(destination),
  ttl: 64,
  dontFragment: false,
  transport,
});
const frame = (
  payload: EthernetFrame['payload'],
  source = macs.a,
  destination = macs.b,
): EthernetFrame => ({
  source,
  destination,
  payload,
});
const captured = (inner: EthernetFrame, direction: 'in' | 'out' = 'in'): CapturedFrame => ({
  at: 0,
  link: { name: 'eth0', ifindex: 2 } as LinkRow,
  direction,
  frame: inner,
});

const echo: Transport = {
  protocol: 'icmp',
  type: 8,
  code: 0,
  identifier: 16,
  sequence: 0,
  size: 56,
};
const ping = frame(
  packet('10.0.1.3', '10.0.1.4', echo),
  '02:42:0a:00:01:03' as Mac,
  '02:42:0a:00:01:04' as Mac,
);
const vxlan = frame(
  packet('192.168.56.12', '192.168.56.11', {
    protocol: 'udp',
    sourcePort: 45572,
    destinationPort: 4789,
    payload: { kind: 'vxlan', vni: 4097, frame: ping },
  }),
);
const segment = (fields: Partial<Extract<Transport, { protocol: 'tcp' }>>): Transport => ({
  protocol: 'tcp',
  sourcePort: 51102,
  destinationPort: 5000,
  sequence: 1000,
  acknowledgment: 0,
  syn: false,
  ack: false,
  fin: false,
  rst: false,
  psh: false,
  window: 512,
  payload: '',
  ...fields,
});

function print(
  frames: readonly CapturedFrame[],
  options: { link?: boolean; any?: boolean } = {},
): string[] {
  const printer = new Printer(
    {
      link: options.link ?? false,
      verbose: false,
      quick: false,
      ascii: false,
      any: options.any ?? false,
      address: (address) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.'),
      port: (port) => `${port}`,
    },
    { absolute: false, known: new Map() },
  );
  return frames.map((one) => printer.captured(one));
}

describe('printing', () => {
  test('VXLAN with what it carries, as recorded', () => {
    expect(print([captured(vxlan)], { link: true })).toEqual([
      `02:56:00:00:00:12 > 02:56:00:00:00:11, ethertype IPv4 (0x0800), length 148: 192.168.56.12.45572 > 192.168.56.11.4789: VXLAN, flags [I] (0x08), vni 4097
02:42:0a:00:01:03 > 02:42:0a:00:01:04, ethertype IPv4 (0x0800), length 98: 10.0.1.3 > 10.0.1.4: ICMP echo request, id 16, seq 0, length 64`,
    ]);
    expect(print([captured(vxlan)])).toEqual([
      `IP 192.168.56.12.45572 > 192.168.56.11.4789: VXLAN, flags [I] (0x08), vni 4097
IP 10.0.1.3 > 10.0.1.4: ICMP echo request, id 16, seq 0, length 64`,
    ]);
  });

  test('ESP does not tell what is in it', () => {
    const inner: Transport = {
      protocol: 'udp',
      sourcePort: 45572,
      destinationPort: 4789,
      payload: { kind: 'vxlan', vni: 4097, frame: ping },
    };
    const esp = packet('192.168.56.11', '192.168.56.10', {
      protocol: 'esp',
      spi: 0x616a5762,
      sequence: 1,
      inner,
    });
    expect(print([captured(frame(esp))])).toEqual([
      'IP 192.168.56.11 > 192.168.56.10: ESP(spi=0x616a5762,seq=0x1), length 140',
    ]);
  });

  test('TCP numbers are relative from the first acknowledgment on', () => {
    const there = (fields: Parameters<typeof segment>[0]): CapturedFrame =>
      captured(frame(packet('10.0.0.2', '10.0.0.7', segment(fields))));
    const back = (fields: Parameters<typeof segment>[0]): CapturedFrame =>
      captured(
        frame(
          packet(
            '10.0.0.7',
            '10.0.0.2',
            segment({ sourcePort: 5000, destinationPort: 51102, ...fields }),
          ),
        ),
      );
    const stamp = { value: 5, echo: 4 };
    expect(
      print([
        there({ syn: true, mss: 65495, window: 65495, timestamp: { value: 5, echo: 0 } }),
        back({
          syn: true,
          ack: true,
          sequence: 9000,
          acknowledgment: 1001,
          mss: 1410,
          window: 64308,
          timestamp: stamp,
        }),
        there({ ack: true, sequence: 1001, acknowledgment: 9001, timestamp: stamp }),
        there({
          ack: true,
          psh: true,
          sequence: 1001,
          acknowledgment: 9001,
          payload: 'x'.repeat(82),
          timestamp: stamp,
        }),
        back({ ack: true, fin: true, sequence: 9001, acknowledgment: 1083, timestamp: stamp }),
        back({ rst: true, sequence: 9002 }),
      ]),
    ).toEqual([
      'IP 10.0.0.2.51102 > 10.0.0.7.5000: Flags [S], seq 1000, win 65495, options [mss 65495,sackOK,TS val 5 ecr 0,nop,wscale 7], length 0',
      'IP 10.0.0.7.5000 > 10.0.0.2.51102: Flags [S.], seq 9000, ack 1001, win 64308, options [mss 1410,sackOK,TS val 5 ecr 4,nop,wscale 7], length 0',
      'IP 10.0.0.2.51102 > 10.0.0.7.5000: Flags [.], ack 1, win 512, options [nop,nop,TS val 5 ecr 4], length 0',
      'IP 10.0.0.2.51102 > 10.0.0.7.5000: Flags [P.], seq 1:83, ack 1, win 512, options [nop,nop,TS val 5 ecr 4], length 82',
      'IP 10.0.0.7.5000 > 10.0.0.2.51102: Flags [F.], seq 1, ack 83, win 512, options [nop,nop,TS val 5 ecr 4], length 0',
      'IP 10.0.0.7.5000 > 10.0.0.2.51102: Flags [R], seq 9002, win 512, length 0',
    ]);
  });

  test('a capture of all devices names them and the direction', () => {
    expect(print([captured(ping), captured(ping, 'out')], { any: true })).toEqual([
      'eth0  In  IP 10.0.1.3 > 10.0.1.4: ICMP echo request, id 16, seq 0, length 64',
      'eth0  Out IP 10.0.1.3 > 10.0.1.4: ICMP echo request, id 16, seq 0, length 64',
    ]);
  });

  test('ARP and DNS', () => {
    const request = frame({
      kind: 'arp',
      operation: 'request',
      senderMac: macs.a,
      senderIp: ip('10.0.1.3'),
      targetMac: '00:00:00:00:00:00' as Mac,
      targetIp: ip('10.0.1.9'),
    });
    const dns = (response: boolean): EthernetFrame =>
      frame(
        packet('10.0.1.3', '10.0.1.4', {
          protocol: 'udp',
          sourcePort: response ? 53 : 40000,
          destinationPort: response ? 40000 : 53,
          payload: {
            kind: 'dns',
            id: 24564,
            response,
            rcode: 'NOERROR',
            recursionDesired: true,
            recursionAvailable: response,
            authoritative: false,
            question: { name: 'web', type: 'A' },
            answers: response ? [{ name: 'web', type: 'A', ttl: 600, data: '10.0.1.2' }] : [],
          },
        }),
      );
    expect(print([captured(request), captured(dns(false)), captured(dns(true))])).toEqual([
      'ARP, Request who-has 10.0.1.9 tell 10.0.1.3, length 28',
      'IP 10.0.1.3.40000 > 10.0.1.4.53: 24564+ A? web. (21)',
      'IP 10.0.1.3.53 > 10.0.1.4.40000: 24564 1/0/0 A 10.0.1.2 (40)',
    ]);
  });
});

describe('filters', () => {
  const names = {
    host: () => undefined,
    port: (name: string) => (name === 'http' ? 80 : undefined),
  };
  const passes = (expression: string, one: EthernetFrame): boolean => {
    const test = compileFilter(expression, names);
    if (typeof test !== 'function') throw new Error(test.problem);
    return test(captured(one));
  };
  const syn = frame(packet('10.0.0.2', '10.0.0.7', segment({ syn: true, destinationPort: 80 })));

  test.each([
    ['udp port 4789', true],
    ['esp or udp port 4789', true],
    ['udp port 4789 or tcp port 5000', true],
    ['src 192.168.56.12 and dst port 4789', true],
    ['src host 192.168.56.11', false],
    ['host 192.168.56.11 and not tcp', true],
    ['net 192.168.56.0/24', true],
    ['net 10', false],
    ['not (udp and port 4789)', false],
    ['icmp', false],
    ['ip proto 17', true],
    ['ether src 02:56:00:00:00:12', true],
    ['portrange 4000-5000', true],
    ['port 53 or 4789', true],
    ['greater 200', false],
  ])('%s on VXLAN: %s', (expression, expected) => {
    expect(passes(expression, vxlan)).toBe(expected);
  });

  test.each([
    ['tcp[tcpflags] & tcp-syn != 0', true],
    ['tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn', true],
    ['tcp[tcpflags] == tcp-ack', false],
    ['tcp port http', true],
    ['arp', false],
  ])('%s on a SYN: %s', (expression, expected) => {
    expect(passes(expression, syn)).toBe(expected);
  });

  test('what is no expression', () => {
    expect(compileFilter('port', names)).toEqual({ problem: 'syntax error' });
    expect(compileFilter('foo', names)).toEqual({ problem: "unknown host 'foo'" });
    expect(compileFilter('(tcp', names)).toEqual({ problem: 'syntax error' });
  });
});
