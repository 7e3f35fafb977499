// Names that a container is given beforehand: --link on the default bridge and --add-host.
//
// Mirrors: moby daemon/links, daemon/container_operations_unix.go (addLegacyLinks).
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { sandboxOf } from './namespaces.ts';
import { type ContainerRow, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';

/** `/etc/hosts` lines: --link on the default bridge, then --add-host. */
export function extraHosts(
  store: ContainerStore,
  row: ContainerRow,
): Result<{ readonly name: string; readonly address: string }[], Failure> {
  const hosts: { name: string; address: string }[] = [];
  for (const link of row.links) {
    const other = store.get(link.container);
    if (!other || !hasProcess(other.state)) {
      return err(
        failure(
          'conflict',
          `Cannot link to a non running container: /${other?.name ?? ''} AS /${row.name}/${link.alias}`,
        ),
      );
    }
    const names = [link.alias, other.config.Hostname, other.name];
    hosts.push({ name: [...new Set(names)].join(' '), address: bridgeAddress(store, other) });
  }
  for (const entry of row.hostConfig.ExtraHosts ?? []) {
    const cut = entry.search(/[:=]/);
    const [name, address] = [entry.slice(0, cut), entry.slice(cut + 1)];
    hosts.push({ name, address: address === 'host-gateway' ? gatewayAddress(store) : address });
  }
  return ok(hosts);
}

/** A container's address on the default bridge. */
export function bridgeAddress(store: ContainerStore, row: ContainerRow): string {
  const sandbox = sandboxOf(store, row);
  const endpoint =
    sandbox &&
    store.context.controller.endpointsOf(sandbox.id).find((e) => e.networkName === 'bridge');
  return endpoint?.address === undefined ? '' : formatIpv4(endpoint.address);
}

const gatewayAddress = (store: ContainerStore): string => {
  const bridge = store.context.controller.find('bridge');
  return (bridge.ok && bridge.value.subnets[0]?.gateway) || '172.17.0.1';
};

/** Variables that a container gets for each of its links. */
export function linkVariables(store: ContainerStore, row: ContainerRow): string[] {
  return row.links.flatMap(({ container, alias }) => {
    const other = store.get(container);
    if (!other) return [];
    const prefix = alias.toUpperCase().replaceAll('-', '_');
    const address = bridgeAddress(store, other);
    const ports = Object.keys(other.config.ExposedPorts ?? {}).map((p) => p.split('/'));
    const first = ports[0];
    const lines = first ? [`${prefix}_PORT=${first[1]}://${address}:${first[0]}`] : [];
    for (const [port, protocol = 'tcp'] of ports) {
      const name = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      lines.push(
        `${name}=${protocol}://${address}:${port}`,
        `${name}_ADDR=${address}`,
        `${name}_PORT=${port}`,
        `${name}_PROTO=${protocol}`,
      );
    }
    lines.push(`${prefix}_NAME=/${row.name}/${alias}`);
    const inherited = other.config.Env.filter(
      (entry) => !/^(HOME|PATH|HOSTNAME|TERM)=/.test(entry),
    );
    for (const entry of inherited) lines.push(`${prefix}_ENV_${entry}`);
    return lines;
  });
}
