// Runs awk programs. Everything that prints or reads is an `Op`, so that awk streams in a pipe.
import type { Process } from '../../os/index.ts';
import { limits, micros, type Op } from '../../sim/index.ts';
import { callBuiltin, isBuiltin } from './builtins.ts';
import { type AwkArray, AwkData, AwkError, type Cell } from './data.ts';
import { formatC } from './format.ts';
import { applied, arithmetic } from './operators.ts';
import { AwkStreams } from './streams.ts';
import type { AwkFunction, AwkProgram, Expr, Rule, Stmt } from './syntax.ts';
import { toNumber, toText, truth, type Value } from './values.ts';

type Flow = 'go' | 'break' | 'continue' | 'next' | 'exit' | 'return';

export class Interpreter {
  readonly process: Process;
  readonly data: AwkData;
  readonly streams: AwkStreams;
  readonly #program: AwkProgram;
  readonly #frames: Map<string, Cell>[] = [];
  readonly #active = new Set<Rule>();
  #returned: Value;
  #status = 0;
  #steps = 0;

  constructor(process: Process, program: AwkProgram) {
    this.process = process;
    this.data = new AwkData(process);
    this.streams = new AwkStreams(process, this.data);
    this.#program = program;
  }

  *run(operands: readonly string[]): Op<number> {
    this.data.operands = [...operands];
    this.data.globals.set('ARGC', operands.length + 1);
    const { rules } = this.#program;
    let flow: Flow = 'go';
    for (const rule of rules)
      if (rule.when === 'BEGIN' && rule.body && flow !== 'exit')
        flow = yield* this.#exec(rule.body);
    if (flow !== 'exit' && rules.some((rule) => rule.when !== 'BEGIN')) {
      for (
        let line = yield* this.data.nextLine();
        line !== null;
        line = yield* this.data.nextLine()
      ) {
        this.data.setRecord(line);
        flow = yield* this.#rules();
        if (flow === 'exit') break;
      }
    }
    for (const rule of rules)
      if (rule.when === 'END' && rule.body) {
        flow = yield* this.#exec(rule.body);
        if (flow === 'exit') break;
      }
    yield* this.streams.flush();
    return this.#status;
  }

  *#rules(): Op<Flow> {
    for (const rule of this.#program.rules) {
      if (rule.when !== 'line' || !(yield* this.#selects(rule))) continue;
      if (!rule.body)
        yield* this.process.out(`${this.data.record}${toText(this.data.global('ORS'))}`);
      else {
        const flow = yield* this.#exec(rule.body);
        if (flow === 'next') return 'go';
        if (flow === 'exit') return flow;
      }
    }
    return 'go';
  }

  *#selects(rule: Rule): Op<boolean> {
    if (!rule.pattern) return true;
    if (!rule.until) return truth(yield* this.#eval(rule.pattern));
    if (!this.#active.has(rule)) {
      if (!truth(yield* this.#eval(rule.pattern))) return false;
      this.#active.add(rule);
    }
    if (truth(yield* this.#eval(rule.until))) this.#active.delete(rule);
    return true;
  }

  *#regexOf(expr: Expr): Op<RegExp> {
    return this.data.regex(expr.kind === 'regex' ? expr.source : toText(yield* this.#eval(expr)));
  }

  // ---- statements -------------------------------------------------------------------------

  *#exec(statement: Stmt): Op<Flow> {
    this.#steps += 1;
    if (this.#steps % 4_096 === 0) yield { until: micros(this.process.sim.now() + 1_000) };
    switch (statement.kind) {
      case 'block':
        for (const inner of statement.body) {
          const flow = yield* this.#exec(inner);
          if (flow !== 'go') return flow;
        }
        return 'go';
      case 'expression':
        yield* this.#eval(statement.value);
        return 'go';
      case 'print':
        yield* this.#print(statement);
        return 'go';
      case 'if':
        if (truth(yield* this.#eval(statement.test))) return yield* this.#exec(statement.yes);
        return statement.no ? yield* this.#exec(statement.no) : 'go';
      case 'while':
        return yield* this.#loop(statement.test, statement.body, undefined, false);
      case 'do':
        return yield* this.#loop(statement.test, statement.body, undefined, true);
      case 'for':
        if (statement.start) yield* this.#exec(statement.start);
        return yield* this.#loop(statement.test, statement.body, statement.step, false);
      case 'each': {
        for (const key of [...this.array(statement.array).keys()]) {
          this.#assignName(statement.variable, { input: key });
          const flow = yield* this.#exec(statement.body);
          if (flow === 'break') break;
          if (flow !== 'go' && flow !== 'continue') return flow;
        }
        return 'go';
      }
      case 'delete':
        if (statement.keys) this.array(statement.array).delete(yield* this.#key(statement.keys));
        else this.array(statement.array).clear();
        return 'go';
      case 'exit':
        if (statement.value) this.#status = toNumber(yield* this.#eval(statement.value)) & 255;
        return 'exit';
      case 'return':
        this.#returned = statement.value ? yield* this.#eval(statement.value) : undefined;
        return 'return';
      default:
        return statement.kind;
    }
  }

  *#loop(test: Expr | undefined, body: Stmt, step: Stmt | undefined, bodyFirst: boolean): Op<Flow> {
    for (let first = bodyFirst; first || !test || truth(yield* this.#eval(test)); first = false) {
      const flow = yield* this.#exec(body);
      if (flow === 'break') return 'go';
      if (flow !== 'go' && flow !== 'continue') return flow;
      if (step) yield* this.#exec(step);
    }
    return 'go';
  }

  *#print(statement: Extract<Stmt, { kind: 'print' }>): Op<void> {
    const values: Value[] = [];
    for (const arg of statement.args) values.push(yield* this.#eval(arg));
    let text: string;
    if (statement.format) text = this.format(values);
    else if (values.length === 0) text = `${this.data.record}${toText(this.data.global('ORS'))}`;
    else
      text =
        values.map(toText).join(toText(this.data.global('OFS'))) + toText(this.data.global('ORS'));
    const target = statement.to && toText(yield* this.#eval(statement.to.target));
    if (statement.to && target !== undefined)
      yield* this.streams.write(statement.to.how, target, text);
    else yield* this.process.out(text);
  }

  format(values: readonly Value[]): string {
    const [template, ...rest] = values;
    return formatC(
      toText(template),
      rest.map((v) => (typeof v === 'number' ? v : toText(v))),
    );
  }

  // ---- expressions ------------------------------------------------------------------------

  *#eval(expr: Expr): Op<Value> {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return expr.value;
      case 'regex': {
        const regex = this.data.regex(expr.source);
        regex.lastIndex = 0;
        return regex.test(this.data.record) ? 1 : 0;
      }
      case 'variable':
      case 'field':
      case 'element':
        return yield* this.#read(expr);
      case 'assign':
        return yield* this.#assign(expr);
      case 'step': {
        const old = toNumber(yield* this.#read(expr.target));
        yield* this.#write(expr.target, old + expr.by);
        return expr.prefix ? old + expr.by : old;
      }
      case 'unary': {
        const value = yield* this.#eval(expr.value);
        if (expr.operator === '()') return value;
        if (expr.operator === '!') return truth(value) ? 0 : 1;
        return expr.operator === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'binary':
        return yield* this.#binary(expr);
      case 'choice':
        return yield* this.#eval(truth(yield* this.#eval(expr.test)) ? expr.yes : expr.no);
      case 'in':
        return this.array(expr.array).has(yield* this.#key(expr.keys)) ? 1 : 0;
      case 'call':
        return yield* this.#call(expr.name, expr.args);
      case 'getline':
        return yield* this.#getline(expr);
    }
  }

  *#binary(expr: Extract<Expr, { kind: 'binary' }>): Op<Value> {
    const { operator } = expr;
    const left = yield* this.#eval(expr.left);
    if (operator === '&&') return truth(left) && truth(yield* this.#eval(expr.right)) ? 1 : 0;
    if (operator === '||') return truth(left) || truth(yield* this.#eval(expr.right)) ? 1 : 0;
    if (operator === '~' || operator === '!~') {
      const regex = yield* this.#regexOf(expr.right);
      regex.lastIndex = 0;
      return regex.test(toText(left)) === (operator === '~') ? 1 : 0;
    }
    const right = yield* this.#eval(expr.right);
    return applied(operator, left, right);
  }

  *#assign(expr: Extract<Expr, { kind: 'assign' }>): Op<Value> {
    const value = yield* this.#eval(expr.value);
    if (expr.operator === '=') {
      yield* this.#write(expr.target, value);
      return value;
    }
    const operator = expr.operator === '**=' ? '^' : expr.operator.slice(0, -1);
    const result = arithmetic(operator, toNumber(yield* this.#read(expr.target)), toNumber(value));
    yield* this.#write(expr.target, result);
    return result;
  }

  *#read(expr: Expr): Op<Value> {
    if (expr.kind === 'variable') {
      const cell = this.#cell(expr.name);
      return cell instanceof Map ? undefined : cell;
    }
    if (expr.kind === 'element') return this.array(expr.array).get(yield* this.#key(expr.keys));
    if (expr.kind === 'unary') return yield* this.#eval(expr.value);
    if (expr.kind !== 'field') return undefined;
    const index = toNumber(yield* this.#eval(expr.index));
    if (index < 0) throw new AwkError(`attempt to access field ${index}`);
    if (index === 0) return { input: this.data.record };
    const field = this.data.fields()[index - 1];
    return field === undefined ? undefined : { input: field };
  }

  *#write(expr: Expr, value: Value): Op<void> {
    if (expr.kind === 'variable') this.#assignName(expr.name, value);
    else if (expr.kind === 'element')
      this.array(expr.array).set(yield* this.#key(expr.keys), value);
    else if (expr.kind === 'field')
      this.data.setField(toNumber(yield* this.#eval(expr.index)), toText(value));
  }

  #assignName(name: string, value: Value): void {
    const frame = this.#frames.at(-1);
    if (frame?.has(name)) frame.set(name, value);
    else this.data.globals.set(name, value);
    if (name === 'NF') this.data.setFieldCount(toNumber(value));
  }

  #cell(name: string): Cell {
    const frame = this.#frames.at(-1);
    return frame?.has(name) ? frame.get(name) : this.data.globals.get(name);
  }

  /** The array of that name; a name not used yet becomes one. */
  array(name: string): AwkArray {
    const cell = this.#cell(name);
    if (cell instanceof Map) return cell;
    const fresh: AwkArray = new Map();
    const frame = this.#frames.at(-1);
    if (frame?.has(name)) frame.set(name, fresh);
    else this.data.globals.set(name, fresh);
    return fresh;
  }

  *#key(keys: readonly Expr[]): Op<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(toText(yield* this.#eval(key)));
    return parts.join(toText(this.data.global('SUBSEP')));
  }

  *#call(name: string, args: readonly Expr[]): Op<Value> {
    const user = this.#program.functions.get(name);
    if (user) return yield* this.#callUser(user, args);
    if (!isBuiltin(name)) throw new AwkError(`function ${name} not defined`);
    return yield* callBuiltin(this, name, args, {
      value: (expr) => this.#eval(expr),
      regex: (expr) => this.#regexOf(expr),
      write: (expr, value) => this.#write(expr, value),
    });
  }

  *#callUser(user: AwkFunction, args: readonly Expr[]): Op<Value> {
    if (this.#frames.length > limits.shellDepth)
      throw new AwkError('function call nesting too deep');
    const frame = new Map<string, Cell>();
    for (const [i, parameter] of user.parameters.entries()) {
      const arg = args[i];
      if (arg?.kind === 'variable') {
        const cell = this.#cell(arg.name);
        frame.set(parameter, cell);
      } else frame.set(parameter, arg ? yield* this.#eval(arg) : undefined);
    }
    this.#frames.push(frame);
    yield* this.#exec(user.body);
    this.#frames.pop();
    const value = this.#returned;
    this.#returned = undefined;
    return value;
  }

  *#getline(expr: Extract<Expr, { kind: 'getline' }>): Op<Value> {
    let line: string | null;
    if (expr.command || expr.file) {
      const name = toText(yield* this.#eval((expr.command ?? expr.file) as Expr));
      const read = yield* this.streams.nextLine(expr.command ? 'command' : 'file', name);
      if (read === 'missing') return -1;
      line = read.line;
    } else line = yield* this.data.nextLine();
    if (line === null) return 0;
    if (expr.target) yield* this.#write(expr.target, { input: line });
    else this.data.setRecord(line);
    return 1;
  }
}
