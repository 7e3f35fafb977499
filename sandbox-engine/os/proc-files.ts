// /proc, /dev and /sys of every root: computed files that follow the process that looks at them.
//
// Mirrors: proc(5), mounted by each container for its own pid namespace. Differs: /proc/PID holds only what the labs'
// tools read; /sys holds only /sys/class/net, which follows whoever looks rather than the namespace it was mounted in.
import type { Result } from '../std/index.ts';
import { compareText, err, ok } from '../std/index.ts';
import type {
  FileError,
  FileSystem,
  OpenFile,
  Process,
  ProcessRow,
  VirtualEntry,
  VirtualFile,
} from './api.ts';
import type { Machine } from './host.ts';
import { deviceDirectories, procNet } from './net-files.ts';
import { initialLimits, limitsText } from './rlimits.ts';

type Entries = ReadonlyMap<string, VirtualEntry>;

const file = (text: () => string): VirtualEntry => ({ type: 'file', text, sizeless: true });
const directory = (entries: () => Entries): VirtualFile & { type: 'directory' } => ({
  type: 'directory',
  entries,
});
const link = (target: string): VirtualEntry => ({ type: 'symlink', target });

/** What every root directory has besides its own files. */
export function mountKernelFiles(machine: Machine, fs: FileSystem): void {
  fs.mountVirtual(
    '/proc',
    directory(() => procEntries(machine, fs)),
  );
  fs.mountVirtual(
    '/dev',
    directory(() => devices(machine)),
  );
  fs.mountVirtual(
    '/sys',
    directory(() => new Map([['class', directory(() => deviceClasses(machine))]])),
  );
}

const deviceClasses = (machine: Machine): Entries =>
  new Map([['net', directory(() => deviceDirectories(machine.kernel, netnsOfViewer(machine)))]]);

const netnsOfViewer = (machine: Machine): Process['netns'] =>
  machine.current?.netns ?? machine.kernel.initNetns;

function devices(machine: Machine): Entries {
  return new Map<string, VirtualEntry>([
    ['fd', link('/proc/self/fd')],
    ['full', { type: 'device', device: 'full' }],
    ['null', { type: 'device', device: 'null' }],
    ['pts', directory(() => terminals(machine))],
    ['random', { type: 'device', device: 'random' }],
    ['stderr', link('/proc/self/fd/2')],
    ['stdin', link('/proc/self/fd/0')],
    ['stdout', link('/proc/self/fd/1')],
    ['tty', { type: 'device', device: 'tty' }],
    ['urandom', { type: 'device', device: 'random' }],
    ['zero', { type: 'device', device: 'zero' }],
  ]);
}

const terminals = (machine: Machine): Entries =>
  new Map(
    [...machine.ttys.keys()].map((id) => [
      id.slice('pts/'.length),
      { type: 'device', device: 'tty' },
    ]),
  );

function procEntries(machine: Machine, fs: FileSystem): Entries {
  const viewer = machine.current;
  const namespace = viewer?.row.pidNamespace ?? 'init';
  const entries = new Map<string, VirtualEntry>();
  // The host sees the processes of containers too, by its own numbers.
  for (const row of machine.processes(namespace)) {
    const pid = namespace === 'init' ? row.pid : row.namespacePid;
    entries.set(String(pid), processDirectory(machine, row, pid));
  }
  entries.set('self', link(String(viewer?.pid ?? 1)));
  entries.set(
    'loadavg',
    file(() => `0.00 0.00 0.00 1/${machine.processes().length} ${machine.lastPid}\n`),
  );
  entries.set(
    'meminfo',
    file(() => memory),
  );
  entries.set(
    'mounts',
    file(() => mountTable(fs)),
  );
  entries.set('net', link('self/net'));
  entries.set(
    'sys',
    directory(() => sysctlDirectory(machine, '')),
  );
  entries.set(
    'uptime',
    file(() => uptime(machine)),
  );
  entries.set(
    'version',
    file(() => 'Linux version 6.12.101 (gcc) #1 SMP PREEMPT_DYNAMIC\n'),
  );
  return entries;
}

const memory =
  'MemTotal:        1536000 kB\nMemFree:         1024000 kB\nMemAvailable:    1280000 kB\n';

function uptime(machine: Machine): string {
  const hundredths = Math.floor((machine.sim.now() - machine.bootedAt) / 10_000);
  const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
  return `${text} ${text}\n`;
}

function mountTable(fs: FileSystem): string {
  const access = (readOnly: boolean): string => (readOnly ? 'ro' : 'rw');
  const lines = [`overlay / overlay ${access(fs.readOnly)},relatime 0 0`];
  for (const mount of fs.mounts()) {
    const type = kernelMounts.get(mount.path);
    if (mount.shown)
      lines.push(
        `${mount.shown.type} ${mount.path} ${mount.shown.type} ${mount.shown.options} 0 0`,
      );
    else if (type) lines.push(`${type} ${mount.path} ${type} rw,nosuid,nodev,noexec,relatime 0 0`);
    else lines.push(`/dev/vda1 ${mount.path} ext4 ${access(mount.readOnly)},relatime 0 0`);
  }
  return `${lines.join('\n')}\n`;
}

const kernelMounts: ReadonlyMap<string, string> = new Map([
  ['/proc', 'proc'],
  ['/dev', 'tmpfs'],
  ['/sys', 'sysfs'],
]);

// ---- one process ----------------------------------------------------------------------------

function processDirectory(machine: Machine, row: ProcessRow, pid: number): VirtualEntry {
  return directory(() => {
    const process = machine.process(row.pid);
    const name = commandName(row);
    return new Map<string, VirtualEntry>([
      ['cmdline', file(() => row.argv.map((argument) => `${argument}\0`).join(''))],
      ['comm', file(() => `${name}\n`)],
      ['cwd', link(process?.cwd ?? '/')],
      ['environ', file(() => environment(process))],
      ['fd', directory(() => fdEntries(process))],
      ['limits', file(() => limitsText(process?.limits ?? initialLimits))],
      ['net', directory(() => procNet(machine.kernel, row.netns))],
      ['ns', directory(() => namespaces(machine, row))],
      ['root', link('/')],
      [
        'stat',
        file(() => `${pid} (${name}) ${row.state} ${row.parent} ${row.group} ${row.group} 0 -1\n`),
      ],
      ['status', file(() => status(row, pid, name))],
    ]);
  });
}

/** Inode numbers of the namespaces that a machine starts with (include/uapi/linux/nsfs.h). */
const firstNamespaces: Readonly<Record<string, number>> = {
  cgroup: 4_026_531_835,
  ipc: 4_026_531_839,
  mnt: 4_026_531_841,
  net: 4_026_531_840,
  pid: 4_026_531_836,
  time: 4_026_531_834,
  user: 4_026_531_837,
  uts: 4_026_531_838,
};

/** Namespaces that come with a container; its processes share them. */
const containerNamespaces = ['cgroup', 'ipc', 'mnt', 'pid', 'uts'];

/** `net:[4026531840]`. Others than the first have a number that follows from their name. */
function namespaceText(kind: string, name: string, isFirst: boolean): string {
  let hash = 0;
  for (const character of `${kind} ${name}`) hash = (hash * 31 + character.charCodeAt(0)) % 59_999;
  return `${kind}:[${isFirst ? firstNamespaces[kind] : 4_026_532_000 + hash}]`;
}

function namespaces(machine: Machine, row: ProcessRow): Entries {
  const { netns, pidNamespace } = row;
  const entries = new Map<string, VirtualEntry>();
  for (const kind of Object.keys(firstNamespaces)) {
    const own = containerNamespaces.includes(kind) && pidNamespace !== 'init';
    if (kind !== 'net') entries.set(kind, link(namespaceText(kind, pidNamespace, !own)));
  }
  entries.set('net', {
    type: 'netns',
    netns,
    target: namespaceText('net', netns, netns === machine.kernel.initNetns),
  });
  return entries;
}

const commandName = (row: ProcessRow): string =>
  (row.argv[0] ?? '').replace(/^.*\//, '').slice(0, 15);

const environment = (process: Process | undefined): string =>
  [...(process?.env ?? [])].map(([name, value]) => `${name}=${value}\0`).join('');

const stateWords: Readonly<Record<ProcessRow['state'], string>> = {
  S: 'sleeping',
  R: 'running',
  Z: 'zombie',
  T: 'stopped',
};

const status = (row: ProcessRow, pid: number, name: string): string =>
  `Name:\t${name}\nState:\t${row.state} (${stateWords[row.state]})\nPid:\t${pid}\nPPid:\t${row.parent}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n`;

function fdEntries(process: Process | undefined): Entries {
  const entries = new Map<string, VirtualEntry>();
  const fds = [...(process?.fds ?? [])].sort(([a], [b]) => a - b);
  // A pipe that is complete can be read at once, by programs that read files as a whole.
  for (const [fd, open] of fds)
    entries.set(String(fd), open.finished ? file(() => drain(open)) : link(fdTarget(open)));
  return entries;
}

function drain(open: OpenFile): string {
  const parts: string[] = [];
  for (let text = open.read(); text; text = open.read()) parts.push(text);
  return parts.join('');
}

/** What `ls -l /proc/PID/fd` shows behind the arrow. */
function fdTarget(open: OpenFile): string {
  if (open.tty) return `/dev/${open.tty.id}`;
  if (open.kind === 'null') return '/dev/null';
  return `${open.kind}:[${/\d+/.exec(open.readKey)?.[0] ?? '0'}]`;
}

// ---- sysctl -----------------------------------------------------------------------------------

function sysctlDirectory(machine: Machine, prefix: string): Entries {
  const netns = netnsOfViewer(machine);
  const entries = new Map<string, VirtualEntry>();
  const names = [...hostSysctls(machine).keys(), ...machine.kernel.sysctls(netns).keys()];
  for (const name of names.sort(compareText)) {
    if (!name.startsWith(prefix)) continue;
    const rest = name.slice(prefix.length);
    const dot = rest.indexOf('.');
    const part = pathPart(dot < 0 ? rest : rest.slice(0, dot));
    if (entries.has(part)) continue;
    entries.set(
      part,
      dot < 0
        ? sysctlFile(machine, name)
        : directory(() => sysctlDirectory(machine, name.slice(0, prefix.length + dot + 1))),
    );
  }
  return entries;
}

/** Interface names with dots are written with slashes in sysctl names (sysctl(8)). */
const pathPart = (part: string): string => part.replaceAll('/', '.');

function sysctlFile(machine: Machine, name: string): VirtualEntry {
  const netns = (): Process['netns'] => netnsOfViewer(machine);
  return {
    type: 'file',
    sizeless: true,
    text: () => `${hostSysctls(machine).get(name) ?? machine.kernel.sysctl(netns(), name) ?? ''}\n`,
    write: (text): Result<void, FileError> => {
      const set = machine.kernel.sysctlSet(netns(), name, text.trim());
      if (set.ok) return ok(undefined);
      return err(set.error === 'EACCES' || set.error === 'EPERM' ? 'EACCES' : 'EINVAL');
    },
  };
}

const hostSysctls = (machine: Machine): ReadonlyMap<string, string> =>
  new Map([
    ['kernel.hostname', machine.current?.hostname ?? machine.name],
    ['kernel.osrelease', '6.12.101'],
    ['kernel.ostype', 'Linux'],
    ['kernel.pid_max', '4194304'],
  ]);
