// The programs of this layer.
import type { Program } from '../../os/index.ts';
import { httpd } from '../httpd.ts';
import { nginx } from '../nginx/nginx.ts';
import { redisCli } from '../redis/cli.ts';
import { redisServer } from '../redis/server.ts';

/** By the names under which images refer to them. */
export const imagePrograms: ReadonlyMap<string, Program> = new Map([
  ['nginx', nginx],
  ['redis-server', redisServer],
  ['redis-cli', redisCli],
  ['busybox:httpd', httpd],
]);
