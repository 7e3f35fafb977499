// mount without operands, as BusyBox has it: what /proc/mounts says, in other words.
import type { Program } from '../os/index.ts';

export const mount: Program = function* (p) {
  if (p.argv.length > 1) {
    yield* p.err('mount: not simulated here: mounting anything\n');
    return 1;
  }
  const table = p.fs.read('/proc/mounts');
  if (!table.ok) {
    yield* p.err('mount: no /proc/mounts\n');
    return 1;
  }
  for (const line of table.value.split('\n')) {
    const [device, path, type, options] = line.split(' ');
    if (options !== undefined) yield* p.out(`${device} on ${path} type ${type} (${options})\n`);
  }
  return 0;
};
