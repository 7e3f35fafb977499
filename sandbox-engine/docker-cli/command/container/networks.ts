// What --network, --network-alias, --ip … mean for a new container's endpoints.
//
// Mirrors: docker/cli opts/network.go, cli/command/container/opts.go (parseNetworkOpts).
import { err, ok, type Result } from '../../../std/index.ts';
import { csv } from '../../flags/mounts.ts';
import type { Flags } from '../../flags/parse.ts';
import { compact, type Json } from '../../json.ts';
import { mapOf } from '../files.ts';

interface Attachment {
  target: string;
  aliases: string[];
  links: string[];
  linkLocal: string[];
  driverOptions: Record<string, string>;
  ip?: string | undefined;
  ip6?: string | undefined;
  mac?: string | undefined;
  priority?: number | undefined;
}

const isHost = (name: string): boolean => name === 'host';
const isUserDefined = (name: string): boolean =>
  !['', 'bridge', 'host', 'none', 'default'].includes(name) && !name.startsWith('container:');

const macPattern = /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;
export const isMac = (text: string): boolean => macPattern.test(text);

/** One value of --network: a name, or `name=net,alias=a,ip=…`. */
function parseOne(value: string): Result<Attachment, string> {
  const one: Attachment = {
    target: value,
    aliases: [],
    links: [],
    linkLocal: [],
    driverOptions: {},
  };
  if (!value.includes('=')) return ok(one);
  one.target = '';
  for (const field of csv(value)) {
    const [key = '', ...rest] = field.toLowerCase().startsWith('name=')
      ? ['name', field.slice(5)]
      : field.split('=');
    const text = rest.join('=').trim();
    if (!field.includes('=')) return err(`invalid field ${field}`);
    switch (key.trim().toLowerCase()) {
      case 'name':
        one.target = text;
        break;
      case 'alias':
        one.aliases.push(text);
        break;
      case 'ip':
        one.ip = text;
        break;
      case 'ip6':
        one.ip6 = text;
        break;
      case 'mac-address':
        if (!isMac(text)) return err(`invalid mac-address: ${text}`);
        one.mac = text;
        break;
      case 'link-local-ip':
        one.linkLocal.push(text);
        break;
      case 'driver-opt':
        Object.assign(one.driverOptions, mapOf([text]));
        break;
      case 'gw-priority':
        one.priority = Number(text);
        break;
      default:
        return err(`invalid field key ${key}`);
    }
  }
  return one.target ? ok(one) : err('network name/id is not specified');
}

/** Puts the flags that have no network of their own (--ip, --network-alias …) onto the first network. */
function applyFlags(flags: Flags, first: Attachment): string | undefined {
  const once = (flag: string, there: boolean): string | undefined =>
    flags.has(flag) && there
      ? `conflicting options: cannot specify both --${flag} and per-network ${flag === 'ip6' ? 'IPv6 address' : flag}`
      : undefined;
  const aliases = flags.list('network-alias');
  const conflict =
    once('ip', first.ip !== undefined) ??
    once('ip6', first.ip6 !== undefined) ??
    once('mac-address', first.mac !== undefined) ??
    (aliases.length > 0 && first.aliases.length > 0
      ? 'conflicting options: cannot specify both --network-alias and per-network alias'
      : undefined);
  if (conflict) return conflict;
  if (aliases.length > 0 && !isUserDefined(first.target))
    return 'network-scoped aliases are only supported for user-defined networks';
  first.aliases.push(...aliases);
  if (isUserDefined(first.target)) first.links.push(...flags.list('link'));
  first.linkLocal.push(...flags.list('link-local-ip'));
  first.ip = flags.given('ip') ?? first.ip;
  first.ip6 = flags.given('ip6') ?? first.ip6;
  first.mac = flags.given('mac-address') ?? first.mac;
  return undefined;
}

function endpoint(one: Attachment): Json {
  const ipam = compact({
    IPv4Address: one.ip,
    IPv6Address: one.ip6,
    LinkLocalIPs: one.linkLocal.length > 0 ? one.linkLocal : undefined,
  });
  return {
    IPAMConfig: Object.keys(ipam).length > 0 ? ipam : null,
    Links: one.links.length > 0 ? one.links : null,
    Aliases: one.aliases.length > 0 ? one.aliases : null,
    MacAddress: one.mac ?? '',
    DriverOpts: Object.keys(one.driverOptions).length > 0 ? one.driverOptions : null,
    GwPriority: one.priority ?? 0,
  };
}

export interface ContainerNetworks {
  readonly mode: string;
  readonly endpoints: Readonly<Record<string, Json>>;
}

/** The network mode (the first network) and the endpoints of a new container. */
export function containerNetworks(flags: Flags): Result<ContainerNetworks, string> {
  const given = [...flags.list('network'), ...flags.list('net')];
  const attachments: Attachment[] = [];
  for (const value of given.length > 0 ? given : ['default']) {
    const parsed = parseOne(value);
    if (!parsed.ok) return parsed;
    attachments.push(parsed.value);
  }
  const [first] = attachments;
  if (!first) return err('no network');
  const kinds = new Set(attachments.map((one) => isUserDefined(one.target)));
  const problem = applyFlags(flags, first);
  if (problem) return err(problem);
  if (kinds.size > 1)
    return err(
      'conflicting options: cannot attach both user-defined and non-user-defined network-modes',
    );
  const endpoints: Record<string, Json> = {};
  for (const one of attachments) {
    if (attachments.length > 1 && isHost(one.target))
      return err('conflicting options: cannot attach host network together with others');
    if (Object.hasOwn(endpoints, one.target))
      return err(
        `conflicting options: network ${JSON.stringify(one.target)} is specified multiple times`,
      );
    endpoints[one.target] = endpoint(one);
  }
  return ok({ mode: first.target, endpoints });
}
