// `getent`: entries of the databases that programs look up: hosts by name or address, users and groups from their files.
import {
  formatHostAddress,
  lookupAddress,
  lookupName,
  type Process,
  readHosts,
} from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { parseIpv4 } from '../../wire/index.ts';

const help = "Try `getent --help' or `getent --usage' for more information.\n";
const files: Readonly<Record<string, string>> = {
  passwd: '/etc/passwd',
  group: '/etc/group',
  services: '/etc/services',
  protocols: '/etc/protocols',
  networks: '/etc/networks',
  shadow: '/etc/shadow',
};
const socketTypes = ['STREAM', 'DGRAM', 'RAW'];

/** One line an address, as gethostbyname gives them. */
function* hosts(process: Process, key: string): Op<boolean> {
  const address = parseIpv4(key);
  if (address !== undefined) {
    const name = yield* lookupAddress(process, address);
    if (name !== undefined) yield* process.out(`${key.padEnd(15)} ${name}\n`);
    return name !== undefined;
  }
  const found = yield* lookupName(process, key, { unsorted: true });
  if (!found.ok) return false;
  // IPv6 goes first and alone, if there is any.
  const inet6 = found.value.filter((host) => host.family === 'ipv6');
  const shown = inet6.length > 0 ? inet6 : found.value;
  const line = readHosts(process.fs).find((l) =>
    l.names.some((n) => n.toLowerCase() === key.toLowerCase()),
  );
  const names = line ? line.names.join(' ') : key;
  for (const host of shown) yield* process.out(`${formatHostAddress(host).padEnd(15)} ${names}\n`);
  return true;
}

/** Three lines an address, as getaddrinfo gives them; the first bears the name. */
function* addresses(
  process: Process,
  key: string,
  family: 'ipv4' | 'ipv6' | undefined,
): Op<boolean> {
  const found = yield* lookupName(process, key, family ? { family } : {});
  if (!found.ok) return false;
  let first = true;
  for (const host of found.value) {
    for (const type of socketTypes) {
      yield* process.out(
        `${formatHostAddress(host).padEnd(15)} ${type.padEnd(6)} ${first ? key : ''}\n`,
      );
      first = false;
    }
  }
  return true;
}

function* fromFile(process: Process, path: string, keys: readonly string[]): Op<number> {
  const text = process.fs.read(path);
  const lines = text.ok
    ? text.value.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    : [];
  if (keys.length === 0) {
    yield* process.out(lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  let status = 0;
  for (const key of keys) {
    const line = lines.find((l) => l.split(/[:\s]/)[0] === key || l.split(':')[2] === key);
    if (line === undefined) status = 2;
    else yield* process.out(`${line}\n`);
  }
  return status;
}

export function* getent(process: Process): Op<number> {
  const [database, ...keys] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'));
  if (database === undefined) {
    yield* process.err(`getent: wrong number of arguments\n${help}`);
    return 1;
  }
  const file = files[database];
  if (file !== undefined) return yield* fromFile(process, file, keys);
  if (!['hosts', 'ahosts', 'ahostsv4', 'ahostsv6'].includes(database)) {
    yield* process.err(`Unknown database: ${database}\n${help}`);
    return 1;
  }
  if (keys.length === 0) {
    const lines = readHosts(process.fs).map(
      (line) => `${line.address.padEnd(15)} ${line.names.join(' ')}\n`,
    );
    yield* process.out(lines.join(''));
    return 0;
  }
  let status = 0;
  for (const key of keys) {
    const family = database === 'ahostsv4' ? 'ipv4' : database === 'ahostsv6' ? 'ipv6' : undefined;
    const found =
      database === 'hosts' ? yield* hosts(process, key) : yield* addresses(process, key, family);
    if (!found) status = 2;
  }
  return status;
}
