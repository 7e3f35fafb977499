// `ip netns`: names for namespaces, kept as files in /var/run/netns.
import type { NetnsId } from '../../kernel/index.ts';
import { strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { writeJson } from '../common/json.ts';
import { namedNamespaces, netnsDirectory, netnsOfFile, netnsOfPid } from '../common/namespaces.ts';
import {
  type Answer,
  done,
  expand,
  guarded,
  type IpContext,
  printed,
  unknownCommand,
  usageError,
} from './context.ts';
import { netnsUsage } from './usage.ts';

const commands = [
  'list',
  'show',
  'lst',
  'list-id',
  'help',
  'add',
  'set',
  'delete',
  'identify',
  'pids',
  'exec',
  'monitor',
  'attach',
] as const;

export function* netnsCommand(context: IpContext, args: readonly string[]): Op<Answer> {
  const [word = 'list', ...rest] = args;
  const command = expand(word, commands);
  switch (command) {
    case 'list':
    case 'show':
    case 'lst':
      return listNamespaces(context);
    case 'list-id':
      return listNumbers(context, rest);
    case 'help':
      return usageError(netnsUsage.trimEnd());
    case 'add':
      return addNamespace(context, rest[0]);
    case 'delete':
      return deleteNamespace(context, rest[0]);
    case 'identify':
      return identify(context, rest[0]);
    case 'pids':
      return listPids(context, rest[0]);
    case 'exec':
      return yield* execute(context, rest);
    case undefined:
      return unknownCommand(word, 'netns');
    default:
      return { err: `ip: not simulated here: ip netns ${command}\n`, status: 1 };
  }
}

const pathOf = (name: string): string => `${netnsDirectory}/${name}`;

function numberOf(context: IpContext, netns: NetnsId): number | undefined {
  return context.kernel.knownNetnsId?.(context.netns, netns);
}

/** Newest first, as a tmpfs lists its directories. */
function listNamespaces(context: IpContext): Answer {
  const ages = context.kernel.netnsList();
  const named = [...namedNamespaces(context.process.fs)].sort(
    (a, b) => ages.indexOf(b.netns) - ages.indexOf(a.netns),
  );
  if (context.options.json) {
    const records = named.map(({ name, netns }) => ({ name, id: numberOf(context, netns) }));
    return printed(writeJson(records, context.options.pretty));
  }
  const lines = named.map(({ name, netns }) => {
    const number = numberOf(context, netns);
    return number === undefined ? `${name}\n` : `${name} (id: ${number})\n`;
  });
  return printed(lines.join(''));
}

/** The numbers that this namespace has given to others; the names are those of /var/run/netns. */
function listNumbers(context: IpContext, rest: readonly string[]): Answer {
  const [word] = rest;
  if (word !== undefined)
    return { err: `ip: not simulated here: ip netns list-id ${word}\n`, status: 1 };
  const names = new Map([...namedNamespaces(context.process.fs)].map((n) => [n.netns, n.name]));
  const records = context.kernel
    .netnsList()
    .flatMap((netns) => {
      const nsid = numberOf(context, netns);
      const name = names.get(netns);
      return nsid === undefined ? [] : [{ nsid, ...(name !== undefined && { name }) }];
    })
    .sort((a, b) => a.nsid - b.nsid);
  if (context.options.json) return printed(writeJson(records, context.options.pretty));
  const lines = records.map(
    ({ nsid, name }) =>
      `nsid ${nsid} ${name === undefined ? '' : `(iproute2 netns name: ${name})`}\n`,
  );
  return printed(lines.join(''));
}

function addNamespace(context: IpContext, name: string | undefined): Answer {
  if (name === undefined) return usageError('No netns name specified');
  const { fs } = context.process;
  return guarded(context, () => {
    fs.mkdir(netnsDirectory, { parents: true, mode: 0o755 });
    if (fs.exists(pathOf(name)))
      return usageError(`Cannot create namespace file "${pathOf(name)}": File exists`, 1);
    const netns = context.kernel.netnsAdd();
    const placed = fs.place(pathOf(name), { type: 'netns', netns });
    if (placed.ok) return done;
    context.kernel.netnsDelete(netns);
    return usageError(
      `Cannot create namespace file "${pathOf(name)}": ${strerror(placed.error)}`,
      1,
    );
  });
}

function deleteNamespace(context: IpContext, name: string | undefined): Answer {
  if (name === undefined) return usageError('No netns name specified');
  const { process, kernel } = context;
  return guarded(context, () => {
    const netns = netnsOfFile(process.fs, pathOf(name));
    if (!netns.ok)
      return usageError(
        `Cannot remove namespace file "${pathOf(name)}": ${strerror(netns.error)}`,
        1,
      );
    process.fs.remove(pathOf(name));
    // It lives on while a process is in it.
    const inUse = process.host.processes().some((row) => row.netns === netns.value);
    if (!inUse && netns.value !== kernel.initNetns) kernel.netnsDelete(netns.value);
    return done;
  });
}

function identify(context: IpContext, pid: string | undefined): Answer {
  const netns =
    pid === undefined || pid === 'self'
      ? context.process.netns
      : netnsOfPid(context.process, Number(pid));
  if (netns === undefined) return usageError(`Stat of netns failed: No such file or directory`, 1);
  const named = namedNamespaces(context.process.fs).filter((n) => n.netns === netns);
  return printed(named.map(({ name }) => `${name}\n`).join(''));
}

function listPids(context: IpContext, name: string | undefined): Answer {
  if (name === undefined) return usageError('No netns name specified');
  const netns = netnsOfFile(context.process.fs, pathOf(name));
  if (!netns.ok) return usageError(`Cannot open network namespace: ${strerror(netns.error)}`, 1);
  const rows = context.process.host.processes().filter((row) => row.netns === netns.value);
  return printed(rows.map((row) => `${row.pid}\n`).join(''));
}

/** Becomes the command, in that namespace. */
function* execute(context: IpContext, args: readonly string[]): Op<Answer> {
  const [name, command, ...rest] = args;
  if (name === undefined) return usageError('No netns name specified');
  if (command === undefined) return usageError('No command specified');
  const netns = netnsOfFile(context.process.fs, pathOf(name));
  if (!netns.ok)
    return usageError(`Cannot open network namespace "${name}": ${strerror(netns.error)}`);
  const running = context.process.exec({ argv: [command, ...rest], netns: netns.value });
  if (!running.ok) return usageError(`exec of "${command}" failed: ${strerror(running.error)}`);
  return { status: yield* running.value };
}
