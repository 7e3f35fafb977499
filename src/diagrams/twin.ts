// The text twin of a drawing: the same facts as nested lists, for readers who do not see it.

import type { Language } from '../i18n/index.ts';

export interface TwinItem {
  readonly text: string;
  readonly items?: readonly TwinItem[];
}
export interface Twin {
  readonly summary: string;
  readonly items: readonly TwinItem[];
}

/** `name: text`, with the colon of the language. */
export const labelled = (name: string, text: string, language: Language): string =>
  `${name}${language === 'zh' ? '：' : ': '}${text}`;

export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function twinHtml(twin: Twin): string {
  return `<p>${escapeText(twin.summary)}</p>${list(twin.items)}`;
}

function list(items: readonly TwinItem[]): string {
  const rows = items.map(
    ({ text, items: inner }) =>
      `<li>${escapeText(text)}${inner && inner.length > 0 ? list(inner) : ''}</li>`,
  );
  return `<ul>${rows.join('')}</ul>`;
}
