// For tests of this layer: a machine with a network stack, and a client for its servers.
//
// Not part of the engine's bundle: only tests import it.
import { createKernel, createNetworkWorld } from '../kernel/index.ts';
import {
  connectTcp,
  type FileTree,
  type Host,
  type Process,
  receiveAll,
  sendAll,
} from '../os/index.ts';
import { testHost } from '../os/testing.ts';
import { micros, Sim, seconds } from '../sim/index.ts';
import { must } from '../std/index.ts';
import { ip, type Mac } from '../wire/index.ts';
import { imagePrograms } from './programs/index.ts';

export const start = 1_795_305_895_000;

export class AppHost {
  readonly sim = new Sim({ seed: 1, epochMillis: start });
  readonly host: Host;
  readonly #output = new Map<Process, string[]>();

  constructor(tree: FileTree) {
    const kernel = createKernel(createNetworkWorld(this.sim), {
      host: 'web',
      uplink: { mac: '02:56:00:00:00:10' as Mac, segment: 'lan' },
    });
    this.host = testHost({
      name: 'web',
      tree,
      kernel,
      sim: this.sim,
      programs: Object.fromEntries(imagePrograms),
    });
  }

  /** Starts a program in the background; its output is kept. */
  start(argv: readonly string[]): Process {
    const out = this.host.pipe();
    const started = this.host.spawn({
      argv,
      cwd: '/',
      pidNamespace: 'box',
      fds: new Map([
        [0, this.host.nullFile()],
        [1, out.writer],
        [2, out.writer],
      ]),
    });
    out.writer.release();
    const process = must(started.ok ? started.value : undefined, argv.join(' '));
    const kept: string[] = [];
    this.#output.set(process, kept);
    this.sim.spawn('test: output', drain());
    this.run(1);
    return process;

    function* drain() {
      for (;;) {
        const text = out.reader.read();
        if (text === null) return;
        if (text === undefined) yield { keys: [out.reader.readKey] };
        else kept.push(text);
      }
    }
  }

  output(process: Process): string {
    return (this.#output.get(process) ?? []).join('');
  }

  run(secondsLong: number): void {
    this.sim.runUntil(micros(this.sim.now() + seconds(secondsLong)));
  }

  /** Sends text to a local port and answers everything that comes back until the server closes. */
  ask(port: number, text: string): string {
    const context = {
      sim: this.sim,
      kernel: this.host.kernel,
      netns: this.host.kernel.initNetns,
    };
    const client = this.sim.spawn('test: client', talk());
    this.run(5);
    return client.result ?? '(no answer)';

    function* talk() {
      const until = micros(context.sim.now() + seconds(4));
      const connected = yield* connectTcp(context, { to: ip('127.0.0.1'), port });
      if (!connected.ok) return connected.error;
      yield* sendAll(context, connected.value, text);
      const answer = yield* receiveAll(context, connected.value, until);
      context.kernel.sockets.close(connected.value);
      return answer.ok ? answer.value : `(${answer.error})`;
    }
  }

  /** `GET path` on a connection of its own. */
  get(port: number, path: string): string {
    return this.ask(
      port,
      `GET ${path} HTTP/1.1\r\nHost: web\r\nUser-Agent: test/1\r\nConnection: close\r\n\r\n`,
    );
  }
}
