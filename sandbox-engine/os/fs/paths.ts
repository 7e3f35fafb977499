// Path arithmetic on absolute and relative paths, without looking at any file.

/** The absolute form of `path` seen from `cwd`, without `.`, `..` and doubled slashes. */
export function normalise(cwd: string, path: string): string {
  const full = path.startsWith('/') ? path : `${cwd}/${path}`;
  if (isPlain(full)) return full;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Already normal: the usual case, found out without splitting. */
const isPlain = (path: string): boolean =>
  path.length > 1 && !path.endsWith('/') && !/\/(?:\/|\.\.?(?:\/|$))/.test(path);

export const join = (directory: string, name: string): string =>
  directory === '/' ? `/${name}` : `${directory}/${name}`;

export function dirname(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Is `path` below `directory` (or the same)? */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || directory === '/' || path.startsWith(`${directory}/`);

/** Bytes of the text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code < 0xdc00) {
      bytes += 2;
      i += 1;
    } else bytes += 2;
  }
  return bytes;
}
