// The secrets and configs of a task, as files of its container.
// Mirrors: moby daemon/container_operations_unix.go (setupSecretDir), swarmkit template/{getter,expand}.go.
import { err, ok, type Result, sortedBy } from '../../std/index.ts';
import type { Assignments, ReferenceFile, SecretRow, TaskRow } from '../../swarmkit/index.ts';
import { decodeBase64 } from './task-container.ts';
import { contextOf, expandPayload, type PayloadFunctions } from './task-template.ts';

export interface TaskFile {
  readonly path: string;
  /** Of the secret or config. */
  readonly id: string;
  readonly file: ReferenceFile;
  readonly text: string;
}

/** Those that the node was given the content of; an error where a template cannot be filled in. */
export function taskFiles(
  task: TaskRow,
  assignments: Assignments,
): Result<readonly TaskFile[], string> {
  const spec = task.spec.ContainerSpec;
  const secrets = (spec?.Secrets ?? []).flatMap(({ File: file, SecretID: id }) =>
    found(file, '/run/secrets/', id, assignments.secrets),
  );
  const configs = (spec?.Configs ?? []).flatMap(({ File: file, ConfigID: id }) =>
    found(file, '/', id, assignments.configs),
  );
  const plain = (files: readonly Found[]) => (target: string) =>
    files.find(({ file }) => file.Name === target)?.data;
  const functions: PayloadFunctions = {
    secret: plain(secrets),
    config: plain(configs),
    env: (name) =>
      (spec?.Env ?? []).find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? '',
  };
  const context = contextOf(task, assignments.node);
  const files: TaskFile[] = [];
  for (const [kind, all] of [['secret', secrets] as const, ['config', configs] as const])
    for (const { path, id, file, data, templated } of all) {
      const text = templated ? expandPayload(data, context, functions) : ok(data);
      if (!text.ok)
        return err(
          `unable to get ${kind} from ${kind} store: failed to expand templated ${kind} ${id}: ${text.error}`,
        );
      files.push({ path, id, file, text: text.value });
    }
  // Mounted as Docker mounts them: the fewer names on the way, the earlier (064:18).
  return ok(sortedBy(files, ({ path }) => path.split('/').length));
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
