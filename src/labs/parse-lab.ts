// lab.yaml → LabDefinition. Every mistake is said with file and line; nothing is guessed.

import { isMap, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import type {
  Check,
  LabDefinition,
  PredictionDefinition,
  StepDefinition,
  TryDefinition,
  ValueSource,
} from '../../sandbox-engine/protocol/index.ts';
import { asCheck } from './parse-check.ts';
import { readValue } from './parse-value.ts';
import { urlIn } from './via.ts';

/** A mistake in the content, as `path:line: message`. */
export interface ContentProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A YAML mapping with what is needed to point at its lines. */
export interface Source {
  readonly file: string;
  readonly lineOf: (node: unknown) => number;
  readonly problem: (at: unknown, message: string) => void;
}

const hosts = new Set(['manager1', 'worker1', 'worker2', 'worker3']);
const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** A placeholder has a dot in its name and no blanks, so that Go templates are left alone. */
export const placeholderPattern = /\{\{([a-z][\w-]*(?:\.[\w-]+)+)\}\}/g;

export interface ParsedLab {
  readonly lab: LabDefinition | undefined;
  readonly problems: readonly ContentProblem[];
}

export function parseLab(file: string, text: string, folder: string): ParsedLab {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: ContentProblem[] = [];
  const lineOf = (node: unknown): number => {
    const offset = (node as Node | undefined)?.range?.[0];
    return offset === undefined ? 1 : lines.linePos(offset).line;
  };
  const source: Source = {
    file,
    lineOf,
    problem: (at, message) => problems.push({ file, line: lineOf(at), message }),
  };
  for (const error of document.errors)
    problems.push({
      file,
      line: error.linePos?.[0].line ?? 1,
      message: error.message.split('\n')[0] ?? error.message,
    });
  if (problems.length > 0 || !isMap(document.contents)) {
    if (problems.length === 0) source.problem(undefined, 'a mapping was expected');
    return { lab: undefined, problems };
  }
  const lab = readLab(document.contents, source, folder);
  return { lab: problems.length > 0 ? undefined : lab, problems };
}

function readLab(map: YAMLMap, source: Source, folder: string): LabDefinition {
  checkKeys(map, source, [
    'id',
    'order',
    'minutes',
    'scenario',
    'seed',
    'values',
    'steps',
    'predictions',
    'tries',
  ]);
  const id = asText(map, 'id', source);
  if (id !== folder) source.problem(at(map, 'id'), `id is ${id}, the folder is ${folder}`);
  const scenario = asText(map, 'scenario', source);
  if (scenario !== 'swarm' && scenario !== 'nodes')
    source.problem(at(map, 'scenario'), 'scenario is swarm or nodes');
  const order = asNumber(map, 'order', source);
  const values = readValues(map.get('values', true), source);
  const steps = readSteps(map.get('steps', true), source, values);
  const stepIds = new Set(steps.map((step) => step.id));
  return {
    id,
    order,
    minutes: asNumber(map, 'minutes', source),
    scenario: scenario === 'nodes' ? 'nodes' : 'swarm',
    seed: map.has('seed') ? asNumber(map, 'seed', source) : order + 1,
    values,
    steps,
    predictions: readPredictions(map.get('predictions', true), source, stepIds),
    tries: readTries(map.get('tries', true), source),
  };
}

// ---- the parts ------------------------------------------------------------------------------

function readValues(node: unknown, source: Source): Record<string, ValueSource> {
  const values: Record<string, ValueSource> = {};
  if (node === undefined) return values;
  if (!isMap(node)) {
    source.problem(node, 'values: a mapping was expected');
    return values;
  }
  for (const pair of node.items) {
    const name = String(pair.key);
    if (!isMap(pair.value)) {
      source.problem(pair.key, `${name}: a mapping was expected`);
      continue;
    }
    if (!/^[a-z][\w-]*(\.[\w-]+)+$/.test(name))
      source.problem(pair.key, `${name}: a value's name has a dot in it, like c1.ip`);
    const value = readValue(pair.value, source);
    if (value) values[name] = value;
  }
  return values;
}

function readSteps(
  node: unknown,
  source: Source,
  values: Readonly<Record<string, ValueSource>>,
): StepDefinition[] {
  const steps: StepDefinition[] = [];
  for (const map of items(node, source, 'steps')) {
    const keys = ['id', 'host', 'command', 'via', 'check', 'wait', 'lines', 'after', 'inside'];
    checkKeys(map, source, keys);
    const earlier = steps.map((step) => step.id);
    const id = asId(map, source);
    if (earlier.includes(id)) source.problem(at(map, 'id'), `step ${id} stands twice`);
    const command = asText(map, 'command', source);
    for (const [, name] of command.matchAll(placeholderPattern))
      if (name !== undefined && !(name in values))
        source.problem(at(map, 'command'), `{{${name}}} is not among the lab's values`);
    const inside = map.has('inside') ? asText(map, 'inside', source) : undefined;
    const after = map.has('after') ? asStrings(map, 'after', source) : earlier;
    for (const needed of inside === undefined ? after : [...after, inside])
      if (!earlier.includes(needed))
        source.problem(map, `${id} needs ${needed}, which is not an earlier step`);
    steps.push({
      id,
      host: asHost(map, source),
      command,
      check: readChecks(map.get('check', true), source),
      after,
      lines: map.has('lines') ? asNumbers(map, 'lines', source) : [],
      ...(map.has('via') && readVia(map, source)),
      ...(map.has('wait') && { wait: asNumber(map, 'wait', source) }),
      ...(inside !== undefined && { inside }),
    });
  }
  if (steps.length === 0) source.problem(node, 'a lab has steps');
  return steps;
}

/** Where the step is done, other than in a terminal. */
function readVia(map: YAMLMap, source: Source): Pick<StepDefinition, 'via'> {
  const via = asText(map, 'via', source);
  if (map.has('inside'))
    source.problem(at(map, 'inside'), 'what is done via something else is not typed into a shell');
  if (via === 'browser' && urlIn(String(map.get('command'))) === undefined)
    source.problem(map, 'what the browser opens stands in the command: http://HOST:PORT/');
  if (via === 'console' || via === 'browser') return { via };
  source.problem(at(map, 'via'), 'via is console or browser');
  return {};
}

function readPredictions(
  node: unknown,
  source: Source,
  steps: ReadonlySet<string>,
): PredictionDefinition[] {
  return items(node, source, 'predictions').map((map) => {
    checkKeys(map, source, ['id', 'before', 'options']);
    const before = asText(map, 'before', source);
    if (!steps.has(before)) source.problem(at(map, 'before'), `there is no step ${before}`);
    const options = items(map.get('options', true), source, 'options').map((option) => {
      checkKeys(option, source, ['id', 'holds']);
      return { id: asId(option, source), holds: readChecks(option.get('holds', true), source) };
    });
    if (!options.some((option) => option.holds.length > 0))
      source.problem(map, 'no option has facts: none could be right');
    return { id: asId(map, source), before, options };
  });
}

function readTries(node: unknown, source: Source): TryDefinition[] {
  return items(node, source, 'tries').map((map) => {
    checkKeys(map, source, ['id', 'check', 'solution']);
    const check = readChecks(map.get('check', true), source);
    if (check.length === 0) source.problem(map, 'a try has a check');
    const solution = items(map.get('solution', true), source, 'solution').map((line) => {
      checkKeys(line, source, ['host', 'command']);
      return { host: asHost(line, source), command: asText(line, 'command', source) };
    });
    if (solution.length === 0) source.problem(map, 'a try has a solution');
    return { id: asId(map, source), check, solution };
  });
}

function readChecks(node: unknown, source: Source): Check[] {
  return items(node, source, 'check').flatMap((map) => asCheck(map, source) ?? []);
}

// ---- reading YAML nodes ---------------------------------------------------------------------

/** The node of a key's value, to point at; the mapping itself when the key is missing. */
export function at(map: YAMLMap, key: string): unknown {
  return map.get(key, true) ?? map;
}

export function items(node: unknown, source: Source, what: string): YAMLMap[] {
  if (node === undefined) return [];
  if (!isSeq(node)) {
    source.problem(node, `${what}: a list was expected`);
    return [];
  }
  return node.items.filter((item): item is YAMLMap => {
    if (isMap(item)) return true;
    source.problem(item, `${what}: a mapping was expected`);
    return false;
  });
}

export function asText(map: YAMLMap, key: string, source: Source): string {
  const value = map.get(key);
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') return String(value);
  source.problem(at(map, key), `${key}: a text was expected`);
  return '';
}

export function asNumber(map: YAMLMap, key: string, source: Source): number {
  const value = map.get(key);
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  source.problem(at(map, key), `${key}: a whole number was expected`);
  return 0;
}

export function asHost(map: YAMLMap, source: Source, key = 'host'): string {
  const host = asText(map, key, source);
  if (host !== '' && !hosts.has(host)) source.problem(at(map, key), `there is no host ${host}`);
  return host;
}

export function checkKeys(map: YAMLMap, source: Source, known: readonly string[]): void {
  for (const pair of map.items) {
    const key = String(pair.key);
    if (!known.includes(key))
      source.problem(pair.key, `unknown key ${key}; there are ${known.join(', ')}`);
  }
}

function asId(map: YAMLMap, source: Source): string {
  const id = asText(map, 'id', source);
  if (id !== '' && !idPattern.test(id))
    source.problem(at(map, 'id'), `${id}: an id is made of a-z, 0-9 and -`);
  return id;
}

export function asStrings(map: YAMLMap, key: string, source: Source): string[] {
  const node = map.get(key, true);
  if (isSeq(node)) {
    const values: unknown = node.toJSON();
    if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
  }
  source.problem(at(map, key), `${key}: a list of texts was expected`);
  return [];
}

function asNumbers(map: YAMLMap, key: string, source: Source): number[] {
  const node = map.get(key, true);
  if (isSeq(node)) {
    const values: unknown = node.toJSON();
    if (Array.isArray(values) && values.every((value) => Number.isInteger(value))) return values;
  }
  source.problem(at(map, key), `${key}: a list of line numbers was expected`);
  return [];
}
