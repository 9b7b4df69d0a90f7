/**
 * JSON Web Tokens of an identity provider (RFC 7519, OpenID Connect): signature, issuer, audience and time are checked,
 * then claims become a principal as the configuration says. Fails closed: a claim that should say a dimension and does
 * not makes the token refused, because otherwise whoever holds it could say that dimension himself.
 */
import { hash as digestOf } from 'node:crypto';
import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Failure } from '../core/failure.ts';
import type { Principal } from '../core/principal.ts';
import type { Identity } from '../flows/identity.ts';

/** Which claim says what: a path such as `team` or `realm_access.roles`. Left out, the claim says nothing of it. */
export interface ClaimNames {
  /** Default `sub`. */
  readonly subject?: string;
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly roles?: string;
}

export interface TokenIssuer {
  /** What `iss` must be, to the letter. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audiences: readonly string[];
  readonly claims: ClaimNames;
  /** What is fixed for every token of this issuer; a claim of the same dimension counts before it. */
  readonly fixed: Pick<Principal, 'team' | 'application' | 'environment' | 'roles'>;
  /** Its keys; asked for a token's own, and brings new ones in when that is not known. */
  readonly keys: JWTVerifyGetKey;
  /** Difference of clocks that is borne; default 30 s. */
  readonly clockToleranceMs?: number;
}

/** Only signatures with a public key: a shared secret would let every holder make tokens, and `none` anybody. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const MAX_TOKEN_LENGTH = 8192;
const MAX_REMEMBERED = 10_000;
const MAX_VALUE_LENGTH = 256;
const MAX_ROLES = 64;

interface Remembered {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

/** A good token is remembered by its hash until it expires: checking a signature costs a quarter of a millisecond. */
export function createTokenIdentity(issuers: readonly TokenIssuer[], clock: { nowMs(): number }): Identity {
  const byIssuer = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const remembered = new Map<string, Remembered>();

  const verify = async (token: string, key: string): Promise<Principal> => {
    const issuer = byIssuer.get(claimedIssuer(token));
    if (issuer === undefined) throw refused();
    const payload = await verified(token, issuer, clock.nowMs());
    const principal = principalOf(payload, issuer);
    const first = remembered.keys().next();
    if (remembered.size >= MAX_REMEMBERED && first.done !== true) remembered.delete(first.value);
    remembered.set(key, { principal, expiresAtMs: (payload.exp ?? 0) * 1000 });
    return principal;
  };

  return {
    identify(credential) {
      const token = credential.kind === 'bearer' ? credential.token : '';
      if (token === '' || token.length > MAX_TOKEN_LENGTH) throw refused();
      const key = digestOf('sha256', token, 'base64');
      const known = remembered.get(key);
      if (known !== undefined && clock.nowMs() < known.expiresAtMs) return known.principal;
      remembered.delete(key);
      return verify(token, key);
    },
  };
}

/** Whether a bearer token has the three parts of a signed JWT, the first of which is a JSON object in base64url. */
export const looksLikeToken = (token: string): boolean => /^ey[\w-]*\.[\w-]+\.[\w-]+$/.test(token);

const refused = (cause?: unknown): Failure =>
  new Failure('unauthenticated', 'credential: missing or not accepted', { cause });

/** Whose keys to ask for; nothing else is believed before the signature is checked. */
function claimedIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch (cause) {
    throw refused(cause);
  }
}

/** @throws Failure `unavailable` where the issuer's keys cannot be had, `unauthenticated` for everything else */
async function verified(token: string, issuer: TokenIssuer, nowMs: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, issuer.keys, {
      issuer: issuer.issuer,
      audience: [...issuer.audiences],
      algorithms: ALGORITHMS,
      clockTolerance: (issuer.clockToleranceMs ?? 30_000) / 1000,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw refused(cause);
  }
}

function principalOf(payload: JWTPayload, { claims, fixed }: TokenIssuer): Principal {
  const subject = text(claimAt(payload, claims.subject ?? 'sub'));
  if (subject === undefined) throw refused();
  const team = dimension(payload, claims.team) ?? fixed.team;
  const application = dimension(payload, claims.application) ?? fixed.application;
  const environment = dimension(payload, claims.environment) ?? fixed.environment;
  const roles = claims.roles === undefined ? fixed.roles : texts(claimAt(payload, claims.roles));
  return Object.freeze({
    subject,
    ...(team === undefined ? undefined : { team }),
    ...(application === undefined ? undefined : { application }),
    ...(environment === undefined ? undefined : { environment }),
    ...(roles === undefined ? undefined : { roles }),
  });
}

function dimension(payload: JWTPayload, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const value = text(claimAt(payload, path));
  if (value === undefined) throw refused();
  return value;
}

/** A claim by its whole name first (`https://example/team`), then as a path through objects. */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_VALUE_LENGTH ? value : undefined;
}

/** A list of texts, or one text with spaces between, as OAuth writes scopes; without any, there are no roles. */
function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(' ') : [];
  return list.filter((one): one is string => text(one) !== undefined).slice(0, MAX_ROLES);
}
