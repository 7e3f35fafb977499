// The commands that redis-server knows here, on one database of texts in memory.
//
// Mirrors: redis commands of the groups connection, generic, string, server as far as the labs touch them.
import type { Sim } from '../../sim/index.ts';
import { array, bulk, errorReply, integer, type Reply, status } from './protocol.ts';

export interface Database {
  readonly sim: Sim;
  readonly values: Map<string, string>;
  readonly expiry: Map<string, number>;
  readonly startedAt: number;
  readonly version: string;
  readonly port: number;
  readonly pid: number;
  clients: number;
  commands: number;
}

type Command = (db: Database, args: readonly string[]) => Reply;

const wrongNumber = (name: string): Reply =>
  errorReply(`ERR wrong number of arguments for '${name}' command`);
const notInteger = errorReply('ERR value is not an integer or out of range');

const get = (db: Database, key: string): string | undefined => {
  const until = db.expiry.get(key);
  if (until !== undefined && db.sim.now() >= until) {
    db.values.delete(key);
    db.expiry.delete(key);
  }
  return db.values.get(key);
};

function set(db: Database, [key = '', value = '', ...options]: readonly string[]): Reply {
  const words = options.map((word) => word.toUpperCase());
  const here = get(db, key) !== undefined;
  if ((words.includes('NX') && here) || (words.includes('XX') && !here)) return bulk(null);
  db.values.set(key, value);
  if (!words.includes('KEEPTTL')) db.expiry.delete(key);
  const unit = words.indexOf('EX') >= 0 ? 'EX' : 'PX';
  const at = words.indexOf(unit);
  if (at >= 0) {
    const amount = Number(options[at + 1]);
    if (!Number.isInteger(amount) || amount <= 0)
      return errorReply("ERR invalid expire time in 'set' command");
    db.expiry.set(key, db.sim.now() + amount * (unit === 'EX' ? 1_000_000 : 1_000));
  }
  return status('OK');
}

function add(db: Database, key: string, amount: number): Reply {
  const before = get(db, key) ?? '0';
  if (!/^-?\d+$/.test(before) || !Number.isSafeInteger(amount)) return notInteger;
  const value = Number(before) + amount;
  db.values.set(key, String(value));
  return integer(value);
}

const keysLike = (db: Database, pattern: string): string[] => {
  const escaped = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  let expression: RegExp;
  try {
    expression = new RegExp(`^${escaped}$`);
  } catch {
    return [];
  }
  return [...db.values.keys()].filter((key) => get(db, key) !== undefined && expression.test(key));
};

function timeToLive(db: Database, key: string): Reply {
  if (get(db, key) === undefined) return integer(-2);
  const until = db.expiry.get(key);
  return integer(until === undefined ? -1 : Math.ceil((until - db.sim.now()) / 1_000_000));
}

function information(db: Database): Reply {
  const uptime = Math.floor((db.sim.now() - db.startedAt) / 1_000_000);
  return bulk(
    [
      '# Server',
      `redis_version:${db.version}`,
      'redis_mode:standalone',
      'os:Linux 6.12.101 x86_64',
      `process_id:${db.pid}`,
      `tcp_port:${db.port}`,
      `uptime_in_seconds:${uptime}`,
      '',
      '# Clients',
      `connected_clients:${db.clients}`,
      '',
      '# Stats',
      `total_commands_processed:${db.commands}`,
      '',
      '# Replication',
      'role:master',
      'connected_slaves:0',
      '',
      '# Keyspace',
      ...(db.values.size > 0
        ? [`db0:keys=${db.values.size},expires=${db.expiry.size},avg_ttl=0`]
        : []),
      '',
    ].join('\r\n'),
  );
}

/** Name → [fewest arguments, most arguments, what it does]. */
const commands: Readonly<Record<string, readonly [number, number, Command]>> = {
  ping: [0, 1, (_db, [text]) => (text === undefined ? status('PONG') : bulk(text))],
  echo: [1, 1, (_db, [text = '']) => bulk(text)],
  get: [1, 1, (db, [key = '']) => bulk(get(db, key) ?? null)],
  set: [2, 8, set],
  setnx: [2, 2, (db, args) => integer(set(db, [...args, 'NX']).kind === 'status' ? 1 : 0)],
  append: [2, 2, append],
  strlen: [1, 1, (db, [key = '']) => integer((get(db, key) ?? '').length)],
  mget: [1, 100, (db, keys) => array(keys.map((key) => bulk(get(db, key) ?? null)))],
  incr: [1, 1, (db, [key = '']) => add(db, key, 1)],
  decr: [1, 1, (db, [key = '']) => add(db, key, -1)],
  incrby: [
    2,
    2,
    (db, [key = '', by]) => (/^-?\d+$/.test(by ?? '') ? add(db, key, Number(by)) : notInteger),
  ],
  decrby: [
    2,
    2,
    (db, [key = '', by]) => (/^-?\d+$/.test(by ?? '') ? add(db, key, -Number(by)) : notInteger),
  ],
  del: [1, 100, (db, keys) => integer(keys.filter((key) => db.values.delete(key)).length)],
  unlink: [1, 100, (db, keys) => integer(keys.filter((key) => db.values.delete(key)).length)],
  exists: [1, 100, (db, keys) => integer(keys.filter((key) => get(db, key) !== undefined).length)],
  type: [1, 1, (db, [key = '']) => status(get(db, key) === undefined ? 'none' : 'string')],
  keys: [1, 1, (db, [pattern = '*']) => array(keysLike(db, pattern).map(bulk))],
  ttl: [1, 1, (db, [key = '']) => timeToLive(db, key)],
  expire: [2, 2, expire],
  persist: [1, 1, (db, [key = '']) => integer(db.expiry.delete(key) ? 1 : 0)],
  dbsize: [0, 0, (db) => integer(keysLike(db, '*').length)],
  flushall: [0, 1, flush],
  flushdb: [0, 1, flush],
  info: [0, 5, information],
  select: [
    1,
    1,
    (_db, [n]) => (n === '0' ? status('OK') : errorReply('ERR DB index is out of range')),
  ],
  time: [0, 0, (db) => array(clock(db).map(bulk))],
  client: [1, 10, (_db, [sub = '']) => (/^set(info|name)$/i.test(sub) ? status('OK') : bulk(null))],
  command: [0, 10, () => array([])],
  config: [1, 10, () => array([])],
};

function append(db: Database, [key = '', text = '']: readonly string[]): Reply {
  const value = (get(db, key) ?? '') + text;
  db.values.set(key, value);
  return integer(value.length);
}

function expire(db: Database, [key = '', after = '']: readonly string[]): Reply {
  if (!/^-?\d+$/.test(after)) return notInteger;
  if (get(db, key) === undefined) return integer(0);
  db.expiry.set(key, db.sim.now() + Number(after) * 1_000_000);
  return integer(1);
}

function flush(db: Database): Reply {
  db.values.clear();
  db.expiry.clear();
  return status('OK');
}

function clock(db: Database): [string, string] {
  const total = db.sim.epochMillis * 1_000 + db.sim.now();
  return [String(Math.floor(total / 1_000_000)), String(total % 1_000_000)];
}

export function run(db: Database, words: readonly string[]): Reply {
  const [name = '', ...args] = words;
  db.commands += 1;
  const known = commands[name.toLowerCase()];
  if (!known) {
    const shown = args.map((arg) => `'${arg}' `).join('');
    return errorReply(`ERR unknown command '${name}', with args beginning with: ${shown}`);
  }
  const [least, most, command] = known;
  if (args.length < least || args.length > most) return wrongNumber(name.toLowerCase());
  return command(db, args);
}
