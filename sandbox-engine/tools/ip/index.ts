// `ip` of iproute2.
//
// Mirrors: iproute2 6.17 (hosts) and 6.1 (images based on Debian 12). Differs: the objects are link, address, route, neigh,
// rule, netns and xfrm; the others say that they are not simulated.
import { type Process, type Program, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { netnsDirectory, netnsOfFile } from '../common/namespaces.ts';
import { addAddress, deleteAddress, flushAddresses } from './address-change.ts';
import { showAddresses, showLinks } from './address-show.ts';
import {
  type Answer,
  expand,
  type IpContext,
  type IpVersion,
  notSimulated,
  unknownCommand,
  usageError,
} from './context.ts';
import { addLink, deleteLink, setLink } from './link-change.ts';
import { changeNeighbour, flushNeighbours, showNeighbours } from './neighbour.ts';
import { netnsCommand } from './netns.ts';
import { parseOptions } from './options.ts';
import { changeRoute, deleteRoute, flushRoutes } from './route-change.ts';
import { getRoute, showRoutes } from './route-show.ts';
import { ruleCommand } from './rule.ts';
import { addressUsage, ipUsage, linkUsage, neighUsage, routeUsage } from './usage.ts';
import { xfrmCommand } from './xfrm.ts';

/** In iproute2's order: an abbreviation stands for the first that fits. */
const objects = [
  'address',
  'addrlabel',
  'maddress',
  'route',
  'rule',
  'neighbor',
  'neighbour',
  'ntable',
  'ntbl',
  'link',
  'l2tp',
  'fou',
  'ila',
  'macsec',
  'tunnel',
  'tunl',
  'tuntap',
  'tap',
  'token',
  'tcpmetrics',
  'monitor',
  'xfrm',
  'mroute',
  'mrule',
  'netns',
  'netconf',
  'vrf',
  'sr',
  'nexthop',
  'mptcp',
  'ioam',
  'help',
  'stats',
] as const;

const bareUsage = (text: string): Answer => usageError(text.trimEnd());

function addressCommand(context: IpContext, [word = 'show', ...rest]: readonly string[]): Answer {
  const command = expand(word, [
    'add',
    'change',
    'chg',
    'replace',
    'delete',
    'show',
    'lst',
    'list',
    'flush',
    'save',
    'showdump',
    'restore',
    'help',
  ]);
  switch (command) {
    case 'add':
      return addAddress(context, rest, false);
    case 'change':
    case 'chg':
    case 'replace':
      return addAddress(context, rest, true);
    case 'delete':
      return deleteAddress(context, rest);
    case 'show':
    case 'lst':
    case 'list':
      return showAddresses(context, rest);
    case 'flush':
      return flushAddresses(context, rest);
    case 'help':
      return bareUsage(addressUsage);
    case undefined:
      return unknownCommand(word, 'address');
    default:
      return notSimulated(`ip address ${command}`);
  }
}

function linkCommand(context: IpContext, [word = 'show', ...rest]: readonly string[]): Answer {
  const command = expand(word, [
    'add',
    'set',
    'change',
    'replace',
    'delete',
    'show',
    'lst',
    'list',
    'xstats',
    'afstats',
    'property',
    'help',
  ]);
  switch (command) {
    case 'add':
    case 'replace':
      return addLink(context, rest);
    case 'set':
    case 'change':
      return setLink(context, rest);
    case 'delete':
      return deleteLink(context, rest);
    case 'show':
    case 'lst':
    case 'list':
      return showLinks(context, rest);
    case 'help':
      return bareUsage(linkUsage);
    case undefined:
      return unknownCommand(word, 'link');
    default:
      return notSimulated(`ip link ${command}`);
  }
}

function routeCommand(context: IpContext, [word = 'show', ...rest]: readonly string[]): Answer {
  const command = expand(word, [
    'list',
    'show',
    'lst',
    'get',
    'add',
    'change',
    'chg',
    'replace',
    'prepend',
    'append',
    'test',
    'delete',
    'flush',
    'save',
    'restore',
    'showdump',
    'help',
  ]);
  switch (command) {
    case 'list':
    case 'show':
    case 'lst':
      return showRoutes(context, rest);
    case 'get':
      return getRoute(context, rest);
    case 'add':
    case 'append':
    case 'prepend':
    case 'replace':
    case 'change':
      return changeRoute(context, command, rest);
    case 'chg':
      return changeRoute(context, 'change', rest);
    case 'delete':
      return deleteRoute(context, rest);
    case 'flush':
      return flushRoutes(context, rest);
    case 'help':
      return bareUsage(routeUsage);
    case undefined:
      return unknownCommand(word, 'route');
    default:
      return notSimulated(`ip route ${command}`);
  }
}

function neighbourCommand(context: IpContext, [word = 'show', ...rest]: readonly string[]): Answer {
  const command = expand(word, [
    'add',
    'change',
    'chg',
    'replace',
    'delete',
    'get',
    'show',
    'lst',
    'list',
    'flush',
    'help',
  ]);
  switch (command) {
    case 'add':
    case 'change':
    case 'replace':
    case 'delete':
      return changeNeighbour(context, command, rest);
    case 'chg':
      return changeNeighbour(context, 'change', rest);
    case 'show':
    case 'lst':
    case 'list':
    case 'get':
      return showNeighbours(context, rest);
    case 'flush':
      return flushNeighbours(context, rest);
    case 'help':
      return bareUsage(neighUsage);
    case undefined:
      return unknownCommand(word, 'neigh');
  }
}

function* runObject(context: IpContext, object: string, args: readonly string[]): Op<Answer> {
  const name = expand(object, objects);
  switch (name) {
    case 'address':
      return addressCommand(context, args);
    case 'link':
      return linkCommand(context, args);
    case 'route':
      return routeCommand(context, args);
    case 'neighbor':
    case 'neighbour':
      return neighbourCommand(context, args);
    case 'rule':
      return ruleCommand(context, args);
    case 'netns':
      return yield* netnsCommand(context, args);
    case 'xfrm':
      return xfrmCommand(context, args);
    case 'help':
      return bareUsage(ipUsage);
    case undefined:
      return usageError(`Object "${object}" is unknown, try "ip help".`, 1);
    default:
      return notSimulated(`ip ${name}`);
  }
}

function* answerOf(process: Process, version: IpVersion): Op<Answer> {
  const parsed = parseOptions(process.argv.slice(1));
  if (parsed.kind === 'version')
    return {
      out: `ip utility, iproute2-${version}, libbpf ${version === '6.1.0' ? '1.1.2' : '1.6.2'}\n`,
      status: 0,
    };
  if (parsed.kind === 'help') return bareUsage(ipUsage);
  if (parsed.kind === 'missing')
    return usageError('Command line is not complete. Try option "help"');
  if (parsed.kind === 'unknown')
    return usageError(`Option "${parsed.option}" is unknown, try "ip -help".`);
  if (parsed.kind === 'bad_family')
    return usageError(`Error: argument "${parsed.family}" is wrong: invalid protocol family\n`);
  const { options, rest } = parsed;
  let { netns } = process;
  if (options.netns !== undefined) {
    const named = netnsOfFile(process.fs, `${netnsDirectory}/${options.netns}`);
    if (!named.ok)
      return usageError(
        `Cannot open network namespace "${options.netns}": ${strerror(named.error)}`,
      );
    netns = named.value;
  }
  const [object, ...args] = rest;
  if (object === undefined) return bareUsage(ipUsage);
  const context: IpContext = { process, kernel: process.kernel, netns, options, version };
  return yield* runObject(context, object, args);
}

/** `ip` of that release. */
export const ipProgram = (version: IpVersion): Program =>
  function* ip(process: Process): Op<number> {
    const answer = yield* answerOf(process, version);
    if (answer.out) yield* process.out(answer.out);
    if (answer.err) yield* process.err(answer.err);
    return answer.status;
  };
