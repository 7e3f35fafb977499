// One check of lab.yaml: `{ network: br, host: manager1, driver: bridge }` and its kin.

import type { YAMLMap } from 'yaml';
import type { Check } from '../../sandbox-engine/protocol/index.ts';
import { asHost, asNumber, asStrings, asText, at, checkKeys, type Source } from './parse-lab.ts';

/** What an optional key adds to the check, or nothing. */
function optional<Key extends string, Value>(
  map: YAMLMap,
  key: Key,
  read: () => Value,
): { readonly [K in Key]?: Value } {
  return map.has(key) ? ({ [key]: read() } as { readonly [K in Key]?: Value }) : {};
}

const readers: Readonly<Record<Check['kind'], (map: YAMLMap, source: Source) => Check>> = {
  network(map, source) {
    checkKeys(map, source, ['network', 'host', 'driver', 'subnet', 'absent']);
    return {
      kind: 'network',
      network: asText(map, 'network', source),
      host: asHost(map, source),
      ...optional(map, 'driver', () => asText(map, 'driver', source)),
      ...optional(map, 'subnet', () => asText(map, 'subnet', source)),
      ...optional(map, 'absent', () => asFlag(map, 'absent', source)),
    };
  },
  container(map, source) {
    checkKeys(map, source, ['container', 'host', 'state', 'network', 'image', 'absent']);
    return {
      kind: 'container',
      container: asText(map, 'container', source),
      host: asHost(map, source),
      ...optional(map, 'state', () => asText(map, 'state', source)),
      ...optional(map, 'network', () => asText(map, 'network', source)),
      ...optional(map, 'image', () => asText(map, 'image', source)),
      ...optional(map, 'absent', () => asFlag(map, 'absent', source)),
    };
  },
  reachable(map, source) {
    checkKeys(map, source, ['reachable', 'from', 'container', 'task', 'port', 'not']);
    return {
      kind: 'reachable',
      to: asText(map, 'reachable', source),
      from: asHost(map, source, 'from'),
      ...optional(map, 'container', () => asText(map, 'container', source)),
      ...optional(map, 'task', () => asText(map, 'task', source)),
      ...optional(map, 'port', () => asNumber(map, 'port', source)),
      ...optional(map, 'not', () => asFlag(map, 'not', source)),
    };
  },
  resolves(map, source) {
    checkKeys(map, source, ['resolves', 'from', 'container', 'task', 'to', 'count', 'not']);
    return {
      kind: 'resolves',
      name: asText(map, 'resolves', source),
      from: asHost(map, source, 'from'),
      ...optional(map, 'container', () => asText(map, 'container', source)),
      ...optional(map, 'task', () => asText(map, 'task', source)),
      ...optional(map, 'to', () => asStrings(map, 'to', source)),
      ...optional(map, 'count', () => asNumber(map, 'count', source)),
      ...optional(map, 'not', () => asFlag(map, 'not', source)),
    };
  },
  service(map, source) {
    const keys = ['service', 'replicas', 'running', 'publishes', 'image', 'network', 'absent'];
    checkKeys(map, source, keys);
    return {
      kind: 'service',
      service: asText(map, 'service', source),
      ...optional(map, 'replicas', () => asNumber(map, 'replicas', source)),
      ...optional(map, 'running', () => asNumber(map, 'running', source)),
      ...optional(map, 'publishes', () => asNumber(map, 'publishes', source)),
      ...optional(map, 'image', () => asText(map, 'image', source)),
      ...optional(map, 'network', () => asText(map, 'network', source)),
      ...optional(map, 'absent', () => asFlag(map, 'absent', source)),
    };
  },
  task(map, source) {
    checkKeys(map, source, ['task', 'host', 'count', 'absent']);
    return {
      kind: 'task',
      task: asText(map, 'task', source),
      host: asHost(map, source),
      ...optional(map, 'count', () => asNumber(map, 'count', source)),
      ...optional(map, 'absent', () => asFlag(map, 'absent', source)),
    };
  },
  published(map, source) {
    checkKeys(map, source, ['published', 'host', 'container', 'absent']);
    return {
      kind: 'published',
      port: asNumber(map, 'published', source),
      host: asHost(map, source),
      ...optional(map, 'container', () => asText(map, 'container', source)),
      ...optional(map, 'absent', () => asFlag(map, 'absent', source)),
    };
  },
  file(map, source) {
    checkKeys(map, source, ['file', 'host', 'absent']);
    return {
      kind: 'file',
      file: asText(map, 'file', source),
      host: asHost(map, source),
      ...optional(map, 'absent', () => asFlag(map, 'absent', source)),
    };
  },
  exit(map, source) {
    checkKeys(map, source, ['exit']);
    return { kind: 'exit', exit: asNumber(map, 'exit', source) };
  },
  output(map, source) {
    checkKeys(map, source, ['output']);
    const matches = asText(map, 'output', source);
    try {
      new RegExp(matches, 'm');
    } catch (error) {
      source.problem(at(map, 'output'), error instanceof Error ? error.message : String(error));
    }
    return { kind: 'output', matches };
  },
};

// Checks of the first ones may also name what a later one is about (a container, a task, a network), so their own keys are
// looked for first.
const order = [
  'reachable',
  'resolves',
  'published',
  'service',
  'task',
  'container',
  'network',
  'file',
  'exit',
  'output',
] as const satisfies readonly Check['kind'][];

export function asCheck(map: YAMLMap, source: Source): Check | undefined {
  const kind = order.find((name) => map.has(name));
  if (kind) return readers[kind](map, source);
  source.problem(map, `a check has one of ${order.join(', ')}`);
  return undefined;
}

function asFlag(map: YAMLMap, key: string, source: Source): boolean {
  const value = map.get(key);
  if (typeof value === 'boolean') return value;
  source.problem(at(map, key), `${key}: true or false was expected`);
  return false;
}
