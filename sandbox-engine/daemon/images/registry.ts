// The client for the public registry: asks over the machine's network which image a name stands for, and fetches layers.
//
// Mirrors: moby distribution and registry, as `docker pull` words their failures. Differs: the files of an image are not
// sent: the catalogue has them, and the registry only says which ones they are.
import {
  type ImageDefinition,
  type ImageLayer,
  type ManifestAnswer,
  type PublishedTag,
  registryAddress,
} from '../../apps/index.ts';
import type { SocketId, SocketRow } from '../../kernel/index.ts';
import {
  connectTcp,
  type Host,
  HttpParser,
  type HttpResponse,
  lookupIpv4,
  type ResolverContext,
  readResolverConfig,
  receiveSome,
  sendAll,
  strerror,
  writeRequest,
} from '../../os/index.ts';
import { type Micros, micros, type Op, seconds } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import type { Registry, RegistryAnswer } from '../context.ts';

/** How long the client waits for an answer. */
const patience = seconds(15);
/** A descriptor above those that the engine keeps open. */
const registryDescriptor = 41;

export function publicRegistry(host: Host, tags: readonly PublishedTag[]): Registry {
  const images = new Map(tags.map(({ image }): [string, ImageDefinition] => [image.id, image]));
  return {
    *resolve(repository, reference): Op<Result<RegistryAnswer, Failure>> {
      const answer = yield* get(host, `/v2/${repository}/manifests/${reference}`);
      if (!answer.ok) return answer;
      if (answer.value.status !== 200)
        return err(refusal(repository, reference, answer.value.status));
      const { config } = JSON.parse(answer.value.body) as ManifestAnswer;
      const image = images.get(config);
      if (!image) return err(failure('system', `unexpected image ${config}`));
      return ok(reference.startsWith('sha256:') ? { image } : { image, tag: reference });
    },
    *fetch(repository: string, layer: ImageLayer): Op<Result<void, Failure>> {
      const answer = yield* get(host, `/v2/${repository}/blobs/${layer.blob}`);
      if (!answer.ok) return answer;
      return answer.value.status === 200
        ? ok(undefined)
        : err(failure('system', 'error pulling image configuration: download failed'));
    },
  };
}

function refusal(repository: string, reference: string, status: number): Failure {
  const name = repository.replace(/^library\//, '');
  if (status === 401) {
    return failure(
      'not_found',
      `pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    );
  }
  const shown = reference.startsWith('sha256:') ? `@${reference}` : `:${reference}`;
  return failure(
    'not_found',
    `manifest for ${name}${shown} not found: manifest unknown: manifest unknown`,
  );
}

const unreachable = (why: string): Result<never, Failure> =>
  err(failure('system', `Get "https://${registryAddress.name}/v2/": ${why}`));

function* get(host: Host, target: string): Op<Result<HttpResponse, Failure>> {
  const { sim, kernel, fs } = host;
  const context = { sim, kernel, fs, netns: kernel.initNetns };
  const until = micros(sim.now() + patience);
  const found = yield* lookupIpv4(context, registryAddress.name);
  const [to] = found.ok ? found.value : [];
  if (to === undefined) return unreachable(lookupProblem(context, found.ok ? '' : found.error));
  const { port } = registryAddress;
  const owner = engineSocket(host);
  const connected = yield* connectTcp(context, { to, port, until, ...(owner && { owner }) });
  if (!connected.ok) {
    return unreachable(
      connected.error === 'EAGAIN'
        ? 'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)'
        : `dial tcp ${formatIpv4(to)}:${port}: connect: ${strerror(connected.error).toLowerCase()}`,
    );
  }
  try {
    const answer = yield* exchange(context, connected.value, target, until);
    return answer ? ok(answer) : unreachable('EOF');
  } finally {
    kernel.sockets.close(connected.value);
  }
}

/** The connection is the engine's own: `ss -p` names it, and it is no request of the reader's. */
function engineSocket(host: Host): SocketRow['owner'] {
  const engine = host.processes().find(({ argv }) => /(^|\/)dockerd$/.test(argv[0] ?? ''));
  return engine && { program: 'dockerd', pid: engine.pid, fd: registryDescriptor };
}

function lookupProblem(context: ResolverContext, error: string): string {
  const server = readResolverConfig(context.fs).nameservers[0];
  const from = server === undefined ? '' : ` on ${formatIpv4(server)}:53`;
  const why = error === 'EAI_AGAIN' ? 'i/o timeout' : 'no such host';
  return `dial tcp: lookup ${registryAddress.name}${from}: ${why}`;
}

function* exchange(
  context: ResolverContext,
  socket: SocketId,
  target: string,
  until: Micros,
): Op<HttpResponse | undefined> {
  const request = writeRequest({
    method: 'GET',
    target,
    version: 'HTTP/1.1',
    headers: [
      ['Host', registryAddress.name],
      ['User-Agent', 'docker/28.5.2+dfsg4 go/go1.27.1 kernel/6.12.101 os/linux arch/amd64'],
      ['Connection', 'close'],
    ],
    body: '',
  });
  const sent = yield* sendAll(context, socket, request, until);
  if (!sent.ok) return undefined;
  const parser = new HttpParser('response');
  for (;;) {
    const answer = parser.response();
    if (answer) return answer;
    const text = yield* receiveSome(context, socket, until);
    if (!text.ok || text.value === null) return undefined;
    parser.push(text.value);
  }
}
