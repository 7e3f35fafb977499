// Paths that name what a process has open already: its descriptors and its terminal (proc_pid_fd(5), tty(4)).
import type { Process } from './api.ts';

/** /dev/stdout, /dev/fd/3, /proc/self/fd/3 and links to them: the number of the open file that they name. */
export function ownDescriptor(process: Process, path: string): number | undefined {
  const direct = ownFdOf(path, process.pid);
  if (direct !== undefined) return direct;
  let at = path;
  for (let links = 0; links < 4; links += 1) {
    const stat = process.fs.stat(at, { followLinks: false });
    if (!stat.ok || stat.value.type !== 'symlink') return undefined;
    at = process.fs.resolve(at.slice(0, at.lastIndexOf('/')) || '/', stat.value.target ?? '');
    const fd = ownFdOf(at, process.pid);
    if (fd !== undefined) return fd;
  }
  return undefined;
}

/** The terminal of whoever opens it, whichever terminal that is. */
export const isTerminalPath = (path: string): boolean =>
  path === '/dev/tty' || path.startsWith('/dev/pts/') || path === '/dev/console';

function ownFdOf(path: string, pid: number): number | undefined {
  const named = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }[path];
  if (named !== undefined) return named;
  const match = /^\/(?:dev|proc\/(self|\d+))\/fd\/(\d+)$/.exec(path);
  if (!match) return undefined;
  const owner = match[1];
  return owner === undefined || owner === 'self' || Number(owner) === pid
    ? Number(match[2])
    : undefined;
}
