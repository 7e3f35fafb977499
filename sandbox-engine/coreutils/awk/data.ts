// What an awk program works on: its global variables, the record with its fields, and the main input.
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { linesOf } from '../common.ts';
import { posixRegex } from '../regex.ts';
import { toNumber, toText, type Value } from './values.ts';

export type AwkArray = Map<string, Value>;
export type Cell = Value | AwkArray;

/** What ends an awk program with a message. */
export class AwkError extends Error {}

/** SUBSEP's first value. */
const separator = '\u001c';

export class AwkData {
  readonly process: Process;
  readonly globals = new Map<string, Cell>();
  /** Files and assignments named on the command line that have not been reached. */
  operands: string[] = [];
  record = '';
  readonly #regexes = new Map<string, RegExp>();
  #fields: string[] | undefined;
  #pending: string[] | undefined;
  #stdin = false;

  constructor(process: Process) {
    this.process = process;
    for (const [name, value] of Object.entries({
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      NR: 0,
      NF: 0,
      FNR: 0,
      SUBSEP: separator,
      RSTART: 0,
      RLENGTH: -1,
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      FILENAME: '',
    }))
      this.globals.set(name, value);
    this.globals.set('ENVIRON', new Map([...process.env].map(([k, v]) => [k, { input: v }])));
  }

  setGlobal(name: string, value: Value): void {
    this.globals.set(name, value);
  }

  global(name: string): Value {
    const cell = this.globals.get(name);
    return cell instanceof Map ? undefined : cell;
  }

  // ---- input ------------------------------------------------------------------------------

  /** The next record of the main input; operands of the form `name=value` are assignments in between. */
  *nextLine(): Op<string | null> {
    for (;;) {
      if (this.#pending) {
        const line = this.#pending.shift();
        if (line !== undefined) return this.#counted(line);
        this.#pending = undefined;
      }
      const operand = this.operands.shift();
      if (operand === undefined) {
        if (this.#stdin || toText(this.global('FILENAME')) !== '') return null;
        const line = yield* this.#fromStdin();
        return line === null ? null : this.#counted(line);
      }
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operand);
      if (assignment) {
        this.globals.set(assignment[1] ?? '', { input: assignment[2] ?? '' });
        continue;
      }
      const text = operand === '-' ? yield* this.process.readAll(0) : this.file(operand);
      this.globals.set('FILENAME', operand);
      this.globals.set('FNR', 0);
      this.#pending = this.recordsOf(text);
    }
  }

  *#fromStdin(): Op<string | null> {
    if (toText(this.global('RS')) === '\n') {
      const line = yield* this.process.readLine(0);
      if (line === null) this.#stdin = true;
      return line;
    }
    this.#pending = this.recordsOf(yield* this.process.readAll(0));
    this.#stdin = true;
    return this.#pending.shift() ?? null;
  }

  #counted(line: string): string {
    this.globals.set('NR', toNumber(this.global('NR')) + 1);
    this.globals.set('FNR', toNumber(this.global('FNR')) + 1);
    return line;
  }

  file(name: string): string {
    const read = this.process.fs.read(this.process.fs.resolve(this.process.cwd, name));
    if (!read.ok) throw new AwkError(`cannot open "${name}" (No such file or directory)`);
    return read.value;
  }

  recordsOf(text: string): string[] {
    const rs = toText(this.global('RS'));
    if (rs === '\n') return linesOf(text);
    const parts =
      rs === ''
        ? text.replace(/^\n+|\n+$/g, '').split(/\n{2,}/)
        : text.split(rs.length === 1 ? rs : this.regex(rs));
    if (rs !== '' && (parts.at(-1) === '' || parts.at(-1) === '\n')) parts.pop();
    return parts;
  }

  setRecord(text: string): void {
    this.record = text;
    this.#fields = undefined;
    this.globals.set('NF', this.fields().length);
  }

  /** The fields of the record, split when first asked for. */
  fields(): string[] {
    this.#fields ??= this.split(this.record, toText(this.global('FS')));
    return this.#fields;
  }

  split(text: string, fs: string): string[] {
    if (text === '') return [];
    if (fs === ' ') return text.split(/[ \t\n]+/).filter((part) => part !== '');
    if (fs === '') return [...text];
    return text.split(fs.length === 1 ? fs : this.regex(fs));
  }

  regex(source: string): RegExp {
    const known = this.#regexes.get(source);
    if (known) return known;
    const compiled = posixRegex(source, { extended: true, global: true });
    if (!compiled.ok) throw new AwkError(`${compiled.error}: /${source}/`);
    this.#regexes.set(source, compiled.value);
    return compiled.value;
  }

  setField(index: number, text: string): void {
    if (index === 0) {
      this.setRecord(text);
      return;
    }
    const fields = this.fields();
    while (fields.length < index) fields.push('');
    fields[index - 1] = text;
    this.record = fields.join(toText(this.global('OFS')));
    this.globals.set('NF', fields.length);
  }

  /** An assignment to NF: fields are cut off or added, and the record is put together anew. */
  setFieldCount(count: number): void {
    const fields = this.fields();
    fields.length = Math.min(fields.length, count);
    while (fields.length < count) fields.push('');
    this.record = fields.join(toText(this.global('OFS')));
  }
}
