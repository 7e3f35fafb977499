import { expect, test } from 'vitest';
import { seconds, sleep } from '../sim/index.ts';
import { must } from '../std/index.ts';
import type { Program } from './api.ts';
import { run, testHost } from './testing.ts';

/** Prints the file, or what the link says. */
const look: Program = function* (process) {
  const path = process.argv[1] ?? '';
  const stat = process.fs.stat(path, { followLinks: false });
  if (!stat.ok) return 1;
  const text = process.fs.read(path);
  yield* process.out(stat.value.target ?? (text.ok ? text.value : ''));
  return 0;
};

const idle: Program = function* (process) {
  yield* sleep(process.sim, seconds(3600));
  return 0;
};

test('the host sees the processes of containers by its own numbers', () => {
  const host = testHost({ programs: { look, idle } });
  const started = host.spawn({ argv: ['idle'], pidNamespace: 'c1' });
  const { row } = must(started.ok ? started.value : undefined, 'process');
  expect(row.namespacePid).toBe(1);
  const seen = (path: string): string => run(host, ['look', path]).stdout;
  expect(seen(`/proc/${row.pid}/comm`)).toBe('idle\n');
  expect(seen(`/proc/${row.pid}/status`)).toContain(`Pid:\t${row.pid}\n`);
  expect(seen('/proc/1/comm')).not.toBe('idle\n');
});

test('/proc/PID/ns names namespaces, and leads to that of the network', () => {
  const host = testHost({ programs: { look } });
  expect(run(host, ['look', '/proc/self/ns/net']).stdout).toBe('net:[4026531840]');
  expect(run(host, ['look', '/proc/self/ns/pid']).stdout).toBe('pid:[4026531836]');
  expect(host.fs.stat('/proc/1/ns/net')).toMatchObject({
    ok: true,
    value: { type: 'netns', netns: host.kernel.initNetns },
  });
});
