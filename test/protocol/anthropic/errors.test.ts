import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttemptFailure } from '../../../src/core/attempt-failure.ts';
import { FAILURE_CODES, Failure } from '../../../src/core/failure.ts';
import type { Json } from '../../../src/core/json.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { createStreamWriter } from '../../../src/protocol/anthropic/write-stream.ts';

const error = (type: string, message: string): Json => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
});
const read = (status: number, body: Json, headers: Readonly<Record<string, string>> = {}): AttemptFailure =>
  anthropicVendor.readError(status, (name) => headers[name], body);

describe("Anthropic's errors", () => {
  const CASES: readonly (readonly [number, string, string, AttemptFailure['outcome']])[] = [
    [400, 'invalid_request_error', 'max_tokens: must be positive', 'invalid_request'],
    [400, 'invalid_request_error', 'prompt is too long: 215000 tokens > 200000 maximum', 'context_length'],
    [400, 'invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 3', 'context_length'],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.', 'rate_limited'],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'content_filter'],
    [401, 'authentication_error', 'invalid x-api-key', 'auth'],
    [402, 'billing_error', 'payment required', 'rate_limited'],
    [403, 'permission_error', 'not allowed', 'auth'],
    [404, 'not_found_error', 'model: claude-none', 'unavailable'],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'invalid_request'],
    [429, 'rate_limit_error', 'Number of requests exceeded', 'rate_limited'],
    [500, 'api_error', 'Internal server error', 'unavailable'],
    [504, 'timeout_error', 'Request timed out', 'timeout'],
    [529, 'overloaded_error', 'Overloaded', 'unavailable'],
    [503, 'overloaded_error', 'Overloaded', 'unavailable'],
  ];
  for (const [status, vendorCode, message, outcome] of CASES) {
    it(`of status ${status} that say “${message.slice(0, 40)}” are ${outcome}`, () => {
      assert.deepEqual(read(status, error(vendorCode, message)), { outcome, message, status, vendorCode });
    });
  }

  const BARE: readonly (readonly [number, Json, AttemptFailure['outcome']])[] = [
    [400, null, 'invalid_request'],
    [401, 'Unauthorized', 'auth'],
    [402, {}, 'rate_limited'],
    [403, { error: 'no' }, 'auth'],
    [404, '<html>', 'unavailable'],
    [408, [], 'timeout'],
    [413, 7, 'invalid_request'],
    [429, { error: { type: 'brand_new' } }, 'rate_limited'],
    [502, 'Bad gateway', 'unavailable'],
    [504, '', 'timeout'],
    [529, true, 'unavailable'],
  ];
  for (const [status, body, outcome] of BARE) {
    it(`of status ${status} in a body that is ${JSON.stringify(body)} are ${outcome}`, () => {
      const { message, ...failure } = read(status, body);
      assert.equal(failure.outcome, outcome);
      assert.equal(message, `the vendor answered with status ${status}`);
    });
  }

  it('are quoted in part', () => {
    assert.ok(read(400, error('invalid_request_error', 'x'.repeat(5000))).message.length < 400);
  });

  const date = 'Mon, 23 Nov 2026 10:00:00 GMT';
  const WAITS: readonly { readonly headers: Readonly<Record<string, string>>; readonly ms: number | undefined }[] = [
    { headers: {}, ms: undefined },
    { headers: { 'retry-after': '7' }, ms: 7000 },
    { headers: { 'retry-after': ' 0.5 ' }, ms: 500 },
    { headers: { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date }, ms: 30_000 },
    { headers: { 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT', date }, ms: 0 },
    { headers: { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, ms: undefined },
    { headers: { 'retry-after': 'soon', date }, ms: undefined },
    { headers: { 'retry-after': '999999999' }, ms: 86_400_000 },
    {
      headers: {
        date,
        'anthropic-ratelimit-requests-remaining': '12',
        'anthropic-ratelimit-requests-reset': '2026-11-23T11:00:00Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-23T10:00:20Z',
        'anthropic-ratelimit-output-tokens-remaining': '0',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-23T10:00:10Z',
      },
      ms: 20_000,
    },
    { headers: { date, 'anthropic-ratelimit-requests-remaining': '0' }, ms: undefined },
  ];
  for (const { headers, ms } of WAITS) {
    it(`with ${JSON.stringify(headers)} ask to wait for ${ms} ms`, () => {
      assert.equal(read(429, error('rate_limit_error', 'slow down'), headers).retryAfterMs, ms);
    });
  }

  it('that waiting does not mend ask for none', () => {
    assert.equal(read(400, error('invalid_request_error', 'no'), { 'retry-after': '7' }).retryAfterMs, undefined);
  });
});

describe('a failure', () => {
  it('is written with all that a caller may be told', () => {
    const failure = new Failure('budget_exhausted', 'the budget team-month is spent', {
      details: {
        decisionId: 'd1',
        rule: 'budget.exhausted',
        reason: 'budget_exhausted',
        budget: 'team-month',
        resetsAt: '2026-12-01T00:00:00Z',
        retryAfterMs: 5,
        param: 'max_tokens',
        target: 'a/b',
        attempts: 0,
      },
    });
    assert.deepEqual(anthropicFront.writeError(failure, 402), {
      type: 'error',
      error: {
        type: 'billing_error',
        message: 'the budget team-month is spent',
        details: {
          error_code: 'budget_exhausted',
          param: 'max_tokens',
          rule: 'budget.exhausted',
          reason: 'budget_exhausted',
          budget: 'team-month',
          resets_at: '2026-12-01T00:00:00Z',
          retry_after_ms: 5,
          target: 'a/b',
          attempts: 0,
        },
      },
      request_id: 'd1',
    });
  });

  const TYPES: readonly (readonly [number, string])[] = [
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [405, 'invalid_request_error'],
    [408, 'timeout_error'],
    [409, 'invalid_request_error'],
    [413, 'request_too_large'],
    [415, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [499, 'invalid_request_error'],
    [500, 'api_error'],
    [502, 'api_error'],
    [503, 'overloaded_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ];
  for (const [status, type] of TYPES) {
    it(`that goes out with status ${status} is of type ${type}`, () => {
      const document = anthropicFront.writeError(new Failure('internal', 'x'), status);
      assert.deepEqual(document['error'], { type, message: 'x', details: { error_code: 'internal' } });
      assert.equal(document['request_id'], null);
    });
  }

  it('has a known type in a stream, whatever its code', () => {
    const known = new Set(TYPES.map(([, type]) => type));
    for (const code of FAILURE_CODES) {
      const text = createStreamWriter({ id: 'x', createdS: 0 }).fail(new Failure(code, 'x'));
      const { error: told } = JSON.parse(text.slice('event: error\ndata: '.length));
      assert.ok(known.has(told.type), code);
      assert.equal(told.details.error_code, code);
    }
  });
});
