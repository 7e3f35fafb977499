export {
  anyIpv4,
  broadcastIpv4,
  broadcastMac,
  type Cidr,
  cidr,
  cidrOf,
  contains,
  formatCidr,
  formatIpv4,
  type Ipv4,
  ip,
  ipv4,
  isLoopback,
  isMulticast,
  lastAddress,
  localMac,
  type Mac,
  macOfIpv4,
  netmask,
  overlaps,
  parseCidr,
  parseInterface,
  parseIpv4,
  zeroMac,
} from './address.ts';
export { dnsFromText, dnsToText } from './dns-text.ts';
export * from './length.ts';
export * from './packet.ts';
