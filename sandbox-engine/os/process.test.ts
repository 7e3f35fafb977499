import { describe, expect, test } from 'vitest';
import { micros, millis, type Op, seconds, sleep } from '../sim/index.ts';
import { assert, must } from '../std/index.ts';
import type { Process, Program } from './api.ts';
import { signals } from './api.ts';
import { run, runUntil, testHost } from './testing.ts';

const echo: Program = function* (process) {
  yield* process.out(`${process.argv.slice(1).join(' ')}\n`);
  return 0;
};
const yes: Program = function* (process) {
  for (;;) yield* process.out('y\n');
};
const head: Program = function* (process) {
  yield* process.out(`${yield* process.readLine(0)}\n`);
  return 0;
};
const forever: Program = function* (process) {
  for (;;) yield* sleep(process.sim, seconds(1000));
};

/** Starts `sh`, whose program is `main`, on pipes. */
const runMain = (main: Program, more: Record<string, Program> = {}, tree = {}) => {
  const host = testHost({ programs: { main, echo, yes, head, forever, ...more }, tree });
  return { host, result: run(host, ['main']) };
};

const spawned = (process: Process, argv: readonly string[], extra = {}): Process => {
  const started = process.spawn({ argv, ...extra });
  return must(started.ok ? started.value : undefined, argv.join(' '));
};

describe('programs', () => {
  test('run with arguments, write to their standard output and leave a status', () => {
    const host = testHost({ programs: { echo } });
    expect(run(host, ['echo', 'a', 'b'])).toEqual({ stdout: 'a b\n', stderr: '', exit: 0 });
  });

  test('are looked up in PATH; ENOENT and EACCES are told apart', () => {
    const tree = { '/bin/data': 'text', '/opt/tool': { program: 'echo' }, '/bin/dir/x': '' };
    const host = testHost({ programs: { echo }, tree });
    const look = (name: string) => host.lookup(host.fs, host.rootEnv, '/root', name);
    expect(look('nosuch')).toEqual({ ok: false, error: 'ENOENT' });
    expect(look('data')).toEqual({ ok: false, error: 'EACCES' });
    expect(look('dir')).toEqual({ ok: false, error: 'EACCES' });
    expect(look('/opt/tool').ok).toBe(true);
    expect(look('../opt/tool').ok).toBe(true);
  });

  test('a text file with the x bit runs by its interpreter', () => {
    const shown: (readonly string[])[] = [];
    const sh: Program = function* (process) {
      shown.push(process.argv);
      yield* process.out('');
      return 5;
    };
    const tree = {
      '/bin/a': { text: '#!/bin/sh -e\necho', mode: 0o755 },
      '/bin/b': { text: 'echo', mode: 0o755 },
    };
    const host = testHost({ programs: { sh }, tree });
    expect(run(host, ['a', '1']).exit).toBe(5);
    expect(run(host, ['/bin/b', '2']).exit).toBe(5);
    expect(shown).toEqual([
      ['/bin/sh', '-e', '/bin/a', '1'],
      ['/bin/sh', '/bin/b', '2'],
    ]);
  });

  test('a bug in a program ends it and reaches the pump; the others go on', () => {
    const bug: Program = function* () {
      yield {};
      assert(false, 'the sky is blue');
      return 0;
    };
    const host = testHost({ programs: { bug, echo } });
    const started = host.spawn({ argv: ['bug'] });
    expect(() => host.sim.runUntil(seconds(1))).toThrow('the sky is blue');
    expect(started.ok && started.value.exitStatus).toBe(134);
    expect(run(host, ['echo', 'hi']).stdout).toBe('hi\n');
  });
});

describe('pipes', () => {
  test('a writer without readers ends by SIGPIPE', () => {
    const statuses: number[] = [];
    const { result } = runMain(function* (process) {
      const pipe = process.host.pipe();
      const out = must(process.fds.get(1), 'stdout');
      const writer = spawned(process, ['yes'], { fds: new Map([[1, pipe.writer]]) });
      const fds = new Map([
        [0, pipe.reader],
        [1, out],
      ]);
      const reader = spawned(process, ['head'], { fds });
      pipe.reader.release();
      pipe.writer.release();
      statuses.push(yield* process.wait(reader), yield* process.wait(writer));
      return 0;
    });
    expect(statuses).toEqual([0, 141]);
    expect(result.stdout).toBe('y\n');
  });

  test('hold 64 KiB, then the writer waits', () => {
    const host = testHost();
    const { writer, reader } = host.pipe();
    expect(writer.write('x'.repeat(100_000))).toBe(65_536);
    expect(writer.write('x')).toBe(0);
    expect(reader.read(10)).toBe('x'.repeat(10));
    expect(writer.write('abc'.repeat(10))).toBe(10);
    reader.release();
    expect(writer.write('x')).toBe('EPIPE');
  });

  test('end when the last writer has closed', () => {
    const { writer, reader } = testHost().pipe();
    writer.retain();
    writer.write('a');
    writer.release();
    expect([reader.read(), reader.read()]).toEqual(['a', undefined]);
    writer.release();
    expect(reader.read()).toBe(null);
  });
});

describe('signals', () => {
  const start = (program: Program, extra = {}) => {
    const host = testHost({ programs: { main: program, forever } });
    const started = host.spawn({ argv: ['main'], ...extra });
    host.sim.runUntil(millis(1));
    return { host, process: must(started.ok ? started.value : undefined, 'main') };
  };

  test('end a process by default', () => {
    const { host, process } = start(forever);
    host.kill(process.row.pid, signals.SIGTERM);
    expect([process.exitStatus, process.exitSignal]).toEqual([143, signals.SIGTERM]);
    expect(host.kill(process.row.pid, signals.SIGTERM)).toEqual({ ok: false, error: 'ESRCH' });
  });

  test('can be caught: the wait ends and says so', () => {
    const seen: unknown[] = [];
    const { host, process } = start(function* (self) {
      self.handle(signals.SIGINT, 'catch');
      self.handle(signals.SIGHUP, 'ignore');
      seen.push(yield* sleep(self.sim, seconds(10)), self.takeSignal(), self.takeSignal());
      return 3;
    });
    host.kill(process.row.pid, signals.SIGHUP);
    host.kill(process.row.pid, signals.SIGINT);
    host.sim.runUntil(seconds(1));
    expect(seen).toEqual([{ by: 'signal', signal: 2 }, 2, undefined]);
    expect(process.exitStatus).toBe(3);
  });

  test('a caught signal that comes while the process runs cuts its next wait short', () => {
    const seen: unknown[] = [];
    const { process } = start(function* (self) {
      self.handle(signals.SIGUSR1, 'catch');
      self.kill(self.pid, signals.SIGUSR1);
      seen.push(yield* sleep(self.sim, seconds(10)));
      return 0;
    });
    expect(seen).toEqual([{ by: 'signal', signal: 10 }]);
    expect(process.exitStatus).toBe(0);
  });

  test('stop and continue', () => {
    const { host, process } = start(function* (self) {
      yield* sleep(self.sim, seconds(1));
      return 0;
    });
    host.kill(process.row.pid, signals.SIGTSTP);
    host.sim.runUntil(seconds(5));
    expect([process.row.state, process.exitStatus]).toEqual(['T', undefined]);
    host.kill(process.row.pid, signals.SIGCONT);
    host.sim.runUntil(seconds(6));
    expect(process.exitStatus).toBe(0);
  });

  test('reach a whole group', () => {
    const { host, process } = start(function* (self) {
      yield* self.wait(spawned(self, ['forever']));
      return 0;
    });
    expect(host.processes().map((row) => row.argv[0])).toEqual(['/sbin/init', 'main', 'forever']);
    host.killGroup(process.row.group, signals.SIGKILL);
    expect(host.processes().map((row) => row.argv[0])).toEqual(['/sbin/init']);
  });
});

describe('pid namespaces', () => {
  const container = (init: Program, also: readonly string[] = []) => {
    const host = testHost({ programs: { init, forever } });
    const options = { pidNamespace: 'c1', fs: host.fs };
    const first = must(host.spawn({ argv: ['init'], ...options }), 'init');
    const others = also.map((name) => host.spawn({ argv: [name], ...options }));
    host.sim.runUntil(millis(1));
    const process = must(first.ok ? first.value : undefined, 'init');
    return { host, process, others: others.flatMap((one) => (one.ok ? [one.value] : [])) };
  };

  test('count from 1 and are seen from the host', () => {
    const { host } = container(forever, ['forever']);
    const rows = host.processes('c1').map((row) => [row.namespacePid, row.pid, row.parent]);
    expect(rows).toEqual([
      [1, 300, 0],
      [2, 301, 0],
    ]);
    expect(host.processes().length).toBe(3);
  });

  test('the first process takes no default signals, but SIGKILL from outside', () => {
    const { host, process, others } = container(forever, ['forever']);
    host.kill(process.row.pid, signals.SIGTERM);
    others[0]?.kill(1, signals.SIGKILL);
    expect(process.exitStatus).toBe(undefined);
    host.kill(process.row.pid, signals.SIGKILL);
    expect(process.exitStatus).toBe(137);
    expect(others[0]?.exitStatus).toBe(137);
    expect(host.processes('c1')).toEqual([]);
  });

  test('orphans get the first process as parent', () => {
    const { host } = container(function* (self): Op<number> {
      const child = spawned(self, ['child'], {
        program: function* (inner: Process): Op<number> {
          spawned(inner, ['forever']);
          yield {};
          return 0;
        },
      });
      yield* self.wait(child);
      for (;;) yield { keys: ['never'] };
    });
    expect(host.processes('c1').map((row) => [row.argv[0], row.parent])).toEqual([
      ['init', 0],
      ['forever', 1],
    ]);
  });
});

test('exec runs another program in the same process', () => {
  const { result } = runMain(function* (process) {
    const op = process.exec({ argv: ['echo', String(process.pid)] });
    return op.ok ? yield* op.value : 127;
  });
  expect(result).toEqual({ stdout: '300\n', stderr: '', exit: 0 });
});

test('writing costs simulated time, so nobody writes for ever at one instant', () => {
  const host = testHost({ programs: { yes } });
  host.spawn({ argv: ['yes'] });
  host.sim.runUntil(millis(20));
  expect(host.sim.now()).toBe(micros(20_000));
});

test('the world comes to rest when programs wait', () => {
  const host = testHost({ programs: { forever } });
  runUntil(host.sim, () => false, 1);
  expect(host.processes().map((row) => row.pid)).toEqual([1]);
});
