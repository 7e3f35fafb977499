// What one command changed, as a list: by host and namespace, new and gone things with their mark in words.
import type { ChangesView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { escapeText } from './twin.ts';
import { diagramWords } from './words.ts';

/**
 * What a page shows of the changes: all, or those on one host, of some kinds, in some of its namespaces (names with blanks
 * between; `host` is the host's own).
 */
export interface ShownChanges {
  readonly host?: string | undefined;
  readonly kinds?: string | undefined;
  readonly inside?: string | undefined;
}

export function shownChanges(
  changes: ChangesView,
  { host, kinds, inside }: ShownChanges,
): ChangesView {
  const wanted = kinds?.split(' ');
  const places = inside?.split(' ');
  const entries = changes.entries.filter(
    (entry) =>
      (host === undefined || entry.host === host) &&
      (!wanted || wanted.includes(entry.kind)) &&
      (!places || places.includes(entry.namespace || 'host')),
  );
  return { ...changes, entries };
}

const signs = { added: '+', removed: '−', changed: '~' } as const;

/** More than that is folded, as long outputs are; a few more are not worth a fold. */
const folds = { after: 20, least: 5 } as const;

export function changesHtml({ entries }: ChangesView, language: Language): string {
  const rest = entries.slice(folds.after);
  if (rest.length < folds.least) return groupsHtml(entries, language);
  return (
    groupsHtml(entries.slice(0, folds.after), language) +
    `<details class="changes-more"><summary>${diagramWords[language].moreChanges(rest.length)}</summary>` +
    `${groupsHtml(rest, language)}</details>`
  );
}

function groupsHtml(all: ChangesView['entries'], language: Language): string {
  const words = diagramWords[language];
  const groups = new Map<string, ChangesView['entries'][number][]>();
  for (const entry of all) {
    const key = JSON.stringify([entry.host, entry.namespace]);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups.values()]
    .map((entries) => {
      const [first] = entries;
      const where = first?.namespace ?? '';
      const rows = entries.map(
        ({ kind, change, text }) =>
          `<li class="change" data-change="${change}"><span class="change-sign" aria-hidden="true">${signs[change]}</span>` +
          `<span class="change-kind"><span class="visually-hidden">${words.change[change]} </span>${words.changeKind[kind]}</span>` +
          `<code lang="en">${escapeText(text)}</code></li>`,
      );
      const host = escapeText(first?.host ?? '');
      return (
        `<div class="change-group"><p><span class="host" data-host="${host}">${host}</span> ` +
        `<span class="change-where">${escapeText(where)}</span></p><ul role="list">${rows.join('')}</ul></div>`
      );
    })
    .join('');
}
