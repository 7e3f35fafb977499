// docker inspect: finds out what kind of object a name belongs to.
//
// Mirrors: docker/cli cli/command/system/inspect.go.
import type { Op } from '../../../sim/index.ts';
import { err, ok } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { inspectAll, type Lookup } from '../../inspect/inspect.ts';

interface Kind {
  readonly name: string;
  readonly type: string;
  path(reference: string): string;
  readonly swarm?: boolean;
}

/** In the order in which they are tried. */
const kinds: readonly Kind[] = [
  { name: 'container', type: 'container.InspectResponse', path: (x) => `/containers/${x}/json` },
  { name: 'image', type: 'image.InspectResponse', path: (x) => `/images/${x}/json` },
  { name: 'network', type: 'network.Inspect', path: (x) => `/networks/${x}` },
  { name: 'volume', type: 'volume.Volume', path: (x) => `/volumes/${x}` },
  { name: 'service', type: 'swarm.Service', path: (x) => `/services/${x}`, swarm: true },
  { name: 'task', type: 'swarm.Task', path: (x) => `/tasks/${x}`, swarm: true },
  { name: 'node', type: 'swarm.Node', path: (x) => `/nodes/${x}`, swarm: true },
  { name: 'plugin', type: 'types.Plugin', path: (x) => `/plugins/${x}/json` },
  { name: 'secret', type: 'swarm.Secret', path: (x) => `/secrets/${x}`, swarm: true },
  { name: 'config', type: 'swarm.Config', path: (x) => `/configs/${x}`, swarm: true },
];

export function* inspect(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const wanted = flags.text('type');
  if (flags.has('type') && !kinds.some((kind) => kind.name === wanted)) {
    const known = kinds
      .map((kind) => `"${kind.name}"`)
      .sort()
      .join(', ');
    return fail(
      wanted === ''
        ? `type is empty: must be one of ${known}`
        : `unknown type: ${JSON.stringify(wanted)}: must be one of ${known}`,
    );
  }
  return yield* inspectAll(cli, names, flags.text('format'), anything(cli, flags, wanted));
}

function anything(cli: Cli, flags: Flags, wanted: string): Lookup {
  return function* (name) {
    for (const kind of kinds) {
      if (wanted !== '' && kind.name !== wanted) continue;
      const size = kind.name === 'container' && flags.on('size') ? 1 : undefined;
      const answer = yield* cli.client.get(kind.path(name), { size });
      if (answer.ok) return ok({ body: answer.value, type: kind.type });
      const { status, message } = answer.error;
      if (wanted === '') {
        // Not of this kind, or swarm objects on a node that does not have them: the next kind.
        if (status === 404 || (kind.swarm && status === 503)) continue;
        if (/not supported|invalid reference format/.test(message)) continue;
        if (kind.name === 'plugin') continue;
      }
      return err(message);
    }
    return err(`Error: No such object: ${name}`);
  };
}
