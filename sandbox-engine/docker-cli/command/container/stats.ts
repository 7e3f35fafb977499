// docker stats.
//
// Mirrors: docker/cli cli/command/container/{stats,stats_helpers,formatter_stats}.go.
import { micros, type Op, sleep } from '../../../sim/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanBytes, humanSize } from '../../flags/sizes.ts';
import { idOf } from '../../formatter/display.ts';
import { chooseFormat, formatRows, type RowFormat } from '../../formatter/list.ts';
import { list, number, object, text } from '../../json.ts';

const refreshMicros = 500_000;

interface Row {
  readonly given: string;
  readonly stats: unknown;
}

const percent = (n: number): string => `${n.toFixed(2)}%`;

function cpuPercent(stats: unknown): number {
  const busy =
    number(stats, 'cpu_stats.cpu_usage.total_usage') -
    number(stats, 'precpu_stats.cpu_usage.total_usage');
  const all =
    number(stats, 'cpu_stats.system_cpu_usage') - number(stats, 'precpu_stats.system_cpu_usage');
  const cpus = number(stats, 'cpu_stats.online_cpus') || 1;
  return all > 0 && busy > 0 ? (busy / all) * cpus * 100 : 0;
}

/** Without the page cache that nobody needs. */
function memory(stats: unknown): number {
  const used = number(stats, 'memory_stats.usage');
  const cache = number(stats, 'memory_stats.stats.inactive_file');
  return cache < used ? used - cache : used;
}

const total = (stats: unknown, key: string): number =>
  Object.values(object(stats, 'networks')).reduce<number>((sum, net) => sum + number(net, key), 0);

const blocks = (stats: unknown, kind: string): number =>
  list(stats, 'blkio_stats.io_service_bytes_recursive')
    .filter((entry) => text(entry, 'op').toLowerCase() === kind)
    .reduce<number>((sum, entry) => sum + number(entry, 'value'), 0);

const rowFormat = (full: boolean): RowFormat<Row> => ({
  typeName: '*container.statsContext',
  fields: {
    Container: (r) => r.given,
    Name: (r) => text(r.stats, 'name').replace(/^\//, '') || '--',
    ID: (r) => idOf(text(r.stats, 'id'), full),
    CPUPerc: (r) => percent(cpuPercent(r.stats)),
    MemUsage: (r) =>
      `${humanBytes(memory(r.stats))} / ${humanBytes(number(r.stats, 'memory_stats.limit'))}`,
    MemPerc: (r) => {
      const limit = number(r.stats, 'memory_stats.limit');
      return percent(limit > 0 ? (memory(r.stats) / limit) * 100 : 0);
    },
    NetIO: (r) =>
      `${humanSize(total(r.stats, 'rx_bytes'), 3)} / ${humanSize(total(r.stats, 'tx_bytes'), 3)}`,
    BlockIO: (r) =>
      `${humanSize(blocks(r.stats, 'read'), 3)} / ${humanSize(blocks(r.stats, 'write'), 3)}`,
    PIDs: (r) => String(number(r.stats, 'pids_stats.current')),
  },
  headers: {
    ID: 'CONTAINER ID',
    CPUPerc: 'CPU %',
    MemUsage: 'MEM USAGE / LIMIT',
    MemPerc: 'MEM %',
    NetIO: 'NET I/O',
    BlockIO: 'BLOCK I/O',
    PIDs: 'PIDS',
  },
  table:
    '{{.ID}}\\t{{.Name}}\\t{{.CPUPerc}}\\t{{.MemUsage}}\\t{{.MemPerc}}\\t{{.NetIO}}\\t{{.BlockIO}}\\t{{.PIDs}}',
});

export function* stats(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const format = rowFormat(flags.on('no-trunc'));
  const once = flags.on('no-stream');
  for (;;) {
    let wanted = [...names];
    if (names.length === 0) {
      const listed = yield* cli.client.get('/containers/json', {
        all: flags.on('all') ? 1 : undefined,
      });
      if (!listed.ok) return fail(listed.error.message);
      wanted = list(listed.value).map((container) => text(container, 'Id').slice(0, 12));
    }
    const rows: Row[] = [];
    const errors: string[] = [];
    for (const given of wanted) {
      const answer = yield* cli.client.get(`/containers/${given}/stats`, { stream: 0 });
      if (answer.ok) rows.push({ given, stats: answer.value });
      else errors.push(answer.error.message);
    }
    if (errors.length > 0 && names.length > 0) return failAll(errors);
    const out = formatRows(format, rows, chooseFormat(format, flags.text('format'), false));
    if (!out.ok) return fail(out.error);
    if (once) {
      yield* cli.out(out.value);
      return undefined;
    }
    yield* cli.out(`\x1b[H${out.value.replaceAll('\n', '\x1b[K\n')}\x1b[J`);
    yield* sleep(cli.sim, micros(refreshMicros));
  }
}
