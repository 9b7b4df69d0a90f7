/**
 * Keys that verify or sign tokens: PEM certificates and public keys, JWKs and sets of them. No certificate chains.
 * Owns: parsed keys in a bounded cache. May import: node:crypto, JSON and operands beside it.
 * Fails: undefined where a text holds no key.
 */
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';

import { parseJson } from './go-json.ts';
import { undefinedBecause } from './operand.ts';
import { isArray, isObject, memberOf, type ObjectValue } from './value.ts';

export interface TokenKey {
  /** Empty where the key does not say. */
  readonly alg: string;
  readonly kid: string;
  /** Undefined where the key is well formed and of no use here. */
  readonly key: KeyObject | undefined;
}

export const ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'HS256',
  'HS384',
  'HS512',
  'EdDSA',
];

const MAX_CACHED_TEXTS = 100;
const cache = new Map<string, readonly TokenKey[]>();

/** Keys of a PEM block (a certificate or a public key), of a JWK or of a set of JWKs. */
export function verificationKeys(text: string): readonly TokenKey[] {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const keys = text.includes('-----BEGIN') ? [{ alg: '', kid: '', key: pemKey(text) }] : jwksKeys(text);
  if (cache.size >= MAX_CACHED_TEXTS) cache.clear();
  cache.set(text, keys);
  return keys;
}

const PEM = /^[\s\S]*?-----BEGIN ([A-Z0-9 ]+)-----\r?\n[\s\S]*?-----END \1-----[ \t]*(?:\r?\n)?([\s\S]*)$/;

function pemKey(text: string): KeyObject {
  const match = PEM.exec(text);
  if (match === null || match[2] !== '') return undefinedBecause('extra data after a PEM certificate block');
  try {
    if (match[1] === 'CERTIFICATE') return new X509Certificate(text).publicKey;
    if (match[1] === 'PUBLIC KEY') return createPublicKey(text);
  } catch {
    return undefinedBecause('failed to parse a PEM block');
  }
  return undefinedBecause('failed to extract a key from the PEM block');
}

function jwksKeys(text: string): readonly TokenKey[] {
  const document = parseJson(text);
  if (!isObject(document)) return undefinedBecause('failed to parse a JWK key (set)');
  const keys = memberOf(document, 'keys');
  const members = isArray(keys) ? keys : [document];
  return members
    .map((member) => (isObject(member) ? member : undefinedBecause('a key is not an object')))
    .map((jwk) => ({ alg: textOf(jwk, 'alg'), kid: textOf(jwk, 'kid'), key: publicKeyOf(jwk) }))
    .filter(({ alg }) => alg === '' || ALGORITHMS.includes(alg));
}

function textOf(jwk: ObjectValue, name: string): string {
  const value = memberOf(jwk, name);
  return typeof value === 'string' ? value : '';
}

const KEY_TYPES: readonly string[] = ['RSA', 'EC', 'OKP', 'oct'];

function publicKeyOf(jwk: ObjectValue): KeyObject | undefined {
  if (!KEY_TYPES.includes(textOf(jwk, 'kty'))) return undefinedBecause('unknown key type');
  // A private or a symmetric key is none that verifies a signature made with a key pair.
  if (textOf(jwk, 'kty') === 'oct' || memberOf(jwk, 'd') !== undefined) return undefined;
  try {
    return createPublicKey({ key: plainJwk(jwk), format: 'jwk' });
  } catch {
    return undefinedBecause('a key is malformed');
  }
}

/** The members of a JWK that are texts: all that a key consists of. */
function plainJwk(jwk: ObjectValue): JsonWebKey {
  const names = ['kty', 'crv', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y', 'k'];
  return Object.fromEntries(names.map((name) => [name, textOf(jwk, name)]).filter(([, value]) => value !== ''));
}

/** The first key of a JWK or a set of them, for signing. */
export function signingKey(text: string): KeyObject {
  const document = parseJson(text);
  if (!isObject(document)) return undefinedBecause('not a JWK');
  const keys = memberOf(document, 'keys');
  const jwk = isArray(keys) ? keys[0] : document;
  if (!isObject(jwk)) return undefinedBecause('no keys found in JWK set');
  if (textOf(jwk, 'kty') === 'oct') return createSecretKey(Buffer.from(textOf(jwk, 'k'), 'base64url'));
  try {
    return createPrivateKey({ key: plainJwk(jwk), format: 'jwk' });
  } catch {
    return undefinedBecause('not a private key');
  }
}
