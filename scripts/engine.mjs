// The engine as one JavaScript module for Node: bundled from the TypeScript sources when they are newer than the last
// bundle, so that plain Node 20 can run it (it cannot strip types). The bundle lies in .cache, never in git.
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, '.cache', 'engine.mjs');

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
      latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

/** The path of an up-to-date bundle; builds it when a source is newer. */
export async function engineBundle() {
  if (existsSync(bundle) && statSync(bundle).mtimeMs > newest(join(root, 'sandbox-engine')))
    return bundle;
  const { build } = await import('esbuild');
  mkdirSync(dirname(bundle), { recursive: true });
  // Built beside and moved into place, so that two processes that start at once never see half a file.
  const fresh = `${bundle}.${process.pid}`;
  await build({
    entryPoints: [join(root, 'sandbox-engine', 'index.ts')],
    outfile: fresh,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2023',
    logLevel: 'error',
    legalComments: 'none',
  });
  renameSync(fresh, bundle);
  return bundle;
}

/** The engine's exports: see sandbox-engine/index.ts. */
export async function loadEngine() {
  return import(pathToFileURL(await engineBundle()).href);
}
