// A lab's live placeholders: values that differ from run to run, read from the state.
import type { EndpointRow } from '../libnetwork/index.ts';
import type { ValueSource } from '../protocol/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import type { World } from './world.ts';

/** All placeholders that have a value now. */
export function valuesOf(
  world: World,
  sources: Readonly<Record<string, ValueSource>>,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, source] of Object.entries(sources)) {
    const value =
      source.of === 'container' ? containerValue(world, source) : networkValue(world, source);
    if (value !== undefined && value !== '') values[name] = value;
  }
  return values;
}

/** Puts values in place of `{{name}}`; the names that have none are left and listed. */
export function fillIn(
  text: string,
  values: Readonly<Record<string, string>>,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const filled = text.replace(/\{\{([\w-]+(?:\.[\w-]+)+)\}\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return { text: filled, missing };
}

function containerValue(
  world: World,
  source: Extract<ValueSource, { of: 'container' }>,
): string | undefined {
  const row = world.daemon.containers
    .where('host', source.host)
    .find((container) => container.name === source.container);
  if (!row) return undefined;
  switch (source.field) {
    case 'id':
      return row.containerId;
    case 'shortId':
      return row.containerId.slice(0, 12);
    case 'pid':
      return row.state.pid === 0 ? undefined : String(row.state.pid);
    case 'sandbox':
      return world.libnetwork.sandboxes
        .where('host', source.host)
        .find((sandbox) => sandbox.containerId === row.containerId)
        ?.key.split('/')
        .at(-1);
    default:
      return endpointValue(world, source, row.containerId);
  }
}

function endpointValue(
  world: World,
  source: Extract<ValueSource, { of: 'container' }>,
  containerId: string,
): string | undefined {
  const endpoint = world.libnetwork.endpoints
    .where('host', source.host)
    .find(
      (row: EndpointRow) =>
        row.containerId === containerId &&
        (source.network === undefined || row.networkName === source.network),
    );
  if (source.field === 'mac') return endpoint?.mac;
  const address = source.field === 'gateway' ? endpoint?.gateway : endpoint?.address;
  return address === undefined ? undefined : formatIpv4(address);
}

function networkValue(
  world: World,
  source: Extract<ValueSource, { of: 'network' }>,
): string | undefined {
  const row = world.libnetwork.networks
    .where('host', source.host)
    .find((network) => network.name === source.network);
  if (!row) return undefined;
  switch (source.field) {
    case 'id':
      return row.networkId;
    case 'shortId':
      return row.networkId.slice(0, 12);
    case 'bridge':
      return row.bridge;
    case 'subnet':
      return row.subnets[0]?.subnet;
    case 'gateway':
      return row.subnets[0]?.gateway;
  }
}
