import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
    reply: { content: [], finish: 'tool_calls', opaque: true },
  },
  {
    name: 'the old call of a function',
    document: completion({ function_call: { name: 'f', arguments: '{}' } }, 'function_call'),
    reply: { content: [{ kind: 'tool_call', id: 'f', name: 'f', arguments: '{}' }], finish: 'tool_calls' },
  },
  {
    name: 'words that were spoken',
    document: completion({ audio: { id: 'a', data: 'AAAA', transcript: 'Hello' } }, 'stop'),
    reply: { content: [{ kind: 'text', text: 'Hello' }], opaque: true },
  },
  {
    name: 'a picture',
    document: completion({ content: '', images: [{ type: 'image_url', image_url: { url: 'data:,' } }] }, 'stop'),
    reply: { content: [], opaque: true },
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
