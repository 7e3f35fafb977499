import { expect, test } from 'vitest';
import { TestEngine } from '../testing.ts';
import { parseReference } from './reference.ts';

interface Listed {
  readonly RepoTags: readonly string[];
  readonly Id: string;
}
const filters = (map: object): { readonly filters: string } => ({ filters: JSON.stringify(map) });

test('a fresh host has the images of the labs, newest first', () => {
  const engine = new TestEngine();
  const listed = engine
    .get<Listed[]>('/images/json')
    .flatMap(({ RepoTags, Id }) => RepoTags.map((tag) => `${tag} ${Id.slice(7, 19)}`));
  expect(listed).toEqual([
    'lab/health:latest c90726255722',
    'lab/crash:latest 9f953e83ae7f',
    'redis:7 f22749c56308',
    'redis:6 271f5736da40',
    'nginx:1.26-alpine 0b409b166f98',
    'nginx:1.25-alpine f076729f484b',
    'nginx:1.24-alpine dcbd4dbd7952',
    'sixeyed/ubuntu-with-utils:latest 9c93f5705309',
    'nicolaka/pets_web:1.0 df217e25cf1d',
    'nvbeta/node:latest 354ba8c4425f',
    'redis:latest 7118017b6f4a',
    'nvbeta/swarm_nginx:latest 7fce91d9617e',
    'nginx:alpine 0904f9f70803',
    'nginx:latest 0904f9f70803',
    'busybox:latest 8b8ca16f4847',
    'alpine:3.20 96b36ef91c90',
    'alpine:latest 96b36ef91c90',
  ]);
});

test('a reference pattern fits the repository, or the name with its tag', () => {
  const engine = new TestEngine();
  const tags = (reference: string): readonly string[] =>
    engine
      .get<Listed[]>('/images/json', filters({ reference: { [reference]: true } }))
      .flatMap(({ RepoTags }) => RepoTags);
  expect(tags('nginx:1*')).toEqual(['nginx:1.26-alpine', 'nginx:1.25-alpine', 'nginx:1.24-alpine']);
  expect(tags('nginx')).toContain('nginx:latest');
});

test('removal: a name, the last name, an image in use', () => {
  const engine = new TestEngine();
  const remove = (name: string, query = {}): unknown =>
    engine.ask('DELETE', `/images/${name}`, query).body;
  expect(remove('nginx:alpine')).toEqual([{ Untagged: 'nginx:alpine' }]);
  expect(remove('lab/crash')).toEqual([
    { Untagged: 'lab/crash:latest' },
    {
      Untagged: 'lab/crash@sha256:9e751b1641abf23c9ef600617fd6629982e8955f4b2149301d0feb9cead75938',
    },
    { Deleted: 'sha256:9f953e83ae7f7b215e9e1e80a6898a5907bbece03adba8532d27c90302349c40' },
  ]);
  expect(remove('96b36ef91c90', { force: '1' })).toEqual([
    { Untagged: 'alpine:3.20' },
    { Untagged: 'alpine:latest' },
    {
      Untagged: 'alpine@sha256:b0fc669b66c16a69b17bd98291f798d67084980a6af8b06a0e9d45bdbc1798b0',
    },
    { Deleted: 'sha256:96b36ef91c90e9eaefcd2021f899dd95a7ad0eefa29e639429b520e5ae25a6d8' },
    { Deleted: 'sha256:86fb87058eb87240332c8f328882e3332cac0defd0bfadb1fd4ae86f81f532e6' },
  ]);
  expect(engine.refusal('DELETE', '/images/0904f9f70803:latest')).toBe(
    '404 No such image: 0904f9f70803:latest',
  );
  engine.start('r1', { Image: 'redis:6' });
  expect(engine.refusal('DELETE', '/images/redis:6')).toMatch(
    /^409 conflict: unable to remove repository reference "redis:6" \(must force\) - container [0-9a-f]{12} is using its referenced image 271f5736da40$/,
  );
});

test('pulling: layers that are missing, layers that are there, names that nobody has', () => {
  const engine = new TestEngine([]);
  const pull = (fromImage: string, tag: string): string[] => {
    const { stream } = engine.ask('POST', '/images/create', { fromImage, tag });
    return engine.pieces(stream, 5).flatMap((piece) => {
      const { status = '', id } = ('message' in piece ? piece.message : {}) as {
        status?: string;
        id?: string;
      };
      return /^(Downloading|Extracting)$/.test(status) ? [] : [id ? `${id}: ${status}` : status];
    });
  };
  const digest = 'sha256:3f5acb8f527576f9909d28d896999965a6b4c28d01b2a5da611c1920e9c8bdec';
  expect(pull('nginx', 'alpine')).toEqual([
    'alpine: Pulling from library/nginx',
    '19921bef7ed2: Pulling fs layer',
    '19921bef7ed2: Verifying Checksum',
    '19921bef7ed2: Download complete',
    '19921bef7ed2: Pull complete',
    `Digest: ${digest}`,
    'Status: Downloaded newer image for nginx:alpine',
  ]);
  expect(pull('nginx', 'alpine').at(-1)).toBe('Status: Image is up to date for nginx:alpine');
  expect(pull('nginx', 'latest')).toEqual([
    'latest: Pulling from library/nginx',
    `Digest: ${digest}`,
    'Status: Downloaded newer image for nginx:latest',
  ]);
  expect(engine.refusal('POST', '/images/create', { fromImage: 'nosuch', tag: 'latest' })).toBe(
    "404 pull access denied for nosuch, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  );
  expect(engine.refusal('POST', '/images/create', { fromImage: 'nginx', tag: 'nosuch' })).toBe(
    '404 manifest for nginx:nosuch not found: manifest unknown: manifest unknown',
  );
});

test('without the gateway there is no registry', () => {
  const engine = new TestEngine([]);
  engine.gateway.halt();
  expect(engine.refusal('POST', '/images/create', { fromImage: 'nginx', tag: 'latest' })).toMatch(
    /^500 Get "https:\/\/registry-1\.docker\.io\/v2\/": dial tcp: lookup registry-1\.docker\.io on 192\.168\.56\.1:53: /,
  );
});

test('references', () => {
  expect(parseReference('NGINX')).toMatchObject({
    error: {
      message: 'invalid reference format: repository name (library/NGINX) must be lowercase',
    },
  });
  expect(parseReference('nvbeta/node')).toEqual({
    ok: true,
    value: { domain: 'docker.io', path: 'nvbeta/node', familiar: 'nvbeta/node' },
  });
});
