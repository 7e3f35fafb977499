// docker push: hands a name to the daemon and shows what comes back.
//
// Mirrors: docker/cli cli/command/image/push.go. Differs: one tag at a time.
import type { Op } from '../../../sim/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { showMessages } from '../../progress/messages.ts';
import { familiarWithTag, parseReference } from './reference.ts';

export function* push(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const reference = parseReference(name);
  if (!reference.ok) return fail(reference.error);
  const { familiar, tag, digest } = reference.value;
  const isNameOnly = tag === undefined && digest === undefined;
  if (flags.on('all-tags'))
    return fail(
      isNameOnly
        ? 'docker: not simulated here: push --all-tags (the registry cannot be written to)'
        : "tag can't be used with --all-tags/-a",
    );
  const quiet = flags.on('quiet');
  if (isNameOnly && !quiet) yield* cli.out('Using default tag: latest\n');
  const answer = yield* cli.client.request('POST', `/images/${familiar}/push`, {
    tag: digest ?? tag ?? 'latest',
    platform: flags.text('platform') || undefined,
  });
  if (!answer.ok) return fail(answer.error.message);
  const { stream } = answer.value;
  const failed = stream ? yield* showMessages(cli, stream, quiet ? undefined : 1) : undefined;
  if (failed !== undefined) return fail(failed);
  if (quiet) yield* cli.out(`${familiarWithTag(reference.value)}\n`);
  return undefined;
}
