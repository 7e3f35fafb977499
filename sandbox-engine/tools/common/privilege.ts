// What a process may do to the network.
import type { Process } from '../../os/index.ts';

/**
 * CAP_NET_ADMIN: root of the host has it; root in a container does not, as Docker takes it away, unless the container
 * was given it (`--privileged`, `--cap-add NET_ADMIN`).
 */
export function mayAdministerNetwork(process: Process): boolean {
  if (process.user !== 'root') return false;
  return process.capabilities?.has('NET_ADMIN') ?? process.row.pidNamespace === 'init';
}
