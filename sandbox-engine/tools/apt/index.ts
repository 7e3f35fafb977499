// `apt-get` and `apt`: package lists and packages, fetched from the archive over the simulated network.
//
// Mirrors: apt 3.0 as it prints without a terminal's progress bars. Differs: the archive holds the network tools only;
// packages cannot be removed; signatures are not checked.
import type { Process, Program } from '../../os/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import { fetchFile, readSources, type Source } from './archive.ts';
import { fetched, groupThousands, install, preamble, sizeText } from './install.ts';

const listsDirectory = '/var/lib/apt/lists';

const listName = (source: Source): string =>
  `${source.uri.replace(/^\w+:\/\//, '').replace(/\//g, '_')}_dists_${source.suite}_InRelease`;

/** The first source whose lists have been fetched: packages are known from there. */
function knownSource(process: Process): Source | undefined {
  return readSources(process.fs).find((source) =>
    process.fs.exists(`${listsDirectory}/${listName(source)}`),
  );
}

const indexSizes = { release: 179_000, packages: 9_690_000 };

function* update(process: Process): Op<number> {
  const sources = readSources(process.fs);
  const startedAt = process.sim.now();
  const warnings: string[] = [];
  let number = 0;
  let bytes = 0;
  for (const source of sources) {
    const path = `${listsDirectory}/${listName(source)}`;
    const known = process.fs.exists(path);
    number += 1;
    const address = `${source.uri}/dists/${source.suite}/InRelease`;
    const label = `${source.uri} ${source.suite} InRelease`;
    const problem = yield* fetchFile(process, address);
    if (problem !== undefined) {
      yield* process.out(`Err:${number} ${label}\n  ${problem}\n`);
      warnings.push(`W: Failed to fetch ${address}  ${problem}\n`);
      continue;
    }
    if (known) {
      yield* process.out(`Hit:${number} ${label}\n`);
      continue;
    }
    yield* process.out(`Get:${number} ${label} [${sizeText(indexSizes.release)}]\n`);
    bytes += indexSizes.release;
    for (const component of source.components) {
      number += 1;
      const place = `${source.uri}/dists/${source.suite}/${component}/binary-amd64/Packages.xz`;
      yield* fetchFile(process, place);
      yield* sleep(process.sim, millis(400));
      bytes += indexSizes.packages;
      yield* process.out(
        `Get:${number} ${source.uri} ${source.suite}/${component} amd64 Packages [${groupThousands(indexSizes.packages / 1000)} kB]\n`,
      );
    }
    process.fs.mkdir(listsDirectory, { parents: true });
    process.fs.write(path, `Suite: ${source.suite}\n`);
  }
  if (bytes > 0) yield* process.out(fetched(bytes, process.sim.now() - startedAt));
  yield* process.out('Reading package lists... Done\n');
  if (warnings.length > 0)
    yield* process.err(
      `${warnings.join('')}W: Some index files failed to download. They have been ignored, or old ones used instead.\n`,
    );
  return 0;
}

const usage = `apt 3.0.3 (amd64)
Usage: apt-get [options] command
       apt-get [options] install|remove pkg1 [pkg2 ...]
       apt-get [options] source pkg1 [pkg2 ...]

apt-get is a command line interface for retrieval of packages
and information about them from authenticated sources and
for installation, upgrade and removal of packages together
with their dependencies.
`;

export const aptProgram = (name: 'apt-get' | 'apt'): Program =>
  function* apt(process: Process): Op<number> {
    const args = process.argv.slice(1);
    const options = args.filter((arg) => arg.startsWith('-'));
    const [command, ...operands] = args.filter((arg) => !arg.startsWith('-'));
    const assumeYes = options.some(
      (o) => /^-[a-z]*y/.test(o) || o === '--yes' || o === '--assume-yes',
    );
    if (name === 'apt' && !process.isTty(1))
      yield* process.err(
        '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n',
      );
    if (command === undefined) {
      yield* process.out(
        options.includes('--version') || options.includes('-v') ? 'apt 3.0.3 (amd64)\n' : usage,
      );
      return 0;
    }
    const changing = [
      'update',
      'install',
      'upgrade',
      'dist-upgrade',
      'full-upgrade',
      'autoremove',
      'clean',
    ].includes(command);
    if (changing && process.user !== 'root') {
      yield* process.err(
        'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n',
      );
      return 100;
    }
    switch (command) {
      case 'update':
        return yield* update(process);
      case 'install':
        return yield* install(process, operands, knownSource(process), assumeYes);
      case 'upgrade':
      case 'dist-upgrade':
      case 'full-upgrade':
      case 'autoremove':
        yield* process.out(
          `${preamble}0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`,
        );
        return 0;
      case 'clean':
      case 'autoclean':
        return 0;
      case 'remove':
      case 'purge':
      case 'list':
      case 'show':
      case 'search':
      case 'source':
      case 'download':
        yield* process.err(`${name}: not simulated here: ${command}\n`);
        return 100;
      default:
        yield* process.err(`E: Invalid operation ${command}\n`);
        return 100;
    }
  };
