// Lists in the formats that docker knows: tables, json, raw, and templates of the reader's own.
//
// Mirrors: docker/cli cli/command/formatter (Context, SubContext).
import {
  goJson,
  headerFunctions,
  parseTemplate,
  type TemplateObject,
} from '../../gotemplate/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { alignTabs } from './tabwriter.ts';

/** What rows of one kind offer to templates. */
export interface RowFormat<Row> {
  /** As error messages name it. */
  readonly typeName: string;
  readonly fields: Readonly<Record<string, (row: Row) => unknown>>;
  /** Methods that take arguments, such as `.Label "x"`. */
  readonly methods?: Readonly<Record<string, (row: Row, args: readonly unknown[]) => unknown>>;
  /** Heads of columns by field; a field without one has its name in capitals, with blanks between words. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields that `json` leaves out. */
  readonly notInJson?: readonly string[];
  /** Without `table `: columns joined by \t. */
  readonly table: string;
  readonly raw?: string;
  readonly quiet?: string;
}

const heading = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();

export function templateObject<Row>(
  format: RowFormat<Row>,
  row: Row,
  used?: Set<string>,
): TemplateObject {
  const { fields, methods = {} } = format;
  return {
    typeName: format.typeName,
    has: (name) => name in fields || name in methods,
    call: (name, args) => {
      used?.add(name);
      return fields[name]?.(row) ?? methods[name]?.(row, args) ?? null;
    },
    toJson: () => {
      const names = Object.keys(fields).filter((name) => !format.notInJson?.includes(name));
      for (const name of names) used?.add(name);
      return Object.fromEntries(names.sort().map((name) => [name, fields[name]?.(row)]));
    },
  };
}

/** The template behind what was given to --format. */
export function chooseFormat<Row>(format: RowFormat<Row>, given: string, quiet: boolean): string {
  if (given === '' || given === 'table')
    return quiet ? (format.quiet ?? '{{.ID}}') : `table ${format.table}`;
  if (given === 'raw' && format.raw !== undefined) return format.raw;
  return given;
}

const expandEscapes = (text: string): string =>
  text.replaceAll('\\t', '\t').replaceAll('\\n', '\n');

/** All rows in that format; the error is docker's. */
export function formatRows<Row>(
  format: RowFormat<Row>,
  rows: readonly Row[],
  source: string,
): Result<string, string> {
  if (source === 'json')
    return ok(
      rows
        .map((row) => `${goJson(templateObject(format, row).toJson(), { escapeHtml: true })}\n`)
        .join(''),
    );
  const isTable = source.startsWith('table');
  const body = expandEscapes((isTable ? source.slice(5) : source).replace(/^ +| +$/g, ''));
  const template = parseTemplate(body);
  if (!template.ok) return err(`template parsing error: ${template.error}`);
  let out = '';
  for (const row of rows) {
    const line = template.value.execute(templateObject(format, row));
    if (!line.ok) return err(`template parsing error: ${line.error}`);
    out += `${line.value}\n`;
  }
  if (!isTable) return ok(out);
  const headers = Object.fromEntries(
    Object.keys(format.fields).map((name) => [name, format.headers?.[name] ?? heading(name)]),
  );
  const head = template.value.execute(headers, undefined, { functions: headerFunctions });
  return ok(alignTabs(`${head.ok ? head.value : ''}\n${out}`));
}
