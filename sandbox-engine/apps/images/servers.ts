// redis and its versions, the node demo on port 8888, and the pets page on port 5000.
import type { ImageDefinition } from '../image.ts';
import { busyboxTree } from './applets.ts';
import { defaultPath, imageOf, layerOf } from './build.ts';

const pathStep = `ENV ${defaultPath}`;

const redisEntrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ]; then set -- redis-server "$@"; fi
[ "$1" = redis-server ] && set -- "$@" --protected-mode no
exec "$@"
`;

const redisLayer = layerOf('redis', {
  diffId: 'b8863b46e4c34aee81ead53c4b41f943d6adf16b0ff97bbf9c0bc84ed89413b3',
  blobStart: 'c16160e93550',
  size: 23_302_557,
  compressedSize: 9_730_000,
  tree: {
    ...busyboxTree,
    '/usr/bin/redis-server': { program: 'redis-server' },
    '/usr/bin/redis-cli': { program: 'redis-cli' },
    '/usr/local/bin/docker-entrypoint.sh': { text: redisEntrypoint, mode: 0o755 },
    '/data': { directory: true },
  },
});

const redisConfig = {
  Cmd: ['redis-server'],
  Entrypoint: ['docker-entrypoint.sh'],
  Env: [defaultPath, 'REDIS_VERSION=7.4.1'],
  ExposedPorts: { '6379/tcp': {} },
  Volumes: { '/data': {} },
  WorkingDir: '/data',
};

export const redis: ImageDefinition = imageOf({
  name: 'redis',
  id: '7118017b6f4ac147b4b0d79938606f38bfcab13ab11389000c0d8b8ed6d8ab5d',
  digest: '0c44ba0e8720818155deae77038be93123e52cd91e4628d98feb049f1646d0af',
  ageSeconds: 1_600,
  layers: [redisLayer],
  config: redisConfig,
  steps: [
    pathStep,
    'ENV REDIS_VERSION=7.4.1',
    'VOLUME [/data]',
    'WORKDIR /data',
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'EXPOSE 6379',
    'CMD ["redis-server"]',
  ],
});

const redisVersion = (version: string, id: string, digest: string, ageSeconds: number) =>
  imageOf({
    name: `redis:${version}`,
    id,
    digest,
    ageSeconds,
    layers: [redisLayer],
    base: redis.history,
    config: {
      ...redisConfig,
      Env: [defaultPath, `REDIS_VERSION=${version}`],
      Labels: { version },
    },
    steps: [`ENV REDIS_VERSION=${version}`, `LABEL version=${version}`],
  });

export const redis6: ImageDefinition = redisVersion(
  '6',
  '271f5736da40c056bd76976d43372ea91010cbb617076539b550fc2c4b799522',
  '06cc3acd28a101bff87c5e28958e4f9d4ea9d52ec02bc1bff344d0bd97c3bbd1',
  1_489,
);
export const redis7: ImageDefinition = redisVersion(
  '7',
  'f22749c56308f7ab1d19aea603098e9632ba383980d4c293442477ea4e479346',
  '5a649e146802b4d861856d0431d8d790c2dcd5f3096bad63e968489ccbdcb69c',
  1_487,
);

const nodemon = `#!/bin/sh
mkdir -p /www; echo "Hello from node: $(hostname)" > /www/index.html
exec httpd -f -p 8888 -h /www
`;

/** Says its host name on port 8888. */
export const node: ImageDefinition = imageOf({
  name: 'nvbeta/node',
  id: '354ba8c4425f80947ea4326deda10ba398359be4b7c3961db3d411862754f166',
  digest: '87b4436a12e92d768c652de085c1e5f721e904ce652c6b921175400175f1de8a',
  ageSeconds: 1_592,
  layers: [
    layerOf('nvbeta/node', {
      diffId: 'd0edf06957f6860c66f374fa61c50b0552fc4486e2f3cb5af0bcaed17588ed9a',
      size: 2_066_905,
      compressedSize: 1_141_200,
      tree: {
        ...busyboxTree,
        '/src/index.js': '// demo\n',
        '/usr/local/bin/nodemon': { text: nodemon, mode: 0o755 },
      },
    }),
  ],
  config: { Cmd: ['nodemon', '/src/index.js'], ExposedPorts: { '8888/tcp': {} } },
  steps: [pathStep, 'EXPOSE 8888', 'CMD ["nodemon" "/src/index.js"]'],
});

const python = `#!/bin/sh
mkdir -p /www; printf "<html><body><h1>Pets</h1><p>Served by: %s</p></body></html>\\n" "$(hostname)" > /www/index.html
exec httpd -f -p 5000 -h /www
`;

/** A page that says who served it, on port 5000. */
export const petsWeb: ImageDefinition = imageOf({
  name: 'nicolaka/pets_web',
  id: 'df217e25cf1d0764c418ccf4d8da2c491d11a333ea55ef49a432fba62fdcb1ce',
  digest: '219a38b706646edaf0bd43cfdb787f25150c200e3213f964ee77537d448424df',
  ageSeconds: 1_560,
  layers: [
    layerOf('nicolaka/pets_web', {
      diffId: 'c143d14f7327288965b28798243521649dc708985a8ea3814f1a30c37961d614',
      size: 2_066_937,
      compressedSize: 1_141_300,
      tree: {
        ...busyboxTree,
        '/app': { directory: true },
        '/usr/local/bin/python': { text: python, mode: 0o755 },
      },
    }),
  ],
  config: {
    Cmd: ['python', 'app.py'],
    ExposedPorts: { '5000/tcp': {} },
    WorkingDir: '/app',
  },
  steps: [pathStep, 'WORKDIR /app', 'EXPOSE 5000', 'CMD ["python" "app.py"]'],
});
