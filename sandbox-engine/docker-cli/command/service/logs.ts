// docker service logs.
//
// Mirrors: docker/cli cli/command/service/logs.go.
import type { ApiStream } from '../../../api/index.ts';
import type { Op } from '../../../sim/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { shortId } from '../../formatter/display.ts';
import { at, flag, number, text } from '../../json.ts';
import { timestamp } from '../container/look.ts';
import { follow } from '../container/stream.ts';
import { Names } from './tasks.ts';

export function* logs(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  let tty = false;
  let width = 1;
  let path = '';
  const service = yield* cli.client.get(`/services/${name}`);
  if (service.ok) {
    path = `/services/${text(service.value, 'ID')}/logs`;
    tty = flag(service.value, 'Spec.TaskTemplate.ContainerSpec.TTY');
    const replicas = at(service.value, 'Spec.Mode.Replicated.Replicas');
    if (typeof replicas === 'number') width = String(replicas).length;
  } else {
    if (service.error.status !== 404) return fail(service.error.message);
    const task = yield* cli.client.get(`/tasks/${name}`);
    if (!task.ok)
      return fail(
        task.error.status === 404 ? `no such task or service: ${name}` : task.error.message,
      );
    path = `/tasks/${text(task.value, 'ID')}/logs`;
    tty = flag(task.value, 'Spec.ContainerSpec.TTY');
    width = String(number(task.value, 'Slot')).length;
  }
  const raw = flags.on('raw');
  if (tty && !raw) return fail('tty service logs only supported with --raw');
  const since = timestamp(cli, flags.text('since'), 'since');
  if (!since.ok) return fail(since.error);
  const answer = yield* cli.client.request('GET', path, {
    stdout: 1,
    stderr: 1,
    since: since.value,
    timestamps: flags.on('timestamps') ? 1 : undefined,
    follow: flags.on('follow') ? 1 : undefined,
    tail: flags.text('tail'),
    details: flags.on('details') || !raw ? 1 : undefined,
  });
  if (!answer.ok) return fail(answer.error.message);
  const { stream } = answer.value;
  if (!stream) return undefined;
  if (raw) yield* follow(cli, stream);
  else yield* new LogLines(cli, flags, width).show(stream);
  return undefined;
}

const swarmDetails = [
  'com.docker.swarm.node.id',
  'com.docker.swarm.service.id',
  'com.docker.swarm.task.id',
];

/** Puts task and node before each line. */
class LogLines {
  readonly #cli: Cli;
  readonly #flags: Flags;
  readonly #width: number;
  readonly #names: Names;
  readonly #heads = new Map<string, string>();

  constructor(cli: Cli, flags: Flags, width: number) {
    this.#cli = cli;
    this.#flags = flags;
    this.#width = width;
    this.#names = new Names(cli, flags.on('no-resolve'));
  }

  *show(stream: ApiStream): Op<void> {
    try {
      for (;;) {
        const piece = stream.take();
        if (piece === null) return;
        if (piece === undefined) {
          yield { keys: [stream.key] };
          continue;
        }
        if (piece.channel === 'json' || piece.channel === 'prompt') continue;
        for (const line of piece.text.split(/(?<=\n)/)) {
          const shown = yield* this.#line(line);
          yield* piece.channel === 'stdout' ? this.#cli.out(shown) : this.#cli.err(shown);
        }
      }
    } finally {
      stream.close();
    }
  }

  /** `[TIME ]DETAILS TEXT` → `[TIME ]service.slot.task@node    | TEXT`. */
  *#line(line: string): Op<string> {
    const timed = this.#flags.on('timestamps');
    const match = (timed ? /^(\S+) (\S*) ([\s\S]*)$/ : /^()(\S*) ([\s\S]*)$/).exec(line);
    if (!match) return line;
    const [, time = '', detailText = '', rest = ''] = match;
    const details = new Map(
      detailText
        .split(',')
        .filter(Boolean)
        .map((pair) => {
          const equals = pair.indexOf('=');
          return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
        }),
    );
    const head = yield* this.#head(details);
    const others = [...details]
      .filter(([key]) => !swarmDetails.includes(key))
      .map(([k, v]) => `${k}=${v}`);
    const shownDetails = this.#flags.on('details') ? `${others.join(',')} ` : '';
    return `${time ? `${time} ` : ''}${head}    | ${shownDetails}${rest}`;
  }

  *#head(details: ReadonlyMap<string, string>): Op<string> {
    const [node = '', service = '', task = ''] = swarmDetails.map((key) => details.get(key));
    const known = this.#heads.get(task);
    if (known !== undefined) return known;
    const found = yield* this.#cli.client.get(`/tasks/${task}`);
    const slot = found.ok ? number(found.value, 'Slot') : 0;
    let name = `${yield* this.#names.service(service)}.${slot}`;
    if (!this.#flags.on('no-task-ids'))
      name += `.${this.#flags.on('no-trunc') ? task : shortId(task)}`;
    const padding = ' '.repeat(Math.max(0, this.#width - String(slot).length));
    const head = `${name}@${yield* this.#names.node(node)}${padding}`;
    this.#heads.set(task, head);
    return head;
  }
}
