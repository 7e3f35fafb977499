// A stand-in for the engine's Lab, to test pump and page without the engine: one made-up shell per terminal.
import type { Lab, LabInputNow, LabOptions, LabOutput } from '../../sandbox-engine/lab/api.ts';
import type { LabInput } from '../../sandbox-engine/protocol/index.ts';
import { millis, type Op, Sim, sleep } from '../../sandbox-engine/sim/index.ts';
import { viewOf } from './views.ts';

const hostNames = ['manager1', 'worker1', 'worker2', 'worker3'];

interface Terminal {
  typed: string;
  busy: boolean;
  interrupted: boolean;
}

export function createLab(options: LabOptions): Lab {
  const sim = new Sim({ seed: options.seed, epochMillis: options.startMillis ?? 0 });
  const outputs: LabOutput[] = [];
  const inputs: LabInput[] = [];
  const terminals = new Map<string, Terminal>();
  const networks = new Map(hostNames.map((host) => [host, new Set(['bridge', 'host', 'none'])]));

  const text = (terminal: string, value: string) =>
    outputs.push({ kind: 'text', terminal, text: value });
  const prompt = (terminal: string, status: number) => {
    const value = `root@${terminal.split(':')[0]}:~# `;
    outputs.push({ kind: 'prompt', terminal, status, prompt: value });
    text(terminal, value);
  };

  function* run(id: string, state: Terminal, line: string): Op<void> {
    const host = id.split(':')[0] ?? '';
    const [, sleepFor] = /^sleep ([\d.]+)$/.exec(line) ?? [];
    const [, created] = /^docker network create -d bridge (\w+)$/.exec(line) ?? [];
    let status = 0;
    if (sleepFor) {
      for (let ms = 0; ms < Number(sleepFor) * 1000 && !state.interrupted; ms += 50)
        yield* sleep(sim, millis(50));
    } else if (line === 'yes') {
      for (let n = 0; n < 500_000 && !state.interrupted; n += 1) {
        text(id, 'y\r\n');
        if (n % 64 === 0) yield* sleep(sim, millis(1));
      }
    } else if (line === 'bug') throw new Error('a bug that was asked for');
    else if (created) {
      yield* sleep(sim, millis(5));
      networks.get(host)?.add(created);
      text(id, `${created.padEnd(64, '0')}\r\n`);
    } else if (line.startsWith('docker network ls')) {
      yield* sleep(sim, millis(3));
      for (const name of networks.get(host) ?? []) text(id, `${name}\r\n`);
    } else if (line !== '') {
      text(id, `bash: ${line.split(' ')[0]}: command not found\r\n`);
      status = 127;
    }
    if (state.interrupted) {
      text(id, '^C\r\n');
      status = 130;
    }
    state.busy = false;
    state.interrupted = false;
    prompt(id, status);
  }

  const type = (id: string, state: Terminal, typed: string) => {
    for (const c of typed) {
      if (c === '\u0003') state.interrupted = state.busy;
      else if (c === '\r' || c === '\n') {
        const line = state.typed;
        state.typed = '';
        state.busy = true;
        text(id, '\r\n');
        sim.spawn(id, run(id, state, line));
      } else {
        state.typed += c;
        text(id, c);
      }
    }
  };

  const terminal = (id: string): Terminal => {
    const known = terminals.get(id);
    if (known) return known;
    const fresh = { typed: '', busy: false, interrupted: false };
    terminals.set(id, fresh);
    prompt(id, 0);
    return fresh;
  };

  return {
    sim,
    hosts: new Map(hostNames.map((name) => [name, {} as never])),
    engine: () => {
      throw new Error('the stand-in has no engine');
    },
    terminal: (id) => {
      terminal(id);
    },
    perform(input) {
      inputs.push({ ...input, at: sim.now() });
      const done = sim.spawn('deed', sleep(sim, millis(20)));
      return {
        get ended() {
          return done.ended;
        },
        result: { status: 200 },
      };
    },
    input(input: LabInputNow) {
      inputs.push({ ...input, at: sim.now() } as LabInput);
      if (input.do === 'browse' || input.do === 'api' || input.do === 'machine') return;
      const state = terminal(input.terminal);
      if (input.do === 'run') type(input.terminal, state, `${input.line}\r`);
      else if (input.do === 'input') type(input.terminal, state, input.text);
    },
    takeOutput: () => outputs.splice(0),
    exec: () => ({ stdout: '', stderr: '', exit: 0 }),
    hostAction: () => ({ ok: false }),
    session: () => ({
      version: 1,
      seed: options.seed,
      scenario: options.scenario,
      startMillis: sim.epochMillis,
      inputs,
    }),
    start: () => ({ ended: true, finish: () => ({ stdout: '', stderr: '', exit: 0 }) }),
    stamp: () => String(sim.journal.revision),
    view: (name, parameters) =>
      viewOf(name, parameters.host ?? '', [...(networks.get('manager1') ?? [])]),
    ask: (question) =>
      question.about === 'browse'
        ? { status: 200, headers: {}, body: '<h1>Welcome to nginx!</h1>', entered: 'manager1' }
        : { holds: question.about === 'check', found: [] },
  };
}
