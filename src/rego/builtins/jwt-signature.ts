/**
 * Signatures of tokens by algorithm: RS, PS, ES, HS and EdDSA.
 * Owns: what node:crypto is asked for each. May import: node:crypto. Fails: false, or undefined from `sign`, where key and
 * algorithm do not fit.
 */
import {
  constants,
  createHmac,
  type KeyObject,
  sign as signBytes,
  timingSafeEqual,
  verify as verifyBytes,
} from 'node:crypto';

/** Bytes of one number of an ECDSA signature, by curve. */
const CURVE_BYTES: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48, secp521r1: 66, secp256k1: 32 };

function hashOf(alg: string): string {
  return `sha${alg.slice(2)}`;
}

/** Whether a public key verifies a signature made with `alg`. */
export function verifySignature(alg: string, key: KeyObject, content: string, signature: Buffer): boolean {
  const bytes = Buffer.from(content, 'utf8');
  const type = key.asymmetricKeyType;
  try {
    switch (alg.slice(0, 2)) {
      case 'RS':
        return (
          type === 'rsa' && verifyBytes(hashOf(alg), bytes, { key, padding: constants.RSA_PKCS1_PADDING }, signature)
        );
      case 'PS':
        return (
          type === 'rsa' &&
          verifyBytes(hashOf(alg), bytes, { key, ...PSS, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature)
        );
      case 'ES':
        return type === 'ec' && verifyElliptic(hashOf(alg), key, bytes, signature);
      case 'Ed':
        return type === 'ed25519' && verifyBytes(null, bytes, key, signature);
      default:
        return false;
    }
  } catch {
    return false;
  }
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING } as const;

function verifyElliptic(hash: string, key: KeyObject, bytes: Buffer, signature: Buffer): boolean {
  const size = CURVE_BYTES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (size === undefined) return false;
  const half = Math.trunc(signature.length / 2);
  const r = sized(signature.subarray(0, half), size);
  const s = sized(signature.subarray(half), size);
  if (r === undefined || s === undefined) return false;
  return verifyBytes(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat([r, s]));
}

/** A number in as many bytes, or undefined where it needs more. */
function sized(number: Buffer, size: number): Buffer | undefined {
  const firstSet = number.findIndex((byte) => byte !== 0);
  const digits = firstSet < 0 ? Buffer.alloc(0) : number.subarray(firstSet);
  return digits.length > size ? undefined : Buffer.concat([Buffer.alloc(size - digits.length), digits]);
}

export function verifySecret(alg: string, secret: string, content: string, signature: Buffer): boolean {
  const expected = createHmac(hashOf(alg), Buffer.from(secret, 'utf8')).update(content, 'utf8').digest();
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

/** The signature of a content, or undefined where the key does not fit the algorithm. */
export function sign(alg: string, key: KeyObject, content: string): Buffer | undefined {
  const bytes = Buffer.from(content, 'utf8');
  const type = key.type === 'secret' ? 'secret' : key.asymmetricKeyType;
  try {
    switch (alg.slice(0, 2)) {
      case 'HS':
        return type === 'secret' ? createHmac(hashOf(alg), key).update(bytes).digest() : undefined;
      case 'RS':
        return type === 'rsa'
          ? signBytes(hashOf(alg), bytes, { key, padding: constants.RSA_PKCS1_PADDING })
          : undefined;
      case 'PS':
        return type === 'rsa'
          ? signBytes(hashOf(alg), bytes, { key, ...PSS, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
          : undefined;
      case 'ES':
        return type === 'ec' ? signBytes(hashOf(alg), bytes, { key, dsaEncoding: 'ieee-p1363' }) : undefined;
      default:
        return type === 'ed25519' ? signBytes(null, bytes, key) : undefined;
    }
  } catch {
    return undefined;
  }
}
