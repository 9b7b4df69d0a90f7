import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { PolicyStatus } from '../../../src/engine/active-policy.ts';
import { answering, SERVING } from './support/scripted.ts';
import { METRICS_TEXT, serve } from './support/served.ts';

function serving(): Extract<PolicyStatus, { kind: 'serving' }> {
  if (SERVING.kind !== 'serving') throw new Error('the scripted policy serves');
  return SERVING;
}

const { policy } = serving();
const IDENTITY = { revision: 'r1', digest: 'sha256:00' };
const AT_MS = 61_000.4;

const STATES: readonly {
  readonly status: PolicyStatus;
  readonly http: number;
  readonly body: object;
  readonly bundles: number;
}[] = [
  {
    status: { kind: 'never_activated', why: 'bundle.tar.gz: no such file' },
    http: 503,
    body: { state: 'never_activated', why: 'bundle.tar.gz: no such file' },
    bundles: 500,
  },
  { status: { kind: 'never_activated' }, http: 503, body: { state: 'never_activated' }, bundles: 500 },
  {
    status: { kind: 'serving', policy, syncedAtMs: 60_000 },
    http: 200,
    body: { state: 'serving', ...IDENTITY, age_ms: 1000 },
    bundles: 200,
  },
  {
    status: { kind: 'serving_last_good', policy, syncedAtMs: 1000, why: 'x.rego:1:1: no' },
    http: 200,
    body: { state: 'serving_last_good', ...IDENTITY, age_ms: 60_000, why: 'x.rego:1:1: no' },
    bundles: 200,
  },
  {
    status: { kind: 'stale', policy, syncedAtMs: 99_000, why: 'older than its bound' },
    http: 200,
    body: { state: 'stale', ...IDENTITY, age_ms: 0, why: 'older than its bound' },
    bundles: 200,
  },
];

for (const { status, http, body, bundles } of STATES) {
  test(`readiness of ${JSON.stringify(body)} is ${http}`, async (context) => {
    const { url } = await serve(context, answering({ status: () => status }), { nowMs: () => AT_MS });
    const ready = await fetch(`${url}/readyz`);
    assert.equal(ready.status, http);
    assert.equal(ready.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await ready.json(), body);
    assert.equal((await fetch(`${url}/livez`)).status, 200);
    assert.equal((await fetch(`${url}/health`)).status, 200);
    assert.equal((await fetch(`${url}/health?bundles=true`)).status, bundles);
    assert.equal((await fetch(`${url}/health?bundle`)).status, bundles);
  });
}

test("health is OPA's empty object, or its sentence on bundles", async (context) => {
  const { url } = await serve(context, answering({ status: () => ({ kind: 'never_activated' }) }));
  assert.equal(await (await fetch(`${url}/health`)).text(), '{}\n');
  assert.equal(
    await (await fetch(`${url}/health?bundles`)).text(),
    '{"error":"one or more bundles are not activated"}\n',
  );
});

test('HEAD gets the headers of GET and no body', async (context) => {
  const { url } = await serve(context, answering());
  const response = await fetch(`${url}/livez`, { method: 'HEAD' });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-length'), '18');
  assert.equal(await response.text(), '');
});

test('metrics are shown as telemetry gives them', async (context) => {
  const { url } = await serve(context, answering());
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(await response.text(), METRICS_TEXT);
});

test('metrics that cannot be collected are a fault of ours, without its words', async (context) => {
  const metrics = async (): Promise<never> => {
    throw new Error('secret of the collector');
  };
  const { url } = await serve(context, answering(), { metrics });
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /"detail":"metrics: could not be collected"/);
});

test('probes need no credential', async (context) => {
  const refuse = (): never => {
    throw new Failure('unauthenticated', 'credential: missing or not accepted');
  };
  const { url } = await serve(context, answering({ open: refuse }));
  for (const path of ['/health', '/livez', '/readyz', '/metrics', '/openapi.json', '/openapi.yaml']) {
    assert.equal((await fetch(`${url}${path}`)).status, 200, path);
  }
});
