// Removing everything leaves nothing behind: what a node has is what it had before.
import { bare } from '../facts.ts';
import type { SimWorld } from '../world.ts';

/** What one node has, one line a thing, without what is drawn by lot. */
export type Inventory = ReadonlyMap<string, readonly string[]>;

const looked = [
  'ls -1 /var/run/docker/netns',
  'docker ps -a --format {{.Names}}',
  'docker network ls --format {{.Name}}',
  'ss -ltnuH',
] as const;

const lookedInside = [
  'ip -o link',
  'ip -o -4 addr',
  'ip route',
  'ip neigh show nud permanent',
  'bridge fdb show',
  'iptables -S',
  'iptables -t nat -S',
  'iptables -t mangle -S',
  'iptables -t raw -S',
  'ipvsadm -ln',
] as const;
// Not `ip xfrm`: security associations with other nodes stay (recordings 003:182, 072:69).

/**
 * Docker makes these with the first published port and keeps them (libnetwork programIngress, configureFWMark). Multicast
 * groups follow from the devices; a bridge keeps the link-local address that it gave itself with its first port.
 */
const kept = new RegExp(
  [
    'DOCKER-INGRESS$',
    '^-A DOCKER-INGRESS -j RETURN$',
    '-o docker_gwbridge -m addrtype --src-type LOCAL -j MASQUERADE',
    '-m ipvs --ipvs -j SNAT',
    '^33:33:',
    '^01:00:5e:',
  ].join('|'),
);
/** Seconds after which a bridge has forgotten what it learned. */
const ageing = 310;

export function inventoryOf(world: SimWorld): Inventory {
  world.pass(ageing);
  const inventory = new Map<string, readonly string[]>();
  const plain = plainNames(world);
  const keep = (host: string, command: string, lines: readonly string[]): void => {
    inventory.set(
      `${host}$ ${command}`,
      lines
        .filter((line) => !kept.test(line))
        .map(plain)
        .sort(),
    );
  };
  for (const host of world.hosts) {
    for (const command of looked) keep(host, command, world.lines(host, command));
    const namespaces = world
      .lines(host, looked[0])
      .map((key) => `--net=/var/run/docker/netns/${key}`);
    for (const command of lookedInside) {
      keep(host, command, world.lines(host, command));
      for (const file of namespaces)
        keep(
          host,
          plain(`nsenter ${file} ${command}`),
          world.lines(host, `nsenter ${file} ${command}`),
        );
    }
    for (const [name, count] of counts(world, host)) keep(host, `rows of ${name}`, [String(count)]);
  }
  return inventory;
}

/** Rows that no command shows. */
function counts({ world }: SimWorld, host: string): [string, number][] {
  const { network, libnetwork } = world;
  return [
    ['netns', network.netns.where('host', host).length],
    ...Object.values(libnetwork)
      .filter(({ name }) => name !== 'libnetwork.names')
      .map((collection): [string, number] => [
        collection.name,
        (collection.all() as readonly { host: string }[]).filter((row) => row.host === host).length,
      ]),
    ['names', libnetwork.names.all().filter((row) => row.host === host).length],
  ];
}

/** Puts names in the place of what differs from one joining to the next: interface names, numbers, addresses of nodes. */
function plainNames({ world }: SimWorld): (line: string) => string {
  const names: [string, string][] = [];
  for (const { description, attachments } of world.swarm.rows.nodes.all())
    for (const address of Object.values(attachments)) {
      const [a = 0, b = 0, c = 0, d = 0] = bare(address).split('.').map(Number);
      const mac = ['02:42', ...[a, b, c, d].map((n) => n.toString(16).padStart(2, '0'))].join(':');
      names.push(
        [bare(address), `lb(${description?.hostname})`],
        [mac, `mac(${description?.hostname})`],
      );
    }
  const ingress = world.swarm.rows.networks.all().find(({ spec }) => spec.Ingress);
  return (line) => {
    let text = line.replaceAll(ingress?.id.slice(0, 10) ?? ' ', 'INGRESS');
    for (const [from, to] of names)
      text = text.replace(new RegExp(`${from.replaceAll('.', '\\.')}(?![\\d.]*\\d)`, 'g'), to);
    return text
      .replace(/\bveth[0-9a-f]{7}\b/g, 'vethX')
      .replace(/^\d+: /, '')
      .replace(/@if\d+/g, '@ifN')
      .replace(/link-netnsid \d+/g, 'link-netnsid N')
      .replace(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/g, 'MAC')
      .replace(/\b(valid_lft|brd|qlen) \S+/g, '')
      .replace(/(127\.0\.0\.11?:)\d+/g, '$1PORT')
      .replace(/(127\.0\.0\.11\/32 .* --[sd]port )\d+/, '$1PORT');
  };
}

/** What there is now and was not before, and the other way round. */
export function residue(before: Inventory, after: Inventory): readonly string[] {
  const found: string[] = [];
  for (const where of new Set([...before.keys(), ...after.keys()])) {
    const [had, has] = [before.get(where) ?? [], after.get(where) ?? []];
    for (const line of minus(has, had)) found.push(`left behind: ${where}: ${line}`);
    for (const line of minus(had, has)) found.push(`missing: ${where}: ${line}`);
  }
  return found;
}

function minus(list: readonly string[], other: readonly string[]): readonly string[] {
  const rest = [...other];
  return list.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
