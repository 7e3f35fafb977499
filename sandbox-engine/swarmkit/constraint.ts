// Placement constraints: `node.labels.zone==a`. Mirrors: swarmkit manager/constraint/constraint.go.
import { err, ok, type Result } from '../std/index.ts';
import { contains, parseCidr, parseIpv4 } from '../wire/index.ts';
import type { SwarmNodeRow } from './objects.ts';

export interface Constraint {
  readonly key: string;
  readonly not: boolean;
  readonly value: string;
}

const keyPattern = /^[a-z_][a-z0-9\-_.]+$/i;
const valuePattern = /^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i;

/** The error is the text behind `desc =`. */
export function parseConstraints(texts: readonly string[]): Result<readonly Constraint[], string> {
  const constraints: Constraint[] = [];
  for (const text of texts) {
    const at = ['==', '!='].map((operator) => text.indexOf(operator)).filter((i) => i >= 0);
    const cut = Math.min(...at);
    if (at.length === 0) return err('constraint expected one operator from ==, !=');
    const key = text.slice(0, cut).trim();
    const value = text.slice(cut + 2).trim();
    if (!keyPattern.test(key)) return err(`key '${key}' is invalid`);
    if (!valuePattern.test(value)) return err(`value '${value}' is invalid`);
    constraints.push({ key, not: text.slice(cut, cut + 2) === '!=', value });
  }
  return ok(constraints);
}

/** Undefined: there is no such thing as this key, so it never matches. */
function attributeOf(key: string, node: SwarmNodeRow): string | undefined {
  const lower = key.toLowerCase();
  const { description } = node;
  switch (lower) {
    case 'node.id':
      return node.id;
    case 'node.hostname':
      return description?.hostname ?? '';
    case 'node.role':
      return node.role;
    case 'node.platform.os':
      return description?.os ?? '';
    case 'node.platform.arch':
      return description?.architecture ?? '';
    default:
      if (lower.startsWith('node.labels.'))
        return node.spec.Labels[key.slice('node.labels.'.length)] ?? '';
      if (lower.startsWith('engine.labels.'))
        return description?.engineLabels[key.slice('engine.labels.'.length)] ?? '';
      return undefined;
  }
}

function addressMatches(value: string, node: SwarmNodeRow): boolean | undefined {
  const address = parseIpv4(node.status.address);
  const network = parseCidr(value);
  return address === undefined || !network ? undefined : contains(network, address);
}

function holds({ key, not, value }: Constraint, node: SwarmNodeRow): boolean {
  if (key.toLowerCase() === 'node.ip') {
    const is = addressMatches(value, node);
    return is !== undefined && is !== not;
  }
  const actual = attributeOf(key, node);
  return actual !== undefined && (actual.toLowerCase() === value.toLowerCase()) !== not;
}

export const nodeMatches = (constraints: readonly Constraint[], node: SwarmNodeRow): boolean =>
  constraints.every((constraint) => holds(constraint, node));

/** The node fits what a task's placement asks for; unreadable constraints never fit. */
export function fitsConstraints(texts: readonly string[] | undefined, node: SwarmNodeRow): boolean {
  const constraints = parseConstraints(texts ?? []);
  return constraints.ok && nodeMatches(constraints.value, node);
}
