// `apt-get install`.
import type { Process } from '../../os/index.ts';
import { millis, type Op, sleep } from '../../sim/index.ts';
import { fetchFile, type Source } from './archive.ts';
import { findPackage, type Package, withDependencies } from './packages.ts';

/** Which release a root file system is: its programs print what that release prints. */
export function releaseOf(process: Process): 'bookworm' | 'forky' {
  const file = process.fs.read('/etc/os-release');
  return file.ok && /VERSION_CODENAME="?bookworm/.test(file.value) ? 'bookworm' : 'forky';
}

const statusFile = '/var/lib/dpkg/status';

export function isInstalled(process: Process, entry: Package): boolean {
  const status = process.fs.read(statusFile);
  if (status.ok && status.value.includes(`Package: ${entry.name}\n`)) return true;
  return entry.files.length > 0 && entry.files.every((path) => process.fs.exists(path));
}

export const groupThousands = (n: number): string => `${n}`.replace(/\B(?=(\d{3})+$)/g, ',');

/** `423 kB`, `12.3 kB`, `1,046 kB`. */
export function sizeText(bytes: number): string {
  if (bytes < 100_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${groupThousands(Math.round(bytes / 1000))} kB`;
}

export const preamble = `Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n`;

/** Names in lines of at most 80 columns, each indented by two. */
function wrapped(names: readonly string[]): string {
  let text = '';
  let line = ' ';
  for (const name of names) {
    if (line.length + 1 + name.length > 80) {
      text += `${line}\n`;
      line = ' ';
    }
    line += ` ${name}`;
  }
  return `${text}${line}\n`;
}

const architecture = (entry: Package): string => entry.architecture ?? 'amd64';

interface Plan {
  readonly wanted: readonly Package[];
  readonly fresh: readonly Package[];
}

function* announce(process: Process, plan: Plan): Op<void> {
  const release = releaseOf(process);
  let text = preamble;
  for (const entry of plan.wanted)
    if (!plan.fresh.includes(entry))
      text += `${entry.name} is already the newest version (${entry.versions[release]}).\n`;
  const extra = plan.fresh.filter((entry) => !plan.wanted.includes(entry));
  const names = (list: readonly Package[]): readonly string[] =>
    list.map((entry) => entry.name).sort();
  if (extra.length > 0)
    text += `The following additional packages will be installed:\n${wrapped(names(extra))}`;
  if (plan.fresh.length > 0)
    text += `The following NEW packages will be installed:\n${wrapped(names(plan.fresh))}`;
  text += `0 upgraded, ${plan.fresh.length} newly installed, 0 to remove and 0 not upgraded.\n`;
  if (plan.fresh.length > 0) {
    const size = plan.fresh.reduce((sum, entry) => sum + entry.size, 0);
    const installed = plan.fresh.reduce((sum, entry) => sum + entry.installed, 0);
    text += `Need to get ${sizeText(size)} of archives.\nAfter this operation, ${groupThousands(installed)} kB of additional disk space will be used.\n`;
  }
  yield* process.out(text);
}

/** Asks where more is to be installed than was asked for. */
function* mayContinue(process: Process, plan: Plan, assumeYes: boolean): Op<boolean> {
  if (assumeYes || plan.fresh.every((entry) => plan.wanted.includes(entry))) return true;
  yield* process.out('Do you want to continue? [Y/n] ');
  const answer = yield* process.readLine(0);
  if (answer !== null && /^(y.*)?$/i.test(answer.trim())) return true;
  yield* process.out('Abort.\n');
  return false;
}

const poolPath = (entry: Package, version: string): string =>
  `pool/main/${entry.name[0]}/${entry.name}/${entry.name}_${version.replace(/^\d+:/, '')}_${architecture(entry)}.deb`;

function* download(process: Process, source: Source, plan: Plan): Op<boolean> {
  const release = releaseOf(process);
  const startedAt = process.sim.now();
  let total = 0;
  for (const [index, entry] of plan.fresh.entries()) {
    const version = entry.versions[release];
    const address = `${source.uri}/${poolPath(entry, version)}`;
    const problem = yield* fetchFile(process, address);
    const line = `${index + 1} ${source.uri} ${source.suite}/main ${architecture(entry)} ${entry.name} ${architecture(entry)} ${version}`;
    if (problem !== undefined) {
      yield* process.out(`Err:${line}\n  ${problem}\n`);
      yield* process.err(
        `E: Failed to fetch ${address}  ${problem}\nE: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n`,
      );
      return false;
    }
    total += entry.size;
    yield* process.out(`Get:${line} [${sizeText(entry.size)}]\n`);
    yield* sleep(process.sim, millis(Math.ceil(entry.size / 20_000)));
  }
  yield* process.out(fetched(total, process.sim.now() - startedAt));
  return true;
}

/** `Fetched 423 kB in 0s (2,115 kB/s)`. */
export function fetched(bytes: number, micros: number): string {
  const speed = micros > 0 ? (bytes * 1_000_000) / micros : bytes;
  return `Fetched ${sizeText(bytes)} in ${Math.floor(micros / 1_000_000)}s (${sizeText(speed)}/s)\n`;
}

/** Puts the programs in their places and notes the package as installed. */
function unpack(process: Process, entry: Package): void {
  const { fs } = process;
  const release = releaseOf(process);
  const flavour = release === 'bookworm' ? 'bookworm:' : '';
  for (const path of entry.files) {
    if (fs.exists(path)) continue;
    fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true });
    fs.place(path, {
      type: 'program',
      program: `${flavour}${path.slice(path.lastIndexOf('/') + 1)}`,
    });
  }
  fs.mkdir('/var/lib/dpkg', { parents: true });
  fs.write(
    statusFile,
    `Package: ${entry.name}\nStatus: install ok installed\nArchitecture: ${architecture(entry)}\nVersion: ${entry.versions[release]}\n\n`,
    { append: true },
  );
}

function* unpackAll(process: Process, plan: Plan): Op<void> {
  const release = releaseOf(process);
  let database = '(Reading database ... 6656 files and directories currently installed.)\n';
  for (const entry of plan.fresh) {
    const version = entry.versions[release];
    const file = `${entry.name}_${version.replace(':', '%3a')}_${architecture(entry)}.deb`;
    yield* process.out(
      `Selecting previously unselected package ${entry.name}.\n${database}Preparing to unpack .../${file} ...\nUnpacking ${entry.name} (${version}) ...\n`,
    );
    database = '';
    yield* sleep(process.sim, millis(60));
  }
  for (const entry of plan.fresh) {
    yield* process.out(`Setting up ${entry.name} (${entry.versions[release]}) ...\n`);
    unpack(process, entry);
    yield* sleep(process.sim, millis(40));
  }
}

export function* install(
  process: Process,
  names: readonly string[],
  source: Source | undefined,
  assumeYes: boolean,
): Op<number> {
  // Without package lists only what is installed is known.
  const wanted = names.map((name) => {
    const entry = findPackage(name);
    return entry && (source || isInstalled(process, entry)) ? entry : undefined;
  });
  const missing = names.filter((_, i) => wanted[i] === undefined);
  if (missing.length > 0) {
    yield* process.out(preamble);
    yield* process.err(missing.map((name) => `E: Unable to locate package ${name}\n`).join(''));
    return 100;
  }
  const known = wanted.filter((entry) => entry !== undefined);
  const plan: Plan = {
    wanted: known,
    fresh: withDependencies(known).filter((entry) => !isInstalled(process, entry)),
  };
  yield* announce(process, plan);
  if (plan.fresh.length === 0 || !source) return 0;
  if (!(yield* mayContinue(process, plan, assumeYes))) return 1;
  if (!(yield* download(process, source, plan))) return 100;
  yield* unpackAll(process, plan);
  return 0;
}
