// npm run size: what the built site makes a reader load, against its budgets. Sizes are gzip -9, in KB of 1000 bytes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './prepare.mjs';

const dist = join(root, 'dist');
if (!existsSync(join(dist, 'zh', 'index.html'))) {
  console.error('There is no built site: npm run build');
  process.exit(1);
}
const packed = (path) => gzipSync(readFileSync(path), { level: 9 }).length / 1000;
const astro = join(dist, '_astro');

/** A script and everything that it imports at once (not what it loads later). */
function withImports(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  const code = readFileSync(path, 'utf8');
  for (const [, name] of code.matchAll(/(?:import|from)\s*"\.\/([^"]+\.js)"/g))
    withImports(join(astro, name), seen);
  return seen;
}

function page(path) {
  const html = readFileSync(path, 'utf8');
  const scripts = new Set();
  for (const [, source] of html.matchAll(/<script[^>]*\bsrc="([^"]+)"/g))
    for (const file of withImports(join(dist, source))) scripts.add(file);
  const styles = [...html.matchAll(/<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"/g)].map(
    ([, href]) => join(dist, href),
  );
  const sum = (files) => [...files].reduce((total, file) => total + packed(file), 0);
  return { html: packed(path), js: sum(scripts), css: sum(styles) };
}

const rows = [];
const budget = (name, size, limit) => rows.push({ name, size, limit });

const worker = readdirSync(astro).filter((name) => /^main[-.].*\.js$/.test(name));
if (worker.length !== 1) throw new Error(`worker scripts in dist/_astro: ${worker.join(', ')}`);
budget('worker script', packed(join(astro, worker[0])), 220);
// The programs that the simulated hosts run come beside it, in parallel, at the first Run.
for (const name of readdirSync(astro).filter((file) => /^late-.*\.js$/.test(file)))
  budget(
    `beside the worker: ${name.replace(/[-.][^-.]*\.js$/, '')}`,
    packed(join(astro, name)),
    220,
  );
for (const language of ['zh', 'en']) {
  const labs = join(dist, language, 'labs');
  for (const name of readdirSync(labs)) {
    const file = join(labs, name, 'index.html');
    if (!existsSync(file)) continue;
    const { html, js, css } = page(file);
    budget(`${language}/${name}: JavaScript before the first Run`, js, 10);
    budget(`${language}/${name}: HTML`, html, 40);
    budget(`${language}/${name}: CSS`, css, 12);
  }
}
let failed = 0;
for (const { name, size, limit } of rows) {
  if (size > limit) failed += 1;
  console.log(
    `${size > limit ? '✗' : ' '} ${name.padEnd(60)} ${size.toFixed(1).padStart(7)} KB  ≤ ${limit}`,
  );
}
console.log(`sizes: ${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
