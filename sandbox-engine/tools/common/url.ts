// URLs of HTTP clients.

export interface Url {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Path and query; never empty. */
  readonly target: string;
  /** The host as the Host header names it: with its port unless that is the scheme's own. */
  readonly authority: string;
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** A URL, `http` assumed; undefined when it names no host or no valid port. */
export function parseUrl(text: string): Url | undefined {
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?([^/?#]*)([^#]*)/.exec(text.trim());
  if (!match) return undefined;
  const [, scheme = 'http', authority = '', rest = ''] = match;
  const at = authority.lastIndexOf('@');
  const place = authority.slice(at + 1);
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(place);
  const host = parts?.[1] ?? '';
  const lower = scheme.toLowerCase();
  const standard = defaultPorts[lower] ?? 0;
  const port = parts?.[2] ? Number(parts[2]) : standard;
  if (host === '' || port > 65_535 || /[\s<>"{}|\\^`]/.test(host)) return undefined;
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return {
    scheme: lower,
    user: at < 0 ? undefined : authority.slice(0, at),
    host: host.replace(/^\[|\]$/g, ''),
    port,
    target: target.replace(/ /g, '%20'),
    authority: port === standard ? host : `${host}:${port}`,
  };
}

/** Where a Location header points, seen from a URL. */
export function resolveUrl(base: Url, location: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(location)) return location;
  const origin = `${base.scheme}://${base.authority}`;
  if (location.startsWith('//')) return `${base.scheme}:${location}`;
  if (location.startsWith('/')) return `${origin}${location}`;
  return `${origin}${base.target.replace(/[?].*$/, '').replace(/[^/]*$/, '')}${location}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of a text of ASCII characters, for Basic authentication. */
export function base64(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const bytes = [0, 1, 2].map((k) => text.charCodeAt(i + k) & 0xff || 0);
    const [a = 0, b = 0, c = 0] = bytes;
    const left = text.length - i;
    out += alphabet[a >> 2] ?? '';
    out += alphabet[((a & 3) << 4) | (b >> 4)] ?? '';
    out += left > 1 ? (alphabet[((b & 15) << 2) | (c >> 6)] ?? '') : '=';
    out += left > 2 ? (alphabet[c & 63] ?? '') : '=';
  }
  return out;
}
