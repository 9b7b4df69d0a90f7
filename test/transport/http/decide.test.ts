import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import { presentDecision } from '../../../src/core/present.ts';
import { ALLOWED, answering, DENIED, THROTTLED } from './support/scripted.ts';
import { serve } from './support/served.ts';

const QUESTION = '{"call":{"operation":"chat"}}';
const JSON_TYPE = { 'content-type': 'application/json' };

for (const decision of [ALLOWED, DENIED, THROTTLED]) {
  test(`a decision to ${decision.document.outcome} is an answered question`, async (context) => {
    const { url } = await serve(context, answering({ decide: () => decision }));
    const response = await fetch(`${url}/v1/decide`, { method: 'POST', headers: JSON_TYPE, body: QUESTION });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.equal(response.headers.get('x-turnpike-decision-id'), decision.id);
    assert.deepEqual(await response.json(), JSON.parse(JSON.stringify(presentDecision(decision))));
  });
}

for (const [type, status] of [
  ['application/json', 200],
  ['application/json; charset=utf-8', 200],
  ['APPLICATION/JSON', 200],
  ['application/vnd.turnpike+json', 200],
  ['text/plain', 415],
  ['application/x-www-form-urlencoded', 415],
  ['multipart/form-data; boundary=x', 415],
  ['application/jsonp', 415],
  ['text/plain, application/json', 415],
  ['', 415],
] as const) {
  test(`a body that says it is "${type}" gets ${status}`, async (context) => {
    const flows = answering();
    const { url } = await serve(context, flows);
    const response = await fetch(`${url}/v1/decide`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: QUESTION,
    });
    assert.equal(response.status, status);
    assert.equal(flows.received.length, status === 200 ? 1 : 0);
  });
}

test('a compressed body is refused by its encoding', async (context) => {
  const { url } = await serve(context, answering());
  const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
  const response = await fetch(`${url}/v1/decide`, { method: 'POST', headers, body: QUESTION });
  assert.equal(response.status, 415);
  assert.match(await response.text(), /content-encoding: must be identity \(actual: \\"gzip\\"\)/);
});

test('a stranger is refused before the body is read, and told how to show a key', async (context) => {
  const refuse = (): never => {
    throw new Failure('unauthenticated', 'credential: missing or not accepted');
  };
  const { url } = await serve(context, answering({ open: refuse }));
  const response = await fetch(`${url}/v1/decide`, { method: 'POST', headers: JSON_TYPE, body: '{malformed' });
  assert.equal(response.status, 401);
  assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="turnpike"');
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual(await response.json(), {
    type: 'urn:turnpike:problem:unauthenticated',
    title: 'The credential is missing or not accepted',
    status: 401,
    detail: 'credential: missing or not accepted',
    code: 'unauthenticated',
  });
});

test('a server without a policy says when to come back', async (context) => {
  const refuse = (): never => {
    throw new Failure('not_ready', 'no policy is active yet');
  };
  const { url } = await serve(context, answering({ decide: refuse, responseHeaders: { traceparent: '00-a-b-01' } }));
  const response = await fetch(`${url}/v1/decide`, { method: 'POST', headers: JSON_TYPE, body: QUESTION });
  assert.equal(response.status, 503);
  assert.equal(response.headers.get('retry-after'), '1');
  assert.equal(response.headers.get('traceparent'), '00-a-b-01');
});

for (const [authorization, credential] of [
  ['Bearer tp_a_b', { kind: 'bearer', token: 'tp_a_b' }],
  ['bearer   tp_a_b', { kind: 'bearer', token: 'tp_a_b' }],
  ['Bearer', { kind: 'bearer', token: '' }],
  ['Basic dXNlcjpwYXNz', { kind: 'bearer', token: '' }],
  ['Bearertp_a_b', { kind: 'bearer', token: '' }],
  ['Bearer tp_a_b tp_c_d', { kind: 'bearer', token: '' }],
] as const) {
  test(`the header "${authorization}" arrives as the key "${credential.token}"`, async (context) => {
    const flows = answering();
    const { url } = await serve(context, flows);
    await fetch(`${url}/v1/decide`, { method: 'POST', headers: { ...JSON_TYPE, authorization }, body: QUESTION });
    assert.deepEqual(flows.arrivals[0]?.credential, credential);
  });
}

test('the timeout of the caller arrives as a deadline on the clock of the server', async (context) => {
  const flows = answering();
  const { url } = await serve(context, flows, { nowMs: () => 1000 });
  const headers = { ...JSON_TYPE, 'x-turnpike-timeout-ms': '250' };
  await fetch(`${url}/v1/decide`, { method: 'POST', headers, body: QUESTION });
  await fetch(`${url}/v1/decide`, { method: 'POST', headers: JSON_TYPE, body: QUESTION });
  assert.deepEqual(
    flows.arrivals.map((arrival) => arrival.deadlineAtMs),
    [1250, undefined],
  );
});

for (const timeout of ['0', '-1', '1.5', '1e3', 'soon', '1000000000', ' ']) {
  test(`the timeout "${timeout}" is refused by the name of its header`, async (context) => {
    const flows = answering();
    const { url } = await serve(context, flows);
    const headers = { ...JSON_TYPE, 'x-turnpike-timeout-ms': timeout };
    const response = await fetch(`${url}/v1/decide`, { method: 'POST', headers, body: QUESTION });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /header x-turnpike-timeout-ms: must be an integer from 1 to 999999999/);
    assert.deepEqual(flows.arrivals, []);
  });
}

for (const [what, body, detail] of [
  ['is no object', '[]', 'body: must be an object'],
  ['has a field that is not known', '{"requests":[],"x":1}', 'body: unknown field "x"'],
  ['has no requests', '{}', 'body.requests: must be an array'],
  ['has requests that are no list', '{"requests":{"length":1}}', 'body.requests: must be an array'],
] as const) {
  test(`a batch that ${what} is refused whole`, async (context) => {
    const flows = answering();
    const { url } = await serve(context, flows);
    const response = await fetch(`${url}/v1/decide:batch`, { method: 'POST', headers: JSON_TYPE, body });
    assert.equal(response.status, 400);
    const { detail: actual } = (await response.json()) as { detail: unknown }; // a problem has a detail
    assert.equal(actual, detail);
    await flows.ended(1);
    assert.equal(flows.endings[0]?.code, 'invalid_request');
  });
}

test('prototype keys reach the flows as plain keys and change nothing', async (context) => {
  const flows = answering();
  const { url } = await serve(context, flows);
  const body = '{"call":{"operation":"chat"},"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}';
  const response = await fetch(`${url}/v1/decide`, { method: 'POST', headers: JSON_TYPE, body });
  assert.equal(response.status, 200);
  assert.deepEqual(Object.keys(Object(flows.received[0])), ['call', '__proto__', 'constructor']);
  assert.equal('admin' in {}, false);
  assert.equal('admin' in Object(flows.received[0]), false);
});
