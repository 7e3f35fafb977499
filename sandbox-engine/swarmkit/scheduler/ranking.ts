// Which of two nodes is the better one for a task. Mirrors: swarmkit manager/scheduler/scheduler.go (nodeLess).
import type { Micros } from '../../sim/index.ts';
import type { TaskRow } from '../objects.ts';
import { isActive, type NodeInfo } from './filters.ts';

const recently = 5 * 60 * 1_000_000;
const manyFailures = 5;

/** Failures are counted for each version of a service. */
export const failureKey = ({ serviceId, specVersion }: TaskRow): string =>
  `${serviceId} ${specVersion}`;

/** Fewer is better, in this order. */
export interface Ranking {
  readonly failures: number;
  readonly ofService: number;
  readonly all: number;
}

export function rankNode(now: Micros, task: TaskRow, { tasks, failures }: NodeInfo): Ranking {
  const times = failures.get(failureKey(task)) ?? [];
  const recent = times.filter((at) => now - at <= recently).length;
  let ofService = 0;
  let all = 0;
  for (const other of tasks) {
    if (!isActive(other)) continue;
    all += 1;
    if (other.serviceId === task.serviceId) ofService += 1;
  }
  return { failures: recent >= manyFailures ? recent : 0, ofService, all };
}

export const isBetter = (a: Ranking, b: Ranking): boolean => {
  if (a.failures !== b.failures) return a.failures < b.failures;
  if (a.ofService !== b.ofService) return a.ofService < b.ofService;
  return a.all < b.all;
};
