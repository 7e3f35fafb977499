// The program `iptables-restore`: reads what iptables-save writes. Each table is changed at its COMMIT, all or nothing.
// Differs: a rule that the kernel refuses ends the table where it stands; the rules before it in that table stay.
import { Getopt, type Netfilter, splitWords, type TableName } from '../../kernel/index.ts';
import type { Process, Program } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';
import { type Command, isBuiltin, isTable, parseCommand } from './command.ts';
import { listOptionsOf } from './iptables.ts';
import { getoptText } from './iptables-save.ts';
import { resolverOf } from './names.ts';
import { runCommand } from './run.ts';
import { chainsInOrder } from './save.ts';
import { exits, fail, versionOf } from './version.ts';

const program = 'iptables-restore';

const usage = `Usage: iptables-restore [-c] [-v] [-V] [-t] [-h] [-n] [-w secs] [-W usecs] [-T table] [-M command] [file]
	   [ --counters ]
	   [ --verbose ]
	   [ --version]
	   [ --test ]
	   [ --help ]
	   [ --noflush ]
	   [ --wait=<seconds>
	   [ --table=<TABLE> ]
	   [ --modprobe=<command> ]
`;

const short = new Map([
  ['c', 'counters'],
  ['v', 'verbose'],
  ['V', 'version'],
  ['t', 'test'],
  ['h', 'help'],
  ['n', 'noflush'],
  ['w', 'wait'],
  ['T', 'table'],
  ['M', 'modprobe'],
]);
const long = new Map<string, 'none' | 'required'>(
  [...short.values()].map((name) => [
    name,
    name === 'table' || name === 'modprobe' ? 'required' : 'none',
  ]),
);

interface Options {
  readonly given: ReadonlySet<string>;
  readonly table: string | undefined;
  readonly file: string | undefined;
}

function parse(words: readonly string[]): Result<Options, string> {
  const reader = new Getopt(words);
  const given = new Set<string>();
  let table: string | undefined;
  let file: string | undefined;
  for (;;) {
    const reading = reader.next({ short, long });
    if (reading.kind === 'end') return ok({ given, table, file });
    if (reading.kind === 'error') return err(getoptText(reading.message));
    if (reading.kind === 'word') file = reading.text;
    else if (reading.name === 'table') table = reading.value;
    else given.add(reading.name);
  }
}

/** A line that failed: a wrong rule (exit 2, with the parser's text) or a refusal (exit 1). */
type LineError = { readonly usage: string } | { readonly text: string };

/** One change that waits for COMMIT. */
type Step = () => Result<void, LineError>;

class Restore {
  readonly #process: Process;
  readonly #netfilter: Netfilter;
  readonly #options: Options;
  #table: TableName | undefined;
  #skipped = false;
  #steps: Step[] = [];
  #line = 0;

  constructor(process: Process, options: Options) {
    this.#process = process;
    this.#netfilter = process.kernel.netfilter(process.netns);
    this.#options = options;
  }

  get line(): number {
    return this.#line;
  }

  get open(): boolean {
    return this.#table !== undefined;
  }

  take(line: string): Result<void, LineError> {
    this.#line += 1;
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return ok(undefined);
    if (this.#skipped) {
      if (text === 'COMMIT') this.#skipped = false;
      return ok(undefined);
    }
    const table = this.#table;
    if (table === undefined)
      return text.startsWith('*') ? this.#begin(text.slice(1)) : this.#refused();
    if (text === 'COMMIT') return this.#commit();
    if (text.startsWith(':')) return this.#chain(table, text.slice(1));
    return this.#rule(table, text);
  }

  #refused(): Result<void, LineError> {
    return err({ text: `${program}: line ${this.#line} failed` });
  }

  #begin(name: string): Result<void, LineError> {
    if (!isTable(name)) return err({ usage: `${program}: unable to initialize table '${name}'\n` });
    if (this.#options.table !== undefined && this.#options.table !== name) {
      this.#skipped = true;
      return ok(undefined);
    }
    this.#table = name;
    this.#steps = [];
    if (!this.#options.given.has('noflush'))
      this.#steps.push(() => {
        clear(this.#netfilter, name);
        return ok(undefined);
      });
    return ok(undefined);
  }

  #commit(): Result<void, LineError> {
    const steps = this.#steps;
    this.#table = undefined;
    if (this.#options.given.has('test')) return ok(undefined);
    for (const step of steps) {
      const done = step();
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  #chain(table: TableName, text: string): Result<void, LineError> {
    const [, name = '', policy = '', packets = '0', bytes = '0'] =
      /^(\S+)\s+(\S+)(?:\s+\[(\d+):(\d+)\])?$/.exec(text) ?? [];
    if (name === '') return this.#refused();
    const netfilter = this.#netfilter;
    if (isBuiltin(table, name)) {
      if (policy !== 'ACCEPT' && policy !== 'DROP') return this.#refused();
      this.#steps.push(() => {
        netfilter.setPolicy(table, name, policy);
        if (this.#options.given.has('counters'))
          netfilter.setCounters?.(
            netfilter.chain(table, name)?.id ?? '',
            Number(packets),
            Number(bytes),
          );
        return ok(undefined);
      });
      return ok(undefined);
    }
    this.#steps.push(() => {
      if (netfilter.chain(table, name)) netfilter.flush(table, name);
      else netfilter.newChain(table, name);
      return ok(undefined);
    });
    return ok(undefined);
  }

  #rule(table: TableName, text: string): Result<void, LineError> {
    const [, packets, bytes, rest = ''] = /^(?:\[(\d+):(\d+)\]\s+)?(.*)$/s.exec(text) ?? [];
    const resolve = resolverOf(this.#process);
    const request = parseCommand(['-t', table, ...splitWords(rest)], { resolve });
    if (!request.ok) return err({ usage: request.error });
    if (request.value.kind !== 'command') return this.#refused();
    const keep = this.#options.given.has('counters') && packets !== undefined;
    const command: Command = keep
      ? { ...request.value.command, counters: { packets: Number(packets), bytes: Number(bytes) } }
      : request.value.command;
    const refused = this.#refused();
    this.#steps.push(() => {
      const done = runCommand(
        this.#netfilter,
        table,
        command,
        listOptionsOf(this.#process, command),
      );
      if (done.ok) return ok(undefined);
      return done.error.kind === 'usage' ? err({ usage: done.error.text }) : refused;
    });
    return ok(undefined);
  }
}

function clear(netfilter: Netfilter, table: TableName): void {
  netfilter.use?.(table);
  netfilter.flush(table);
  for (const chain of chainsInOrder(netfilter, table))
    if (!chain.policy) netfilter.deleteChain(table, chain.name);
}

export const iptablesRestore: Program = function* (process): Op<number> {
  const options = parse(process.argv.slice(1));
  if (!options.ok) {
    yield* process.err(
      `${program}: ${options.error}\nTry \`${program} -h' for more information.\n`,
    );
    return exits.other;
  }
  const { given, file } = options.value;
  if (given.has('help') || given.has('version')) {
    const version = `${program} v${versionOf(process).number} (legacy)\n`;
    yield* process.out(given.has('help') ? usage : version);
    return exits.ok;
  }
  if (!mayAdministerNetwork(process))
    return yield* fail(process, program, 'Permission denied (you must be root)', exits.version);
  let text: string;
  if (file === undefined) text = yield* process.readAll(0);
  else {
    const read = process.fs.read(process.fs.resolve(process.cwd, file));
    if (!read.ok) {
      yield* process.err(`Can't open ${file}: No such file or directory\n`);
      return exits.other;
    }
    text = read.value;
  }
  return yield* restore(process, new Restore(process, options.value), text);
};

function* restore(process: Process, state: Restore, text: string): Op<number> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const taken = state.take(line);
    if (taken.ok) continue;
    if ('text' in taken.error) {
      yield* process.err(`${taken.error.text}\n`);
      return exits.other;
    }
    const message = `${taken.error.usage}\nError occurred at line: ${state.line}`;
    return yield* fail(process, program, message);
  }
  if (!state.open) return exits.ok;
  yield* process.err(`${program}: COMMIT expected at line ${state.line + 1}\n`);
  return exits.other;
}
