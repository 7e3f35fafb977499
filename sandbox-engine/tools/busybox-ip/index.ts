// The `ip` applet of BusyBox.
//
// Mirrors: networking/libiproute of BusyBox 1.38. Differs: tunnels and rules cannot be changed.
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { busyboxUsage } from '../common/busybox.ts';
import { changeAddress, changeLink, changeRoute, deleteLink, flushAddresses } from './change.ts';
import type { Answer, AppletContext } from './context.ts';
import {
  getRoute,
  showAddresses,
  showLinks,
  showNeighbours,
  showRoutes,
  showRules,
} from './show.ts';

const usage: Answer = {
  err: busyboxUsage(
    'ip',
    '[OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]',
    `OPTIONS := -f[amily] inet|inet6|link | -o[neline]

ip addr add|del IFADDR dev IFACE | show|flush [dev IFACE] [to PREFIX]
ip route list|flush|add|del|change|append|replace|test ROUTE
ip link set IFACE [up|down] [arp on|off] [multicast on|off]
	[promisc on|off] [mtu NUM] [name NAME] [qlen NUM] [address MAC]
	[master IFACE | nomaster] [netns PID]
ip tunnel add|change|del|show [NAME]
	[mode ipip|gre|sit] [remote ADDR] [local ADDR] [ttl TTL]
ip neigh show|flush [to PREFIX] [dev DEV] [nud STATE]
ip rule [list] | add|del SELECTOR ACTION`,
  ),
  status: 1,
};

const objects = ['address', 'route', 'link', 'tunnel', 'neigh', 'rule'] as const;
const isStartOf = (text: string, ...names: readonly string[]): boolean =>
  text !== '' && names.some((name) => name.startsWith(text));

function addressCommand(
  context: AppletContext,
  [verb = 'show', ...rest]: readonly string[],
): Answer {
  if (isStartOf(verb, 'show', 'lst', 'list')) return showAddresses(context, rest);
  if (isStartOf(verb, 'add', 'change', 'chg', 'replace'))
    return changeAddress(context, 'add', rest);
  if (isStartOf(verb, 'delete')) return changeAddress(context, 'del', rest);
  if (isStartOf(verb, 'flush')) return flushAddresses(context, rest);
  return invalid(verb, 'ip');
}

function linkCommand(context: AppletContext, [verb = 'show', ...rest]: readonly string[]): Answer {
  if (isStartOf(verb, 'show', 'lst', 'list')) return showLinks(context, rest);
  if (isStartOf(verb, 'set')) return changeLink(context, rest);
  if (isStartOf(verb, 'delete')) return deleteLink(context, rest);
  if (isStartOf(verb, 'add')) return { err: 'ip: not simulated here: ip link add\n', status: 1 };
  return invalid(verb, 'ip');
}

function routeCommand(context: AppletContext, [verb = 'show', ...rest]: readonly string[]): Answer {
  if (isStartOf(verb, 'show', 'list', 'lst')) return showRoutes(context, rest);
  if (isStartOf(verb, 'get')) return getRoute(context, rest);
  if (isStartOf(verb, 'add', 'append', 'replace', 'change'))
    return changeRoute(context, 'add', rest);
  if (isStartOf(verb, 'delete')) return changeRoute(context, 'del', rest);
  if (isStartOf(verb, 'flush', 'test'))
    return { err: `ip: not simulated here: ip route ${verb}\n`, status: 1 };
  return invalid(verb, 'ip');
}

const invalid = (word: string, applet: string): Answer => ({
  err: `ip: invalid argument '${word}' to '${applet}'\n`,
  status: 1,
});

function runObject(context: AppletContext, object: string, args: readonly string[]): Answer {
  switch (objects.find((name) => name.startsWith(object))) {
    case 'address':
      return addressCommand(context, args);
    case 'link':
      return linkCommand(context, args);
    case 'route':
      return routeCommand(context, args);
    case 'neigh':
      return showNeighbours(
        context,
        args[0] !== undefined && isStartOf(args[0], 'show', 'list') ? args.slice(1) : args,
      );
    case 'rule':
      return showRules();
    case 'tunnel':
      return { err: 'ip: not simulated here: ip tunnel\n', status: 1 };
    case undefined:
      return usage;
  }
}

function answerOf(process: Process): Answer {
  const args = process.argv.slice(1);
  let family: AppletContext['family'];
  let oneLine = false;
  while (args[0]?.startsWith('-')) {
    const option = args.shift() ?? '';
    if (option === '-4') family = 'inet';
    else if (option === '-6') family = 'inet6';
    else if (option === '-0') family = 'link';
    else if ('-oneline'.startsWith(option)) oneLine = true;
    else if ('-family'.startsWith(option)) {
      const value = args.shift();
      if (value === 'inet' || value === 'inet6' || value === 'link') family = value;
      else
        return { err: `ip: invalid argument '${value ?? ''}' to 'protocol family'\n`, status: 1 };
    } else return usage;
  }
  const [object = '', ...rest] = args;
  if (object === '') return usage;
  const context = { process, kernel: process.kernel, netns: process.netns, family, oneLine };
  return runObject(context, object, rest);
}

export function* busyboxIp(process: Process): Op<number> {
  const answer = answerOf(process);
  if (answer.out) yield* process.out(answer.out);
  if (answer.err) yield* process.err(answer.err);
  return answer.status;
}
