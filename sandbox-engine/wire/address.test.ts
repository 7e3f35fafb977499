import { describe, expect, it } from 'vitest';
import {
  cidr,
  contains,
  formatCidr,
  formatIpv4,
  ip,
  lastAddress,
  localMac,
  macOfIpv4,
  netmask,
  overlaps,
  parseCidr,
  parseInterface,
  parseIpv4,
} from './index.ts';

describe('IPv4 addresses', () => {
  it('read and print, above 128.0.0.0 too', () => {
    for (const text of ['0.0.0.0', '10.0.1.3', '192.168.56.10', '255.255.255.255'])
      expect(formatIpv4(ip(text))).toBe(text);
  });
  it('refuse what is none', () => {
    for (const text of ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '1.2.3.x', '1..2.3', ' 1.2.3.4'])
      expect(parseIpv4(text)).toBeUndefined();
  });
});

describe('networks', () => {
  it('drop host bits, keep them for interfaces', () => {
    expect(formatCidr(cidr('172.19.3.7/16'))).toBe('172.19.0.0/16');
    expect(parseInterface('172.19.3.7/16')).toEqual({
      address: ip('172.19.3.7'),
      prefixLength: 16,
    });
    expect(parseCidr('10.0.0.0/33')).toBeUndefined();
    expect(parseCidr('10.0.0.0/8/8')).toBeUndefined();
  });
  it('know what lies in them', () => {
    expect(contains(cidr('192.168.48.0/20'), ip('192.168.63.255'))).toBe(true);
    expect(contains(cidr('192.168.48.0/20'), ip('192.168.64.0'))).toBe(false);
    expect(contains(cidr('0.0.0.0/0'), ip('8.8.8.8'))).toBe(true);
    expect(formatIpv4(lastAddress(cidr('10.0.1.0/24')))).toBe('10.0.1.255');
    expect([netmask(0), netmask(24), netmask(32)]).toEqual([0, 0xffffff00, 0xffffffff]);
  });
  it('overlap when one holds the other', () => {
    expect(overlaps(cidr('10.0.0.0/8'), cidr('10.1.0.0/16'))).toBe(true);
    expect(overlaps(cidr('10.1.0.0/16'), cidr('10.0.0.0/8'))).toBe(true);
    expect(overlaps(cidr('10.1.0.0/16'), cidr('10.2.0.0/16'))).toBe(false);
  });
});

describe('MAC addresses', () => {
  it('of overlay endpoints are 02:42 and the address', () => {
    expect(macOfIpv4(ip('10.0.1.8'))).toBe('02:42:0a:00:01:08');
  });
  it('made by chance are locally administered unicast', () => {
    expect(localMac('ff0011223344')).toBe('fe:00:11:22:33:44');
    expect(localMac('000011223344')).toBe('02:00:11:22:33:44');
  });
});
