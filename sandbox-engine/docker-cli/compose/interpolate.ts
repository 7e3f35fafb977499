// Variables in Compose files: `$X`, `${X:-default}`, `${X?why}`, `$$`.
// Mirrors: docker/cli cli/compose/{interpolation,template}.
import { isObject } from '../json.ts';
import { cast } from './kinds.ts';
import { refuse } from './refuse.ts';

const variablePattern = /\$(?:(\$)|\{(\w+)(?:(:?[-?])([^}]*))?\}|(\w+)|)/g;

type Environment = ReadonlyMap<string, string>;

/** The value with its variables put in: texts that a field wants as numbers or truth values become such. */
export function interpolated(value: unknown, environment: Environment, path = ''): unknown {
  if (typeof value === 'string') {
    const text = value.includes('$') ? substitute(value, environment, path) : value;
    if (text === value) return value;
    const typed = cast(path, text);
    return typed === undefined
      ? refuse(
          `error while interpolating ${path}: failed to cast to expected type: ${JSON.stringify(text)}: invalid syntax`,
        )
      : typed;
  }
  if (Array.isArray(value))
    return value.map((item) => interpolated(item, environment, `${path}.[]`));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      interpolated(item, environment, path ? `${path}.${key}` : key),
    ]),
  );
}

function substitute(text: string, environment: Environment, path: string): string {
  return text.replace(
    variablePattern,
    (whole, dollar?: string, braced?: string, operator?: string, operand = '', bare?: string) => {
      if (dollar) return '$';
      const name = braced ?? bare;
      if (name === undefined)
        return refuse(
          `invalid interpolation format for ${path}: ${JSON.stringify(text)}; you may need to escape any $ with another $`,
        );
      const found = environment.get(name);
      const missing = found === undefined || (operator?.startsWith(':') && found === '');
      if (operator?.endsWith('-')) return missing ? operand : (found ?? '');
      if (operator?.endsWith('?') && missing)
        return refuse(
          `invalid interpolation format for ${path}: "required variable ${name} is missing a value: ${operand}"; you may need to escape any $ with another $`,
        );
      return whole ? (found ?? '') : '';
    },
  );
}
