// Health checks: a command run in the container again and again, and what its answers mean.
//
// Mirrors: moby daemon/health.go.
import type { Healthcheck } from '../../apps/index.ts';
import {
  type Coroutine,
  type Micros,
  micros,
  millis,
  type Op,
  seconds,
  sleep,
} from '../../sim/index.ts';
import { runInside } from './inside.ts';
import { containerEnvironment } from './launch.ts';
import { type ContainerRow, type HealthState, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';
import { findUser } from './users.ts';

const defaults = { interval: seconds(30), timeout: seconds(30), retries: 3 };

/** Probes kept for `inspect`, and characters of output kept of each. */
const keptProbes = 5;
const keptOutput = 4096;

const duration = (nanos: number | undefined, fallback: Micros): Micros =>
  nanos ? micros(Math.round(nanos / 1_000)) : fallback;

/** Starts probing, if the container has a health check. */
export function monitorHealth(
  store: ContainerStore,
  row: ContainerRow,
): Coroutine<void> | undefined {
  const check = row.config.Healthcheck;
  if (!check || check.Test.length === 0 || check.Test[0] === 'NONE') return undefined;
  store.setState(row, { health: { status: 'starting', failingStreak: 0, log: [] } });
  return store.context.sim.spawn(`${store.host}: health of ${row.name}`, probe(store, row, check));
}

function commandOf(check: Healthcheck): readonly string[] {
  const [kind, ...rest] = check.Test;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', rest.join(' ')] : rest;
}

function* probe(store: ContainerStore, row: ContainerRow, check: Healthcheck): Op<void> {
  const { sim } = store.context;
  const interval = duration(check.Interval, defaults.interval);
  const startPeriod = duration(check.StartPeriod, micros(0));
  const startInterval = duration(check.StartInterval, seconds(5));
  const started = sim.now();
  const inStartPeriod = (): boolean =>
    sim.now() - started < startPeriod && healthOf(store, row)?.status === 'starting';
  for (;;) {
    yield* sleep(sim, inStartPeriod() ? startInterval : interval);
    const current = store.get(row.id);
    if (!current || !hasProcess(current.state)) return;
    if (current.state.status === 'paused') continue;
    const start = sim.now();
    const answer = yield* runProbe(store, current, check);
    if (!answer) return;
    note(store, row, { start, ...answer }, check, inStartPeriod());
  }
}

const healthOf = (store: ContainerStore, row: ContainerRow): HealthState | undefined =>
  store.get(row.id)?.state.health;

function* runProbe(
  store: ContainerStore,
  row: ContainerRow,
  check: Healthcheck,
): Op<{ readonly exitCode: number; readonly output: string } | undefined> {
  const { fs } = store.runtime(row);
  const user = findUser(fs, row.config.User);
  const env = containerEnvironment(store, row, {
    home: user.ok ? user.value.home : '/',
    tty: false,
  });
  const timeout = duration(check.Timeout, defaults.timeout);
  let output = '';
  const ran = runInside(store, row, {
    argv: commandOf(check),
    env,
    cwd: row.config.WorkingDir || '/',
    user: user.ok ? user.value : { name: 'root', gids: [0] },
    io: { tty: false, stdin: false },
    output: (_channel, text) => {
      output = (output + text).slice(0, keptOutput);
    },
  });
  if (!ran.ok) return { exitCode: -1, output: ran.error.text };
  const { process, io } = ran.value;
  const { sim, host } = store.context;
  const deadline = micros(sim.now() + timeout);
  while (process.exitStatus === undefined) {
    if (sim.now() >= deadline) {
      host.kill(process.row.pid, 9);
      const text = `Health check exceeded timeout (${timeout / 1_000_000}s)`;
      return { exitCode: -1, output: output === '' ? text : `${text}: ${output}` };
    }
    yield { keys: [process.endKey], until: deadline };
  }
  yield* io.drained();
  yield* sleep(sim, millis(1));
  return { exitCode: process.exitStatus, output };
}

function note(
  store: ContainerStore,
  row: ContainerRow,
  probe: { readonly start: Micros; readonly exitCode: number; readonly output: string },
  check: Healthcheck,
  forgiven: boolean,
): void {
  const current = store.get(row.id);
  const health = current?.state.health;
  if (!current || !health || !hasProcess(current.state)) return;
  const log = [...health.log, { ...probe, end: store.context.sim.now() }].slice(-keptProbes);
  const healthy = probe.exitCode === 0;
  const failingStreak = healthy ? 0 : forgiven ? health.failingStreak : health.failingStreak + 1;
  const status = healthy
    ? 'healthy'
    : failingStreak >= (check.Retries || defaults.retries)
      ? 'unhealthy'
      : health.status;
  store.setState(current, { health: { status, failingStreak, log } });
  if (status !== health.status) store.event(current, `health_status: ${status}`);
}
