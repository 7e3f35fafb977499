// Puts --subnet, --ip-range, --gateway and --aux-address of `network create` together.
//
// Mirrors: docker/cli cli/command/network/create.go (createIPAMConfig).
import { err, ok, type Result } from '../../../std/index.ts';
import type { Flags } from '../../flags/parse.ts';
import { compact, type Json } from '../../json.ts';
import { mapOf } from '../files.ts';

interface Pool {
  readonly subnet: string;
  range?: string;
  gateway?: string;
  auxiliary?: Record<string, string>;
}

interface Prefix {
  readonly address: bigint;
  readonly bits: number;
  readonly width: 32 | 128;
}

function address(text: string): { value: bigint; width: 32 | 128 } | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split('.').map(Number);
    if (bytes.some((byte) => byte > 255)) return undefined;
    return { value: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n), width: 32 };
  }
  if (!/^[0-9a-f:]+$/i.test(text) || !text.includes(':')) return undefined;
  const [head = '', tail] = text.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const missing = 8 - left.length - right.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  return { value: groups.reduce((sum, g) => sum * 65_536n + BigInt(`0x${g}`), 0n), width: 128 };
}

function prefix(cidr: string): Prefix | undefined {
  const [ip = '', bits = ''] = cidr.split('/');
  const found = address(ip);
  if (!found || !/^\d+$/.test(bits) || Number(bits) > found.width) return undefined;
  return { address: found.value, bits: Number(bits), width: found.width };
}

function contains(subnet: string, ip: string): boolean {
  const pool = prefix(subnet);
  const inside = address(ip);
  if (!pool || !inside || pool.width !== inside.width) return false;
  const shift = BigInt(pool.width - pool.bits);
  return pool.address >> shift === inside.value >> shift;
}

/** Does one subnet lie in the other? */
function overlaps(a: string, b: string): boolean {
  return contains(a, b.split('/')[0] ?? '') || contains(b, a.split('/')[0] ?? '');
}

/** The Config of the new network's IPAM; the error is docker's. */
export function ipamConfig(flags: Flags): Result<readonly Json[], string> {
  const subnets = flags.list('subnet');
  const ranges = flags.list('ip-range');
  const gateways = flags.list('gateway');
  if (subnets.length < ranges.length || subnets.length < gateways.length)
    return err('every ip-range or gateway must have a corresponding subnet');
  const pools: Pool[] = [];
  for (const subnet of subnets) {
    if (pools.some((pool) => overlaps(pool.subnet, subnet)))
      return err('multiple overlapping subnet configuration is not supported');
    pools.push({ subnet });
  }
  for (const range of ranges) {
    const pool = pools.find((one) => contains(one.subnet, range.split('/')[0] ?? ''));
    if (!pool) return err(`no matching subnet for range ${range}`);
    if (pool.range !== undefined)
      return err(
        `cannot configure multiple ranges (${range}, ${pool.range}) on the same subnet (${pool.subnet})`,
      );
    pool.range = range;
  }
  for (const gateway of gateways) {
    const pool = pools.find((one) => contains(one.subnet, gateway));
    if (!pool) return err(`no matching subnet for gateway ${gateway}`);
    if (pool.gateway !== undefined)
      return err(
        `cannot configure multiple gateways (${gateway}, ${pool.gateway}) for the same subnet (${pool.subnet})`,
      );
    pool.gateway = gateway;
  }
  for (const [name, ip] of Object.entries(mapOf(flags.list('aux-address')))) {
    const pool = pools.find((one) => contains(one.subnet, ip));
    if (!pool) return err(`no matching subnet for aux-address ${ip}`);
    pool.auxiliary = { ...pool.auxiliary, [name]: ip };
  }
  return ok(
    pools.map((pool) =>
      compact({
        Subnet: pool.subnet,
        IPRange: pool.range,
        Gateway: pool.gateway,
        AuxiliaryAddresses: pool.auxiliary,
      }),
    ),
  );
}
