import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FAILURE_CODES, Failure } from '../../../src/core/failure.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { OPENAI_DIALECT } from '../../../src/protocol/openai-chat/dialect.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiChatVendor } from '../../../src/protocol/openai-chat/vendor.ts';
import { generation } from '../../support/model-requests.ts';

const vendor = openAiChatVendor(OPENAI_DIALECT);
const IDENTITY = { id: 'own-id', createdS: 1 };

describe('an error of a vendor of chat completions', () => {
  const error = (fields: JsonObject): JsonObject => ({ error: { message: 'm', ...fields } });
  const CASES = [
    { status: 429, body: error({ code: 'rate_limit_exceeded', type: 'requests' }), outcome: 'rate_limited' },
    { status: 429, body: error({ code: 'insufficient_quota' }), outcome: 'rate_limited' },
    { status: 413, body: error({ code: 'rate_limit_exceeded' }), outcome: 'rate_limited' },
    { status: 402, body: error({}), outcome: 'rate_limited' },
    { status: 401, body: error({ code: 'invalid_api_key' }), outcome: 'auth' },
    { status: 403, body: error({}), outcome: 'auth' },
    { status: 400, body: error({ code: 'context_length_exceeded' }), outcome: 'context_length' },
    { status: 400, body: error({ type: 'exceed_context_size_error' }), outcome: 'context_length' },
    {
      status: 400,
      body: { message: "This model's maximum context length is 8 tokens", type: 'BadRequestError', code: 400 },
      outcome: 'context_length',
    },
    { status: 400, body: { error: 'prompt is too long' }, outcome: 'context_length' },
    { status: 400, body: error({ code: 'content_filter' }), outcome: 'content_filter' },
    { status: 400, body: error({ code: 'content_policy_violation' }), outcome: 'content_filter' },
    {
      status: 400,
      body: error({ code: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      outcome: 'content_filter',
    },
    { status: 400, body: error({ code: 'unsupported_parameter' }), outcome: 'invalid_request' },
    { status: 404, body: error({ code: 'model_not_found' }), outcome: 'unavailable' },
    { status: 422, body: { detail: [{ loc: ['body'], msg: 'bad' }] }, outcome: 'invalid_request' },
    { status: 408, body: '', outcome: 'unavailable' },
    { status: 409, body: error({}), outcome: 'unavailable' },
    { status: 500, body: '<html>broken</html>', outcome: 'unavailable' },
    { status: 503, body: null, outcome: 'unavailable' },
    { status: 529, body: [], outcome: 'unavailable' },
    { status: 200, body: error({ type: 'server_error' }), outcome: 'unavailable' },
  ] as const;
  for (const { status, body, outcome } of CASES) {
    it(`is ${outcome}: ${status} ${JSON.stringify(body).slice(0, 80)}`, () => {
      const failure = vendor.readError(status, () => undefined, body);
      assert.deepEqual([failure.outcome, failure.status], [outcome, status]);
      assert.ok(failure.message.length > 0);
    });
  }

  it('says what the vendor said, clipped, with its code and how long to wait', () => {
    const body = { error: { message: 'x'.repeat(1000), code: 'c'.repeat(100) } };
    const failure = vendor.readError(429, (name) => (name === 'retry-after' ? '3' : undefined), body);
    assert.equal(failure.retryAfterMs, 3000);
    assert.equal(failure.vendorCode?.length, 64);
    assert.ok(failure.message.length < 310);
  });
});

describe('an error that is told to a client of chat completions', () => {
  const CASES = [
    { code: 'invalid_request', status: 400, type: 'invalid_request_error', says: 'invalid_request' },
    { code: 'unauthenticated', status: 401, type: 'authentication_error', says: 'invalid_api_key' },
    { code: 'budget_exhausted', status: 402, type: 'billing_error', says: 'budget_exhausted' },
    { code: 'access_denied', status: 403, type: 'permission_error', says: 'access_denied' },
    { code: 'not_found', status: 404, type: 'not_found_error', says: 'not_found' },
    { code: 'context_too_long', status: 400, type: 'invalid_request_error', says: 'context_length_exceeded' },
    { code: 'throttled', status: 429, type: 'rate_limit_error', says: 'rate_limit_exceeded' },
    { code: 'internal', status: 500, type: 'server_error', says: 'internal' },
  ] as const;
  for (const { code, status, type, says } of CASES) {
    it(`is ${type} with the code ${says} where it is ${code}`, () => {
      const details = {
        param: 'n',
        rule: 'r',
        reason: 'q',
        budget: 'b',
        resetsAt: 't',
        retryAfterMs: 5,
        target: 'a/b',
      };
      const failure = new Failure(code, 'sentence', { details: { ...details, decisionId: 'd', attempts: 2 } });
      assert.deepEqual(openAiChatFront.writeError(failure, status), {
        error: {
          message: 'sentence',
          type,
          param: 'n',
          code: says,
          details: {
            error_code: code,
            decision_id: 'd',
            rule: 'r',
            reason: 'q',
            budget: 'b',
            resets_at: 't',
            retry_after_ms: 5,
            target: 'a/b',
            attempts: 2,
          },
        },
      });
    });
  }

  it('has a type within a stream for every code', () => {
    const writer = openAiChatFront.createStreamWriter(generation(), IDENTITY);
    for (const code of FAILURE_CODES) assert.match(writer.fail(new Failure(code, 'm')), /"type":"[a-z_]+_error"/);
  });
});
