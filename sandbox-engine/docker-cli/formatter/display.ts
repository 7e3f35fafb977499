// Shortening of ids and texts, and other small things that lists have in common.
//
// Mirrors: docker/cli cli/command/formatter/displayutils.go.
import { compareText } from '../../std/index.ts';
import { pairs } from '../json.ts';

/** The twelve characters by which ids are known. */
export const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);

export const idOf = (id: string, full: boolean): string => (full ? id : shortId(id));

/** At most that many characters, the last of them `…` when something was cut. */
export function ellipsis(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  return length <= 1
    ? characters.slice(0, length).join('')
    : `${characters.slice(0, length - 1).join('')}…`;
}

/** `a=1,b=2`, sorted. */
export const labelsText = (labels: unknown): string =>
  pairs(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort(compareText)
    .join(',');

export const labelOf = (labels: unknown, name: unknown): string =>
  pairs(labels).find(([key]) => key === name)?.[1] ?? '';

/** `nginx:alpine@sha256:…` → `nginx:alpine`, `docker.io/library/alpine` → `alpine`. */
export const familiarImage = (image: string): string =>
  image.replace(/@sha256:[0-9a-f]+$/, '').replace(/^docker\.io\/(?:library\/)?/, '');

export const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
