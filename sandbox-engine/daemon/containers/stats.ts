// `docker stats`: one sample.
//
// Mirrors: moby daemon/stats_unix.go. Differs: there is no CPU time and no block device here, so those are 0; memory is
// estimated at a fixed amount for each process.

import { objectOf } from '../body.ts';
import { timestamp } from '../context.ts';
import { sandboxOf } from './namespaces.ts';
import { type ContainerRow, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';
import { members } from './top.ts';

/** What a small process keeps in memory, in bytes. */
const processBytes = 220 * 1024;
export const machineMemory = 1_569_640_448;

export function stats(store: ContainerStore, row: ContainerRow): object {
  const { sim } = store.context;
  const running = hasProcess(row.state);
  const processes = running ? members(store, row).length : 0;
  const limit = objectOf(row.hostConfig).Memory;
  return {
    name: `/${row.name}`,
    id: row.containerId,
    read: timestamp(sim, running ? sim.now() : undefined),
    preread: timestamp(sim, undefined),
    pids_stats: running ? { current: processes } : {},
    blkio_stats: emptyBlkio,
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(running),
    precpu_stats: cpu(false),
    memory_stats: running
      ? {
          usage: processes * processBytes,
          stats: {},
          limit: typeof limit === 'number' && limit > 0 ? limit : machineMemory,
        }
      : {},
    ...(running && networks(store, row)),
  };
}

const emptyBlkio = {
  io_service_bytes_recursive: null,
  io_serviced_recursive: null,
  io_queue_recursive: null,
  io_service_time_recursive: null,
  io_wait_time_recursive: null,
  io_merged_recursive: null,
  io_time_recursive: null,
  sectors_recursive: null,
};

const cpu = (running: boolean): object => ({
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  ...(running && { system_cpu_usage: 0, online_cpus: 1 }),
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
});

/** Counters of the interfaces in the container's namespace. Those of the host are not the container's. */
function networks(store: ContainerStore, row: ContainerRow): object {
  if (row.hostConfig.NetworkMode === 'host') return {};
  const sandbox = sandboxOf(store, row);
  const { kernel } = store.context.host;
  if (!sandbox) return {};
  const entries = kernel
    .links(sandbox.netns)
    .filter((link) => link.kind !== 'loopback')
    .map((link) => {
      const counters = kernel.linkCounters(link.id);
      return [
        link.name,
        {
          rx_bytes: counters.rxBytes,
          rx_packets: counters.rxPackets,
          rx_errors: 0,
          rx_dropped: 0,
          tx_bytes: counters.txBytes,
          tx_packets: counters.txPackets,
          tx_errors: 0,
          tx_dropped: 0,
        },
      ];
    });
  return entries.length > 0 ? { networks: Object.fromEntries(entries) } : {};
}
