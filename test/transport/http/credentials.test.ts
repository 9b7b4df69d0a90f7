/** Keys over HTTP, with the real identity and flows: who gets in, as whom, and that no answer repeats a key. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createDecisionCheck, createInputCheck } from '../../../src/engine/documents.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { createDecideFlow } from '../../../src/flows/decide.ts';
import { silentObserver } from '../../../src/flows/observer.ts';
import { createQueryFlow } from '../../../src/flows/query.ts';
import { createRecentDecisions } from '../../../src/flows/recent-decisions.ts';
import { createReportFlow } from '../../../src/flows/report.ts';
import { createIdentity } from '../../../src/identity/identity.ts';
import { createKeyIdentity, mintKey } from '../../../src/identity/keys.ts';
import { createHttpTransport } from '../../../src/transport/http/server.ts';
import { countingRandom, setClock } from '../../support/clock.ts';
import { ALLOW, scriptedPolicy } from '../../support/scripted-policy.ts';

const search = mintKey(countingRandom(1), 'search');
const other = mintKey(countingRandom(2), 'other');
const lapsed = mintKey(countingRandom(3), 'lapsed');
const SECRETS = [search, other, lapsed].map(({ key }) => key.slice(-32));

const clock = setClock(1_795_374_000_000);
const FIXED = { team: 'search', application: 'assistant', environment: 'prod', roles: ['service'] } as const;
const identity = createIdentity({
  keys: createKeyIdentity(
    [
      { id: search.id, hash: search.hash, subject: 'svc', ...FIXED },
      { id: lapsed.id, hash: lapsed.hash, subject: 'svc', ...FIXED, expiresAt: '2026-01-01' },
    ],
    clock,
  ),
});
const policy = scriptedPolicy((input) => ({ ...ALLOW, attribution: { ...ALLOW.attribution, tags: callerOf(input) } }));
const engine = createEngine({
  policy,
  facts: { read: () => ({}) },
  clock,
  random: countingRandom(4),
  checkInput: createInputCheck(),
  checkDecision: createDecisionCheck(),
});
const observer = silentObserver;
const recent = createRecentDecisions();
const status = () => policy.status();
const openSession = createDecideFlow({ identity, engine, observer, recent, clock });
const transport = createHttpTransport(
  {
    openSession,
    query: createQueryFlow({ identity, engine, observer, openSession, status, nextId: () => 'query-1' }),
    report: createReportFlow({ identity, observer, recent, clock, status }),
    status,
  },
  { host: '127.0.0.1', port: 0, nowMs: clock.nowMs, metrics: async () => ({ contentType: 'text/plain', body: '' }) },
);

describe('keys over HTTP', () => {
  let url = '';
  before(async () => {
    url = `http://${await transport.start()}`;
  });
  after(() => transport.drain(0));

  const ask = async (
    path: string,
    key: string | undefined,
    body: string,
  ): Promise<{ status: number; text: string }> => {
    const headers = {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
    const text = await response.text();
    const all = text + JSON.stringify([...response.headers]);
    for (const secret of SECRETS) assert.equal(all.includes(secret), false, 'no answer repeats a key');
    return { status: response.status, text };
  };
  const QUESTION = { call: { operation: 'chat' } };
  const REPORT = { id: 'r', decision_id: 'd', target: 't/m', outcome: 'ok' };
  const PATHS: readonly (readonly [string, object])[] = [
    ['/v1/decide', QUESTION],
    ['/v1/decide:batch', { requests: [QUESTION] }],
    ['/v1/report', REPORT],
    ['/v1/data/turnpike/decision', { input: QUESTION }],
    ['/v1/data/other/rule', { input: {} }],
    ['/', QUESTION],
  ];

  for (const [path, body] of PATHS) {
    test(`${path} is answered for a key that is known`, async () => {
      assert.equal((await ask(path, search.key, JSON.stringify(body))).status, 200);
    });
    for (const [what, key] of [
      ['no key', undefined],
      ['a key that is not known', other.key],
      ['a key that expired', lapsed.key],
      ['a known id with the secret of another', `tp_search_${other.key.slice(-32)}`],
    ] as const) {
      test(`${path} is refused for ${what}, always in the same words`, async () => {
        const { status: code, text } = await ask(path, key, JSON.stringify(body));
        assert.equal(code, 401);
        assert.equal(
          text,
          '{"type":"urn:turnpike:problem:unauthenticated","title":"The credential is missing or not accepted","status":401,' +
            '"detail":"credential: missing or not accepted","code":"unauthenticated"}',
        );
      });
    }
  }

  test('the policy sees the caller that the key fixes, whatever the request leaves out', async () => {
    const { text } = await ask('/v1/decide', search.key, JSON.stringify(QUESTION));
    assert.match(text, /"tags":\{"team":"search","application":"assistant","environment":"prod","key_id":"search"\}/);
  });

  for (const [path, body] of [
    ['/v1/decide', { ...QUESTION, caller: { team: 'finance' } }],
    ['/v1/data/turnpike/decision', { input: { ...QUESTION, caller: { team: 'finance' } } }],
    ['/v1/data/other/rule', { input: { caller: { team: 'finance' } } }],
    ['/', { ...QUESTION, caller: { application: 'ledger' } }],
  ] as const) {
    test(`${path} does not let a key speak for others`, async () => {
      const { status: code, text } = await ask(path, search.key, JSON.stringify(body));
      assert.equal(code, 403);
      assert.match(text, /the credential fixes/);
    });
  }

  test('a body that is a key and no JSON is not repeated', async () => {
    for (const body of [search.key, `{"call":${search.key}}`, `{"call":"${search.key}`]) {
      assert.equal((await ask('/v1/decide', search.key, body)).status, 400);
    }
  });
});

function callerOf(input: unknown): Readonly<Record<string, string>> {
  const { team, application, environment, key_id } = Object(Object(input).caller);
  return { team, application, environment, key_id };
}
