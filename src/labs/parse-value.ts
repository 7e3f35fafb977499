// One live value of lab.yaml: `{ container: c1, host: manager1, network: br, field: address }` and its kin.
import type { YAMLMap } from 'yaml';
import type { ContainerField, ValueSource } from '../../sandbox-engine/protocol/index.ts';
import { asHost, asNumber, asText, at, checkKeys, type Source } from './parse-lab.ts';

const containerFields = [
  'id',
  'shortId',
  'prefix',
  'name',
  'address',
  'mac',
  'gateway',
  'sandbox',
  'pid',
] as const satisfies readonly ContainerField[];
const networkFields = [
  'id',
  'shortId',
  'bridge',
  'subnet',
  'gateway',
  'vni',
  'namespace',
  'balancer',
] as const;

/** What the value's `field` is, if it is one of those. */
function asField<Field extends string>(
  map: YAMLMap,
  source: Source,
  known: readonly Field[],
): Field | undefined {
  const field = asText(map, 'field', source);
  const found = known.find((name) => name === field);
  if (!found) source.problem(at(map, 'field'), `field is one of ${known.join(', ')}`);
  return found;
}

const readers: Readonly<
  Record<ValueSource['of'], (map: YAMLMap, source: Source) => ValueSource | undefined>
> = {
  container(map, source) {
    checkKeys(map, source, ['container', 'host', 'network', 'field']);
    const field = asField(map, source, containerFields);
    const container = asText(map, 'container', source);
    const host = asHost(map, source);
    return field && { of: 'container', container, host, field, ...ofNetwork(map, source) };
  },
  task(map, source) {
    checkKeys(map, source, ['task', 'host', 'notOn', 'slot', 'network', 'field']);
    const field = asField(map, source, [...containerFields, 'taskId', 'host'] as const);
    if (!map.has('host') && !map.has('notOn') && !map.has('slot'))
      source.problem(map, 'a task is that of a slot, or on a host, or notOn one');
    return (
      field && {
        of: 'task',
        task: asText(map, 'task', source),
        field,
        ...(map.has('host') && { host: asHost(map, source) }),
        ...(map.has('notOn') && { notOn: asHost(map, source, 'notOn') }),
        ...(map.has('slot') && { slot: asNumber(map, 'slot', source) }),
        ...ofNetwork(map, source),
      }
    );
  },
  service(map, source) {
    checkKeys(map, source, ['service', 'network', 'field']);
    const field = asField(map, source, ['id', 'shortId', 'vip'] as const);
    const service = asText(map, 'service', source);
    return field && { of: 'service', service, field, ...ofNetwork(map, source) };
  },
  node(map, source) {
    checkKeys(map, source, ['node', 'field']);
    const field = asField(map, source, ['id', 'address'] as const);
    return field && { of: 'node', node: asHost(map, source, 'node'), field };
  },
  network(map, source) {
    checkKeys(map, source, ['network', 'host', 'field']);
    const field = asField(map, source, networkFields);
    const network = asText(map, 'network', source);
    return field && { of: 'network', network, host: asHost(map, source), field };
  },
};

const ofNetwork = (map: YAMLMap, source: Source): { readonly network?: string } =>
  map.has('network') ? { network: asText(map, 'network', source) } : {};

// The others may also name a network, so their own keys are looked for first.
const order = ['container', 'task', 'service', 'node', 'network'] as const;

export function readValue(map: YAMLMap, source: Source): ValueSource | undefined {
  const kind = order.find((name) => map.has(name));
  if (kind) return readers[kind](map, source);
  source.problem(map, `a value has one of ${order.join(', ')}`);
  return undefined;
}
