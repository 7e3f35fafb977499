// What the public registry of the lab's internet serves, and what every fresh host has pulled already.
import type { FileTree } from '../../os/index.ts';
import type { PublishedTag } from '../image.ts';
import { nginx, nginx124, nginx125, nginx126, swarmNginx } from './nginx.ts';
import { node, petsWeb, redis, redis6, redis7 } from './servers.ts';
import { alpine, busybox, crash, health } from './small.ts';
import { ubuntuWithUtils } from './utils.ts';

/** Repositories have their full names: official images are in `library/`. */
export const publishedTags: readonly PublishedTag[] = [
  { repository: 'library/alpine', tag: '3.20', image: alpine },
  { repository: 'library/alpine', tag: 'latest', image: alpine },
  { repository: 'library/busybox', tag: 'latest', image: busybox },
  { repository: 'library/nginx', tag: 'alpine', image: nginx },
  { repository: 'library/nginx', tag: 'latest', image: nginx },
  { repository: 'nvbeta/swarm_nginx', tag: 'latest', image: swarmNginx },
  { repository: 'library/redis', tag: 'latest', image: redis },
  { repository: 'nvbeta/node', tag: 'latest', image: node },
  { repository: 'nicolaka/pets_web', tag: '1.0', image: petsWeb },
  { repository: 'sixeyed/ubuntu-with-utils', tag: 'latest', image: ubuntuWithUtils },
  { repository: 'library/nginx', tag: '1.24-alpine', image: nginx124 },
  { repository: 'library/nginx', tag: '1.25-alpine', image: nginx125 },
  { repository: 'library/nginx', tag: '1.26-alpine', image: nginx126 },
  { repository: 'library/redis', tag: '6', image: redis6 },
  { repository: 'library/redis', tag: '7', image: redis7 },
  { repository: 'lab/crash', tag: 'latest', image: crash },
  { repository: 'lab/health', tag: 'latest', image: health },
];

/** The files of all images. */
export const imageTrees: readonly FileTree[] = [
  ...new Set(publishedTags.flatMap(({ image }) => image.layers.map((layer) => layer.tree))),
];
