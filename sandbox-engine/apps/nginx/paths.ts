// The directories that nginx keeps bodies in while they come: made, and given to the workers' user, when it starts.
//
// Mirrors: nginx src/core/ngx_file.c ngx_create_paths, with the paths of Debian's build.
import { type Process, strerror } from '../../os/index.ts';
import type { WorkerUser } from './config.ts';

const root = '/var/lib/nginx';
const kept = ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const numbers: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EACCES: 13,
  EROFS: 30,
};

/** `failed (30: Read-only file system)`. */
export const failed = (error: string): string =>
  `failed (${numbers[error] ?? 5}: ${strerror(error as Parameters<typeof strerror>[0])})`;

/** Why a directory cannot be made or handed over. `workers`: their user, whom only root can give it to. */
export function makePaths(process: Process, workers: WorkerUser): string | undefined {
  const { fs } = process;
  for (const name of kept) {
    const path = `${root}/${name}`;
    const made = fs.mkdir(path, { mode: 0o700 });
    if (!made.ok && made.error !== 'EEXIST') return `mkdir() "${path}" ${failed(made.error)}`;
    const found = fs.stat(path);
    if (process.user !== 'root' || (found.ok && found.value.owner === workers.name)) continue;
    const given = fs.chown(path, workers.name, 'root');
    const uid = workers.account.ok ? workers.account.value.uid : 0;
    if (!given.ok) return `chown("${path}", ${uid}) ${failed(given.error)}`;
  }
  return undefined;
}
