// SHA-256 of a text, for the digests that the CLI computes itself.
//
// Mirrors: FIPS 180-4.
import { utf8 } from './base64.ts';

/** The first 32 bits behind the point of a root of each of the first primes. */
function primeRoots(count: number, power: number): number[] {
  const roots: number[] = [];
  for (let n = 2; roots.length < count; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
    if (prime) roots.push(((n ** power % 1) * 0x1_0000_0000) | 0);
  }
  return roots;
}

const constants = primeRoots(64, 1 / 3);
const start = primeRoots(8, 1 / 2);

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

export function sha256(text: string): string {
  const bytes = utf8(text);
  const bits = bytes.length * 8;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let shift = 56; shift >= 0; shift -= 8)
    bytes.push(shift >= 32 ? Math.floor(bits / 2 ** shift) & 255 : (bits >>> shift) & 255);
  let hash = [...start];
  for (let block = 0; block < bytes.length; block += 64) hash = digest(hash, bytes, block);
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function digest(hash: readonly number[], bytes: readonly number[], from: number): number[] {
  const words: number[] = [];
  const word = (i: number): number => words[i] ?? 0;
  for (let i = 0; i < 64; i += 1) {
    if (i < 16) {
      const at = from + i * 4;
      words.push([0, 1, 2, 3].reduce((sum, j) => (sum << 8) | (bytes[at + j] ?? 0), 0));
      continue;
    }
    const s0 = rotate(word(i - 15), 7) ^ rotate(word(i - 15), 18) ^ (word(i - 15) >>> 3);
    const s1 = rotate(word(i - 2), 17) ^ rotate(word(i - 2), 19) ^ (word(i - 2) >>> 10);
    words.push((word(i - 16) + s0 + word(i - 7) + s1) | 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
  for (let i = 0; i < 64; i += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (constants[i] ?? 0) + word(i)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => (x + (hash[i] ?? 0)) | 0);
}
