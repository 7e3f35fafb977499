// redis-cli: one command from its arguments, or commands line by line.
//
// Mirrors: redis-cli of redis 8.0. Differs: no line editing, no history, no cluster options.
import type { SocketId } from '../../kernel/index.ts';
import {
  connectTcp,
  formatHostAddress,
  lookupName,
  type Process,
  type Program,
  receiveSome,
  sendAll,
  strerror,
} from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, type Result } from '../../std/index.ts';
import { ip } from '../../wire/index.ts';
import { encodeCommand, type Reply, RespReader } from './protocol.ts';

interface Options {
  host: string;
  port: number;
  raw: boolean;
  readonly command: string[];
}

function parse(process: Process): Options | string {
  const options: Options = {
    host: '127.0.0.1',
    port: 6379,
    raw: !process.isTty(1),
    command: [],
  };
  const words = process.argv.slice(1);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (options.command.length > 0 || !word.startsWith('-')) options.command.push(word);
    else if (word === '-h') {
      at += 1;
      options.host = words[at] ?? '';
    } else if (word === '-p') {
      at += 1;
      options.port = Number(words[at]);
    } else if (word === '--raw') options.raw = true;
    else if (word === '--no-raw') options.raw = false;
    else return word;
  }
  return options;
}

export const redisCli: Program = function* (process) {
  const options = parse(process);
  if (typeof options === 'string') {
    yield* process.err(`redis-cli: not simulated here: option ${options}\n`);
    return 1;
  }
  const connected = yield* connect(process, options);
  if (!connected.ok) {
    yield* process.err(
      `Could not connect to Redis at ${options.host}:${options.port}: ${connected.error}
`,
    );
    return 1;
  }
  const socket = connected.value;
  process.kernel.sockets.noDelay(socket);
  try {
    if (options.command.length > 0)
      return yield* once(process, socket, options.command, options.raw);
    return yield* interactive(process, socket, options);
  } finally {
    process.kernel.sockets.close(socket);
  }
};

function* connect(process: Process, { host, port }: Options): Op<Result<SocketId, string>> {
  const found = yield* lookupName(process, host);
  if (!found.ok) return err('Name or service not known');
  let problem = 'Connection refused';
  for (const address of found.value) {
    if (address.family !== 'ipv4') continue;
    const to = ip(formatHostAddress(address));
    const connected = yield* connectTcp(process, { to, port });
    if (connected.ok) return connected;
    problem = strerror(connected.error);
  }
  return err(problem);
}

function* exchange(
  process: Process,
  socket: SocketId,
  words: readonly string[],
): Op<Reply | undefined> {
  const sent = yield* sendAll(process, socket, encodeCommand(words));
  if (!sent.ok) return undefined;
  const reader = new RespReader();
  for (;;) {
    const reply = reader.reply();
    if (reply) return reply;
    const text = yield* receiveSome(process, socket);
    if (!text.ok || text.value === null) return undefined;
    reader.push(text.value);
  }
}

function* once(
  process: Process,
  socket: SocketId,
  words: readonly string[],
  raw: boolean,
): Op<number> {
  const reply = yield* exchange(process, socket, words);
  if (!reply) {
    yield* process.err('Error: Server closed the connection\n');
    return 1;
  }
  yield* process.out(`${raw ? rawText(reply) : shownText(reply)}\n`);
  return reply.kind === 'error' ? 1 : 0;
}

function* interactive(process: Process, socket: SocketId, options: Options): Op<number> {
  const prompt = `${options.host}:${options.port}> `;
  const onTerminal = process.isTty(0);
  for (;;) {
    if (onTerminal) yield* process.out(prompt);
    const line = yield* process.readLine(0);
    if (line === null) return 0;
    const words = splitLine(line);
    if (words.length === 0) continue;
    if (/^(?:quit|exit)$/i.test(words[0] ?? '')) return 0;
    yield* once(process, socket, words, options.raw);
  }
}

/** Words of a line; double and single quotes keep blanks together. */
function splitLine(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  );
}

function rawText(reply: Reply): string {
  switch (reply.kind) {
    case 'status':
      return reply.text;
    case 'error':
      return `${reply.text}\n`;
    case 'integer':
      return String(reply.value);
    case 'bulk':
      return reply.text ?? '';
    case 'array':
      return reply.items.map(rawText).join('\n');
  }
}

/** As on a terminal: kinds can be told apart. */
function shownText(reply: Reply, indent = ''): string {
  switch (reply.kind) {
    case 'status':
      return reply.text;
    case 'error':
      return `(error) ${reply.text}`;
    case 'integer':
      return `(integer) ${reply.value}`;
    case 'bulk':
      return reply.text === null ? '(nil)' : JSON.stringify(reply.text);
    case 'array': {
      if (reply.items.length === 0) return '(empty array)';
      const width = String(reply.items.length).length;
      return reply.items
        .map((item, index) => {
          const number = `${String(index + 1).padStart(width)}) `;
          const inner = shownText(item, indent + ' '.repeat(number.length));
          return `${index === 0 ? '' : indent}${number}${inner}`;
        })
        .join('\n');
    }
  }
}
