// Waits until a service has settled, and shows how far it is.
//
// Mirrors: docker/cli cli/command/service/progress/progress.go.
import { signals } from '../../os/index.ts';
import { mapOrder, micros, type Op } from '../../sim/index.ts';
import { type Cli, fail, type Outcome } from '../cli.ts';
import { filterJson } from '../client.ts';
import { at, list, number, text } from '../json.ts';
import { nowMillis } from '../time.ts';
import { type Progress, ProgressLines } from './messages.ts';
import { makeUpdater, type Updater } from './updaters.ts';

const pollMicros = 200_000;
const defaultMonitorMillis = 5_000;

/** Follows a service until it is converged; `reference` is how the user (or the create answer) names it. */
export function* serviceProgress(cli: Cli, reference: string, quiet: boolean): Op<Outcome> {
  const watch = new Watch(cli, reference, quiet);
  cli.process.handle(signals.SIGINT, 'catch');
  try {
    for (;;) {
      const ended = yield* watch.round();
      if (ended !== 'on') return ended;
      const wake = yield { until: micros(cli.sim.now() + pollMicros) };
      if (wake.by === 'signal' || cli.process.takeSignal() !== undefined)
        return yield* watch.interrupted();
    }
  } finally {
    cli.process.handle(signals.SIGINT, 'default');
  }
}

class Watch {
  readonly #cli: Cli;
  readonly #reference: string;
  readonly #quiet: boolean;
  readonly #lines: ProgressLines;
  #updater: Updater | undefined;
  #converged = false;
  #convergedAt: number | undefined;
  #monitor = defaultMonitorMillis;
  #rollback = false;
  #lastWord: Progress | undefined;

  constructor(cli: Cli, reference: string, quiet: boolean) {
    this.#cli = cli;
    this.#reference = reference;
    this.#quiet = quiet;
    this.#lines = new ProgressLines(cli.columns(1));
  }

  *#show(progress: Progress): Op<void> {
    if (!this.#quiet) yield* this.#cli.out(this.#lines.draw(progress));
  }

  *#step(id: string, status: string): Op<void> {
    yield* this.#show({ id, status, moving: true });
  }

  /** One look at the service. */
  *round(): Op<Outcome | 'on'> {
    const { client } = this.#cli;
    const found = yield* client.get(`/services/${this.#reference}`);
    if (!found.ok) return fail(found.error.message);
    const service = found.value;
    const monitor = number(service, 'Spec.UpdateConfig.Monitor');
    if (monitor > 0) this.#monitor = monitor / 1e6;
    const { sim } = this.#cli;
    this.#updater ??= makeUpdater(service, (entries) =>
      mapOrder(sim.rng('docker-cli/progress map'), entries),
    );
    if (!this.#updater) return fail('unrecognized service mode');
    const state = yield* this.#updateState(service);
    if (state !== 'on') return state;
    if (this.#converged && this.#settledFor() >= this.#monitor) {
      yield* this.#step('verify', `Service ${this.#reference} converged`);
      if (this.#lastWord) yield* this.#show(this.#lastWord);
      return undefined;
    }
    const tasks = yield* client.get('/tasks', {
      filters: filterJson([
        ['service', text(service, 'ID')],
        ['_up-to-date', 'true'],
      ]),
    });
    if (!tasks.ok) return fail(tasks.error.message);
    const nodes = yield* client.get('/nodes');
    if (!nodes.ok) return fail(nodes.error.message);
    const active = new Set(
      list(nodes.value)
        .filter((node) => text(node, 'Status.State') !== 'down')
        .map((node) => text(node, 'ID')),
    );
    const { progress, converged } = this.#updater.update(
      service,
      list(tasks.value),
      active,
      this.#rollback,
    );
    for (const line of progress) yield* this.#show(line);
    this.#converged = converged;
    return yield* this.#verify(service);
  }

  #settledFor(): number {
    return this.#convergedAt === undefined ? 0 : nowMillis(this.#cli.sim) - this.#convergedAt;
  }

  *#updateState(service: unknown): Op<Outcome | 'on'> {
    const message = text(service, 'UpdateStatus.Message');
    switch (text(service, 'UpdateStatus.State')) {
      case 'updating':
        this.#rollback = false;
        break;
      case 'completed':
        if (!this.#converged) return undefined;
        break;
      case 'paused':
        return fail(`service update paused: ${message}`);
      case 'rollback_started':
        if (!this.#rollback && message) yield* this.#step('rollback', message);
        this.#rollback = true;
        break;
      case 'rollback_paused':
        return fail(`service rollback paused: ${message}`);
      case 'rollback_completed':
        if (!this.#converged) this.#lastWord = { id: 'rollback', status: message };
        this.#rollback = true;
        break;
    }
    return 'on';
  }

  *#verify(service: unknown): Op<Outcome | 'on'> {
    if (!this.#converged) {
      if (this.#convergedAt !== undefined) yield* this.#step('verify', 'Detected task failure');
      this.#convergedAt = undefined;
      return 'on';
    }
    if (at(service, 'JobStatus') !== undefined) {
      yield* this.#show({ status: 'job complete' });
      return undefined;
    }
    this.#convergedAt ??= nowMillis(this.#cli.sim);
    const left = this.#monitor - this.#settledFor();
    if (left >= 0)
      yield* this.#step(
        'verify',
        `Waiting ${Math.max(1, Math.ceil(left / 1000))} seconds to verify that tasks are stable...`,
      );
    return 'on';
  }

  /** Ctrl-C: the work goes on without us. */
  *interrupted(): Op<Outcome> {
    if (this.#converged) return undefined;
    yield* this.#show({ status: 'Operation continuing in background.' });
    yield* this.#show({
      status: `Use \`docker service ps ${this.#reference}\` to check progress.`,
    });
    return undefined;
  }
}
