import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { certificateSubject, type PeerCertificate } from '../../src/transport/certificate.ts';

const subject = { O: 'Example', OU: 'search, ranking', CN: 'assistant' };

for (const [what, certificate, expected] of [
  ['its distinguished name', { subject }, 'CN=assistant,OU=search\\, ranking,O=Example'],
  ['its URI before its name', { subject, subjectaltname: 'DNS:a, URI:spiffe://example/a' }, 'spiffe://example/a'],
  ['its name where there is no URI', { subject: { CN: 'a' }, subjectaltname: 'DNS:x, IP Address:127.0.0.1' }, 'CN=a'],
  [
    'a URI that Node quotes',
    { subject, subjectaltname: 'URI:"spiffe://example/a, URI:spiffe://example/b"' },
    'spiffe://example/a, URI:spiffe://example/b',
  ],
  ['every attribute that stands twice', { subject: { CN: ['a', 'b'] } }, 'CN=a,CN=b'],
  ['nobody where it says nothing', {}, undefined],
  ['nobody where it names nothing', { subject: {} }, undefined],
  ['nobody where it has two URIs', { subject, subjectaltname: 'URI:spiffe://a/b, URI:spiffe://a/c' }, undefined],
  ['nobody where the names cannot be read', { subject, subjectaltname: 'URI:"spiffe://a' }, undefined],
  ['its name where a URI is none', { subject: { CN: 'a' }, subjectaltname: 'URI:CN=admin' }, 'CN=a'],
] as const satisfies readonly (readonly [string, PeerCertificate, string | undefined])[]) {
  test(`a certificate stands for ${what}`, () => {
    assert.equal(certificateSubject(certificate), expected);
  });
}

test('a name never passes for a URI, nor a part of a name for another part', () => {
  fc.assert(
    fc.property(fc.string(), (CN) => {
      const name = certificateSubject({ subject: { CN } });
      assert.match(name ?? '', /^CN=(?:\\.|[^\\,+"<>;=])*$/s);
    }),
  );
});

test('no alternative name breaks the reading', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `URI:${text}`),
      ),
      (subjectaltname) => {
        assert.doesNotThrow(() => certificateSubject({ subject, subjectaltname }));
      },
    ),
  );
});
