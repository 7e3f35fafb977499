// Writes dist/sw.js: the service worker with which a reader who was here once can go on without a network.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

export function offline(): AstroIntegration {
  return {
    name: 'offline',
    hooks: {
      'astro:build:done': ({ dir }) => {
        const dist = fileURLToPath(dir);
        const files = readdirSync(dist, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join('/'))
          .sort();
        // Pages and what stands in their heads; what is heavy is kept when it is first used.
        const pages = files.filter((file) =>
          /(^|\/)index\.html$|^404\.html$|^[^/]+\.(js|svg)$/.test(file),
        );
        const hash = createHash('sha256');
        for (const file of files) hash.update(file).update(readFileSync(join(dist, file)));
        const template = readFileSync(new URL('./service-worker.js', import.meta.url), 'utf8');
        writeFileSync(
          join(dist, 'sw.js'),
          template
            .replace('__VERSION__', hash.digest('hex').slice(0, 12))
            .replace(
              '__PAGES__',
              JSON.stringify(pages.map((file) => `/${file.replace(/index\.html$/, '')}`)),
            ),
        );
      },
    },
  };
}
