// Runs a parsed template over a value.
//
// Mirrors: Go text/template exec.go (evaluation order, messages).
import { CallError, functions as standard, type TemplateFunction } from './functions.ts';
import {
  type Command,
  commandText,
  type Node,
  type Operand,
  operandText,
  type Pipe,
  pipeText,
} from './nodes.ts';
import { TemplateError } from './parse.ts';
import { boolType, floatType, intType, stringType, type TemplateObject } from './types.ts';
import {
  fieldOf,
  indirect,
  invalid,
  isRecord,
  isTrue,
  print,
  quote,
  sortedKeys,
  toValue,
  type Value,
} from './value.ts';

export interface ExecuteOptions {
  /** Go's option missingkey=error: a map without the key is an error. */
  readonly missingKeyIsError?: boolean;
  readonly functions?: ReadonlyMap<string, TemplateFunction>;
  /** What messages call the template. */
  readonly name?: string;
}

interface Variable {
  readonly name: string;
  value: Value;
}

type Flow = 'on' | 'break' | 'continue';

/** The most iterations that one template makes. */
const maxSteps = 100_000;

export class Executor {
  out = '';
  readonly #source: string;
  readonly #options: ExecuteOptions;
  readonly #functions: ReadonlyMap<string, TemplateFunction>;
  readonly #variables: Variable[];
  #steps = 0;
  #node: { at: number; text: string } = { at: 0, text: '' };

  constructor(source: string, root: Value, options: ExecuteOptions) {
    this.#source = source;
    this.#options = options;
    this.#functions = options.functions ?? standard;
    this.#variables = [{ name: '$', value: root }];
  }

  /** Throws `TemplateError`. */
  run(dot: Value, nodes: readonly Node[]): Flow {
    for (const node of nodes) {
      this.#steps += 1;
      if (this.#steps > maxSteps) this.#fail('the template runs too long');
      const flow = this.#run(dot, node);
      if (flow !== 'on') return flow;
    }
    return 'on';
  }

  #run(dot: Value, node: Node): Flow {
    switch (node.kind) {
      case 'text':
        this.out += node.text;
        return 'on';
      case 'break':
      case 'continue':
        return node.kind;
      case 'action': {
        const value = this.#pipe(dot, node.pipe);
        if (node.pipe.declares.length === 0) this.out += print(value);
        return 'on';
      }
      default:
        return this.#branch(dot, node);
    }
  }

  #branch(dot: Value, node: Extract<Node, { body: readonly Node[] }>): Flow {
    const scope = this.#variables.length;
    let flow: Flow;
    if (node.kind === 'range') flow = this.#range(dot, node);
    else {
      const value = this.#pipe(dot, node.pipe);
      if (isTrue(value)) flow = this.run(node.kind === 'with' ? value : dot, node.body);
      else flow = this.run(dot, node.orElse);
    }
    this.#variables.length = scope;
    return flow;
  }

  #range(dot: Value, node: Extract<Node, { body: readonly Node[] }>): Flow {
    const declared = this.#variables.length;
    const { value, isNil } = indirect(this.#pipe(dot, node.pipe));
    const items = isNil ? [] : this.#items(value, node.pipe);
    if (items.length === 0) return this.run(dot, node.orElse);
    for (const [key, item] of items) {
      const [first, second] = [this.#variables[declared], this.#variables[declared + 1]];
      if (second) second.value = item;
      if (first) first.value = second ? key : item;
      const scope = this.#variables.length;
      const flow = this.run(item, node.body);
      this.#variables.length = scope;
      if (flow === 'break') break;
    }
    return 'on';
  }

  #items(value: Value, pipe: Pipe): (readonly [Value, Value])[] {
    const { type, data } = value;
    if (type?.kind === 'slice')
      return (Array.isArray(data) ? data : []).map((x, i) => [
        toValue(i, intType),
        { type: type.of, data: x },
      ]);
    if (type?.kind === 'map')
      return sortedKeys(data).map((key) => [
        toValue(key, stringType),
        { type: type.of, data: isRecord(data) ? data[key] : undefined },
      ]);
    if (type?.kind === 'int' || type?.kind === 'uint' || type?.kind === 'number')
      return Array.from({ length: Math.min(Number(data), maxSteps) }, (_, i) => [
        toValue(i, intType),
        toValue(i, intType),
      ]);
    this.#at(pipe.at, pipeText(pipe));
    return this.#fail(`range can't iterate over ${print(value)}`);
  }

  // ---- pipelines ------------------------------------------------------------------------------

  #pipe(dot: Value, pipe: Pipe): Value {
    let value: Value | undefined;
    for (const command of pipe.commands) value = this.#command(dot, command, value);
    const result = value ?? invalid;
    for (const name of pipe.declares) {
      if (pipe.assigns) {
        const variable = this.#variables.findLast((v) => v.name === name);
        if (variable) variable.value = result;
      } else this.#variables.push({ name, value: result });
    }
    return result;
  }

  #command(dot: Value, command: Command, final: Value | undefined): Value {
    const [first, ...args] = command.words;
    if (!first) return invalid;
    switch (first.kind) {
      case 'field':
        return this.#fields(dot, dot, first.names, first, args, final);
      case 'variable':
        return this.#variable(dot, first, args, final);
      case 'chain':
        return this.#chain(dot, first, args, final);
      case 'identifier':
        return this.#function(dot, first.name, command, args, final);
      case 'pipe': {
        const value = this.#pipe(dot, first.pipe);
        this.#noArguments(first, args, final);
        return value;
      }
      default:
        this.#at(first.at, operandText(first));
        this.#noArguments(first, args, final);
        if (first.kind === 'nil') this.#fail('nil is not a command');
        return this.#operand(dot, first);
    }
  }

  #noArguments(first: Operand, args: readonly Operand[], final: Value | undefined): void {
    if (args.length === 0 && final === undefined) return;
    this.#at(first.at, operandText(first));
    this.#fail(`can't give argument to non-function ${operandText(first)}`);
  }

  #variable(
    dot: Value,
    node: Extract<Operand, { kind: 'variable' }>,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    const [name, ...names] = node.names;
    const value = this.#variables.findLast((v) => v.name === name)?.value ?? invalid;
    if (names.length === 0) {
      this.#noArguments(node, args, final);
      return value;
    }
    return this.#fields(dot, value, names, node, args, final);
  }

  #chain(
    dot: Value,
    node: Extract<Operand, { kind: 'chain' }>,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    this.#at(node.at, operandText(node));
    if (node.of.kind === 'nil')
      this.#fail(`indirection through explicit nil in ${operandText(node)}`);
    return this.#fields(dot, this.#operand(dot, node.of), node.names, node, args, final);
  }

  #operand(dot: Value, operand: Operand): Value {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return toValue(null);
      case 'bool':
        return toValue(operand.value, boolType);
      case 'string':
        return toValue(operand.value, stringType);
      case 'number':
        return toValue(
          operand.value,
          Number.isInteger(operand.value) && !/[.eE]/.test(operand.text.replace(/^0[xX].*/, ''))
            ? intType
            : floatType,
        );
      default:
        return this.#command(dot, { at: operand.at, words: [operand] }, undefined);
    }
  }

  // ---- fields and calls -----------------------------------------------------------------------

  #fields(
    dot: Value,
    receiver: Value,
    names: readonly string[],
    node: Operand,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    let value = receiver;
    for (const [i, name] of names.entries()) {
      const last = i === names.length - 1;
      this.#at(node.at, operandText(node));
      value = this.#field(dot, value, name, last ? args : [], last ? final : undefined);
    }
    return value;
  }

  #field(
    dot: Value,
    receiver: Value,
    name: string,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    if (!receiver.type) {
      if (this.#options.missingKeyIsError) this.#fail(`nil data; no entry for key ${quote(name)}`);
      return invalid;
    }
    const { value, isNil } = indirect(receiver);
    const type = value.type;
    if (isNil) return this.#nilField(receiver, value, name);
    const hasArguments = args.length > 0 || final !== undefined;
    if (type?.kind === 'object') {
      const object = value.data as TemplateObject;
      if (object.has(name)) {
        const given = args.map((arg) => indirect(this.#operand(dot, arg)).value.data);
        if (final) given.push(indirect(final).value.data);
        return toValue(object.call(name, given));
      }
    } else if (type?.kind === 'struct') {
      const field = type.fields.find((f) => f.name === name);
      if (field && hasArguments)
        this.#fail(`${name} has arguments but cannot be invoked as function`);
      if (field) return fieldOf(value, field.key, field.type);
    } else if (type?.kind === 'map') {
      if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
      const found = isRecord(value.data) ? value.data[name] : undefined;
      if (found !== undefined) return { type: type.of, data: found };
      if (this.#options.missingKeyIsError) this.#fail(`map has no entry for key ${quote(name)}`);
      return invalid;
    }
    return this.#fail(`can't evaluate field ${name} in type ${receiver.type.name}`);
  }

  #nilField(receiver: Value, inner: Value, name: string): Value {
    const pointed = inner.type?.kind === 'pointer' ? inner.type.of : undefined;
    if (pointed?.kind === 'struct' && !pointed.fields.some((f) => f.name === name))
      this.#fail(`can't evaluate field ${name} in type ${receiver.type?.name}`);
    return this.#fail(`nil pointer evaluating ${receiver.type?.name}.${name}`);
  }

  #function(
    dot: Value,
    name: string,
    command: Command,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    const fn = this.#functions.get(name);
    this.#at(command.at, name);
    if (!fn) return this.#fail(`${quote(name)} is not a defined function`);
    const count = args.length + (final ? 1 : 0);
    if (count < fn.min || (!fn.more && count > fn.min))
      this.#fail(
        `wrong number of args for ${name}: want ${fn.more ? `at least ${fn.min}` : fn.min} got ${count}`,
      );
    if (name === 'and' || name === 'or') return this.#logic(dot, name, args, final);
    const values = args.map((arg) => this.#argument(dot, arg));
    if (final) values.push(final);
    this.#checkKinds(fn, values, args);
    this.#at(command.at, commandText(command));
    try {
      return fn.run(values);
    } catch (error) {
      if (error instanceof CallError) this.#fail(`error calling ${name}: ${error.message}`);
      throw error;
    }
  }

  /** `and` and `or` look at their arguments one by one. */
  #logic(
    dot: Value,
    name: 'and' | 'or',
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    let value: Value = invalid;
    for (const arg of args) {
      value = this.#argument(dot, arg);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final ?? value;
  }

  #argument(dot: Value, arg: Operand): Value {
    this.#at(arg.at, operandText(arg));
    return this.#operand(dot, arg);
  }

  #checkKinds(fn: TemplateFunction, values: readonly Value[], args: readonly Operand[]): void {
    for (const [i, value] of values.entries()) {
      const wanted = fn.texts?.includes(i) ? 'string' : fn.numbers?.includes(i) ? 'int' : undefined;
      if (!wanted) continue;
      const { value: inner, isNil } = indirect(value);
      const kind = inner.type?.kind;
      const fits =
        wanted === 'string'
          ? kind === 'string' || kind === 'time'
          : kind === 'int' || kind === 'uint' || kind === 'number';
      if (fits && !isNil) continue;
      const arg = args[i];
      if (arg) this.#at(arg.at, operandText(arg));
      if (!inner.type || isNil) this.#fail(`invalid value; expected ${wanted}`);
      this.#fail(
        arg && ['string', 'number', 'bool'].includes(arg.kind)
          ? `expected ${wanted === 'int' ? 'integer' : wanted}; found ${operandText(arg)}`
          : `wrong type for value; expected ${wanted}; got ${inner.type.name}`,
      );
    }
  }

  // ---- errors -----------------------------------------------------------------------------------

  /** Remembers which node is being looked at. */
  #at(at: number, text: string): void {
    this.#node = { at, text };
  }

  #fail(message: string): never {
    const before = this.#source.slice(0, this.#node.at);
    const newline = before.lastIndexOf('\n');
    const line = 1 + (before.match(/\n/g)?.length ?? 0);
    const { name = '' } = this.#options;
    const column = newline < 0 ? this.#node.at : this.#node.at - newline - 1;
    throw new TemplateError(
      `template: ${name}:${line}:${column}: executing "${name}" at <${this.#node.text}>: ${message}`,
    );
  }
}
