// Completes package-lock.json after an `npm install`: where a registry does not offer the binaries of other platforms,
// npm leaves them out of the lock, and then `npm ci` refuses it ("Missing: … from lock file"). Each optional dependency
// that the lock names but does not hold gets an entry with its version and the platform that its name tells.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const systems = {
  darwin: 'darwin',
  macos: 'darwin',
  fsevents: 'darwin',
  win32: 'win32',
  windows: 'win32',
  linux: 'linux',
  linuxmusl: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  sunos: 'sunos',
  aix: 'aix',
  openharmony: 'openharmony',
};
const processors = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  armhf: 'arm',
  ia32: 'ia32',
  x86: 'ia32',
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64el: 'mipsel',
  wasm32: 'wasm32',
};

const path = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const { packages } = lock;

/** Would Node find `name` from the package at `location`? It looks in each node_modules on the way up. */
function isResolved(location, name) {
  for (let folder = location; ; ) {
    if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (!folder) return false;
    const cut = folder.lastIndexOf('node_modules/');
    folder = cut <= 0 ? '' : folder.slice(0, cut - 1);
  }
}

function stub(name, range, dev) {
  const words = name.split('/').at(-1).split(/[-_.]/);
  const os = words.map((word) => systems[word]).find(Boolean);
  const cpu = words.map((word) => processors[word]).find(Boolean);
  return {
    version: range.replace(/^[^0-9]*/, ''),
    ...(dev && { dev }),
    optional: true,
    ...(cpu && { cpu: [cpu] }),
    ...(os && { os: [os] }),
  };
}

let added = 0;
for (const [location, entry] of Object.entries({ ...packages }))
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isResolved(location, name)) continue;
    packages[`node_modules/${name}`] = stub(name, range, entry.dev);
    added += 1;
  }
lock.packages = Object.fromEntries(
  Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
if (added > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added to package-lock.json`);
