// Small helpers for SVG text that needs neither a browser nor a layout library. Colours are classes of our style sheet.
import { escapeText } from './twin.ts';

/** Average width of a character at 12 px: full-width ones count twice. */
export function textWidth(text: string, size = 12): number {
  let units = 0;
  for (const c of text) units += (c.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.56;
  return units * size;
}

export function svgText(
  x: number,
  y: number,
  text: string,
  kind: string,
  anchor: 'start' | 'middle' | 'end' = 'middle',
): string {
  return `<text x="${round(x)}" y="${round(y)}" class="d-${className(kind)}" text-anchor="${anchor}">${escapeText(text)}</text>`;
}

export function svgRect(
  x: number,
  y: number,
  width: number,
  height: number,
  kind: string,
  radius = 8,
): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}" class="d-${className(kind)}"/>`;
}

export function svgPath(d: string, kind: string): string {
  const rounded = d.replace(/\d+\.\d+/g, (n) => String(round(Number(n))));
  return `<path d="${rounded}" class="d-line d-${className(kind)}"/>`;
}

/** Names of hosts come from the state: nothing but letters, digits and blanks of theirs gets into a class. */
const className = (kind: string): string => kind.replace(/[^\w -]/g, '');

export function svgImage(width: number, height: number, body: readonly string[]): string {
  return (
    `<svg class="picture" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" ` +
    `height="${Math.ceil(height)}" xmlns="http://www.w3.org/2000/svg" aria-hidden="true">${body.join('')}</svg>`
  );
}

export const round = (n: number): number => Math.round(n * 10) / 10;
