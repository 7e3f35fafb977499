// How containers are joined to networks: what was asked for, as libnetwork wants it, and as the daemon keeps it.
//
// Mirrors: moby daemon/container_operations.go.
import type { EndpointSettings, PortBinding, ServiceBinding } from '../../libnetwork/index.ts';
import {
  isObject,
  type JsonObject,
  numberOf,
  objectOf,
  sortedKeys,
  textMapOf,
  textOf,
  textsOf,
} from '../body.ts';
import type { Attachment, ContainerConfig, HostConfig } from './rows.ts';

export const noAttachment: Attachment = {
  networkId: '',
  ipam: null,
  links: null,
  aliases: null,
  mac: '',
  driverOptions: null,
  gatewayPriority: 0,
  dnsNames: null,
};

/** An `EndpointSettings` object of the API (`EndpointsConfig`, `network connect`). */
export function attachmentOf(value: unknown): Attachment {
  const body = objectOf(value);
  const ipam = isObject(body.IPAMConfig) ? given(body.IPAMConfig) : null;
  return {
    ...noAttachment,
    ipam: ipam && Object.keys(ipam).length > 0 ? ipam : null,
    links: nonEmpty(textsOf(body.Links)),
    aliases: nonEmpty(textsOf(body.Aliases)),
    mac: textOf(body.MacAddress).toLowerCase(),
    driverOptions: textMapOf(body.DriverOpts),
    gatewayPriority: numberOf(body.GwPriority),
  };
}

/** A task's attachment: what the manager allocated. */
export function taskAttachment(options: {
  readonly address?: string;
  readonly aliases?: readonly string[];
  readonly service?: ServiceBinding;
  readonly driverOptions?: Readonly<Record<string, string>> | null;
}): Attachment {
  const { address, aliases, service } = options;
  return {
    ...noAttachment,
    ipam: address ? { IPv4Address: address.split('/')[0] } : null,
    aliases: nonEmpty(aliases ?? null),
    driverOptions: options.driverOptions ?? null,
    ...(address && { allocatedAddress: address }),
    ...(service && { service }),
  };
}

const nonEmpty = <T>(list: readonly T[] | null): readonly T[] | null =>
  list && list.length > 0 ? list : null;

const given = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    ['IPv4Address', 'IPv6Address', 'LinkLocalIPs']
      .filter((key) => object[key])
      .map((key) => [key, object[key]]),
  );

/** Does a network mode stand for a network of its own that the container joins by name? */
export const isUserMode = (mode: string): boolean =>
  !['bridge', 'default', 'host', 'none'].includes(mode) && !mode.startsWith('container:');

/** The attachments of a new container, by network. */
export function attachmentsOf(
  networkingConfig: unknown,
  config: JsonObject,
  host: HostConfig,
): Readonly<Record<string, Attachment>> {
  const mode = host.NetworkMode;
  if (mode.startsWith('container:')) return {};
  const endpoints = objectOf(objectOf(networkingConfig).EndpointsConfig);
  const result: Record<string, Attachment> = {};
  for (const [name, value] of Object.entries(endpoints))
    result[name === 'default' ? 'bridge' : name] = attachmentOf(value);
  const own = result[mode] ?? noAttachment;
  const mac = own.mac || textOf(config.MacAddress).toLowerCase();
  result[mode] = { ...own, mac };
  return sortedKeys(result);
}

/** What libnetwork is asked for. */
export function endpointSettings(network: string, attachment: Attachment): EndpointSettings {
  const { ipam, aliases, links, mac, driverOptions, service, allocatedAddress } = attachment;
  const address = textOf(ipam?.IPv4Address);
  const address6 = textOf(ipam?.IPv6Address);
  return {
    network,
    ...(aliases && { aliases }),
    ...(links && { links: links.map(linkOf) }),
    ...(address && !allocatedAddress && { address }),
    ...(address6 && { address6 }),
    ...(mac && { mac }),
    ...(attachment.gatewayPriority !== 0 && { gatewayPriority: attachment.gatewayPriority }),
    ...(driverOptions && { driverOptions }),
    ...(allocatedAddress && { allocatedAddress }),
    ...(service && { service }),
  };
}

/** `container:alias`; without alias the container's own name. */
export function linkOf(text: string): { readonly container: string; readonly alias: string } {
  const [container = '', alias] = text.split(':');
  return { container, alias: alias || container.replace(/^\//, '') };
}

const portPattern = /^(\d+)(?:-(\d+))?\/(tcp|udp|sctp)$/;

/** Published and exposed ports, by number and protocol. */
export function portsOf(config: ContainerConfig, host: HostConfig): PortBinding[] {
  const names = new Set([
    ...Object.keys(config.ExposedPorts ?? {}),
    ...Object.keys(host.PortBindings),
  ]);
  const ports: PortBinding[] = [];
  for (const name of names) {
    const match = portPattern.exec(name);
    if (!match) continue;
    const protocol = match[3] as PortBinding['protocol'];
    for (let port = Number(match[1]); port <= Number(match[2] ?? match[1]); port += 1) {
      const bindings = host.PortBindings[name] ?? [];
      for (const { HostIp, HostPort } of bindings)
        ports.push({ protocol, containerPort: port, host: { ip: HostIp, port: HostPort } });
      if (bindings.length > 0) continue;
      ports.push(
        host.PublishAllPorts
          ? { protocol, containerPort: port, host: { ip: '', port: '' } }
          : { protocol, containerPort: port },
      );
    }
  }
  return ports.sort(
    (a, b) => a.containerPort - b.containerPort || (a.protocol < b.protocol ? -1 : 1),
  );
}
