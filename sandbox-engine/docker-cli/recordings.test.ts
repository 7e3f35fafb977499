// Every help text and every usage error of the real docker, made again from the command table.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { onTerminal, run, runUntil } from '../os/testing.ts';
import { dockerHost, FakeEngine } from './testing.ts';

interface Step {
  readonly seq: number;
  readonly node: string;
  readonly cmd?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly tty?: boolean;
  readonly cols?: number;
}

const folder = fileURLToPath(new URL('../../tests/golden/', import.meta.url));
const read = (name: string): Step[] =>
  readFileSync(`${folder}${name}`, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Step)
    .filter((step) => step.cmd?.startsWith('docker'));

const ping = (swarm: string) => ({
  'HEAD /_ping': () => ({ status: 200, headers: { Swarm: swarm } }),
});

function replay(
  step: Step,
  swarm: string,
): { stdout: string; stderr: string; exit: number | undefined } {
  const host = dockerHost(new FakeEngine(ping(swarm)));
  const words = (step.cmd ?? '').split(' ');
  if (!step.tty) return run(host, words);
  const session = onTerminal(host, words, { columns: step.cols ?? 120, rows: 24 });
  runUntil(host.sim, () => session.process.exitStatus !== undefined);
  return { stdout: session.tty.takeOutput(), stderr: '', exit: session.process.exitStatus };
}

const helps = read('030-cli-help.jsonl').filter((step) => step.cmd !== 'docker version');

test.each(helps.map((step) => [step.seq, step.cmd, step] as const))(
  'help %i: %s',
  (_seq, _cmd, step) => {
    expect(replay(step, 'inactive')).toEqual({
      stdout: step.stdout,
      stderr: step.stderr,
      exit: step.exit,
    });
  },
);

// What a real daemon answers is not the client's doing.
const errors = read('031-usage-errors.jsonl').filter(
  (step) =>
    step.seq >= 7 &&
    !step.stderr.includes('Error response from daemon') &&
    !(step.cmd ?? '').includes('-D ') &&
    !/["']/.test(step.cmd ?? ''),
);

test.each(errors.map((step) => [step.seq, step.cmd, step] as const))(
  'error %i: %s',
  (_seq, _cmd, step) => {
    expect(replay(step, 'active/manager')).toEqual({
      stdout: step.stdout,
      stderr: step.stderr,
      exit: step.exit,
    });
  },
);

test('without a daemon it says so', () => {
  expect(run(dockerHost(undefined), ['docker', 'ps'])).toEqual({
    stdout: '',
    stderr:
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
    exit: 1,
  });
});
