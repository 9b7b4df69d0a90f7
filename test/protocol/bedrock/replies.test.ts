import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { Json } from '../../../src/core/json.ts';
import type { GenerationReply } from '../../../src/core/reply.ts';
import { readEmbedding, writeEmbedding } from '../../../src/protocol/bedrock/embeddings.ts';
import { readConverse } from '../../../src/protocol/bedrock/reply.ts';
import { countTokensBody, readTokenCount } from '../../../src/protocol/bedrock/token-count.ts';
import { embedding } from '../../support/model-requests.ts';

const NAME = { id: 'req-1', model: 'amazon.nova-pro-v1:0' };

const reply = (content: Json, more: Record<string, Json> = {}): Json => ({
  output: { message: { role: 'assistant', content } },
  stopReason: 'end_turn',
  usage: { inputTokens: 18, outputTokens: 46, totalTokens: 64 },
  metrics: { latencyMs: 20 },
  ...more,
});

interface Case {
  readonly name: string;
  readonly body: Json;
  readonly expected: Partial<GenerationReply>;
}

const CASES: readonly Case[] = [
  {
    name: 'text',
    body: reply([{ text: 'Hello' }]),
    expected: {
      content: [{ kind: 'text', text: 'Hello' }],
      finish: 'stop',
      usage: { kind: 'exact', tokens: { input: 18, output: 46 } },
    },
  },
  {
    name: 'thought, encrypted thought, a call, a citation, and a block of tomorrow',
    body: reply(
      [
        { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'SIG==' } } },
        { reasoningContent: { redactedContent: 'AAAA' } },
        { reasoningContent: { reasoningText: { text: 'unsigned' } } },
        { citationsContent: { content: [{ text: 'cited' }], citations: [{}] } },
        { hologram: {} },
        { toolUse: { toolUseId: 't1', name: 'f', input: { a: [1, null] } } },
        { toolUse: { toolUseId: 't2', name: 'g' } },
      ],
      { stopReason: 'tool_use' },
    ),
    expected: {
      content: [
        { kind: 'reasoning', text: 'Hm.', signature: 'SIG==' },
        { kind: 'reasoning', text: '', redacted: 'AAAA' },
        { kind: 'reasoning', text: 'unsigned' },
        { kind: 'text', text: 'cited' },
        { kind: 'tool_call', id: 't1', name: 'f', arguments: '{"a":[1,null]}' },
        { kind: 'tool_call', id: 't2', name: 'g', arguments: '{}' },
      ],
      finish: 'tool_calls',
    },
  },
  {
    name: 'which stop sequence it was, a tier, and nothing counted',
    body: reply([], {
      stopReason: 'stop_sequence',
      additionalModelResponseFields: { stop_sequence: 'END' },
      usage: null,
    }),
    expected: { finish: 'stop_sequence', stopSequence: 'END', usage: { kind: 'unknown' } },
  },
  {
    name: 'cached input is part of the input',
    body: reply([], {
      usage: {
        inputTokens: 16,
        outputTokens: 9,
        totalTokens: 2412,
        cacheReadInputTokens: 7,
        cacheWriteInputTokens: 2380,
      },
    }),
    expected: { usage: { kind: 'exact', tokens: { input: 2403, output: 9, cacheRead: 7, cacheWrite: 2380 } } },
  },
];

for (const { name, body, expected } of CASES) {
  test(`a reply: ${name}`, () => {
    const read = readConverse(body, NAME);
    assert.ok('kind' in read);
    assert.deepEqual({ ...read, ...expected }, read);
    assert.equal(read.id, 'req-1');
    assert.equal(read.model, 'amazon.nova-pro-v1:0');
  });
}

test('output that the vendor calls malformed is no answer', () => {
  const read = readConverse(reply([{ text: '{"a"' }], { stopReason: 'malformed_model_output' }), NAME);
  assert.ok('outcome' in read);
  assert.equal(read.outcome, 'degraded');
});

const NO_REPLIES: readonly Json[] = [
  null,
  'text',
  [],
  {},
  { output: {}, stopReason: 'end_turn' },
  { output: { message: { content: [] } } },
  reply(['text']),
  reply([{ toolUse: { name: 'f' } }]),
  reply([], { stopReason: 7 }),
];

test('what is no reply is refused', () => {
  for (const body of NO_REPLIES) {
    assert.throws(
      () => readConverse(body, NAME),
      (error) => error instanceof Failure && error.code === 'invalid_request',
      JSON.stringify(body),
    );
  }
});

test('any document is read or refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      try {
        readConverse(JSON.parse(text) as Json, NAME); // what parses is JSON
      } catch (error) {
        assert.ok(error instanceof Failure);
      }
    }),
    { numRuns: 300 },
  );
});

test('embeddings are asked of each maker in its own words', () => {
  const two = embedding({ inputs: ['a', 'b'], dimensions: 256 });
  const one = embedding({ inputs: ['a'], dimensions: 256 });
  const rows: readonly (readonly [model: string, body: Json, refused: readonly string[]])[] = [
    ['amazon.titan-embed-text-v2:0', { inputText: 'a', dimensions: 256 }, []],
    ['amazon.titan-embed-text-v1', { inputText: 'a' }, ['dimensions']],
    ['amazon.titan-embed-image-v1', { inputText: 'a', embeddingConfig: { outputEmbeddingLength: 256 } }, []],
    [
      'amazon.nova-2-multimodal-embeddings-v1:0',
      {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          embeddingDimension: 256,
          text: { truncationMode: 'NONE', value: 'a' },
        },
      },
      [],
    ],
    ['anthropic.claude-opus-4-6-v1', {}, ['embeddings']],
  ];
  for (const [model, body, refused] of rows) assert.deepEqual(writeEmbedding(one, model), { body, refused }, model);
  assert.deepEqual(writeEmbedding(two, 'cohere.embed-v4:0'), {
    body: {
      texts: ['a', 'b'],
      input_type: 'search_document',
      truncate: 'NONE',
      embedding_types: ['float'],
      output_dimension: 256,
    },
    refused: [],
  });
  assert.deepEqual(writeEmbedding(two, 'cohere.embed-multilingual-v3').refused, ['dimensions']);
  assert.deepEqual(writeEmbedding(two, 'amazon.titan-embed-text-v2:0').refused, ['more than one input']);
  assert.deepEqual(writeEmbedding(embedding({ inputs: [[1, 2]] }), 'cohere.embed-v4:0').refused, [
    'token ids as input',
  ]);
  assert.deepEqual(
    writeEmbedding(embedding({ inputs: Array.from({ length: 97 }, () => 'a') }), 'cohere.embed-v4:0').refused,
    ['more than 96 inputs'],
  );
});

test('embeddings are read from each shape, with what was counted', () => {
  const one = embedding({ inputs: ['a'] });
  const two = embedding({ inputs: ['a', 'b'] });
  const read = (body: Json, request = one, counted?: string) => readEmbedding(body, request, 'm', counted);
  const exact = (input: number) => ({ kind: 'exact', tokens: { input, output: 0 } });
  assert.deepEqual(read({ embedding: [0.5, -1], inputTextTokenCount: 3 }), {
    kind: 'embedding',
    model: 'm',
    vectors: [[0.5, -1]],
    usage: exact(3),
  });
  assert.deepEqual(read({ embeddings: [[1], [2]] }, two, '9').vectors, [[1], [2]]);
  assert.deepEqual(read({ embeddings: { float: [[1], [2]] } }, two, '9').usage, exact(9));
  assert.deepEqual(read({ embeddings: [{ embedding: [1], embeddingType: 'TEXT' }] }).vectors, [[1]]);
  assert.deepEqual(read({ embedding: [1] }, one, '-1').usage, { kind: 'unknown' });
});

test('vectors that are not one for each input, or no numbers, are no reply', () => {
  const bodies: readonly Json[] = [
    {},
    [],
    { embedding: [] },
    { embedding: ['1'] },
    { embedding: [null] },
    { embeddings: [[1], [2]] },
    { embedding: Array.from({ length: 70_000 }, () => 0) },
  ];
  for (const body of bodies) assert.throws(() => readEmbedding(body, embedding(), 'm', undefined), Failure);
});

test('tokens are counted of what is asked, without what bounds the answer', () => {
  const body = {
    messages: [],
    system: [],
    inferenceConfig: { maxTokens: 1 },
    toolConfig: {},
    additionalModelRequestFields: {},
    outputConfig: {},
  };
  assert.deepEqual(countTokensBody(body), {
    input: { converse: { messages: [], system: [], toolConfig: {}, additionalModelRequestFields: {} } },
  });
  assert.deepEqual(readTokenCount({ inputTokens: 12 }), { kind: 'token_count', inputTokens: 12, source: 'exact' });
  for (const wrong of [null, {}, { inputTokens: -1 }, { inputTokens: '12' }])
    assert.throws(() => readTokenCount(wrong), Failure);
});
