// Go's text/template with docker's functions, over plain values.
import { err, ok, type Result } from '../std/index.ts';
import { type ExecuteOptions, Executor } from './execute.ts';
import { functions } from './functions.ts';
import type { Node } from './nodes.ts';
import { Parser, TemplateError } from './parse.ts';
import type { GoType } from './types.ts';
import { toValue } from './value.ts';

export type { ExecuteOptions } from './execute.ts';
export {
  CallError,
  goFunctions,
  headerFunctions,
  type TemplateFunction,
  textFunction,
} from './functions.ts';
export { goJson, type JsonStyle } from './json.ts';
export { type GoType, GoTypes, type TemplateObject } from './types.ts';
export { goDuration, goTime, quote } from './value.ts';

export interface Template {
  /** The text, or Go's error message (`template: :1:2: executing "" at <.X>: …`). */
  execute(data: unknown, type?: GoType, options?: ExecuteOptions): Result<string, string>;
}

/** Parses a template; the error is Go's (`template: :1: unclosed action`). `given`: its name and functions. */
export function parseTemplate(
  source: string,
  given: Pick<ExecuteOptions, 'name' | 'functions'> = {},
): Result<Template, string> {
  let nodes: readonly Node[];
  try {
    const names = new Set((given.functions ?? functions).keys());
    nodes = new Parser(source, names, given.name).template();
  } catch (error) {
    if (error instanceof TemplateError) return err(error.message);
    throw error;
  }
  return ok({
    execute(data, type, options = {}): Result<string, string> {
      const root = toValue(data, type);
      const executor = new Executor(source, root, { ...given, ...options });
      try {
        executor.run(root, nodes);
        return ok(executor.out);
      } catch (error) {
        if (error instanceof TemplateError) return err(error.message);
        throw error;
      }
    },
  });
}
