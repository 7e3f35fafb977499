// What the browser pane says of the pages that came: who served each, and of many who served how many.
import type { BrowseResult } from '../../sandbox-engine/protocol/index.ts';
import type { BrowserStrings } from '../i18n/browser-strings.ts';
import { fill } from '../i18n/fill.ts';
import { code, hostBadge, html, type Safe, table } from './html.ts';

export interface Share {
  readonly host: string;
  readonly container: string;
  readonly count: number;
}

/** By how many each container served, in order of their names; what was not answered comes last. */
export function sharesOf(results: readonly BrowseResult[]): Share[] {
  const shares = new Map<string, Share>();
  for (const { served } of results) {
    const { host = '', container = '' } = served ?? {};
    const key = `${host} ${container}`;
    shares.set(key, { host, container, count: (shares.get(key)?.count ?? 0) + 1 });
  }
  const place = ({ host, container }: Share) => (host === '' ? '~' : `${container} ${host}`);
  return [...shares.values()].toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** The chart is its own text twin: a table whose last column draws the number that stands before it. */
export function sharesHtml(results: readonly BrowseResult[], strings: BrowserStrings): string {
  const shares = sharesOf(results);
  const most = Math.max(1, ...shares.map(({ count }) => count));
  const bar = (count: number): Safe =>
    html`<svg class="browser-bar-of" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * count) / most}" height="10" /></svg>`;
  const rows = table(
    strings.sharesTitle,
    [
      {
        title: strings.container,
        cell: ({ container, host }: Share) =>
          container ? code(container) : host ? strings.hostItself : strings.unanswered,
      },
      { title: strings.host, cell: ({ host }) => (host ? hostBadge(host) : '') },
      { title: strings.count, cell: ({ count }) => String(count) },
      { title: strings.share, cell: ({ count }) => bar(count) },
    ],
    shares,
    ({ host, container }) => `${host} ${container}`,
  );
  const answered = results.filter(({ status }) => status > 0).length;
  const containers = shares.filter(({ container }) => container !== '').length;
  const summary = fill(strings.sharesSummary, { n: results.length, answered, containers });
  return html`<p>${summary}</p>${rows}`.html;
}

/** Who answered, on which way. */
export function wayHtml(result: BrowseResult, strings: BrowserStrings): string {
  const { status, entered, served, path, took, headers } = result;
  const hosts = path.map((host, i) => html`${i > 0 && ' → '}${hostBadge(host)}`);
  const way = path.length > 0 ? html`${hosts}` : html`${entered}`;
  const millis = (took / 1000).toFixed(1);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return html`<p>HTTP ${status} · ${fill(strings.took, { n: millis })}</p><p>${strings.way} ${way}${served?.container && html` · ${strings.servedBy} ${code(served.container)}`}</p><details><summary>${strings.headers}</summary><pre tabindex="0" lang="en">${lines.join('\n')}</pre></details>`
    .html;
}

/** Why there is no page: in the reader's words, and as curl says it. */
export function failureHtml({ failure }: BrowseResult, strings: BrowserStrings): string {
  if (!failure) return '';
  return html`<p>${strings.causes[failure.cause]}</p><p lang="en"><code>curl: (${failure.exit}) ${failure.text}</code></p>`
    .html;
}
