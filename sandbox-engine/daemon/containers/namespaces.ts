// Whose network namespace a container uses: its own, or with `--network container:NAME` that of another.
import type { SandboxRow } from '../../libnetwork/index.ts';
import { err, type Failure, failure, type Result } from '../../std/index.ts';
import { type ContainerRow, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';

/** The container whose network namespace this one uses; undefined when it has one of its own. */
export function sharedWith(
  store: ContainerStore,
  row: ContainerRow,
): Result<ContainerRow, Failure> | undefined {
  const mode = row.hostConfig.NetworkMode;
  if (!mode.startsWith('container:')) return undefined;
  const found = store.find(mode.slice('container:'.length));
  if (!found.ok) {
    return err({
      ...found.error,
      message: `joining network namespace of container: ${found.error.message}`,
    });
  }
  if (!hasProcess(found.value.state)) {
    return err(
      failure(
        'conflict',
        `cannot join network namespace of a non running container: container ${found.value.containerId} is not running`,
      ),
    );
  }
  return found;
}

export const sandboxOf = (store: ContainerStore, row: ContainerRow): SandboxRow | undefined => {
  const shared = sharedWith(store, row);
  const owner = shared?.ok ? shared.value : row;
  return store.context.controller.sandboxOf(owner.containerId);
};
