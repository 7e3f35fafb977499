// A task's secrets and configs in its container: files of a temporary file system, mounted one by one.
// Mirrors: moby daemon/container_operations_unix.go (setupSecretDir), runc's rootfs_linux.go (messages).

import { err, ok, type Result } from '../../std/index.ts';
import { containerDirectory } from '../containers/networking.ts';
import type { ContainerRow } from '../containers/rows.ts';
import type { ContainerStore } from '../containers/store.ts';
import type { TaskFile } from './task-files.ts';

const refused =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting';
const hint =
  'unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type';

/** Shows the files in the container, owned as asked; the error is runc's where one cannot be mounted at its place. */
export function mountFiles(
  store: ContainerStore,
  row: ContainerRow,
  files: readonly TaskFile[],
): Result<void, string> {
  const { fs } = store.runtime(row);
  const hostFs = store.context.host.fs;
  const folder = `${containerDirectory(row)}/mounts/secrets`;
  hostFs.mkdir(folder, { parents: true });
  for (const { path, id, file, text } of files) {
    const source = `${folder}/${id}`;
    const kept = `${source}-${file.Name.replaceAll('/', '_')}`;
    hostFs.write(kept, text, { mode: file.Mode });
    const owner = (name: string) => (name === '0' || name === '' ? 'root' : name);
    hostFs.chown(kept, owner(file.UID), owner(file.GID));
    const parent = path.replace(/\/[^/]*$/, '') || '/';
    const failed = (why: string) => err(`${refused} "${source}" to rootfs at "${path}": ${why}`);
    if (!fs.mkdir(parent, { parents: true }).ok)
      return failed(
        `create mountpoint for ${path} mount: make parent dir of file bind-mount: ${parent}: not a directory: ${hint}`,
      );
    const place = fs.stat(path);
    if (place.ok && place.value.type === 'directory')
      return failed(
        `mount src=${source}, dst=${path}, dstFd=/proc/thread-self/fd/11, flags=MS_BIND|MS_REC: not a directory: ${hint}`,
      );
    if (!place.ok) fs.write(path, '');
    const shown = { type: 'tmpfs', options: 'ro,relatime' };
    fs.mountTree(path, hostFs, kept, { shown, readOnly: true });
  }
  return ok(undefined);
}
