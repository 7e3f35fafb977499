// The program `iptables-save`: all tables that have been used in this namespace, newest first, or the one asked for.
import { Getopt, type TableName } from '../../kernel/index.ts';
import type { Program } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';
import { isTable } from './command.ts';
import { saveTable } from './save.ts';
import { exits, fail, versionOf } from './version.ts';

interface Request {
  readonly counters: boolean;
  readonly version: boolean;
  readonly table: string | undefined;
  readonly file: string | undefined;
}

const program = 'iptables-save';

const short = new Map([
  ['b', 'binary'],
  ['c', 'counters'],
  ['d', 'dump'],
  ['t', 'table'],
  ['M', 'modprobe'],
  ['f', 'file'],
  ['4', 'ipv4'],
  ['6', 'ipv6'],
  ['V', 'version'],
]);
const long = new Map<string, 'none' | 'required'>([
  ['binary', 'none'],
  ['counters', 'none'],
  ['dump', 'none'],
  ['table', 'required'],
  ['modprobe', 'required'],
  ['file', 'required'],
  ['ipv4', 'none'],
  ['ipv6', 'none'],
  ['version', 'none'],
]);

function parse(words: readonly string[]): Result<Request, string> {
  const reader = new Getopt(words);
  let request: Request = { counters: false, version: false, table: undefined, file: undefined };
  for (;;) {
    const reading = reader.next({ short, long });
    if (reading.kind === 'end') return ok(request);
    if (reading.kind === 'word') return err('Unknown arguments found on commandline');
    if (reading.kind === 'error') return err(getoptText(reading.message));
    const { name, value } = reading;
    if (name === 'counters') request = { ...request, counters: true };
    else if (name === 'version') request = { ...request, version: true };
    else if (name === 'table') request = { ...request, table: value };
    else if (name === 'file') request = { ...request, file: value };
  }
}

/** These two tools leave complaining to getopt(3). */
export function getoptText(message: string): string {
  const spelled = /"(.*)"/s.exec(message)?.[1] ?? '';
  if (message.endsWith('requires an argument'))
    return spelled.startsWith('--')
      ? `option '${spelled}' requires an argument`
      : `option requires an argument -- '${spelled.slice(1)}'`;
  return spelled.startsWith('--')
    ? `unrecognized option '${spelled}'`
    : `invalid option -- '${spelled.slice(1)}'`;
}

export const iptablesSave: Program = function* (process): Op<number> {
  const request = parse(process.argv.slice(1));
  const version = `${program} v${versionOf(process).number}`;
  if (!request.ok) {
    if (request.error.startsWith('Unknown arguments')) yield* process.err(`${request.error}\n`);
    else
      yield* process.err(
        `${program}: ${request.error}\nLook at manual page \`${program}.8' for more information.\n`,
      );
    return exits.other;
  }
  if (request.value.version) {
    yield* process.out(`${version} (legacy)\n`);
    return exits.ok;
  }
  const { table, counters, file } = request.value;
  if (table !== undefined && !isTable(table)) {
    const message = 'Cannot initialize: Table does not exist (do you need to insmod?)';
    return yield* fail(process, program, message, exits.other);
  }
  if (!mayAdministerNetwork(process))
    return yield* fail(
      process,
      program,
      'Cannot initialize: Permission denied (you must be root)',
      exits.other,
    );
  const netfilter = process.kernel.netfilter(process.netns);
  if (table !== undefined) netfilter.use?.(table as TableName);
  const tables = table === undefined ? (netfilter.tables?.() ?? []) : [table as TableName];
  const options = { sim: process.sim, program: version, counters };
  const text = tables.map((name) => saveTable(netfilter, name, options)).join('');
  if (file === undefined) yield* process.out(text);
  else process.fs.write(process.fs.resolve(process.cwd, file), text);
  return exits.ok;
};
