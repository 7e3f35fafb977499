// What the pages are made from, read once per build: the labs' facts and what the integration has baked.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDefinition } from '../../sandbox-engine/protocol/index.ts';
import type { BakedLab } from './bake.ts';
import { type Content, readContent } from './content.ts';
import type { ScannedPage } from './scan-page.ts';

let content: Content | undefined;
const baked = new Map<string, BakedLab>();

/** In development each request reads the files anew. */
function currentContent(): Content {
  if (!content || import.meta.env.DEV) content = readContent(process.cwd());
  return content;
}

export function allLabs(): readonly LabDefinition[] {
  return currentContent().labs;
}

export function labPage(language: string, id: string): ScannedPage {
  const page = currentContent().pages.get(`${language}/${id}`);
  if (!page) throw new Error(`no page ${language}/${id}`);
  return page;
}

export function bakedLab(id: string): BakedLab {
  const known = baked.get(id);
  if (known && !import.meta.env.DEV) return known;
  const path = join(process.cwd(), '.cache', 'labs', `${id}.json`);
  if (!existsSync(path)) throw new Error(`${path} is missing: the labs integration writes it`);
  const fresh = JSON.parse(readFileSync(path, 'utf8')) as BakedLab;
  baked.set(id, fresh);
  return fresh;
}

/** The ids of a lab's steps as a mark of progress takes them. */
export const idsOf = (steps: LabDefinition['steps']): string => steps.map(({ id }) => id).join(' ');
