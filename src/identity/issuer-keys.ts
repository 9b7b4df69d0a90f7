/**
 * The public keys of an issuer (RFC 7517): from a file, from its URL, or from the URL that its discovery document names
 * (OpenID Connect Discovery). Keys of a URL are kept for ten minutes; a token signed by one that is not among them
 * brings in the newest, at most every thirty seconds, so that keys can rotate.
 */
import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  type RemoteJWKSetOptions,
} from 'jose';
import { Failure } from '../core/failure.ts';

export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'discovery'; readonly issuer: string };

const TIMEOUT_MS = 5_000;
const COOLDOWN_MS = 30_000;
const MAX_DISCOVERY_BYTES = 256 * 1024;

/**
 * @param options.cooldownMs time after keys were brought in before an unknown one brings them in again; default 30 s
 * @throws Failure `config_invalid` when a file holds no keys; asking throws `unavailable` where a URL does not answer
 */
export function issuerKeys(source: KeySource, options: { readonly cooldownMs?: number } = {}): JWTVerifyGetKey {
  const asked = { timeoutDuration: TIMEOUT_MS, cooldownDuration: options.cooldownMs ?? COOLDOWN_MS };
  switch (source.kind) {
    case 'file':
      return createLocalJWKSet(readKeySet(source.path));
    case 'url':
      return reachable(createRemoteJWKSet(new URL(source.url), asked));
    case 'discovery':
      return discovered(source.issuer, asked);
  }
}

function readKeySet(path: string): JSONWebKeySet {
  try {
    const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
    createLocalJWKSet(document as JSONWebKeySet); // throws where it is none
    return document as JSONWebKeySet; // just checked
  } catch (cause) {
    throw new Failure('config_invalid', `keys of an issuer: ${path} is no JSON Web Key Set`, { cause });
  }
}

/** The document is asked for by the first token, and again after it could not be had. */
function discovered(issuer: string, asked: RemoteJWKSetOptions): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= discover(issuer, asked).catch((reason: unknown) => {
      keys = undefined;
      throw reason;
    });
    return (await keys)(header, token);
  };
}

async function discover(issuer: string, asked: RemoteJWKSetOptions): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    if (!response.ok || text.length > MAX_DISCOVERY_BYTES) throw new Error(`status ${response.status}`);
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null) throw new Error('no object');
    const { issuer: said, jwks_uri: keys } = document as { issuer?: unknown; jwks_uri?: unknown }; // looked at just below
    if (said !== issuer || typeof keys !== 'string') throw new Error('is of another issuer, or names no keys');
    return reachable(createRemoteJWKSet(new URL(keys), asked));
  } catch (cause) {
    throw new Failure('unavailable', `issuer ${issuer}: its discovery document could not be had`, { cause });
  }
}

/** That keys cannot be had is no fault of the token. */
function reachable(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new Failure('unavailable', 'the keys of the issuer could not be had', { cause });
    }
  };
}
