// docker pull, and the pull that docker run does when the image is missing.
//
// Mirrors: docker/cli cli/command/image/pull.go, cli/command/container/create.go (pullImage).
import type { Op } from '../../../sim/index.ts';
import { err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { showMessages } from '../../progress/messages.ts';
import { familiarWithTag, parseReference, type Reference } from './reference.ts';

/** Pulls and shows the progress on that fd; the error is as printed. */
export function* pullImage(
  cli: Cli,
  reference: Reference,
  options: { readonly fd: 1 | 2; readonly quiet: boolean; readonly platform: string },
): Op<Result<void, string>> {
  const answer = yield* cli.client.request('POST', '/images/create', {
    fromImage: reference.familiar,
    tag: reference.digest ?? reference.tag ?? 'latest',
    platform: options.platform || undefined,
  });
  if (!answer.ok) return err(answer.error.message);
  const { stream } = answer.value;
  if (!stream) return ok(undefined);
  const failed = yield* showMessages(cli, stream, options.quiet ? undefined : options.fd);
  return failed === undefined ? ok(undefined) : err(failed);
}

export function* pull(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const reference = parseReference(name);
  if (!reference.ok) return fail(reference.error);
  if (flags.on('all-tags'))
    return fail(
      'docker: not simulated here: pull --all-tags (the registry answers only for single tags)',
    );
  const { tag, digest, domain, path } = reference.value;
  const quiet = flags.on('quiet');
  if (!tag && !digest && !quiet) yield* cli.out('Using default tag: latest\n');
  const pulled = yield* pullImage(cli, reference.value, {
    fd: 1,
    quiet,
    platform: flags.text('platform'),
  });
  if (!pulled.ok) return fail(pulled.error);
  const full = familiarWithTag(reference.value).slice(reference.value.familiar.length);
  yield* cli.out(`${domain}/${path}${full}\n`);
  return undefined;
}
