import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import { createKeyIdentity, hashKey, mintKey, type StoredKey } from '../../src/identity/keys.ts';

const random = { fill: (buffer: Uint8Array) => void randomFillSync(buffer) };
const EXPIRY = '2026-12-01T00:00:00Z';
const clock = { nowMs: () => Date.parse(EXPIRY) - 1 };

const good = mintKey(random, 'search_assistant-1');
const lapsed = mintKey(random, 'lapsed');
const stored: readonly StoredKey[] = [
  {
    id: good.id,
    hash: good.hash,
    subject: 'svc',
    team: 'search',
    application: 'assistant',
    environment: 'prod',
    roles: ['x'],
    expiresAt: EXPIRY,
  },
  { id: lapsed.id, hash: lapsed.hash, subject: 'old', expiresAt: '2026-11-30' },
];
const identity = createKeyIdentity(stored, clock);
const bearer = (token: string) => identity.identify({ kind: 'bearer', token });

test('a key stands for its subject and what it fixes, and says its id', () => {
  assert.deepEqual(bearer(good.key), {
    subject: 'svc',
    team: 'search',
    application: 'assistant',
    environment: 'prod',
    roles: ['x'],
    key_id: 'search_assistant-1',
  });
});

test('a key that fixes nothing leaves every dimension open', () => {
  const minted = mintKey(random);
  const open = createKeyIdentity([{ id: minted.id, hash: minted.hash, subject: 'ci' }], clock);
  assert.deepEqual(open.identify({ kind: 'bearer', token: minted.key }), { subject: 'ci', key_id: minted.id });
});

const secretOf = (key: string): string => key.slice(-32);
const REFUSED: readonly (readonly [string, string])[] = [
  ['no key at all', ''],
  ['a key of unknown id', `tp_nobody_${secretOf(good.key)}`],
  ['a key whose secret is another', `tp_${good.id}_${secretOf(lapsed.key)}`],
  ['a key whose secret lacks a character', good.key.slice(0, -1)],
  ['a key with a character more', `${good.key}A`],
  ['a key with outer space', ` ${good.key}`],
  ['the hash of a key', good.hash],
  ['a key that expired', lapsed.key],
  ['a key of enormous length', `tp_${good.id}_${'A'.repeat(1_000_000)}`],
  ['a key in another case', good.key.toUpperCase()],
];

const refusals = new Set<string>();
for (const [what, token] of REFUSED) {
  test(`${what} is refused without a word of why`, () => {
    assert.throws(
      () => bearer(token),
      (failure) => {
        assert.ok(failure instanceof Failure);
        assert.equal(failure.code, 'unauthenticated');
        assert.equal(failure.cause, undefined);
        refusals.add(failure.message);
        assert.equal(refusals.size, 1, 'every refusal says the same');
        return true;
      },
    );
  });
}

test('a key is refused from the moment of its expiry on', () => {
  const late = createKeyIdentity(stored, { nowMs: () => Date.parse(EXPIRY) });
  assert.throws(() => late.identify({ kind: 'bearer', token: good.key }), { code: 'unauthenticated' });
});

test('no credential and a certificate are refused', () => {
  assert.throws(() => identity.identify({ kind: 'none' }), { code: 'unauthenticated' });
  assert.throws(() => identity.identify({ kind: 'certificate', subject: good.id }), { code: 'unauthenticated' });
});

test('whatever is sent, the answer is a refusal and never repeats it', () => {
  const token = fc.oneof(
    fc.string(),
    fc.string().map((text) => `tp_${text}`),
    fc.base64String().map((text) => `tp_a_${text}`),
  );
  fc.assert(
    fc.property(token, (text) => {
      assert.throws(() => bearer(text), { code: 'unauthenticated', message: 'credential: missing or not accepted' });
    }),
  );
});

test('a minted key holds 192 bits of the given randomness, and only its hash is needed to know it', () => {
  const bytes = Uint8Array.from({ length: 24 }, (_, index) => index);
  const minted = mintKey({ fill: (buffer) => buffer.set(bytes) }, 'a');
  assert.equal(minted.key, `tp_a_${Buffer.from(bytes).toString('base64url')}`);
  assert.equal(minted.hash, hashKey(minted.key));
  assert.match(minted.hash, /^sha256:[0-9a-f]{64}$/);
});

for (const id of ['', '_', 'a b', 'ä', '-a', 'a'.repeat(65), 'a/b', 'a\n']) {
  test(`"${id.slice(0, 8)}" cannot be the id of a key`, () => {
    assert.throws(() => mintKey(random, id), { code: 'invalid_request' });
  });
}

test('what is hashed must be a key, and is not repeated when it is none', () => {
  assert.throws(
    () => hashKey('hunter2'),
    (failure) =>
      failure instanceof Failure && failure.code === 'invalid_request' && !failure.message.includes('hunter2'),
  );
});

test('every fault of the stored keys is told at once', () => {
  const faulty: readonly StoredKey[] = [
    { id: 'a', hash: good.hash, subject: 's' },
    { id: 'a', hash: 'md5:1', subject: 's' },
    { id: 'b c', hash: good.hash, subject: 's', expiresAt: 'soon' },
  ];
  assert.throws(
    () => createKeyIdentity(faulty, clock),
    (failure) => {
      assert.ok(failure instanceof Failure);
      assert.equal(failure.code, 'config_invalid');
      assert.deepEqual(
        failure.faults.map((fault) => fault.at),
        ['keys/1/id', 'keys/1/hash', 'keys/2/id', 'keys/2/expiresAt'],
      );
      return true;
    },
  );
});
