// `ip addr add | del | replace | flush`.
import { cidrOf, type Ipv4, lastAddress, parseIpv4 } from '../../wire/index.ts';
import { parsePrefix } from '../common/addresses.ts';
import { Words } from '../common/words.ts';
import { filteredLinks, parseShowFilter } from './address-show.ts';
import { incomplete } from './arguments.ts';
import {
  type Answer,
  done,
  explainedError,
  findLink,
  guarded,
  type IpContext,
  kernelError,
  noDevice,
  usageError,
} from './context.ts';

interface AddressSpec {
  readonly address: Ipv4;
  readonly prefixLength: number;
  readonly device: string;
  readonly broadcast?: Ipv4;
  readonly scope?: 'host' | 'link' | 'global';
  readonly label?: string;
}

function parseAddress(args: readonly string[]): AddressSpec | Answer {
  const words = new Words(args);
  let spec: Partial<AddressSpec> = {};
  while (words.more) {
    const word = words.next() ?? '';
    const takesValue = [
      'dev',
      'broadcast',
      'brd',
      'scope',
      'label',
      'local',
      'peer',
      'metric',
      'valid_lft',
      'preferred_lft',
    ];
    if (word === 'noprefixroute' || word === 'nodad') continue;
    const key = takesValue.includes(word) ? word : 'local';
    const value = key === word ? words.next() : word;
    if (value === undefined) return incomplete;
    if (key === 'dev') spec = { ...spec, device: value };
    else if (key === 'label') spec = { ...spec, label: value };
    else if (key === 'scope') {
      if (value !== 'host' && value !== 'link' && value !== 'global')
        return usageError(`Error: argument "${value}" is wrong: invalid scope value.\n`);
      spec = { ...spec, scope: value };
    } else if (key === 'local') {
      const prefix = parsePrefix(value);
      if (!prefix)
        return usageError(`Error: any valid prefix is expected rather than "${value}".`, 1);
      spec = { ...spec, ...prefix };
    } else if (key === 'broadcast' || key === 'brd') {
      const broadcast = value === '+' ? undefined : parseIpv4(value);
      if (value !== '+' && broadcast === undefined)
        return usageError(`Error: any valid address is expected rather than "${value}".`, 1);
      const { address = 0 as Ipv4, prefixLength = 32 } = spec;
      spec = { ...spec, broadcast: broadcast ?? lastAddress(cidrOf(address, prefixLength)) };
    }
  }
  const { address, prefixLength, device } = spec;
  if (device === undefined)
    return usageError('Not enough information: "dev" argument is required.', 1);
  if (address === undefined || prefixLength === undefined)
    return usageError('Not enough information: "local" argument is required.', 1);
  return { ...spec, address, prefixLength, device };
}

export function addAddress(context: IpContext, args: readonly string[], replace: boolean): Answer {
  const spec = parseAddress(args);
  if ('status' in spec) return spec;
  const link = findLink(context, spec.device);
  if (!link) return noDevice(spec.device);
  return guarded(context, () => {
    const { address, prefixLength, broadcast, scope, label } = spec;
    const loopback = address >>> 24 === 127;
    const added = context.kernel.addressAdd(link.id, address, prefixLength, {
      ...(broadcast !== undefined && { broadcast }),
      scope: scope ?? (loopback ? 'host' : 'global'),
      ...(label !== undefined && { label }),
    });
    if (added.ok || (replace && added.error === 'EEXIST')) return done;
    if (added.error === 'EEXIST') return explainedError('ipv4: Address already assigned.');
    return kernelError(added.error);
  });
}

export function deleteAddress(context: IpContext, args: readonly string[]): Answer {
  const spec = parseAddress(args);
  if ('status' in spec) return spec;
  const link = findLink(context, spec.device);
  if (!link) return noDevice(spec.device);
  return guarded(context, () => {
    // Without a length the first entry with that address goes.
    const row = context.kernel.addresses({ link: link.id }).find((r) => r.address === spec.address);
    const length = spec.prefixLength === 32 && row ? row.prefixLength : spec.prefixLength;
    const removed = context.kernel.addressDelete(link.id, spec.address, length);
    return removed.ok ? done : explainedError('ipv4: Address not found.');
  });
}

export function flushAddresses(context: IpContext, args: readonly string[]): Answer {
  if (args.length === 0) return usageError('Flush requires arguments.');
  const filter = parseShowFilter(args);
  if ('status' in filter) return filter;
  const links = filteredLinks(context, filter);
  if ('status' in links) return links;
  return guarded(context, () => {
    for (const link of links) {
      for (const row of context.kernel.addresses({ link: link.id }))
        context.kernel.addressDelete(link.id, row.address, row.prefixLength);
    }
    return done;
  });
}
