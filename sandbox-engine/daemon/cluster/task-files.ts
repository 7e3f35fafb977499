// The secrets and configs of a task, as files of its container.
// Mirrors: moby daemon/container_operations_unix.go (setupSecretDir), swarmkit template/{getter,expand}.go.
import { sortedBy } from '../../std/index.ts';
import type { Assignments, ReferenceFile, SecretRow, TaskRow } from '../../swarmkit/index.ts';
import { decodeBase64 } from './task-container.ts';
import { expand } from './task-template.ts';

export interface TaskFile {
  readonly path: string;
  /** Of the secret or config. */
  readonly id: string;
  readonly file: ReferenceFile;
  readonly text: string;
}

/** Those that the node was given the content of. */
export function taskFiles(task: TaskRow, assignments: Assignments): readonly TaskFile[] {
  const spec = task.spec.ContainerSpec;
  const secrets = (spec?.Secrets ?? []).flatMap(({ File: file, SecretID: id }) =>
    found(file, '/run/secrets/', id, assignments.secrets),
  );
  const configs = (spec?.Configs ?? []).flatMap(({ File: file, ConfigID: id }) =>
    found(file, '/', id, assignments.configs),
  );
  const plain = (files: readonly Found[], target: string) =>
    files.find(({ file }) => file.Name === target)?.data;
  const call = (name: string, argument: string): string | undefined => {
    if (name === 'secret') return plain(secrets, argument);
    if (name === 'config') return plain(configs, argument);
    if (name !== 'env') return undefined;
    const line = (spec?.Env ?? []).find((entry) => entry.startsWith(`${argument}=`));
    return line?.slice(argument.length + 1) ?? '';
  };
  // Mounted as Docker mounts them: the fewer names on the way, the earlier (064:18).
  const files = sortedBy([...secrets, ...configs], ({ path }) => path.split('/').length);
  return files.map(({ path, id, file, data, templated }) => ({
    path,
    id,
    file,
    text: templated ? expand(data, task, assignments.node, call) : data,
  }));
}

interface Found {
  readonly path: string;
  readonly id: string;
  readonly file: ReferenceFile;
  readonly data: string;
  readonly templated: boolean;
}

function found(
  file: ReferenceFile | undefined,
  folder: string,
  id: string,
  rows: readonly SecretRow[],
): Found[] {
  const spec = rows.find((one) => one.id === id)?.spec;
  if (!file || spec?.Data === undefined) return [];
  return [
    {
      path: file.Name.startsWith('/') ? file.Name : `${folder}${file.Name}`,
      id,
      file,
      data: decodeBase64(spec.Data),
      templated: spec.Templating !== undefined,
    },
  ];
}
