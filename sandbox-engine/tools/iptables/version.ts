// The version of the iptables tools that a root file system carries, and how a fatal error is said.
// Differs: only two are known: 1.8.13 of the hosts, and 1.8.9 of images made from Debian 12.
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';

export interface Version {
  readonly number: string;
  /** 1.8.9 prints protocols as numbers with -n. */
  readonly numericProtocols: boolean;
}

export function versionOf(process: Process): Version {
  const release = process.fs.read('/etc/os-release');
  const bookworm = release.ok && /^VERSION_ID="12"$/m.test(release.value);
  return bookworm
    ? { number: '1.8.9', numericProtocols: true }
    : { number: '1.8.13', numericProtocols: false };
}

/** The exit statuses of xtables. */
export const exits = { ok: 0, other: 1, parameter: 2, version: 3, resource: 4 } as const;

/** `iptables v1.8.13 (legacy): MESSAGE`, with the hint that follows wrong parameters. */
export function* fail(
  process: Process,
  program: string,
  message: string,
  status: number = exits.parameter,
): Op<number> {
  if (message.startsWith('not simulated here: ')) {
    yield* process.err(`${program}: ${message}\n`);
    return exits.other;
  }
  // getopt's non-option words are complained about without the version.
  const head = message.startsWith('Bad argument `')
    ? message
    : `${program} v${versionOf(process).number} (legacy): ${message}`;
  yield* process.err(`${head}\n`);
  if (status === exits.parameter)
    yield* process.err(`Try \`${program} -h' or '${program} --help' for more information.\n`);
  return status;
}
