// The public image registry on the gateway: says which image a name stands for, and serves layers.
//
// Mirrors: the distribution API (GET /v2/NAME/manifests/REFERENCE, GET /v2/NAME/blobs/DIGEST). Differs: no TLS and no
// tokens; a layer's body is its digest, and its size stands in a header, since the files travel by reference.
import { type HttpRequest, header, type Process, type Program } from '../os/index.ts';
import { millis, type Op, seconds, sleep } from '../sim/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import { bytes, type HttpAnswer, httpDate, nowMillis, serveHttp } from './http-server.ts';
import type { PublishedTag } from './image.ts';
import { listen, serveClients } from './tcp-server.ts';

/** The registry's host name and port, as clients reach it. */
export const registryAddress = { name: 'registry-1.docker.io', port: 443 } as const;

/** What the registry answers for a manifest, as JSON. */
export interface ManifestAnswer {
  /** Digest of the manifest. */
  readonly digest: string;
  /** Id of the image. */
  readonly config: string;
}

interface Page {
  readonly status: number;
  readonly body: string;
  readonly size?: number;
}

const problem = (status: number, code: string, message: string): Page => ({
  status,
  body: `${JSON.stringify({ errors: [{ code, message }] })}\n`,
});

/** Serves these tags on one address. */
export const registryServer = (address: Ipv4, tags: readonly PublishedTag[]): Program =>
  function* (process) {
    const listener = listen(process, { port: registryAddress.port, address, fd: 3 });
    if (!listener.ok) return 1;
    return yield* serveClients(process, listener.value, (client) =>
      serveHttp(process, client, {
        idle: seconds(60),
        answer: (request) => answer(process, request, tags),
        malformed: () => answerOf(process, problem(400, 'UNSUPPORTED', 'malformed'), true),
      }),
    );
  };

function* answer(
  process: Process,
  request: HttpRequest,
  tags: readonly PublishedTag[],
): Op<HttpAnswer> {
  yield* sleep(process.sim, millis(60));
  const close = (header(request, 'connection') ?? '').toLowerCase() === 'close';
  return answerOf(process, pageOf(request, tags), close);
}

function pageOf(request: HttpRequest, tags: readonly PublishedTag[]): Page {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return problem(501, 'UNSUPPORTED', `Unsupported method ('${request.method}')`);
  const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.target);
  if (!match) return problem(404, 'NAME_UNKNOWN', 'no such page');
  const [, repository = '', kind, reference = ''] = match;
  const known = tags.filter((tag) => tag.repository === repository);
  if (known.length === 0) return problem(401, 'UNAUTHORIZED', 'authentication required');
  if (kind === 'manifests') {
    const found = known.find((tag) => tag.tag === reference || tag.image.digest === reference);
    if (!found) return problem(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    const manifest: ManifestAnswer = { digest: found.image.digest, config: found.image.id };
    return { status: 200, body: JSON.stringify(manifest) };
  }
  const layer = known.flatMap((tag) => tag.image.layers).find((l) => l.blob === reference);
  return layer
    ? { status: 200, body: layer.blob, size: layer.compressedSize }
    : problem(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
}

function answerOf(process: Process, { status, body, size }: Page, close: boolean): HttpAnswer {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['Docker-Distribution-Api-Version', 'registry/2.0'],
      ['Date', httpDate(nowMillis(process.sim))],
      ...(size === undefined ? [] : [['X-Layer-Size', String(size)] as const]),
      ['Content-Length', bytes(body)],
    ],
    body,
    close,
  };
}
