// The programs of this layer, and what stands in for those that nobody has written.
import type { FileTree, Program } from '../os/index.ts';
import { httpd } from './httpd.ts';
import { nginx } from './nginx/nginx.ts';
import { redisCli } from './redis/cli.ts';
import { redisServer } from './redis/server.ts';

export const appPrograms: ReadonlyMap<string, Program> = new Map([
  ['nginx', nginx],
  ['redis-server', redisServer],
  ['redis-cli', redisCli],
  ['busybox:httpd', httpd],
]);

/** Says that it is not simulated. */
const notSimulated: Program = function* (process) {
  const name = (process.argv[0] ?? '').replace(/^.*\//, '');
  yield* process.err(`${name}: not simulated here: this command\n`);
  return 127;
};

/**
 * A registry in which every program that the trees name is found: a flavoured name (`bookworm:ip`) falls back to the plain
 * one, and what nobody has written says so when it is run.
 */
export function completePrograms(
  programs: ReadonlyMap<string, Program>,
  trees: readonly FileTree[],
): Map<string, Program> {
  const complete = new Map(programs);
  for (const tree of trees) {
    for (const node of Object.values(tree)) {
      if (typeof node === 'string' || !('program' in node) || complete.has(node.program)) continue;
      const plain = node.program.startsWith('bookworm:')
        ? programs.get(node.program.slice('bookworm:'.length))
        : undefined;
      complete.set(node.program, plain ?? notSimulated);
    }
  }
  return complete;
}
