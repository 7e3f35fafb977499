// The swarm's certificate authority as far as it shows: a root certificate, its digest and issuer.
// Mirrors: swarmkit ca/certificates.go (CreateRootCA): P-256, CN swarm-ca, valid for twenty years. Differs: keys and
// signatures are random bytes of the right shape; nothing is ever verified with them.
import type { Rng } from '../sim/index.ts';
import { civilTime } from '../std/index.ts';
import { base64, randomBytes } from './identity.ts';
import type { RootCa } from './objects.ts';

/** ASN.1 DER: tag, length, content. */
function der(tag: number, ...content: readonly (readonly number[])[]): number[] {
  const bytes = content.flat();
  const length =
    bytes.length < 128
      ? [bytes.length]
      : bytes.length < 256
        ? [0x81, bytes.length]
        : [0x82, bytes.length >> 8, bytes.length & 255];
  return [tag, ...length, ...bytes];
}

const sequence = (...content: readonly (readonly number[])[]): number[] => der(0x30, ...content);
const textBytes = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
const oid = (...bytes: readonly number[]): number[] => der(0x06, bytes);

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const p256Key = sequence(
  oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01),
  oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07),
);
const commonName = sequence(
  der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x13, textBytes('swarm-ca')))),
);

/** A positive integer of so many random bytes. */
const integer = (rng: Rng, count: number): number[] =>
  der(0x02, [1 + rng.below(127), ...randomBytes(rng, count - 1)]);

function utcTime(millis: number, years: number): number[] {
  const { year, month, day, hour, minute } = civilTime(millis);
  const two = (n: number) => String(n % 100).padStart(2, '0');
  const text = `${two(year + years)}${two(month)}${two(day)}${two(hour)}${two(minute)}00Z`;
  return der(0x17, textBytes(text));
}

const extension = (id: number, critical: boolean, value: readonly number[]): number[] =>
  sequence(oid(0x55, 0x1d, id), critical ? [0x01, 0x01, 0xff] : [], der(0x04, value));

/** A new root, whose validity begins five minutes before `millis` (since 1970). */
export function newRootCa(rng: Rng, millis: number): RootCa {
  const publicKey = sequence(p256Key, der(0x03, [0, 4, ...randomBytes(rng, 64)]));
  const begin = millis - 300_000;
  const extensions = sequence(
    extension(0x0f, true, [0x03, 0x02, 0x01, 0x06]),
    extension(0x13, true, sequence([0x01, 0x01, 0xff])),
    extension(0x0e, false, der(0x04, randomBytes(rng, 20))),
  );
  const body = sequence(
    der(0xa0, [0x02, 0x01, 0x02]),
    integer(rng, 20),
    ecdsaWithSha256,
    commonName,
    sequence(utcTime(begin, 0), utcTime(begin, 20)),
    commonName,
    publicKey,
    der(0xa3, extensions),
  );
  const signature = der(0x03, [0], sequence(integer(rng, 32), integer(rng, 32)));
  const lines = base64(sequence(body, ecdsaWithSha256, signature)).match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    digest: `sha256:${rng.hex(64)}`,
    issuerSubject: base64(commonName),
    issuerPublicKey: base64(publicKey),
    // The digest is a number of 256 bits: its first digit in base 36 is small.
    tokenDigest: `${rng.below(6)}${rng.base36(49)}`,
  };
}
