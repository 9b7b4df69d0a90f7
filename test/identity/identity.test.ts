import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential } from '../../src/flows/arrival.ts';
import type { Identity } from '../../src/flows/identity.ts';
import { createCertificateIdentity } from '../../src/identity/certificate.ts';
import { createIdentity } from '../../src/identity/identity.ts';
import { createOpenIdentity } from '../../src/identity/open.ts';

const named = (subject: string): Identity => ({ identify: () => ({ subject }) });
const NONE: Credential = { kind: 'none' };
const BEARER: Credential = { kind: 'bearer', token: 'tp_a_b' };
const CERTIFICATE: Credential = { kind: 'certificate', subject: 'CN=a' };

const keys = named('by key');
const certificates = named('by certificate');
const open = createOpenIdentity();

for (const [what, identities, credential, subject] of [
  ['a key is read by the keys', { keys, certificates, open }, BEARER, 'by key'],
  ['a certificate is read by the certificates', { keys, certificates, open }, CERTIFICATE, 'by certificate'],
  ['nothing is anybody where that is configured', { keys, certificates, open }, NONE, 'anonymous'],
  ['a key that nobody reads is anybody on an open server', { open }, BEARER, 'anonymous'],
  ['a certificate that nobody reads is anybody on an open server', { open }, CERTIFICATE, 'anonymous'],
] as const) {
  test(what, async () => {
    const { subject: found } = await createIdentity(identities).identify(credential);
    assert.equal(found, subject);
  });
}

for (const [what, identities, credential] of [
  ['nothing is refused where keys are asked for', { keys, certificates }, NONE],
  ['a key is refused where only certificates are read', { certificates }, BEARER],
  ['a certificate is refused where only keys are read', { keys }, CERTIFICATE],
  ['everything is refused where nothing is configured', {}, BEARER],
] as const) {
  test(what, () => {
    assert.throws(() => createIdentity(identities).identify(credential), { code: 'unauthenticated' });
  });
}

test('anybody fixes nothing', () => {
  assert.deepEqual(open.identify(NONE), { subject: 'anonymous' });
});

const known = createCertificateIdentity([
  { subject: 'assistant', team: 'search' },
  { subject: 'CN=batch,OU=ml,O=Example', team: 'ml', roles: [] },
  { subject: 'spiffe://example/search', team: 'spiffe' },
  { subject: 'a,b', team: 'comma' },
]);

for (const [subject, team] of [
  ['CN=assistant', 'search'],
  ['CN=assistant,O=Example', 'search'],
  ['O=Example,CN=assistant', 'search'],
  ['CN=batch,OU=ml,O=Example', 'ml'],
  ['spiffe://example/search', 'spiffe'],
  ['CN=a\\,b', 'comma'],
] as const) {
  test(`the certificate ${subject} is of team ${team}`, async () => {
    const found = await known.identify({ kind: 'certificate', subject });
    assert.equal(found.team, team);
  });
}

for (const subject of [
  '',
  'assistant,CN=x',
  'OU=assistant',
  'CN=assistant,CN=other',
  'CN=batch',
  'CN=spiffe://example/search',
  'CN=CN\\=batch\\,OU\\=ml\\,O\\=Example',
  'O=x\\,CN=assistant',
  'CN=a,b',
  'CN=__proto__',
  'spiffe://example/search/more',
]) {
  test(`the certificate "${subject}" is of nobody`, () => {
    assert.throws(() => known.identify({ kind: 'certificate', subject }), { code: 'unauthenticated' });
  });
}

test('a certificate that is configured twice is refused by name', () => {
  assert.throws(() => createCertificateIdentity([{ subject: 'a' }, { subject: 'a' }]), {
    code: 'config_invalid',
    message: 'certificates/1/subject: "a" is used twice',
  });
});
