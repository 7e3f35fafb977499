// sleep, timeout, date, uptime and watch: programs that know the simulated time.
import { type Process, type Program, signals } from '../os/index.ts';
import { micros, seconds, sleep } from '../sim/index.ts';
import { civilTime, millisOf, strftime } from '../std/index.ts';
import { type Flavoured, options } from './common.ts';
import { signalNumber } from './processes.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const nowMillis = (p: Process): number => Math.floor(p.sim.epochMillis + p.sim.now() / 1_000);

const durations: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };
function parseDuration(text: string): number | undefined {
  if (text === 'inf' || text === 'infinity') return 10 * 365 * 86_400;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * (durations[match[2] ?? ''] ?? 1) : undefined;
}

const sleepProgram: Flavoured = (flavour) =>
  function* (p) {
    const words = p.argv.slice(1);
    let total = 0;
    for (const word of words) {
      const duration = parseDuration(word);
      if (duration === undefined) {
        yield* p.err(
          flavour === 'gnu'
            ? `sleep: invalid time interval ‘${word}’\nTry 'sleep --help' for more information.\n`
            : `sleep: invalid number '${word}'\n`,
        );
        return 1;
      }
      total += duration;
    }
    if (words.length === 0) {
      yield* p.err("sleep: missing operand\nTry 'sleep --help' for more information.\n");
      return 1;
    }
    const until = micros(p.sim.now() + seconds(total));
    while (p.sim.now() < until) yield { until };
    return 0;
  };

const timeout: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'vf',
      values: 'sk',
      long: { signal: 's', 'kill-after': 'k', foreground: 'f', 'preserve-status': 'v' },
      stopAtOperand: true,
      status: 125,
    });
    if (!parsed.ok) return parsed.error;
    const [time = '', ...words] = parsed.value.operands;
    const duration = parseDuration(time);
    if (duration === undefined || words.length === 0) {
      yield* p.err(
        words.length === 0
          ? "timeout: missing operand\nTry 'timeout --help' for more information.\n"
          : `timeout: invalid time interval ‘${time}’\n`,
      );
      return 125;
    }
    const child = p.spawn({ argv: words, parent: p });
    if (!child.ok) {
      yield* p.err(`timeout: failed to run command ‘${words[0]}’: No such file or directory\n`);
      return 127;
    }
    const until = micros(p.sim.now() + seconds(duration));
    while (child.value.exitStatus === undefined && p.sim.now() < until)
      yield { keys: [child.value.endKey], until };
    if (child.value.exitStatus !== undefined) return child.value.exitStatus;
    p.host.kill(
      child.value.row.pid,
      signalNumber(parsed.value.value('s') ?? 'TERM') ?? signals.SIGTERM,
    );
    yield* p.wait(child.value);
    return 124;
  };

const date: Flavoured = () =>
  function* (p) {
    const words = p.argv.slice(1);
    const at = words.findIndex((w) => w === '-d' || w.startsWith('--date') || w.startsWith('-d'));
    let millis = nowMillis(p);
    if (at >= 0) {
      const text =
        words[at] === '-d' || words[at] === '--date'
          ? (words[at + 1] ?? '')
          : (words[at] ?? '').replace(/^(-d|--date=)/, '');
      const seen = parseDate(text, millis);
      if (seen === undefined) {
        yield* p.err(`date: invalid date ‘${text}’\n`);
        return 1;
      }
      millis = seen;
    }
    const format = words.find((w) => w.startsWith('+'));
    const iso = words.some((w) => /^(-I.*|--iso-8601.*)$/.test(w))
      ? words.some((w) => w.includes('s'))
        ? '%Y-%m-%dT%H:%M:%S+00:00'
        : '%Y-%m-%d'
      : undefined;
    yield* p.out(`${strftime(format?.slice(1) ?? iso ?? '%a %b %e %H:%M:%S UTC %Y', millis)}\n`);
    return 0;
  };

function parseDate(text: string, now: number): number | undefined {
  if (text === 'now' || text === '') return now;
  if (text.startsWith('@')) return Number(text.slice(1)) * 1_000;
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?: ?(?:Z|UTC|\+00:?00))?$/.exec(
      text,
    );
  if (match)
    return millisOf(
      Number(match[1]),
      Number(match[2]),
      Number(match[3]),
      Number(match[4] ?? 0),
      Number(match[5] ?? 0),
      Number(match[6] ?? 0),
    );
  const relative = /^([+-]?\d+) (second|sec|minute|min|hour|day|week)s?( ago)?$/.exec(text);
  if (!relative) return undefined;
  const unit =
    { second: 1, sec: 1, minute: 60, min: 60, hour: 3_600, day: 86_400, week: 604_800 }[
      relative[2] ?? ''
    ] ?? 1;
  return now + Number(relative[1]) * unit * 1_000 * (relative[3] ? -1 : 1);
}

const uptime: Program = function* (p) {
  const t = civilTime(nowMillis(p));
  const minutes = Math.floor((p.sim.now() - p.host.bootedAt) / 60_000_000);
  yield* p.out(
    ` ${two(t.hour)}:${two(t.minute)}:${two(t.second)} up ${minutes} min,  1 user,  load average: 0.00, 0.00, 0.00\n`,
  );
  return 0;
};

/** Runs a command again and again on a clean screen until it is interrupted. */
const watch: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: 'tdgxbe',
      values: 'n',
      long: { interval: 'n', 'no-title': 't', differences: 'd' },
      stopAtOperand: true,
    });
    if (!parsed.ok) return parsed.error;
    const words = parsed.value.operands;
    const interval = Number(parsed.value.value('n') ?? 2);
    if (words.length === 0 || !(interval > 0)) {
      yield* p.err('Usage:\n watch [options] command\n');
      return 1;
    }
    for (;;) {
      const head = `Every ${interval.toFixed(1)}s: ${words.join(' ')}`;
      const stamp = `${p.hostname}: ${strftime('%a %b %e %H:%M:%S %Y', nowMillis(p))}`;
      const gap = Math.max(1, (p.tty?.columns ?? 80) - head.length - stamp.length);
      yield* p.out(
        `\x1b[H\x1b[2J${parsed.value.has('t') ? '' : `${head}${' '.repeat(gap)}${stamp}\n\n`}`,
      );
      const child = p.spawn({ argv: ['sh', '-c', words.join(' ')], parent: p });
      if (child.ok) yield* p.wait(child.value);
      yield* sleep(p.sim, seconds(interval));
    }
  };

export const timePrograms: Readonly<Record<string, Flavoured>> = {
  sleep: sleepProgram,
  timeout,
  date,
  uptime: () => uptime,
  watch,
};
