import assert from 'node:assert/strict';
import type { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { issuerKeys } from '../../src/identity/issuer-keys.ts';
import { type ClaimNames, createTokenIdentity, looksLikeToken, type TokenIssuer } from '../../src/identity/jwt.ts';
import { setClock } from '../support/clock.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const nowS = NOW_MS / 1000;

/** An identity provider on loopback: discovery document, keys that rotate, and how often they were asked for. */
const provider = {
  keys: [] as JWK[],
  asked: 0,
  up: true,
  url: '',
};
const server = createServer((request, response) => {
  provider.asked += 1;
  if (!provider.up) {
    response.writeHead(500).end();
    return;
  }
  const document =
    request.url === '/.well-known/openid-configuration'
      ? { issuer: provider.url, jwks_uri: `${provider.url}/keys` }
      : { keys: provider.keys };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
});

const pairs = new Map<string, webcrypto.CryptoKey>();
async function addKey(kid: string): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  pairs.set(kid, privateKey);
  provider.keys.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' });
}

function sign(payload: Readonly<Record<string, unknown>>, kid = 'one'): Promise<string> {
  const key = pairs.get(kid);
  assert.ok(key);
  return new SignJWT({ iss: provider.url, aud: 'turnpike', sub: 'svc', exp: nowS + 600, ...payload })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(key);
}

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await addKey('one');
  await addKey('stranger');
  provider.keys.pop();
});
after(() => server.close());

function identity(claims: ClaimNames = { team: 'team' }, fixed: TokenIssuer['fixed'] = {}) {
  const clock = setClock(NOW_MS);
  const keys = issuerKeys({ kind: 'discovery', issuer: provider.url });
  const tokens = createTokenIdentity([{ issuer: provider.url, audiences: ['turnpike'], claims, fixed, keys }], clock);
  return { clock, identify: async (token: string) => tokens.identify({ kind: 'bearer', token }) };
}

test('claims become a principal as the configuration says', async () => {
  const names = { team: 'team', application: 'azp', environment: 'https://example/env', roles: 'realm_access.roles' };
  const token = await sign({
    team: 'search',
    azp: 'assistant',
    'https://example/env': 'prod',
    realm_access: { roles: ['dev', 'ops'] },
  });
  assert.deepEqual(await identity(names).identify(token), {
    subject: 'svc',
    team: 'search',
    application: 'assistant',
    environment: 'prod',
    roles: ['dev', 'ops'],
  });
});

test('roles may be one text with spaces, and without their claim there are none', async () => {
  const names = { roles: 'scope' };
  assert.deepEqual((await identity(names).identify(await sign({ scope: 'dev ops' }))).roles, ['dev', 'ops']);
  assert.deepEqual((await identity(names).identify(await sign({}))).roles, []);
});

test('what is fixed for an issuer holds where no claim says it', async () => {
  const principal = await identity({}, { team: 'partners', roles: ['guest'] }).identify(await sign({}));
  assert.deepEqual(principal, { subject: 'svc', team: 'partners', roles: ['guest'] });
});

describe('refused, in the same words', () => {
  const cases: readonly (readonly [string, () => Promise<string>])[] = [
    ['a token without the claim that says the team', () => sign({})],
    ['a team that is no text', () => sign({ team: 7 })],
    ['an expired token', () => sign({ team: 'a', exp: nowS - 31 })],
    ['a token that never expires', () => sign({ team: 'a', exp: undefined })],
    ['a token of tomorrow', () => sign({ team: 'a', nbf: nowS + 3600 })],
    ['another audience', () => sign({ team: 'a', aud: 'other' })],
    ['another issuer', () => sign({ team: 'a', iss: 'https://elsewhere.example' })],
    ['a key that the issuer does not have', () => sign({ team: 'a' }, 'stranger')],
    ['nothing', async () => ''],
    ['no token', async () => 'ey.e30.e30'],
    [
      'a token without a signature',
      async () =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: provider.url, aud: 'turnpike', sub: 'svc', exp: nowS + 60, team: 'a' })).toString('base64url')}.`,
    ],
    [
      'a changed claim',
      async () =>
        (await sign({ team: 'a' })).replace(
          /\.[^.]+\./,
          `.${Buffer.from(JSON.stringify({ iss: provider.url, aud: 'turnpike', sub: 'svc', exp: nowS + 60, team: 'b' })).toString('base64url')}.`,
        ),
    ],
    ['a token beyond the bound', () => sign({ team: 'a', padding: 'x'.repeat(9000) })],
  ];
  for (const [what, token] of cases) {
    test(what, async () => {
      await assert.rejects(identity().identify(await token()), {
        code: 'unauthenticated',
        message: 'credential: missing or not accepted',
      });
    });
  }
});

test('a good token is remembered until it expires', async () => {
  const { clock, identify } = identity();
  const token = await sign({ team: 'search' });
  await identify(token);
  provider.up = false;
  assert.equal((await identify(token)).team, 'search');
  clock.setMs(NOW_MS + 631_000);
  await assert.rejects(identify(token), { code: 'unauthenticated' });
  provider.up = true;
});

test('keys rotate: a token signed by one that is not known brings in the newest', async () => {
  const keys = issuerKeys({ kind: 'url', url: `${provider.url}/keys` }, { cooldownMs: 0 });
  const issuer = { issuer: provider.url, audiences: ['turnpike'], claims: {}, fixed: {}, keys };
  const tokens = createTokenIdentity([issuer], setClock(NOW_MS));
  const bearer = async (kid: string) => ({ kind: 'bearer', token: await sign({}, kid) }) as const;
  assert.equal((await tokens.identify(await bearer('one'))).subject, 'svc');
  const asked = provider.asked;
  await addKey('two');
  assert.equal((await tokens.identify(await bearer('two'))).subject, 'svc');
  assert.equal(provider.asked, asked + 1);
});

test('an issuer that does not answer is no fault of the token, and is asked again', async () => {
  const { identify } = identity();
  provider.up = false;
  const token = await sign({ team: 'search' });
  await assert.rejects(identify(token), { code: 'unavailable' });
  provider.up = true;
  assert.equal((await identify(token)).team, 'search');
});

test('any text is read without a fault of ours, and none of it is accepted', async () => {
  const { identify } = identity();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.stringMatching(/^ey[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}$/)),
      async (token) => {
        await assert.rejects(identify(token), { code: 'unauthenticated' });
      },
    ),
    { numRuns: 200 },
  );
});

for (const [token, looks] of [
  ['eyJhbGciOiJub25lIn0.e30.c2ln', true],
  ['tp_a.b.c_0123456789012345678901234567890a', false],
  ['ey', false],
  ['', false],
] as const) {
  test(`"${token}" ${looks ? 'may be' : 'is no'} token`, () => assert.equal(looksLikeToken(token), looks));
}
