// `ip addr add`, `ip link set` and `ip route add` of BusyBox.
import type { LinkChanges, RouteSpec } from '../../kernel/index.ts';
import { strerror } from '../../os/index.ts';
import { cidrOf, parseIpv4 } from '../../wire/index.ts';
import { parseMac, parsePrefix } from '../common/addresses.ts';
import { Words } from '../common/words.ts';
import {
  type Answer,
  type AppletContext,
  done,
  findLink,
  guarded,
  kernelError,
  noDevice,
  said,
} from './context.ts';

export function changeAddress(
  context: AppletContext,
  verb: 'add' | 'del',
  args: readonly string[],
): Answer {
  const words = new Words(args);
  let prefix: ReturnType<typeof parsePrefix>;
  let device: string | undefined;
  let label: string | undefined;
  let broadcast: string | undefined;
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'dev') device = words.next();
    else if (word === 'label') label = words.next();
    else if (word === 'broadcast' || word === 'brd') broadcast = words.next();
    else if (word === 'scope' || word === 'peer') words.next();
    else if (word !== 'local') {
      prefix = parsePrefix(word);
      if (!prefix) return said(`invalid argument '${word}' to 'inet prefix'`);
    }
  }
  if (device === undefined) return said('need "dev IFACE"');
  const link = findLink(context, device);
  if (!link) return noDevice(device);
  if (!prefix) return kernelError('EINVAL');
  const { address, prefixLength } = prefix;
  return guarded(context, () => {
    const brd = broadcast === undefined ? undefined : parseIpv4(broadcast);
    const result =
      verb === 'add'
        ? context.kernel.addressAdd(link.id, address, prefixLength, {
            ...(label !== undefined && { label }),
            ...(brd !== undefined && { broadcast: brd }),
          })
        : context.kernel.addressDelete(link.id, address, prefixLength);
    return result.ok ? done : kernelError(result.error);
  });
}

export function flushAddresses(context: AppletContext, args: readonly string[]): Answer {
  const name = args[0] === 'dev' ? args[1] : args[0];
  const link = name === undefined ? undefined : findLink(context, name);
  if (!link) return name === undefined ? said('flush requires arguments') : noDevice(name);
  return guarded(context, () => {
    for (const row of context.kernel.addresses({ link: link.id }))
      context.kernel.addressDelete(link.id, row.address, row.prefixLength);
    return done;
  });
}

export function changeLink(context: AppletContext, args: readonly string[]): Answer {
  const words = new Words(args);
  let device: string | undefined;
  let changes: LinkChanges = {};
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'up' || word === 'down') changes = { ...changes, up: word === 'up' };
    else if (word === 'nomaster') changes = { ...changes, master: null };
    else if (word === 'dev') device = words.next();
    else if (
      ['mtu', 'qlen', 'name', 'address', 'master', 'arp', 'multicast', 'promisc'].includes(word)
    ) {
      const value = words.next() ?? '';
      const mac = parseMac(value);
      const master = findLink(context, value);
      if (word === 'mtu') changes = { ...changes, mtu: Number(value) };
      if (word === 'qlen') changes = { ...changes, queueLength: Number(value) };
      if (word === 'name') changes = { ...changes, name: value };
      if (word === 'address' && mac) changes = { ...changes, mac };
      if (word === 'master' && master) changes = { ...changes, master: master.id };
    } else device = word;
  }
  if (device === undefined) return said('need "dev IFACE"');
  const link = findLink(context, device);
  if (!link) return said(`SIOCGIFFLAGS: ${strerror('ENODEV')}`, 2);
  return guarded(context, () => {
    const set = context.kernel.linkSet(link.id, changes);
    return set.ok ? done : said(`SIOCSIFFLAGS: ${strerror(set.error)}`, 2);
  });
}

export function deleteLink(context: AppletContext, args: readonly string[]): Answer {
  const name = (args[0] === 'dev' ? args[1] : args[0]) ?? '';
  const link = findLink(context, name);
  if (!link) return noDevice(name);
  return guarded(context, () => {
    const removed = context.kernel.linkDelete(link.id);
    return removed.ok ? done : kernelError(removed.error);
  });
}

export function changeRoute(
  context: AppletContext,
  verb: 'add' | 'del',
  args: readonly string[],
): Answer {
  const words = new Words(args);
  let route: Partial<RouteSpec> = {};
  while (words.more) {
    const word = words.next() ?? '';
    if (word === 'dev' || word === 'oif') {
      const name = words.next() ?? '';
      const link = findLink(context, name);
      if (!link) return noDevice(name);
      route = { ...route, link: link.id };
    } else if (word === 'via' || word === 'src') {
      const address = parseIpv4(words.next() ?? '');
      if (address === undefined) return said('an inet address is expected');
      route = { ...route, ...(word === 'via' ? { via: address } : { source: address }) };
    } else if (word === 'metric') route = { ...route, metric: Number(words.next()) };
    else {
      const prefix = parsePrefix(word);
      if (!prefix) return said(`an inet prefix is expected rather than "${word}"`);
      route = { ...route, destination: cidrOf(prefix.address, prefix.prefixLength) };
    }
  }
  const { destination } = route;
  if (!destination) return kernelError('ENODEV');
  const spec: RouteSpec = { ...route, destination };
  return guarded(context, () => {
    const result =
      verb === 'add'
        ? context.kernel.routeAdd(context.netns, { protocol: 'boot', ...spec })
        : context.kernel.routeDelete(context.netns, spec);
    return result.ok ? done : kernelError(result.error);
  });
}
