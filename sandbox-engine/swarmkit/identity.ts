// Ids, tokens and keys, all drawn from the lab's seed. Mirrors: swarmkit identity/randomid.go, ca/config.go
// (GenerateJoinToken), manager/encryption (HumanReadableKey).
import type { Rng } from '../sim/index.ts';
import { err, ok, type Result } from '../std/index.ts';

/** 25 characters of [0-9a-z], a digit and a letter among the twelve that tables show: nearly all real ones have them. */
export function newId(rng: Rng): string {
  for (;;) {
    const id = rng.base36(25);
    const shown = id.slice(0, 12);
    if (/\d/.test(shown) && /[a-z]/.test(shown)) return id;
  }
}

/** `SWMTKN-1-<which CA>-<secret>`. */
export const joinToken = (tokenDigest: string, rng: Rng): string =>
  `SWMTKN-1-${tokenDigest}-${rng.base36(25)}`;

export interface ParsedToken {
  readonly tokenDigest: string;
  readonly secret: string;
}

/** Errors in the words of the daemon. */
export function parseJoinToken(token: string): Result<ParsedToken, string> {
  const [, tokenDigest, secret] = /^SWMTKN-1-([0-9a-z]{50})-([0-9a-z]{25})$/.exec(token) ?? [];
  return tokenDigest !== undefined && secret !== undefined
    ? ok({ tokenDigest, secret })
    : err('invalid join token');
}

/** A token's digest as the hexadecimal digits of which it is the base-36 form. */
export function fingerprintOf({ tokenDigest }: ParsedToken): string {
  let value = 0n;
  for (const digit of tokenDigest) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value.toString(16).padStart(64, '0');
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 (RFC 4648) of bytes. */
export function base64(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += base64Alphabet[bits >> 18];
    text += base64Alphabet[(bits >> 12) & 63];
    text += b === undefined ? '=' : base64Alphabet[(bits >> 6) & 63];
    text += c === undefined ? '=' : base64Alphabet[bits & 63];
  }
  return text;
}

export const randomBytes = (rng: Rng, count: number): number[] =>
  Array.from({ length: count }, () => rng.below(256));

/** `SWMKEY-1-` and 32 bytes in base64 without padding. */
export const unlockKey = (rng: Rng): string =>
  `SWMKEY-1-${base64(randomBytes(rng, 32)).replace(/=+$/, '')}`;

export const isUnlockKey = (text: string): boolean => /^SWMKEY-1-[A-Za-z0-9+/]{43}$/.test(text);
