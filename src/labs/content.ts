// Reads content/ for the build, the checks and the tests.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDefinition } from '../../sandbox-engine/protocol/index.ts';
import { languages } from '../i18n/index.ts';
import { checkAnchors, checkPage } from './check-content.ts';
import { type ContentProblem, parseLab } from './parse-lab.ts';
import { type ScannedPage, scanPage } from './scan-page.ts';

export interface Content {
  /** In order. */
  readonly labs: readonly LabDefinition[];
  /** Pages by `zh/bridge-networking`. */
  readonly pages: ReadonlyMap<string, ScannedPage>;
  readonly problems: readonly ContentProblem[];
}

/** Reads and checks everything below `root/content`. */
export function readContent(root: string): Content {
  const labs: LabDefinition[] = [];
  const pages = new Map<string, ScannedPage>();
  const problems: ContentProblem[] = [];
  const folder = join(root, 'content', 'labs');
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const file = `content/labs/${entry.name}/lab.yaml`;
    if (!existsSync(join(root, file))) {
      problems.push({ file, line: 1, message: 'a lab has a lab.yaml' });
      continue;
    }
    const parsed = parseLab(file, readFileSync(join(root, file), 'utf8'), entry.name);
    problems.push(...parsed.problems);
    if (parsed.lab) labs.push(parsed.lab);
    const [zh, en] = languages.map((language) => readPage(language, entry.name));
    for (const page of [zh, en])
      if (page && parsed.lab && page.problems.length === 0)
        problems.push(...checkPage(parsed.lab, page));
    if (zh && en && zh.problems.length + en.problems.length === 0)
      problems.push(...checkAnchors(en, zh));
  }
  return { labs: labs.sort((a, b) => a.order - b.order), pages, problems };

  function readPage(language: string, lab: string): ScannedPage | undefined {
    const file = `content/${language}/labs/${lab}.mdx`;
    if (!existsSync(join(root, file))) {
      problems.push({ file, line: 1, message: `the lab ${lab} has no page in this language` });
      return undefined;
    }
    const page = scanPage(file, readFileSync(join(root, file), 'utf8'));
    problems.push(...page.problems);
    pages.set(`${language}/${lab}`, page);
    return page;
  }
}

export function formatProblem({ file, line, message }: ContentProblem): string {
  return `${file}:${line}: ${message}`;
}
