// `nsenter` of util-linux: becomes a command in other namespaces.
//
// Differs: of the namespaces net, mount and uts are entered; pid, ipc, user, cgroup and time change nothing here.
import type { NetnsId } from '../../kernel/index.ts';
import { type FileSystem, type Process, strerror } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { netnsOfFile } from '../common/namespaces.ts';

/** Namespaces as options name them. A value after them is a file; without one that of the target process is meant. */
const namespaces: Readonly<Record<string, string>> = {
  m: 'mount',
  u: 'uts',
  i: 'ipc',
  n: 'net',
  p: 'pid',
  C: 'cgroup',
  U: 'user',
  T: 'time',
};
const valued: Readonly<Record<string, string>> = { t: 'target', S: 'setuid', G: 'setgid' };
const optional: Readonly<Record<string, string>> = { r: 'root', w: 'wd' };
const flags: Readonly<Record<string, string>> = {
  a: 'all',
  F: 'no-fork',
  e: 'env',
  c: 'join-cgroup',
  V: 'version',
  h: 'help',
};
const longNames = [
  ...Object.values(namespaces),
  ...Object.values(valued),
  ...Object.values(optional),
  ...Object.values(flags),
  'preserve-credentials',
  'keep-caps',
  'user-parent',
];

interface Request {
  target: number | undefined;
  all: boolean;
  readonly wanted: Map<string, string | undefined>;
  command: readonly string[];
}

const usageHint = "Try 'nsenter --help' for more information.\n";
type Stop = { readonly out?: string; readonly err?: string; readonly status: number };

function parse(args: readonly string[]): Request | Stop {
  const request: Request = { target: undefined, all: false, wanted: new Map(), command: [] };
  let i = 0;
  for (; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      i += 1;
      break;
    }
    if (!arg.startsWith('-') || arg === '-') break;
    const [name, attached] = nameOf(arg);
    if (name === undefined)
      return {
        err: `nsenter: ${arg.startsWith('--') ? `unrecognized option '${arg}'` : `invalid option -- '${arg[1]}'`}\n${usageHint}`,
        status: 1,
      };
    const takesNext = name === 'target' || name === 'setuid' || name === 'setgid';
    const value = attached ?? (takesNext ? args[++i] : undefined);
    if (takesNext && value === undefined)
      return {
        err: `nsenter: option requires an argument -- '${arg.slice(1)}'\n${usageHint}`,
        status: 1,
      };
    if (name === 'version') return { out: 'nsenter from util-linux 2.41\n', status: 0 };
    if (name === 'help') return { out: usage, status: 0 };
    if (name === 'target') {
      if (!/^\d+$/.test(value ?? ''))
        return { err: `nsenter: failed to parse pid: '${value}'\n`, status: 1 };
      request.target = Number(value);
    } else if (name === 'all') request.all = true;
    else if (Object.values(namespaces).includes(name) || name === 'root' || name === 'wd')
      request.wanted.set(name, value);
  }
  request.command = args.slice(i);
  return request;
}

/** The long name of an option, and the value that is attached to it. */
function nameOf(arg: string): [string | undefined, string | undefined] {
  if (arg.startsWith('--')) {
    const [text = '', value] = arg.slice(2).split(/=(.*)/s);
    return [longNames.find((n) => n === text) ?? longNames.find((n) => n.startsWith(text)), value];
  }
  const letter = arg[1] ?? '';
  const name = namespaces[letter] ?? valued[letter] ?? optional[letter] ?? flags[letter];
  return [name, arg.length > 2 ? arg.slice(2).replace(/^=/, '') : undefined];
}

const usage = `
Usage:
 nsenter [options] [<program> [<argument>...]]

Run a program with namespaces of other processes.

Options:
 -a, --all              enter all namespaces
 -t, --target <pid>     target process to get namespaces from
 -m, --mount[=<file>]   enter mount namespace
 -u, --uts[=<file>]     enter UTS namespace (hostname etc)
 -i, --ipc[=<file>]     enter System V IPC namespace
 -n, --net[=<file>]     enter network namespace
 -p, --pid[=<file>]     enter pid namespace
 -C, --cgroup[=<file>]  enter cgroup namespace
 -U, --user[=<file>]    enter user namespace
 -T, --time[=<file>]    enter time namespace
 -S, --setuid[=<uid>]   set uid in entered namespace
 -G, --setgid[=<gid>]   set gid in entered namespace
     --preserve-credentials do not touch uids or gids
 -r, --root[=<dir>]     set the root directory
 -w, --wd[=<dir>]       set the working directory
 -F, --no-fork          do not fork before exec'ing <program>

 -h, --help             display this help
 -V, --version          display version

For more details see nsenter(1).
`;

interface Entered {
  netns?: NetnsId;
  fs?: FileSystem;
  hostname?: string;
}

function enter(process: Process, request: Request): Entered | Stop {
  const { wanted, target, all } = request;
  const entered: Entered = {};
  const other = target === undefined ? undefined : process.host.process(target);
  if (target !== undefined && !other)
    return {
      err: `nsenter: cannot open /proc/${target}/ns/net: ${strerror('ENOENT')}\n`,
      status: 1,
    };
  for (const [name, file] of wanted) {
    if (file === undefined && !other && name !== 'root' && name !== 'wd')
      return {
        err: `nsenter: neither filename nor target pid supplied for ns/${name === 'mount' ? 'mnt' : name}\n`,
        status: 1,
      };
    if (name !== 'net' || file === undefined) continue;
    const netns = netnsOfFile(process.fs, process.fs.resolve(process.cwd, file));
    if (!netns.ok && netns.error === 'EINVAL')
      return {
        err: `nsenter: reassociate to namespace 'ns/net' failed: ${strerror('EINVAL')}\n`,
        status: 1,
      };
    if (!netns.ok)
      return { err: `nsenter: cannot open ${file}: ${strerror(netns.error)}\n`, status: 1 };
    entered.netns = netns.value;
  }
  if (other) {
    if ((all || wanted.has('net')) && !entered.netns) entered.netns = other.netns;
    if (all || wanted.has('mount') || wanted.has('root')) entered.fs = other.fs;
    if (all || wanted.has('uts')) entered.hostname = other.hostname;
  }
  return entered;
}

export function* nsenter(process: Process): Op<number> {
  const request = parse(process.argv.slice(1));
  const entered = 'status' in request ? request : enter(process, request);
  if ('status' in request || 'status' in entered) {
    const stop = entered as Stop;
    if (stop.out) yield* process.out(stop.out);
    if (stop.err) yield* process.err(stop.err);
    return stop.status;
  }
  const shell = process.env.get('SHELL') ?? '/bin/sh';
  const argv = request.command.length > 0 ? request.command : [shell];
  const running = process.exec({ argv, ...entered, ...(entered.fs && { cwd: '/' }) });
  if (running.ok) return yield* running.value;
  yield* process.err(`nsenter: failed to execute ${argv[0]}: ${strerror(running.error)}\n`);
  return running.error === 'ENOENT' ? 127 : 126;
}
