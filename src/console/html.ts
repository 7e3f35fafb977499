// Pieces of HTML that the console is made of: the same for the page that the build makes and for the live one.
import { escapeText } from '../diagrams/twin.ts';

/** HTML that is known to be safe: made by `html`, or of escaped text. */
export interface Safe {
  readonly html: string;
}
type Piece = Safe | string | number | undefined | false | readonly (Safe | string)[];

const show = (piece: Piece): string =>
  piece === undefined || piece === false
    ? ''
    : typeof piece === 'object'
      ? 'html' in piece
        ? piece.html
        : piece.map(show).join('')
      : escapeText(String(piece));

/** Texts that are put in are escaped. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Safe => ({
  html: parts.reduce((text, part, i) => text + show(pieces[i - 1]) + part),
});

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Safe | string;
  /** Class of its cells. */
  readonly kind?: string;
}

/** A table that scrolls sideways in its own box; on narrow screens each cell says its column's name. */
export function table<Row>(
  label: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Safe {
  const head = columns.map(({ title }) => html`<th scope="col">${title}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map(({ title, cell, kind = '' }, i) =>
      i === 0
        ? html`<th scope="row" data-column="${title}" class="${kind}">${cell(row)}</th>`
        : html`<td data-column="${title}" class="${kind}">${cell(row)}</td>`,
    );
    return html`<tr data-key="${keyOf(row)}">${cells}</tr>`;
  });
  return html`<table aria-label="${label}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

export const hostBadge = (name: string): Safe =>
  html`<span class="host" data-host="${name}">${name}</span>`;

export const code = (text: string): Safe => html`<code lang="en">${text}</code>`;
