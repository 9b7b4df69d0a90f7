import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../src/core/json.ts';
import { readError } from '../../../src/protocol/bedrock/read-error.ts';

interface Case {
  readonly status: number;
  readonly type?: string;
  readonly body: Json;
  readonly outcome: string;
  readonly vendorCode?: string;
}

const CASES: readonly Case[] = [
  {
    status: 429,
    type: 'ThrottlingException:http://internal.amazon.com/coral/',
    body: { message: 'Too many requests' },
    outcome: 'rate_limited',
    vendorCode: 'ThrottlingException',
  },
  {
    status: 400,
    type: 'ServiceQuotaExceededException',
    body: { message: 'quota' },
    outcome: 'rate_limited',
    vendorCode: 'ServiceQuotaExceededException',
  },
  {
    status: 400,
    body: { __type: 'com.amazon.coral.validate#ValidationException', message: 'Malformed input request' },
    outcome: 'invalid_request',
    vendorCode: 'ValidationException',
  },
  {
    status: 400,
    type: 'ValidationException',
    body: { message: 'Input is too long for requested model.' },
    outcome: 'context_length',
    vendorCode: 'ValidationException',
  },
  {
    status: 400,
    type: 'ValidationException',
    body: { message: 'The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum' },
    outcome: 'context_length',
    vendorCode: 'ValidationException',
  },
  {
    status: 400,
    type: 'ValidationException',
    body: { message: 'input length and `max_tokens` exceed context limit: 199000 + 8000 > 200000' },
    outcome: 'context_length',
    vendorCode: 'ValidationException',
  },
  {
    status: 403,
    type: 'AccessDeniedException',
    body: { Message: 'no access to the model' },
    outcome: 'auth',
    vendorCode: 'AccessDeniedException',
  },
  {
    status: 403,
    type: 'ExpiredTokenException',
    body: { message: 'The security token is expired' },
    outcome: 'auth',
    vendorCode: 'ExpiredTokenException',
  },
  {
    status: 403,
    type: 'InvalidSignatureException',
    body: { message: 'x' },
    outcome: 'auth',
    vendorCode: 'InvalidSignatureException',
  },
  {
    status: 404,
    type: 'ResourceNotFoundException',
    body: { message: 'no such model' },
    outcome: 'unavailable',
    vendorCode: 'ResourceNotFoundException',
  },
  {
    status: 408,
    type: 'ModelTimeoutException',
    body: { message: 'x' },
    outcome: 'timeout',
    vendorCode: 'ModelTimeoutException',
  },
  {
    status: 424,
    type: 'ModelErrorException',
    body: { message: 'x' },
    outcome: 'unavailable',
    vendorCode: 'ModelErrorException',
  },
  {
    status: 429,
    type: 'ModelNotReadyException',
    body: { message: 'x' },
    outcome: 'unavailable',
    vendorCode: 'ModelNotReadyException',
  },
  {
    status: 500,
    type: 'InternalServerException',
    body: { message: 'x' },
    outcome: 'unavailable',
    vendorCode: 'InternalServerException',
  },
  {
    status: 503,
    type: 'ServiceUnavailableException',
    body: { message: 'x' },
    outcome: 'unavailable',
    vendorCode: 'ServiceUnavailableException',
  },
  { status: 429, body: '<html>', outcome: 'rate_limited' },
  { status: 413, body: null, outcome: 'invalid_request' },
  { status: 504, body: '', outcome: 'timeout' },
  { status: 502, body: [], outcome: 'unavailable' },
];

for (const { status, type, body, outcome, vendorCode } of CASES) {
  test(`status ${status}, ${type ?? 'no type'}, ${JSON.stringify(body).slice(0, 60)} is ${outcome}`, () => {
    const headers: Readonly<Record<string, string | undefined>> = { 'x-amzn-errortype': type };
    const failure = readError(status, (name) => headers[name], body);
    assert.equal(failure.outcome, outcome);
    assert.equal(failure.status, status);
    assert.equal(failure.vendorCode, vendorCode);
    assert.ok(failure.message.length > 0);
  });
}

test('a wait that AWS asks for is kept', () => {
  assert.equal(readError(503, (name) => (name === 'retry-after' ? '7' : undefined), {}).retryAfterMs, 7000);
});
