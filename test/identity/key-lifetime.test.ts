import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyIdentity, mintKey, type StoredKey } from '../../src/identity/keys.ts';
import { countingRandom, setClock } from '../support/clock.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const at = (hours: number): string => new Date(NOW_MS + hours * 3_600_000).toISOString();
const random = countingRandom(7);
const before = mintKey(random, 'svc');
const after = mintKey(random, 'svc');
const ROTATED: StoredKey = {
  id: 'svc',
  hash: after.hash,
  previousHash: before.hash,
  previousExpiresAt: at(2),
  subject: 'svc',
};

/** Whether each key lets somebody in, at an hour from now. */
async function accepted(stored: StoredKey, hour: number, key: string): Promise<boolean> {
  const clock = setClock(NOW_MS + hour * 3_600_000);
  const identity = createKeyIdentity([stored], clock);
  try {
    await identity.identify({ kind: 'bearer', token: key });
    return true;
  } catch {
    return false;
  }
}

for (const [what, stored, hour, lets] of [
  ['both keys, while a rotation overlaps', ROTATED, 1, { before: true, after: true }],
  ['the new key alone, behind the overlap', ROTATED, 2, { before: false, after: true }],
  [
    'the new key alone, where the overlap has no end',
    { ...ROTATED, previousExpiresAt: undefined },
    0,
    { before: false, after: true },
  ],
  ['neither, once the key was revoked', { ...ROTATED, revokedAt: at(1) }, 1, { before: false, after: false }],
  ['both, before the moment of the revocation', { ...ROTATED, revokedAt: at(1) }, 0, { before: true, after: true }],
  ['the old key alone, once the new one expired', { ...ROTATED, expiresAt: at(1) }, 1, { before: true, after: false }],
] as const) {
  test(`lets in ${what}`, async () => {
    const { previousExpiresAt, ...rest } = stored;
    const key: StoredKey = { ...rest, ...(previousExpiresAt === undefined ? {} : { previousExpiresAt }) };
    const found = { before: await accepted(key, hour, before.key), after: await accepted(key, hour, after.key) };
    assert.deepEqual(found, lets);
  });
}

test('a key says what it may be used for', async () => {
  const stored: StoredKey = { id: 'svc', hash: after.hash, subject: 'svc', operations: ['chat'], models: ['fast'] };
  const principal = await createKeyIdentity([stored], setClock(NOW_MS)).identify({ kind: 'bearer', token: after.key });
  assert.deepEqual(principal.scope, { operations: ['chat'], models: ['fast'] });
});
