// Which of two nodes is the better one for a task. Mirrors: swarmkit manager/scheduler/scheduler.go (nodeLess).
import type { Micros } from '../../sim/index.ts';
import type { TaskRow } from '../objects.ts';
import { isActive, type NodeInfo } from './filters.ts';

const recentFailures = 5 * 60 * 1_000_000;
const manyFailures = 5;

/** Fewer is better, in this order. */
export interface Ranking {
  readonly failures: number;
  readonly ofService: number;
  readonly all: number;
}

export function rankNode(now: Micros, task: TaskRow, { tasks }: NodeInfo): Ranking {
  const since = now - recentFailures;
  let failures = 0;
  let ofService = 0;
  let all = 0;
  for (const other of tasks) {
    const mine = other.serviceId === task.serviceId;
    const failed = other.status.state === 'failed' || other.status.state === 'rejected';
    if (mine && failed && other.specVersion === task.specVersion && other.status.at >= since)
      failures += 1;
    if (!isActive(other)) continue;
    all += 1;
    if (mine) ofService += 1;
  }
  return { failures: failures >= manyFailures ? failures : 0, ofService, all };
}

export const isBetter = (a: Ranking, b: Ranking): boolean => {
  if (a.failures !== b.failures) return a.failures < b.failures;
  if (a.ofService !== b.ofService) return a.ofService < b.ofService;
  return a.all < b.all;
};
