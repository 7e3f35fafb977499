// alpine and busybox, and the images made from busybox to misbehave: lab/crash and lab/health.
import type { ImageDefinition } from '../image.ts';
import { busyboxTree } from './applets.ts';
import { imageOf, layerOf } from './build.ts';

const pathStep = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const alpineLayer = layerOf('alpine', {
  diffId: '86fb87058eb87240332c8f328882e3332cac0defd0bfadb1fd4ae86f81f532e6',
  blobStart: '213f11cc49c1',
  size: 2_066_884,
  compressedSize: 1_141_000,
  tree: {
    ...busyboxTree,
    '/etc/os-release': `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.3
PRETTY_NAME="Alpine Linux v3.20"
`,
    '/etc/alpine-release': '3.20.3\n',
  },
});

export const alpine: ImageDefinition = imageOf({
  name: 'alpine',
  id: '96b36ef91c90e9eaefcd2021f899dd95a7ad0eefa29e639429b520e5ae25a6d8',
  digest: 'b0fc669b66c16a69b17bd98291f798d67084980a6af8b06a0e9d45bdbc1798b0',
  ageSeconds: 1_612,
  layers: [alpineLayer],
  config: { Cmd: ['/bin/sh'] },
  steps: [pathStep, 'CMD ["/bin/sh"]'],
});

const busyboxLayer = layerOf('busybox', {
  diffId: 'cbce6baffe408eab5f5e7c6feae5f6a650c0c8d974598e40b3520c741e49f142',
  size: 2_066_775,
  compressedSize: 1_140_900,
  tree: busyboxTree,
});

export const busybox: ImageDefinition = imageOf({
  name: 'busybox',
  id: '8b8ca16f4847e0339d066e2a0a45d97e0947d65cfa6cf1ef69333b1622ddcb2b',
  digest: '9a45a494cdc38761c686179de403e5285c318c194f7cab85c76a6c32a767704f',
  ageSeconds: 1_610,
  layers: [busyboxLayer],
  config: { Cmd: ['sh'] },
  steps: [pathStep, 'CMD ["sh"]'],
});

/** Says so and exits 3 after one second. */
export const crash: ImageDefinition = imageOf({
  name: 'lab/crash',
  id: '9f953e83ae7f7b215e9e1e80a6898a5907bbece03adba8532d27c90302349c40',
  digest: '9e751b1641abf23c9ef600617fd6629982e8955f4b2149301d0feb9cead75938',
  ageSeconds: 1_482,
  layers: [busyboxLayer],
  base: busybox.history,
  config: { Cmd: ['sh', '-c', 'echo about to fail; sleep 1; exit 3'] },
  steps: ['CMD ["sh" "-c" "echo about to fail; sleep 1; exit 3"]'],
});

/** Healthy as long as /tmp/ok is there; looked at every two seconds. */
export const health: ImageDefinition = imageOf({
  name: 'lab/health',
  id: 'c9072625572245ccb1e881d5b7c7b498c269c083498d37184e5731acbc041ef4',
  digest: '9c414c921b1b6710b90cd1e434c86cc424f24cd377e19ea61b61c0853ab21295',
  ageSeconds: 1_480,
  layers: [busyboxLayer],
  base: busybox.history,
  config: {
    Cmd: ['sh', '-c', 'touch /tmp/ok; sleep 1000000'],
    Healthcheck: {
      Test: ['CMD-SHELL', 'test -e /tmp/ok'],
      Interval: 2_000_000_000,
      Timeout: 1_000_000_000,
      Retries: 2,
    },
  },
  steps: [
    'HEALTHCHECK &{["CMD-SHELL" "test -e /tmp/ok"] "2s" "1s" "0s" "0s" \'\\x02\'}',
    'CMD ["sh" "-c" "touch /tmp/ok; sleep 1000000"]',
  ],
});
