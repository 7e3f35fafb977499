// GET /distribution/NAME/json: what the registry says a name stands for, so that services can be pinned to a digest.
// Mirrors: moby daemon/server/router/distribution.
import type { ApiResponse } from '../../api/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import type { Containers } from '../containers/containers.ts';
import { parseReference } from '../images/reference.ts';
import { failed, json, type Route, slowRoute } from '../router.ts';

/** Greeting, token, tag and manifest are asked of the registry one after another, each on a connection of its own. */
const lookupMillis = 400;

const manifestType = 'application/vnd.oci.image.index.v1+json';

export function distributionRoutes({ store }: Containers): Route[] {
  return [
    slowRoute(
      'GET',
      '/distribution/:name+/json',
      function* (_request, { name = '' }): Op<ApiResponse> {
        const reference = parseReference(name);
        if (!reference.ok) return failed(reference.error);
        const { path, digest, tag = 'latest' } = reference.value;
        yield* sleep(store.context.sim, millis(lookupMillis));
        const answer = yield* store.context.registry.resolve(path, digest ?? tag);
        if (!answer.ok) return failed(answer.error);
        return json({
          Descriptor: { mediaType: manifestType, digest: answer.value.image.digest, size: 1024 },
          Platforms: [{ architecture: 'amd64', os: 'linux' }],
        });
      },
    ),
  ];
}
