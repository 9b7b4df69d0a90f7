import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { Json } from '../../../src/core/json.ts';
import type { GenerationReply, StreamEvent } from '../../../src/core/reply.ts';
import {
  readBatchEmbedContents,
  readPredict,
  unsupportedEmbedding,
  writeBatchEmbedContents,
  writePredict,
} from '../../../src/protocol/gemini/embeddings.ts';
import { readError } from '../../../src/protocol/gemini/read-error.ts';
import { readGenerateContent } from '../../../src/protocol/gemini/reply.ts';
import { createGenerateContentReader } from '../../../src/protocol/gemini/stream.ts';
import { countTokensBody, readTokenCount } from '../../../src/protocol/gemini/token-count.ts';
import { embedding } from '../../support/model-requests.ts';

const NAME = { id: 'made-up', model: 'gemini-2.5-pro' };
const USED: Json = { promptTokenCount: 8, candidatesTokenCount: 6, totalTokenCount: 14 };

const chunk = (parts: Json, more: Record<string, Json> = {}, usageMetadata: Json = USED): Json => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  usageMetadata,
  modelVersion: 'gemini-2.5-pro-001',
  responseId: 'r1',
});
const whole = (parts: Json, finishReason = 'STOP', usageMetadata: Json = USED): Json =>
  chunk(parts, { finishReason }, usageMetadata);

interface Case {
  readonly name: string;
  readonly body: Json;
  readonly expected: Partial<GenerationReply>;
}

const CASES: readonly Case[] = [
  {
    name: 'text in several parts is one',
    body: whole([{ text: 'The provider ' }, { text: 'is Gemini.' }]),
    expected: {
      id: 'r1',
      model: 'gemini-2.5-pro-001',
      content: [{ kind: 'text', text: 'The provider is Gemini.' }],
      finish: 'stop',
      usage: { kind: 'exact', tokens: { input: 8, output: 6 } },
    },
  },
  {
    name: 'thought, calls with and without an id, and the signature before its call',
    body: whole([
      { text: 'Hm. ', thought: true },
      { text: 'So.', thought: true },
      { functionCall: { name: 'weather', id: 'fc_1', args: { city: 'Rome' } }, thoughtSignature: 'QUJD' },
      { functionCall: { name: 'clock' } },
    ]),
    expected: {
      content: [
        { kind: 'reasoning', text: 'Hm. So.', signature: 'gemini:QUJD' },
        { kind: 'tool_call', id: 'fc_1', name: 'weather', arguments: '{"city":"Rome"}' },
        { kind: 'tool_call', id: 'call_r1_1', name: 'clock', arguments: '{}' },
      ],
      finish: 'tool_calls',
    },
  },
  {
    name: 'nothing but thought before the cap',
    body: chunk([], { finishReason: 'MAX_TOKENS', content: {} }),
    expected: { content: [], finish: 'length' },
  },
  {
    name: 'cached, thought, heard and seen tokens, and what tools brought',
    body: whole([{ text: 'a' }], 'STOP', {
      promptTokenCount: 100,
      candidatesTokenCount: 6,
      thoughtsTokenCount: 30,
      toolUsePromptTokenCount: 5,
      cachedContentTokenCount: 64,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 40 },
        { modality: 'AUDIO', tokenCount: 32 },
        { modality: 'IMAGE', tokenCount: 28 },
      ],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 4 }],
      trafficType: 'ON_DEMAND_PRIORITY',
      totalTokenCount: 141,
    }),
    expected: {
      usage: {
        kind: 'exact',
        tokens: {
          input: 105,
          output: 36,
          cacheRead: 64,
          reasoning: 30,
          inputAudio: 32,
          inputImage: 28,
          outputImage: 4,
          tier: 'priority',
        },
      },
    },
  },
  {
    name: 'what is not counted is unknown',
    body: whole([{ text: 'a' }], 'STOP', {}),
    expected: { usage: { kind: 'unknown' } },
  },
  { name: 'what is filtered', body: whole([{ text: 'a' }], 'SAFETY'), expected: { finish: 'content_filter' } },
];

for (const { name, body, expected } of CASES) {
  test(`a reply: ${name}`, () => {
    const read = readGenerateContent(body, NAME);
    assert.ok('kind' in read, JSON.stringify(read));
    assert.deepEqual({ ...read, ...expected }, read);
  });
}

test('a reply that names neither itself nor its model has the names it is given', () => {
  const read = readGenerateContent(
    { candidates: [{ finishReason: 'STOP', content: { parts: [{ functionCall: { name: 'f' } }] } }] },
    NAME,
  );
  assert.ok('kind' in read);
  assert.equal(read.id, 'made-up');
  assert.equal(read.model, 'gemini-2.5-pro');
  assert.deepEqual(read.content, [{ kind: 'tool_call', id: 'call_made-up_0', name: 'f', arguments: '{}' }]);
});

test('a blocked prompt and useless output are failures with their reason', () => {
  const blocked = readGenerateContent(
    { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: USED },
    NAME,
  );
  assert.deepEqual(blocked, {
    outcome: 'content_filter',
    message: 'the prompt was blocked: PROHIBITED_CONTENT',
    vendorCode: 'PROHIBITED_CONTENT',
  });
  for (const reason of ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'OTHER', 'LANGUAGE', 'MALFORMED_RESPONSE']) {
    const read = readGenerateContent(chunk([], { finishReason: reason, finishMessage: 'print(x' }), NAME);
    assert.ok('outcome' in read);
    assert.deepEqual([read.outcome, read.vendorCode], ['degraded', reason]);
    assert.match(read.message, /print\(x/);
  }
});

const NO_REPLIES: readonly Json[] = [
  null,
  [],
  {},
  { candidates: [] },
  { candidates: ['a'] },
  chunk([{ text: 'a' }]),
  whole(['a']),
  whole([{ inlineData: { mimeType: 'image/png', data: 'iVBO' } }]),
  whole([{ functionCall: { args: {} } }]),
  whole([{ functionCall: { name: 'f', args: [1] } }]),
];

test('what is no reply, and what cannot be passed on, is refused', () => {
  for (const body of NO_REPLIES) {
    assert.throws(
      () => readGenerateContent(body, NAME),
      (error) => error instanceof Failure && error.code === 'invalid_request',
      JSON.stringify(body),
    );
  }
});

function stream(chunks: readonly Json[]): readonly StreamEvent[] {
  const reader = createGenerateContentReader(NAME);
  const events = chunks.flatMap((each) => reader.read('', JSON.stringify(each)));
  return [...events, ...(reader.ended?.() ?? [])];
}

const started: StreamEvent = { kind: 'start', id: 'r1', model: 'gemini-2.5-pro-001' };
const used: StreamEvent = { kind: 'usage', tokens: { input: 8, output: 6 } };
const none: Json = { promptTokenCount: 8 };

const STREAMS: readonly {
  readonly name: string;
  readonly chunks: readonly Json[];
  readonly events: readonly StreamEvent[];
}[] = [
  {
    name: 'text',
    chunks: [chunk([{ text: 'Hel' }], {}, none), whole([{ text: 'lo' }])],
    events: [
      started,
      { kind: 'text', text: 'Hel' },
      { kind: 'text', text: 'lo' },
      used,
      { kind: 'finish', reason: 'stop' },
      { kind: 'end' },
    ],
  },
  {
    name: 'STOP in every chunk, and usage behind it: the last of each counts, once',
    chunks: [
      whole([{ text: 'Hel' }], 'STOP', none),
      whole([{ text: 'lo' }], 'MAX_TOKENS', none),
      { usageMetadata: USED },
    ],
    events: [
      started,
      { kind: 'text', text: 'Hel' },
      { kind: 'usage', tokens: { input: 8, output: 0 } },
      { kind: 'text', text: 'lo' },
      { kind: 'usage', tokens: { input: 8, output: 0 } },
      used,
      { kind: 'finish', reason: 'length' },
      { kind: 'end' },
    ],
  },
  {
    name: 'thought, calls in several chunks, a signature before its call and one behind the text',
    chunks: [
      chunk([{ text: 'Hm.', thought: true }], {}, none),
      chunk([{ functionCall: { name: 'weather', args: { a: 1 } }, thoughtSignature: 'QUJD' }], {}, none),
      chunk([{ functionCall: { name: 'clock', id: 'x' } }, { text: 'Done.' }], {}, none),
      whole([{ text: '', thoughtSignature: 'REVG' }]),
    ],
    events: [
      started,
      { kind: 'reasoning', text: 'Hm.' },
      { kind: 'reasoning_signature', signature: 'gemini:QUJD' },
      { kind: 'tool_call', index: 0, id: 'call_r1_0', name: 'weather' },
      { kind: 'tool_arguments', index: 0, text: '{"a":1}' },
      { kind: 'tool_call', index: 1, id: 'x', name: 'clock' },
      { kind: 'tool_arguments', index: 1, text: '{}' },
      { kind: 'text', text: 'Done.' },
      { kind: 'reasoning', text: '' },
      { kind: 'reasoning_signature', signature: 'gemini:REVG' },
      used,
      { kind: 'finish', reason: 'tool_calls' },
      { kind: 'end' },
    ],
  },
  {
    name: 'a body that ends without a reason has no end',
    chunks: [chunk([{ text: 'Hel' }])],
    events: [started, { kind: 'text', text: 'Hel' }, used],
  },
  {
    name: 'an unspecified reason is none',
    chunks: [chunk([{ text: 'Hel' }], { finishReason: 'FINISH_REASON_UNSPECIFIED' })],
    events: [started, { kind: 'text', text: 'Hel' }, used],
  },
  {
    name: 'a blocked prompt is a failure, behind its usage',
    chunks: [
      {
        promptFeedback: { blockReason: 'SAFETY' },
        usageMetadata: none,
        responseId: 'r1',
        modelVersion: 'gemini-2.5-pro-001',
      },
      whole([{ text: 'no' }]),
    ],
    events: [
      started,
      {
        kind: 'error',
        failure: { outcome: 'content_filter', message: 'the prompt was blocked: SAFETY', vendorCode: 'SAFETY' },
      },
    ],
  },
  {
    name: 'a malformed call is a failure, behind its usage',
    chunks: [chunk([], { finishReason: 'MALFORMED_FUNCTION_CALL' }), whole([{ text: 'no' }])],
    events: [
      started,
      used,
      {
        kind: 'error',
        failure: {
          outcome: 'degraded',
          message: 'the model stopped: MALFORMED_FUNCTION_CALL',
          vendorCode: 'MALFORMED_FUNCTION_CALL',
        },
      },
    ],
  },
  {
    name: 'an error in the midst of it',
    chunks: [
      chunk([{ text: 'Hel' }]),
      { error: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded.' } },
    ],
    events: [
      started,
      { kind: 'text', text: 'Hel' },
      used,
      {
        kind: 'error',
        failure: {
          outcome: 'unavailable',
          message: 'UNAVAILABLE: The model is overloaded.',
          status: 503,
          vendorCode: 'UNAVAILABLE',
        },
      },
    ],
  },
];

for (const { name, chunks, events } of STREAMS) {
  test(`a stream: ${name}`, () => assert.deepEqual(stream(chunks), events));
}

test('an event that is no JSON object is an error, and nothing comes behind it', () => {
  const reader = createGenerateContentReader(NAME);
  for (const data of ['[1]', 'null', '{"candidates"', '"text"']) {
    const fresh = createGenerateContentReader(NAME);
    assert.equal(fresh.read('', data).at(-1)?.kind, 'error');
    assert.deepEqual(fresh.read('', JSON.stringify(whole([{ text: 'a' }]))), []);
    assert.deepEqual(fresh.ended?.(), []);
  }
  assert.deepEqual(reader.ended?.(), []);
});

test('any documents are read to events, with nothing behind an error or an end', () => {
  const part = fc.oneof(
    fc.record({ text: fc.string(), thought: fc.boolean() }),
    fc.record({ functionCall: fc.record({ name: fc.string(), args: fc.jsonValue() }), thoughtSignature: fc.string() }),
    fc.jsonValue(),
  );
  const document = fc.oneof(
    fc.jsonValue(),
    fc.record({
      candidates: fc.array(
        fc.record({
          content: fc.record({ parts: fc.array(part, { maxLength: 4 }) }),
          finishReason: fc.constantFrom('STOP', 'OTHER', 'X', ''),
        }),
        { maxLength: 2 },
      ),
      usageMetadata: fc.oneof(
        fc.jsonValue(),
        fc.record({ promptTokenCount: fc.double(), candidatesTokenCount: fc.integer() }),
      ),
    }),
  );
  fc.assert(
    fc.property(fc.array(document, { maxLength: 8 }), (documents) => {
      const events = stream(documents as readonly Json[]); // what is generated is JSON
      const over = events.findIndex(({ kind }) => kind === 'error' || kind === 'end');
      assert.ok(over === -1 || over === events.length - 1);
      for (const event of events) {
        if (event.kind === 'usage')
          for (const count of Object.values(event.tokens)) assert.ok(Number.isSafeInteger(count) && Number(count) >= 0);
      }
    }),
    { numRuns: 400 },
  );
});

const detail = (type: string, more: Record<string, Json>): Json => ({
  '@type': `type.googleapis.com/google.rpc.${type}`,
  ...more,
});

const ERRORS: readonly {
  readonly status: number;
  readonly body: Json;
  readonly outcome: string;
  readonly code?: string;
  readonly waitMs?: number;
}[] = [
  {
    status: 429,
    body: {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'Quota exceeded. Please retry in 17.5s.',
        details: [detail('QuotaFailure', {}), detail('RetryInfo', { retryDelay: '17.5s' })],
      },
    },
    outcome: 'rate_limited',
    code: 'RESOURCE_EXHAUSTED',
    waitMs: 17_500,
  },
  {
    status: 429,
    body: [
      {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          message: 'x',
          details: [detail('RetryInfo', { retryDelay: 'soon' })],
        },
      },
    ],
    outcome: 'rate_limited',
    code: 'RESOURCE_EXHAUSTED',
    waitMs: 3000,
  },
  {
    status: 400,
    body: {
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message: 'API key not valid.',
        details: [detail('ErrorInfo', { reason: 'API_KEY_INVALID' })],
      },
    },
    outcome: 'auth',
    code: 'API_KEY_INVALID',
  },
  {
    status: 400,
    body: {
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      },
    },
    outcome: 'context_length',
    code: 'INVALID_ARGUMENT',
  },
  {
    status: 400,
    body: { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'Invalid JSON payload' } },
    outcome: 'invalid_request',
    code: 'INVALID_ARGUMENT',
  },
  {
    status: 400,
    body: { error: { code: 400, status: 'FAILED_PRECONDITION', message: 'User location is not supported' } },
    outcome: 'unavailable',
    code: 'FAILED_PRECONDITION',
  },
  {
    status: 401,
    body: { error: { code: 401, status: 'UNAUTHENTICATED', message: 'x' } },
    outcome: 'auth',
    code: 'UNAUTHENTICATED',
  },
  {
    status: 403,
    body: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'x' } },
    outcome: 'auth',
    code: 'PERMISSION_DENIED',
  },
  {
    status: 404,
    body: { error: { code: 404, status: 'NOT_FOUND', message: 'models/x is not found' } },
    outcome: 'unavailable',
    code: 'NOT_FOUND',
  },
  {
    status: 499,
    body: { error: { code: 499, status: 'CANCELLED', message: 'x' } },
    outcome: 'unavailable',
    code: 'CANCELLED',
  },
  {
    status: 500,
    body: { error: { code: 500, status: 'INTERNAL', message: 'x' } },
    outcome: 'unavailable',
    code: 'INTERNAL',
  },
  {
    status: 503,
    body: { error: { code: 503, status: 'UNAVAILABLE', message: 'overloaded' } },
    outcome: 'unavailable',
    code: 'UNAVAILABLE',
  },
  {
    status: 504,
    body: { error: { code: 504, status: 'DEADLINE_EXCEEDED', message: 'x' } },
    outcome: 'timeout',
    code: 'DEADLINE_EXCEEDED',
  },
  { status: 413, body: '<html>', outcome: 'invalid_request' },
  { status: 502, body: null, outcome: 'unavailable' },
  { status: 401, body: { error: 'text' }, outcome: 'auth' },
];

for (const { status, body, outcome, code, waitMs } of ERRORS) {
  test(`status ${status}, ${JSON.stringify(body).slice(0, 90)} is ${outcome}`, () => {
    const failure = readError(
      status,
      (name) => (name === 'retry-after' && waitMs !== undefined ? '3' : undefined),
      body,
    );
    assert.deepEqual(
      [failure.outcome, failure.status, failure.vendorCode, failure.retryAfterMs],
      [outcome, status, code, waitMs],
    );
    assert.ok(failure.message.length > 0);
  });
}

test('embeddings of the Gemini API are asked in one batch, and read with what was counted', () => {
  const two = embedding({ inputs: ['a', 'b'], dimensions: 8 });
  const one = (text: string): Json => ({
    model: 'models/gemini-embedding-001',
    content: { parts: [{ text }] },
    outputDimensionality: 8,
  });
  assert.deepEqual(writeBatchEmbedContents(two, 'gemini-embedding-001'), { requests: [one('a'), one('b')] });
  const vectors: Json = { embeddings: [{ values: [0.5] }, { values: [-1] }] };
  assert.deepEqual(readBatchEmbedContents(vectors, two, 'm'), {
    kind: 'embedding',
    model: 'm',
    vectors: [[0.5], [-1]],
    usage: { kind: 'unknown' },
  });
  assert.deepEqual(
    readBatchEmbedContents({ ...(vectors as object), usageMetadata: { promptTokenCount: 4 } }, two, 'm').usage,
    { kind: 'exact', tokens: { input: 4, output: 0 } },
  );
  for (const wrong of [null, {}, { embeddings: [{ values: [1] }] }, { embeddings: [{ values: [1] }, {}] }])
    assert.throws(() => readBatchEmbedContents(wrong, two, 'm'), Failure);
});

test('embeddings of Vertex are predictions, whose counts add up', () => {
  const two = embedding({ inputs: ['a', 'b'] });
  assert.deepEqual(writePredict(two), {
    instances: [{ content: 'a' }, { content: 'b' }],
    parameters: { autoTruncate: false },
  });
  const one = (value: number, token_count: Json): Json => ({
    embeddings: { values: [value], statistics: { token_count, truncated: false } },
  });
  assert.deepEqual(readPredict({ predictions: [one(1, 4), one(2, 5)] }, two, 'm'), {
    kind: 'embedding',
    model: 'm',
    vectors: [[1], [2]],
    usage: { kind: 'exact', tokens: { input: 9, output: 0 } },
  });
  assert.deepEqual(readPredict({ predictions: [one(1, 4), one(2, null)] }, two, 'm').usage, { kind: 'unknown' });
  for (const wrong of [null, {}, { predictions: [one(1, 1)] }, { predictions: [1, 2] }])
    assert.throws(() => readPredict(wrong, two, 'm'), Failure);
});

test('embeddings that cannot be asked are refused by name', () => {
  const many = embedding({ inputs: Array.from({ length: 101 }, () => 'a'), unkept: ['x'] });
  assert.deepEqual(unsupportedEmbedding(many, 'gemini', 'gemini-embedding-001'), ['x', 'more than 100 inputs']);
  assert.deepEqual(unsupportedEmbedding(many, 'vertex', 'text-embedding-005'), ['x']);
  assert.deepEqual(unsupportedEmbedding(embedding({ inputs: ['a', 'b'] }), 'vertex', 'gemini-embedding-001'), [
    'more than 1 inputs',
  ]);
  assert.deepEqual(unsupportedEmbedding(embedding({ inputs: [[1]] }), 'gemini', 'm'), ['token ids as input']);
});

test('tokens are counted of the whole request, as each of both APIs takes it', () => {
  const body = { contents: [], systemInstruction: {}, tools: [], generationConfig: {} };
  assert.deepEqual(countTokensBody(body, 'gemini', 'g'), { generateContentRequest: { model: 'models/g', ...body } });
  assert.deepEqual(countTokensBody(body, 'vertex', 'g'), { contents: [], systemInstruction: {}, tools: [] });
  assert.deepEqual(readTokenCount({ totalTokens: 31 }), { kind: 'token_count', inputTokens: 31, source: 'exact' });
  for (const wrong of [null, {}, { totalTokens: 1.5 }]) assert.throws(() => readTokenCount(wrong), Failure);
});
