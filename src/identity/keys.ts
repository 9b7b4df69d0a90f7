/**
 * API keys: `tp_<id>_<secret>`, the secret 192 random bits in base64url, kept as the SHA-256 of the whole key.
 *
 * One fast hash is right here, where a password would need a slow and salted one: those make guessing dear where the
 * secret is guessable, and one of 2^192 equally likely secrets is not, however fast the hash. NIST SP 800-63B draws the
 * line the same way (§5.1.2.2, look-up secrets): 112 bits of entropy and more need an approved one-way function only,
 * less needs salt and a password hash.
 */
import { hash as digestOf, timingSafeEqual } from 'node:crypto';
import { Failure, type Fault } from '../core/failure.ts';
import type { Principal } from '../core/principal.ts';
import type { Identity } from '../flows/identity.ts';

/** A key as it is kept: nothing in it lets anybody in. */
export interface StoredKey {
  /** 1 to 64 of `A-Z a-z 0-9 . -`, or `_` inside; not secret. */
  readonly id: string;
  /** `sha256:` and 64 hex digits. */
  readonly hash: string;
  readonly subject: string;
  /** Absent: the request may say it, as for the next three. */
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly roles?: readonly string[];
  /** RFC 3339: from this moment on it is refused; absent: never. */
  readonly expiresAt?: string;
  /** RFC 3339: the same, said by who took it back; kept so that the list tells when. */
  readonly revokedAt?: string;
  /** The key before it was rotated, which holds until it expires. */
  readonly previousHash?: string;
  readonly previousExpiresAt?: string;
  /** What it may be used for; absent: everything that policy allows. */
  readonly operations?: readonly string[];
  readonly models?: readonly string[];
}

export interface MintedKey {
  readonly id: string;
  /** Shown once, to whom it is for. */
  readonly key: string;
  /** What is stored. */
  readonly hash: string;
}

const SECRET_BYTES = 24;
/** 24 bytes are 32 characters of base64url, without padding. */
const SECRET_LENGTH = 32;
const KEY = new RegExp(`^tp_([A-Za-z0-9](?:[\\w.-]{0,62}[A-Za-z0-9])?)_([\\w-]{${SECRET_LENGTH}})$`);
const ID = /^[A-Za-z0-9](?:[\w.-]{0,62}[A-Za-z0-9])?$/;
const HASH = /^sha256:[0-9a-f]{64}$/;
const HASH_RULE = 'must be sha256: and 64 hex digits';
const MAX_KEYS = 100_000;
const MAX_KEY_LENGTH = 3 + 64 + 1 + SECRET_LENGTH;
/** Digests that are kept, so that a key which calls all the time is not hashed for each call. */
const MAX_DIGESTS = 4_096;

interface KnownKey {
  readonly current: Secret;
  readonly previous: Secret;
  readonly principal: Principal;
}

interface Secret {
  readonly digest: Buffer;
  readonly expiresAtMs: number;
}

/**
 * A stranger learns nothing but that the key is not accepted: not whether the id exists, the secret differs or the key
 * expired. A key of unknown id is hashed and compared like any other.
 * @param clock milliseconds since the epoch
 * @throws Failure `config_invalid` with every fault of the stored keys
 */
export function createKeyIdentity(keys: readonly StoredKey[], clock: { nowMs(): number }): Identity {
  const known = readKeys(keys);
  // Of keys that were accepted, never of a stranger's, and only their digests: whether a key still holds is asked each
  // time. A map compares a key with another only where the hashes of both agree, so its time tells nobody a prefix.
  const digests = new Map<string, Buffer>();
  return {
    identify(credential) {
      const token = credential.kind === 'bearer' ? credential.token : '';
      const id = token.length > MAX_KEY_LENGTH ? undefined : KEY.exec(token)?.[1];
      if (id === undefined) throw refused();
      const key = known.get(id) ?? NOBODY;
      const kept = digests.get(token);
      const digest = kept ?? digestOf('sha256', token, 'buffer');
      const nowMs = clock.nowMs();
      // Both are always compared, so that the time taken says nothing of a rotation.
      const isCurrent = holds(key.current, digest, nowMs);
      const isPrevious = holds(key.previous, digest, nowMs);
      if (!isCurrent && !isPrevious) throw refused();
      if (kept === undefined) {
        if (digests.size >= MAX_DIGESTS) digests.clear();
        digests.set(token, digest);
      }
      return key.principal;
    },
  };
}

const holds = (secret: Secret, digest: Buffer, nowMs: number): boolean => {
  const same = timingSafeEqual(digest, secret.digest);
  return same && nowMs < secret.expiresAtMs;
};

/** Has a digest that no key has on purpose, and is expired besides. */
const NO_SECRET: Secret = { digest: Buffer.alloc(32), expiresAtMs: Number.NEGATIVE_INFINITY };
const NOBODY: KnownKey = { current: NO_SECRET, previous: NO_SECRET, principal: { subject: 'nobody' } };

const refused = (): Failure => new Failure('unauthenticated', 'credential: missing or not accepted');

/**
 * @param random fills a buffer with unpredictable bytes
 * @param id names the key; left out, a random one of 10 hex digits
 * @throws Failure `invalid_request` when the id cannot stand in a key
 */
export function mintKey(random: { fill(buffer: Uint8Array): void }, id: string = randomId(random)): MintedKey {
  if (!ID.test(id)) throw new Failure('invalid_request', `key id: ${idRule(id)}`);
  const key = `tp_${id}_${randomBytes(random, SECRET_BYTES).toString('base64url')}`;
  return { id, key, hash: hashKey(key) };
}

const randomId = (random: { fill(buffer: Uint8Array): void }): string => randomBytes(random, 5).toString('hex');

function randomBytes(random: { fill(buffer: Uint8Array): void }, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  random.fill(bytes);
  return bytes;
}

/** @throws Failure `invalid_request` when it is no key; the message does not repeat it */
export function hashKey(key: string): string {
  if (!KEY.test(key)) throw new Failure('invalid_request', 'key: must be of the form tp_<id>_<32 characters>');
  return `sha256:${digestOf('sha256', key, 'hex')}`;
}

function readKeys(keys: readonly StoredKey[]): ReadonlyMap<string, KnownKey> {
  const faults: Fault[] = [];
  const known = new Map<string, KnownKey>();
  if (keys.length > MAX_KEYS) faults.push({ at: 'keys', message: `${keys.length} keys, at most ${MAX_KEYS}` });
  for (const [index, key] of keys.slice(0, MAX_KEYS).entries()) {
    const at = `keys/${index}`;
    const { id, hash, previousHash } = key;
    const momentMs = (name: 'expiresAt' | 'revokedAt' | 'previousExpiresAt', otherwiseMs: number): number => {
      const text = key[name];
      const atMs = text === undefined ? otherwiseMs : Date.parse(text);
      if (Number.isNaN(atMs)) faults.push({ at: `${at}/${name}`, message: `no moment: "${text}"` });
      return atMs;
    };
    if (!ID.test(id)) faults.push({ at: `${at}/id`, message: idRule(id) });
    if (known.has(id)) faults.push({ at: `${at}/id`, message: `"${id}" is used twice` });
    if (!HASH.test(hash)) faults.push({ at: `${at}/hash`, message: HASH_RULE });
    if (previousHash !== undefined && !HASH.test(previousHash))
      faults.push({ at: `${at}/previousHash`, message: HASH_RULE });
    const revokedAtMs = momentMs('revokedAt', Number.POSITIVE_INFINITY);
    const expiresAtMs = Math.min(momentMs('expiresAt', Number.POSITIVE_INFINITY), revokedAtMs);
    // Without an end of its own, a key that was rotated is over.
    const previousEndMs = Math.min(momentMs('previousExpiresAt', Number.NEGATIVE_INFINITY), revokedAtMs);
    known.set(id, {
      current: { digest: digestIn(hash), expiresAtMs },
      previous: previousHash === undefined ? NO_SECRET : { digest: digestIn(previousHash), expiresAtMs: previousEndMs },
      principal: Object.freeze({ ...principalOf(key), key_id: id }),
    });
  }
  if (faults.length > 0) {
    throw new Failure('config_invalid', faults.map(({ at, message }) => `${at}: ${message}`).join('; '), { faults });
  }
  return known;
}

const digestIn = (hash: string): Buffer => Buffer.from(hash.slice('sha256:'.length), 'hex');

function principalOf(key: StoredKey): Principal {
  const { subject, team, application, environment, roles, operations, models } = key;
  const scoped = operations !== undefined || models !== undefined;
  return {
    subject,
    ...(team === undefined ? undefined : { team }),
    ...(application === undefined ? undefined : { application }),
    ...(environment === undefined ? undefined : { environment }),
    ...(roles === undefined ? undefined : { roles }),
    ...(scoped
      ? {
          scope: {
            ...(operations === undefined ? undefined : { operations }),
            ...(models === undefined ? undefined : { models }),
          },
        }
      : undefined),
  };
}

const idRule = (id: string): string => `must be 1 to 64 letters, digits and inner . _ - (actual: "${id.slice(0, 64)}")`;
