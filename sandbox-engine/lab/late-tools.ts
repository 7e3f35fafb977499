// The network tools, the everyday programs, and what the images' containers run. A module of its own, so that the page
// loads it beside the world.
import { imagePrograms } from '../apps/programs/index.ts';
import { coreutils } from '../coreutils/index.ts';
import type { Program } from '../os/index.ts';
import { networkTools } from '../tools/index.ts';
import { iptablesPrograms } from '../tools/iptables/index.ts';

/** The one binary behind all applets: `busybox ls -l` runs the applet `ls`. */
const busybox: Program = function* (process) {
  const [, name, ...rest] = process.argv;
  const applets = [...tools.keys(), 'busybox:sh', 'busybox:ash']
    .filter((key) => key.startsWith('busybox:'))
    .map((key) => key.slice('busybox:'.length))
    .sort();
  if (name === undefined || name === '--help') {
    yield* process.out(
      `BusyBox v1.38.0 (Debian 1:1.38.0-3+b1) multi-call binary.\n\nUsage: busybox [function [arguments]...]\n\nCurrently defined functions:\n\t${applets.join(', ')}\n`,
    );
    return 0;
  }
  if (name === '--list') {
    yield* process.out(applets.map((applet) => `${applet}\n`).join(''));
    return 0;
  }
  const shell = name === 'sh' || name === 'ash';
  const program = shell ? process.host.programs.get('ash') : tools.get(`busybox:${name}`);
  if (!program) {
    yield* process.err(`${name}: applet not found\n`);
    return 127;
  }
  const started = process.spawn({ argv: [name, ...rest], program });
  return started.ok ? yield* process.wait(started.value) : 126;
};

export const tools: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...coreutils,
  ...networkTools,
  ...iptablesPrograms,
  ...imagePrograms,
  ['busybox', busybox],
]);
