import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FAILURE_CODES, Failure } from '../../../src/core/failure.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply } from '../../../src/core/reply.ts';
import { OPENAI_DIALECT } from '../../../src/protocol/openai-chat/dialect.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiChatVendor } from '../../../src/protocol/openai-chat/vendor.ts';
import { generation } from '../../support/model-requests.ts';
import { TOKENS, USAGE } from './streams.ts';

const vendor = openAiChatVendor(OPENAI_DIALECT);
const IDENTITY = { id: 'own-id', createdS: 1 };

const completion = (message: JsonObject, finish: string, more: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-x-2026',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, refusal: null, ...message },
      logprobs: null,
      finish_reason: finish,
    },
  ],
  ...more,
});

interface ReplyCase {
  readonly name: string;
  readonly document: JsonObject;
  readonly reply: Partial<GenerationReply>;
}

const CALL: JsonObject = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } };

/** Written again, each is the document itself. */
const PAIRS: readonly ReplyCase[] = [
  {
    name: 'text',
    document: completion({ content: 'Hello 漢' }, 'stop'),
    reply: {
      id: 'chatcmpl-1',
      model: 'gpt-x-2026',
      content: [{ kind: 'text', text: 'Hello 漢' }],
      finish: 'stop',
      usage: { kind: 'unknown' },
    },
  },
  {
    name: 'parallel calls of tools',
    document: completion({ tool_calls: [CALL, { ...CALL, id: 'call_2' }] }, 'tool_calls'),
    reply: {
      content: [
        { kind: 'tool_call', id: 'call_1', name: 'f', arguments: '{"x":1}' },
        { kind: 'tool_call', id: 'call_2', name: 'f', arguments: '{"x":1}' },
      ],
      finish: 'tool_calls',
    },
  },
  {
    name: 'a call that was cut',
    document: completion({ tool_calls: [{ ...CALL, function: { name: 'f', arguments: '{"x"' } }] }, 'length'),
    reply: { content: [{ kind: 'tool_call', id: 'call_1', name: 'f', arguments: '{"x"' }], finish: 'length' },
  },
  {
    name: 'a refusal',
    document: completion({ refusal: 'No.' }, 'stop'),
    reply: { content: [{ kind: 'refusal', text: 'No.' }], finish: 'refusal' },
  },
  {
    name: 'thought and text',
    document: completion({ content: 'Yes.', reasoning_content: 'Hm.' }, 'stop'),
    reply: {
      content: [
        { kind: 'reasoning', text: 'Hm.' },
        { kind: 'text', text: 'Yes.' },
      ],
    },
  },
  { name: 'nothing at all', document: completion({ content: '' }, 'length'), reply: { content: [], finish: 'length' } },
];

const READ_ONLY: readonly ReplyCase[] = [
  {
    name: 'usage with its details, of a tier',
    document: completion({ content: 'Hi' }, 'stop', { usage: USAGE, service_tier: 'priority' }),
    reply: { usage: { kind: 'exact', tokens: { ...TOKENS, tier: 'priority' } } },
  },
  {
    name: 'usage of everything that is counted',
    document: completion({ content: 'Hi' }, 'stop', {
      usage: {
        prompt_tokens: 9,
        completion_tokens: 8,
        prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 2, audio_tokens: 3, image_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 5, audio_tokens: 6, image_tokens: 7 },
      },
      service_tier: 'default',
    }),
    reply: {
      usage: {
        kind: 'exact',
        tokens: {
          input: 9,
          output: 8,
          cacheRead: 1,
          cacheWrite: 2,
          inputAudio: 3,
          inputImage: 4,
          reasoning: 5,
          outputAudio: 6,
          outputImage: 7,
        },
      },
    },
  },
  {
    name: 'thought that only the total counts',
    document: completion({ content: 'Hi' }, 'stop', {
      usage: { prompt_tokens: 7, completion_tokens: 12, total_tokens: 402 },
    }),
    reply: { usage: { kind: 'exact', tokens: { input: 7, output: 395 } } },
  },
  {
    name: 'a cache in the words of others',
    document: completion({ content: 'Hi' }, 'stop', {
      usage: { prompt_tokens: 7, completion_tokens: 1, prompt_cache_hit_tokens: 5 },
    }),
    reply: { usage: { kind: 'exact', tokens: { input: 7, output: 1, cacheRead: 5 } } },
  },
  {
    name: 'counts that are none',
    document: completion({ content: 'Hi' }, 'stop', { usage: { prompt_tokens: -1, completion_tokens: 2.5 } }),
    reply: { usage: { kind: 'unknown' } },
  },
  {
    name: 'stop, where it calls tools',
    document: completion({ tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] }, 'stop'),
    reply: { content: [{ kind: 'tool_call', id: 'call_0', name: 'f', arguments: '{"x":1}' }], finish: 'tool_calls' },
  },
  {
    name: 'a call of a custom tool',
    document: completion(
      { tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'sh', input: 'ls' } }] },
      'tool_calls',
    ),
    reply: { content: [{ kind: 'tool_call', id: 'c', name: 'sh', arguments: 'ls' }] },
  },
  {
    name: 'the old call of a function',
    document: completion({ function_call: { name: 'f', arguments: '{}' } }, 'function_call'),
    reply: { content: [{ kind: 'tool_call', id: 'f', name: 'f', arguments: '{}' }], finish: 'tool_calls' },
  },
  {
    name: 'words that were spoken',
    document: completion({ audio: { id: 'a', data: 'AAAA', transcript: 'Hello' } }, 'stop'),
    reply: { content: [{ kind: 'text', text: 'Hello' }] },
  },
  {
    name: 'the first of several choices, wherever it stands',
    document: {
      choices: [
        { index: 1, message: { content: 'b' }, finish_reason: 'stop' },
        { index: 0, message: { content: 'a' }, finish_reason: 'length' },
      ],
    },
    reply: { content: [{ kind: 'text', text: 'a' }], finish: 'length', id: '', model: '' },
  },
];

describe('a chat completion', () => {
  for (const { name, document, reply } of [...PAIRS, ...READ_ONLY]) {
    it(`is read: ${name}`, () => {
      const read = vendor.readReply(document);
      assert.deepEqual({ ...read, ...reply }, read);
    });
  }

  for (const { name, document } of PAIRS) {
    it(`is written as it was read: ${name}`, () => {
      const written = openAiChatFront.writeReply(vendor.readReply(document), generation(), IDENTITY);
      assert.deepEqual(written, document);
    });
  }

  it('is written with the usage of other vendors in its own words', () => {
    const reply: GenerationReply = {
      kind: 'generation',
      id: '',
      model: '',
      content: [{ kind: 'text', text: 'Hi' }],
      finish: 'stop_sequence',
      usage: {
        kind: 'estimated',
        tokens: { input: 9, output: 3, cacheRead: 4, cacheWrite: 1, cacheWrite1h: 2, tier: 'flex' },
      },
    };
    const written = openAiChatFront.writeReply(reply, generation({ model: 'asked' }), IDENTITY);
    assert.deepEqual(written['usage'], {
      prompt_tokens: 9,
      completion_tokens: 3,
      total_tokens: 12,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0, cache_write_tokens: 3 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    });
    assert.deepEqual([written['id'], written['model'], written['service_tier']], ['own-id', 'asked', 'flex']);
  });

  const NONE: readonly Json[] = [
    null,
    'x',
    [],
    {},
    { choices: [] },
    { choices: {} },
    { choices: [null] },
    { choices: [{}] },
    { choices: [{ message: 'x' }] },
    { object: 'error', message: 'broken' },
  ];
  for (const document of NONE) {
    it(`is not ${JSON.stringify(document)}`, () => {
      assert.throws(() => vendor.readReply(document), { code: 'invalid_request' });
    });
  }
});

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
    { status: 404, body: error({ code: 'model_not_found' }), outcome: 'invalid_request' },
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
