// The public registry as the daemon's client for it sees it.
//
// Mirrors: the registry's answers as `docker pull` words them. Differs: the registry answers out of band, a quarter of a
// second later, without packets on the lab's LAN.
import type { PublishedTag } from '../../apps/index.ts';
import { millis, type Op, type Sim, sleep } from '../../sim/index.ts';
import { err, failure, ok } from '../../std/index.ts';
import type { Registry } from '../context.ts';

const answerMillis = 250;

export function publicRegistry(sim: Sim, tags: readonly PublishedTag[]): Registry {
  return {
    *resolve(repository, reference): Op<ReturnType<typeof look>> {
      yield* sleep(sim, millis(answerMillis));
      return look(tags, repository, reference);
    },
  };
}

function look(tags: readonly PublishedTag[], repository: string, reference: string) {
  const name = repository.replace(/^library\//, '');
  const known = tags.filter((tag) => tag.repository === repository);
  if (known.length === 0) {
    return err(
      failure(
        'not_found',
        `pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
      ),
    );
  }
  const found = known.find((tag) => tag.tag === reference || tag.image.digest === reference);
  if (!found) {
    const shown = reference.startsWith('sha256:') ? `@${reference}` : `:${reference}`;
    return err(
      failure(
        'not_found',
        `manifest for ${name}${shown} not found: manifest unknown: manifest unknown`,
      ),
    );
  }
  return ok(
    reference.startsWith('sha256:')
      ? { image: found.image }
      : { image: found.image, tag: found.tag },
  );
}
