// The build step of the labs: checks content/, runs every lab in the engine, and leaves the outputs for the pages in
// .cache/labs. Nothing of it goes into git.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { loadEngine } from '../../scripts/engine.mjs';
import { languages } from '../i18n/index.ts';
import { bakeLab, wantedViews } from '../labs/bake.ts';
import { formatProblem, readContent } from '../labs/content.ts';

export function labs(): AstroIntegration {
  return {
    name: 'labs',
    hooks: {
      'astro:config:setup': async ({ config, command, logger, addWatchFile }) => {
        if (command === 'preview' || command === 'sync') return;
        const root = fileURLToPath(config.root);
        const content = readContent(root);
        if (content.problems.length > 0)
          throw new Error(`content:\n${content.problems.map(formatProblem).join('\n')}`);
        const { createLab } = await loadEngine();
        const folder = join(root, '.cache', 'labs');
        mkdirSync(folder, { recursive: true });
        for (const lab of content.labs) {
          addWatchFile(new URL(`content/labs/${lab.id}/lab.yaml`, config.root));
          const pages = languages.flatMap((l) => content.pages.get(`${l}/${lab.id}`) ?? []);
          const started = performance.now();
          const baked = bakeLab(lab, createLab, wantedViews(lab, pages));
          const millis = Math.round(performance.now() - started);
          logger.info(`${lab.id}: ${lab.steps.length} steps run in ${millis} ms`);
          writeIfNew(join(folder, `${lab.id}.json`), JSON.stringify(baked));
        }
      },
    },
  };
}

function writeIfNew(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    // The first time there is nothing to compare with.
  }
  writeFileSync(path, text);
}
