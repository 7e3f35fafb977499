// `route`: the routing table in the old format.
//
// Mirrors: net-tools 2.10 and the BusyBox applet. Differs: `reject`, `mss`, `window` and `irtt` are not simulated.
import type { RouteRow, RouteSpec } from '../../kernel/index.ts';
import { lookupAddress, type Process, type Program, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { cidrOf, formatIpv4, type Ipv4, ipv4, netmask, parseIpv4 } from '../../wire/index.ts';
import { parsePrefix } from '../common/addresses.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';
import { orderedRoutes, routeFlags } from '../common/route-table.ts';

type Flavour = 'net-tools' | 'busybox';

function* named(process: Process, address: Ipv4, numeric: boolean): Op<string> {
  const text = formatIpv4(address);
  if (numeric) return text;
  return (yield* lookupAddress(process, address)) ?? text;
}

function* line(process: Process, route: RouteRow, numeric: boolean, flavour: Flavour): Op<string> {
  const { base, prefixLength } = route.destination;
  const destination =
    prefixLength === 0
      ? numeric
        ? '0.0.0.0'
        : 'default'
      : yield* named(process, base, numeric || prefixLength < 32);
  const none = !numeric && flavour === 'busybox' ? '*' : '0.0.0.0';
  const gateway = route.via === undefined ? none : yield* named(process, route.via, numeric);
  const device = route.link === undefined ? '*' : (process.kernel.link(route.link)?.name ?? '?');
  const mask = formatIpv4(ipv4(netmask(prefixLength)));
  return `${destination.slice(0, 15).padEnd(15)} ${gateway.slice(0, 15).padEnd(15)} ${mask.padEnd(15)} ${routeFlags(route).padEnd(5)} ${`${route.metric}`.padEnd(6)} ${'0'.padEnd(2)} ${'0'.padStart(7)} ${device}\n`;
}

function* show(process: Process, numeric: boolean, flavour: Flavour): Op<number> {
  let text =
    'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n';
  for (const route of orderedRoutes(process.kernel.routes(process.netns, 'main')))
    text += yield* line(process, route, numeric, flavour);
  yield* process.out(text);
  return 0;
}

/** `[-net|-host] TARGET [netmask M] [gw G] [metric N] [[dev] D]`; a text says what is wrong. */
function parseSpec(process: Process, words: readonly string[]): RouteSpec | string {
  let target: string | undefined;
  let mask: Ipv4 | undefined;
  let host = false;
  let spec: Partial<RouteSpec> = {};
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '-net' || word === '-host') host = word === '-host';
    else if (word === 'netmask') mask = parseIpv4(words[++i] ?? '');
    else if (word === 'gw') {
      const via = parseIpv4(words[++i] ?? '');
      if (via === undefined) return `route: ${words[i] ?? ''}: Unknown host\n`;
      spec = { ...spec, via };
    } else if (word === 'metric') spec = { ...spec, metric: Number(words[++i]) };
    else if (
      word === 'dev' ||
      (target !== undefined && process.kernel.linkByName(process.netns, word))
    ) {
      const link = process.kernel.linkByName(
        process.netns,
        word === 'dev' ? (words[++i] ?? '') : word,
      );
      if (!link) return `SIOCADDRT: ${strerror('ENODEV')}\n`;
      spec = { ...spec, link: link.id };
    } else if (target === undefined) target = word;
    else return `route: not simulated here: ${word}\n`;
  }
  const prefix = parsePrefix(target ?? '');
  if (!prefix) return `${target ?? ''}: Unknown host\n`;
  const length = mask === undefined ? (host ? 32 : prefix.prefixLength) : Math.clz32(~mask);
  return { ...spec, destination: cidrOf(prefix.address, length) };
}

function* change(
  process: Process,
  verb: string,
  words: readonly string[],
  flavour: Flavour,
): Op<number> {
  const applet = flavour === 'busybox' ? 'route: ' : '';
  const call = verb === 'add' ? 'SIOCADDRT' : 'SIOCDELRT';
  const spec = parseSpec(process, words);
  if (typeof spec === 'string') {
    yield* process.err(spec);
    return 1;
  }
  const { kernel, netns } = process;
  const result = !mayAdministerNetwork(process)
    ? ({ ok: false, error: 'EPERM' } as const)
    : verb === 'add'
      ? kernel.routeAdd(netns, { protocol: 'boot', ...spec })
      : kernel.routeDelete(netns, spec);
  if (result.ok) return 0;
  yield* process.err(`${applet}${call}: ${strerror(result.error)}\n`);
  return flavour === 'busybox' ? 1 : 7;
}

export const routeProgram = (flavour: Flavour): Program =>
  function* route(process: Process): Op<number> {
    const args = process.argv.slice(1);
    const verb = args.find((arg) => arg === 'add' || arg === 'del');
    if (verb !== undefined)
      return yield* change(process, verb, args.slice(args.indexOf(verb) + 1), flavour);
    return yield* show(
      process,
      args.some((arg) => /^-\w*n/.test(arg)),
      flavour,
    );
  };
