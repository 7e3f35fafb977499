// What start and test need first: the packages, and a build that is not older than its sources.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The local Node comes first: the build needs a newer one than the machine may have. */
export const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
};

/** Runs a command with its output on ours; ends this process when it fails. */
export function must(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`${[command, ...args].join(' ')} failed${error ? `: ${error.message}` : ''}`);
  process.exit(status ?? 1);
}

export function ensureInstalled() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    console.error(`Node 20 or later is needed; this is ${process.version}.`);
    process.exit(1);
  }
  const stamp = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs - 1000) return;
  if (existsSync(stamp) && existsSync(join(root, 'node_modules', 'astro'))) {
    // Installed by hand, or checked out anew: the packages are asked, not the clock.
    const same = spawnSync('npm', ['ls', '--depth=0'], {
      cwd: root,
      shell: process.platform === 'win32',
    });
    if (same.status === 0) return;
  }
  console.log('Installing packages (npm ci) …');
  must('npm', ['ci', '--loglevel=error']);
}

const sources = [
  'astro.config.mjs',
  'package-lock.json',
  'content',
  'public',
  'src',
  'sandbox-engine',
];

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return /\.test\.ts$|\.md$/.test(path) ? 0 : stat.mtimeMs;
  let latest = 0;
  for (const name of readdirSync(path)) latest = Math.max(latest, newest(join(path, name)));
  return latest;
}

export function ensureBuilt() {
  const page = join(root, 'dist', 'zh', 'index.html');
  if (existsSync(page)) {
    const built = statSync(page).mtimeMs;
    if (sources.every((source) => newest(join(root, source)) <= built)) return;
  }
  console.log('Building the site …');
  must('npm', ['run', '--silent', 'build']);
}
