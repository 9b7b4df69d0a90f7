/** Answers: once in the words of core, once in the spelling of every vendor that can give it. Data only. */
import type { AssistantPart } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { TokenCounts } from '../../../src/core/usage.ts';
import type { FrontName } from './front.ts';
import {
  anthropicReply,
  bedrockReply,
  chatReply,
  geminiReply,
  responsesReply,
  type SpelledReply,
} from './spelled-replies.ts';
import type { ReplyWords } from './words.ts';

/** Vendors that spell answers in ways of their own. */
export type Speller = 'openai' | 'responses' | 'anthropic' | 'gemini' | 'bedrock';

/** What the protocol of a door cannot hold. */
export type ReplyLoss = (words: ReplyWords) => ReplyWords;

export type ReplyLosses = Readonly<Partial<Record<FrontName, Readonly<Record<string, ReplyLoss>>>>>;

export interface ReplyCase {
  readonly name: string;
  readonly words: ReplyWords;
  readonly spelled: Readonly<Partial<Record<Speller, SpelledReply & { readonly words?: Partial<ReplyWords> }>>>;
  /** By door, exactly, each with its name; gRPC speaks the words of core and loses nothing. */
  readonly lost?: ReplyLosses;
  /** What is lost beside it where the answer is whole: a stream has an order. */
  readonly lostWhole?: ReplyLosses;
}

const USED = { kind: 'exact', tokens: { input: 20, output: 5 } } as const;
const CHAT_USED = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };
const ANTHROPIC_USED = { input_tokens: 20, output_tokens: 5 };
const RESPONSES_USED = { input_tokens: 20, output_tokens: 5, total_tokens: 25 };
const GEMINI_USED = { promptTokenCount: 20, candidatesTokenCount: 5, totalTokenCount: 25 };
const BEDROCK_USED = { inputTokens: 20, outputTokens: 5, totalTokens: 25 };

const SAID = 'Grüße aus 東京 🗼!';
const TEXT: AssistantPart = { kind: 'text', text: SAID };
const ROME = '{"city":"Rome"}';
/** Its middle is within a character. */
const OSLO = '{"city":"🌧 Osló!"}';
const CALLS: readonly AssistantPart[] = [
  { kind: 'tool_call', id: 'call_1', name: 'get_weather', arguments: ROME },
  { kind: 'tool_call', id: 'call_2', name: 'get_weather', arguments: OSLO },
];
const CHAT_CALLS = [
  { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: ROME } },
  { id: 'call_2', type: 'function', function: { name: 'get_weather', arguments: OSLO } },
];
const ANTHROPIC_CALLS = [
  { type: 'tool_use', id: 'call_1', name: 'get_weather', input: { city: 'Rome' } },
  { type: 'tool_use', id: 'call_2', name: 'get_weather', input: { city: '🌧 Osló!' } },
];
const RESPONSES_CALLS = [
  { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: ROME },
  { type: 'function_call', call_id: 'call_2', name: 'get_weather', arguments: OSLO },
];
const spoken = (text: string): JsonObject => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const refused = (refusal: string): JsonObject => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'refusal', refusal }],
});
const GEMINI_CALLS = [
  { functionCall: { id: 'call_1', name: 'get_weather', args: { city: 'Rome' } } },
  { functionCall: { id: 'call_2', name: 'get_weather', args: { city: '🌧 Osló!' } } },
];
const BEDROCK_CALLS = [
  { toolUse: { toolUseId: 'call_1', name: 'get_weather', input: { city: 'Rome' } } },
  { toolUse: { toolUseId: 'call_2', name: 'get_weather', input: { city: '🌧 Osló!' } } },
];

const content =
  (change: (part: AssistantPart) => AssistantPart | undefined): ReplyLoss =>
  (words) => ({ ...words, content: words.content.flatMap((part) => change(part) ?? []) });

const SIGNATURES = content((part) => {
  if (part.kind !== 'reasoning') return part;
  return part.text === '' ? undefined : { kind: part.kind, text: part.text };
});

/** One thought, then one text, then the calls. */
const ORDER: ReplyLoss = (words) => {
  const joined = (kind: 'reasoning' | 'text'): readonly AssistantPart[] => {
    const text = words.content.map((part) => (part.kind === kind ? part.text : '')).join('');
    return text === '' ? [] : [{ kind, text }];
  };
  const calls = words.content.filter(({ kind }) => kind === 'tool_call');
  return { ...words, content: [...joined('reasoning'), ...joined('text'), ...calls] };
};

const REFUSAL_AS_TEXT = content((part) => (part.kind === 'refusal' ? { kind: 'text', text: part.text } : part));

const finishedAs =
  (finish: ReplyWords['finish']): ReplyLoss =>
  ({ stopSequence: _, ...words }) => ({ ...words, finish });

const counted =
  (tokens: TokenCounts): ReplyLoss =>
  (words) => ({ ...words, usage: { kind: 'exact', tokens } });

export const REPLIES: readonly ReplyCase[] = [
  {
    name: 'text',
    words: { content: [TEXT], finish: 'stop', usage: USED },
    spelled: {
      responses: responsesReply({ output: [spoken(SAID)], usage: RESPONSES_USED }),

      openai: chatReply({ message: { content: SAID, refusal: null }, finish: 'stop', usage: CHAT_USED }),
      anthropic: anthropicReply({
        content: [{ type: 'text', text: SAID }],
        reason: 'end_turn',
        usage: ANTHROPIC_USED,
      }),
      gemini: geminiReply({ parts: [{ text: SAID }], reason: 'STOP', usage: GEMINI_USED }),
      bedrock: bedrockReply({ content: [{ text: SAID }], reason: 'end_turn', usage: BEDROCK_USED }),
    },
  },
  {
    name: 'text whose pieces end within a character',
    words: { content: [{ kind: 'text', text: 'ab🗼cd' }], finish: 'stop', usage: USED },
    spelled: {
      responses: responsesReply({ output: [spoken('ab🗼cd')], usage: RESPONSES_USED }),

      openai: chatReply({ message: { content: 'ab🗼cd' }, finish: 'stop', usage: CHAT_USED }),
      anthropic: anthropicReply({
        content: [{ type: 'text', text: 'ab🗼cd' }],
        reason: 'end_turn',
        usage: ANTHROPIC_USED,
      }),
      gemini: geminiReply({ parts: [{ text: 'ab🗼cd' }], reason: 'STOP', usage: GEMINI_USED }),
      bedrock: bedrockReply({ content: [{ text: 'ab🗼cd' }], reason: 'end_turn', usage: BEDROCK_USED }),
    },
  },
  {
    name: 'parallel calls of tools',
    words: { content: CALLS, finish: 'tool_calls', usage: USED },
    spelled: {
      responses: responsesReply({ output: RESPONSES_CALLS, usage: RESPONSES_USED }),

      openai: chatReply({ message: { content: null, tool_calls: CHAT_CALLS }, finish: 'tool_calls', usage: CHAT_USED }),
      anthropic: anthropicReply({ content: ANTHROPIC_CALLS, reason: 'tool_use', usage: ANTHROPIC_USED }),
      gemini: geminiReply({ parts: GEMINI_CALLS, reason: 'STOP', usage: GEMINI_USED }),
      bedrock: bedrockReply({ content: BEDROCK_CALLS, reason: 'tool_use', usage: BEDROCK_USED }),
    },
  },
  {
    name: 'text, then parallel calls of tools',
    words: { content: [TEXT, ...CALLS], finish: 'tool_calls', usage: USED },
    spelled: {
      responses: responsesReply({ output: [spoken(SAID), ...RESPONSES_CALLS], usage: RESPONSES_USED }),

      openai: chatReply({ message: { content: SAID, tool_calls: CHAT_CALLS }, finish: 'tool_calls', usage: CHAT_USED }),
      anthropic: anthropicReply({
        content: [{ type: 'text', text: SAID }, ...ANTHROPIC_CALLS],
        reason: 'tool_use',
        usage: ANTHROPIC_USED,
      }),
      gemini: geminiReply({ parts: [{ text: SAID }, ...GEMINI_CALLS], reason: 'STOP', usage: GEMINI_USED }),
      bedrock: bedrockReply({ content: [{ text: SAID }, ...BEDROCK_CALLS], reason: 'tool_use', usage: BEDROCK_USED }),
    },
  },
  {
    name: 'a call without arguments',
    words: {
      content: [{ kind: 'tool_call', id: 'call_1', name: 'now', arguments: '{}' }],
      finish: 'tool_calls',
      usage: USED,
    },
    spelled: {
      responses: responsesReply({
        output: [{ type: 'function_call', call_id: 'call_1', name: 'now', arguments: '{}' }],
        usage: RESPONSES_USED,
      }),

      openai: chatReply({
        message: {
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } }],
        },
        finish: 'tool_calls',
        usage: CHAT_USED,
      }),
      anthropic: anthropicReply({
        content: [{ type: 'tool_use', id: 'call_1', name: 'now', input: {} }],
        reason: 'tool_use',
        usage: ANTHROPIC_USED,
      }),
      gemini: geminiReply({
        parts: [{ functionCall: { id: 'call_1', name: 'now', args: {} } }],
        reason: 'STOP',
        usage: GEMINI_USED,
      }),
      bedrock: bedrockReply({
        content: [{ toolUse: { toolUseId: 'call_1', name: 'now', input: {} } }],
        reason: 'tool_use',
        usage: BEDROCK_USED,
      }),
    },
  },
  {
    name: 'thought that nobody signed, then text',
    words: { content: [{ kind: 'reasoning', text: 'Hm, 考える.' }, TEXT], finish: 'stop', usage: USED },
    spelled: {
      responses: responsesReply({
        output: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm, 考える.' }] }, spoken(SAID)],
        usage: RESPONSES_USED,
      }),

      openai: chatReply({
        message: { reasoning_content: 'Hm, 考える.', content: SAID },
        finish: 'stop',
        usage: CHAT_USED,
      }),
      anthropic: anthropicReply({
        content: [
          { type: 'thinking', thinking: 'Hm, 考える.', signature: '' },
          { type: 'text', text: SAID },
        ],
        reason: 'end_turn',
        usage: ANTHROPIC_USED,
      }),
      gemini: geminiReply({
        parts: [{ text: 'Hm, 考える.', thought: true }, { text: SAID }],
        reason: 'STOP',
        usage: GEMINI_USED,
      }),
      bedrock: bedrockReply({
        content: [{ reasoningContent: { reasoningText: { text: 'Hm, 考える.' } } }, { text: SAID }],
        reason: 'end_turn',
        usage: BEDROCK_USED,
      }),
    },
  },
  {
    name: 'signed and encrypted thought between texts and calls',
    words: {
      content: [
        { kind: 'reasoning', text: 'First.', signature: 'c2ln' },
        { kind: 'reasoning', text: '', redacted: 'ZW5j' },
        TEXT,
        { kind: 'reasoning', text: 'Then.', signature: 'c2lnMg==' },
        ...CALLS,
      ],
      finish: 'tool_calls',
      usage: USED,
    },
    spelled: {
      anthropic: anthropicReply({
        content: [
          { type: 'thinking', thinking: 'First.', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'ZW5j' },
          { type: 'text', text: SAID },
          { type: 'thinking', thinking: 'Then.', signature: 'c2lnMg==' },
          ...ANTHROPIC_CALLS,
        ],
        reason: 'tool_use',
        usage: ANTHROPIC_USED,
      }),
      bedrock: bedrockReply({
        content: [
          { reasoningContent: { reasoningText: { text: 'First.', signature: 'c2ln' } } },
          { reasoningContent: { redactedContent: 'ZW5j' } },
          { text: SAID },
          { reasoningContent: { reasoningText: { text: 'Then.', signature: 'c2lnMg==' } } },
          ...BEDROCK_CALLS,
        ],
        reason: 'tool_use',
        usage: BEDROCK_USED,
      }),
    },
    lost: {
      responses: { 'signatures and what is encrypted': SIGNATURES },
      chat: { 'signatures and what is encrypted': SIGNATURES },
    },
    lostWhole: { chat: { 'the order of parts': ORDER } },
  },
  {
    name: 'thought that OpenAI encrypted, shown or not',
    words: {
      content: [
        { kind: 'reasoning', text: 'First.\n\nSecond.', signature: 'openai:ZW5j' },
        { kind: 'reasoning', text: '', signature: 'openai:ZW5jMg==' },
        ...CALLS,
      ],
      finish: 'tool_calls',
      usage: USED,
    },
    spelled: {
      responses: responsesReply({
        output: [
          {
            type: 'reasoning',
            summary: [
              { type: 'summary_text', text: 'First.' },
              { type: 'summary_text', text: 'Second.' },
            ],
            encrypted_content: 'ZW5j',
          },
          { type: 'reasoning', summary: [], encrypted_content: 'ZW5jMg==' },
          ...RESPONSES_CALLS,
        ],
        usage: RESPONSES_USED,
      }),
    },
    lost: { chat: { signatures: SIGNATURES } },
  },
  {
    name: 'calls that are signed',
    words: {
      content: [
        { kind: 'reasoning', text: 'Hm.' },
        TEXT,
        { kind: 'reasoning', text: '', signature: 'gemini:c2ln' },
        ...CALLS,
      ],
      finish: 'tool_calls',
      usage: USED,
    },
    spelled: {
      gemini: geminiReply({
        parts: [
          { text: 'Hm.', thought: true },
          { text: SAID },
          { ...GEMINI_CALLS[0], thoughtSignature: 'c2ln' },
          ...GEMINI_CALLS.slice(1),
        ],
        reason: 'STOP',
        usage: GEMINI_USED,
      }),
    },
    lost: { responses: { signatures: SIGNATURES }, chat: { signatures: SIGNATURES } },
  },
  {
    name: 'text that is signed',
    words: {
      content: [TEXT, { kind: 'reasoning', text: '', signature: 'gemini:c2ln' }],
      finish: 'stop',
      usage: USED,
    },
    spelled: {
      gemini: geminiReply({ parts: [{ text: SAID, thoughtSignature: 'c2ln' }], reason: 'STOP', usage: GEMINI_USED }),
    },
    lost: { responses: { signatures: SIGNATURES }, chat: { signatures: SIGNATURES } },
  },
  {
    name: 'a refusal in words',
    words: { content: [{ kind: 'refusal', text: 'I cannot.' }], finish: 'refusal', usage: USED },
    spelled: {
      responses: responsesReply({ output: [refused('I cannot.')], usage: RESPONSES_USED }),

      openai: chatReply({ message: { content: null, refusal: 'I cannot.' }, finish: 'stop', usage: CHAT_USED }),
      anthropic: anthropicReply({
        content: [],
        reason: 'refusal',
        usage: ANTHROPIC_USED,
        more: { stop_details: { explanation: 'I cannot.' } },
      }),
    },
    lost: { anthropic: { 'that the words are a refusal, which the reason says': REFUSAL_AS_TEXT } },
  },
  {
    name: 'text that breaks off in a refusal',
    words: { content: [TEXT], finish: 'refusal', usage: USED },
    spelled: {
      anthropic: anthropicReply({ content: [{ type: 'text', text: SAID }], reason: 'refusal', usage: ANTHROPIC_USED }),
      bedrock: bedrockReply({ content: [{ text: SAID }], reason: 'refusal', usage: BEDROCK_USED }),
    },
    lost: {
      responses: { 'who stopped it': finishedAs('content_filter') },
      chat: { 'who stopped it': finishedAs('content_filter') },
    },
  },
  {
    name: 'an answer that is too long',
    words: { content: [TEXT], finish: 'length', usage: USED },
    spelled: {
      responses: responsesReply({ output: [spoken(SAID)], incomplete: 'max_output_tokens', usage: RESPONSES_USED }),

      openai: chatReply({ message: { content: SAID }, finish: 'length', usage: CHAT_USED }),
      anthropic: anthropicReply({
        content: [{ type: 'text', text: SAID }],
        reason: 'max_tokens',
        usage: ANTHROPIC_USED,
      }),
      gemini: geminiReply({ parts: [{ text: SAID }], reason: 'MAX_TOKENS', usage: GEMINI_USED }),
      bedrock: bedrockReply({ content: [{ text: SAID }], reason: 'max_tokens', usage: BEDROCK_USED }),
    },
  },
  {
    name: 'an answer that a filter stopped',
    words: { content: [TEXT], finish: 'content_filter', usage: USED },
    spelled: {
      responses: responsesReply({ output: [spoken(SAID)], incomplete: 'content_filter', usage: RESPONSES_USED }),

      openai: chatReply({ message: { content: SAID }, finish: 'content_filter', usage: CHAT_USED }),
      gemini: geminiReply({ parts: [{ text: SAID }], reason: 'SAFETY', usage: GEMINI_USED }),
      bedrock: bedrockReply({ content: [{ text: SAID }], reason: 'guardrail_intervened', usage: BEDROCK_USED }),
    },
    lost: { anthropic: { 'who stopped it': finishedAs('refusal') } },
  },
  {
    name: 'an answer that stopped where it was told to',
    words: { content: [TEXT], finish: 'stop_sequence', stopSequence: 'END', usage: USED },
    spelled: {
      anthropic: anthropicReply({
        content: [{ type: 'text', text: SAID }],
        reason: 'stop_sequence',
        stopSequence: 'END',
        usage: ANTHROPIC_USED,
      }),
      bedrock: bedrockReply({
        content: [{ text: SAID }],
        reason: 'stop_sequence',
        usage: BEDROCK_USED,
        more: { additionalModelResponseFields: { stop_sequence: 'END' } },
      }),
    },
    lost: { responses: { 'the stop sequence': finishedAs('stop') }, chat: { 'the stop sequence': finishedAs('stop') } },
  },
  {
    name: 'an answer that waits to be asked to go on',
    words: { content: [TEXT], finish: 'pause', usage: USED },
    spelled: {
      anthropic: anthropicReply({
        content: [{ type: 'text', text: SAID }],
        reason: 'pause_turn',
        usage: ANTHROPIC_USED,
      }),
      bedrock: bedrockReply({ content: [{ text: SAID }], reason: 'pause_turn', usage: BEDROCK_USED }),
    },
    lost: { responses: { 'that it waits': finishedAs('stop') }, chat: { 'that it waits': finishedAs('stop') } },
  },
  {
    name: 'nothing at all',
    words: { content: [], finish: 'stop', usage: { kind: 'exact', tokens: { input: 20, output: 0 } } },
    spelled: {
      responses: responsesReply({ output: [], usage: { input_tokens: 20, output_tokens: 0, total_tokens: 20 } }),

      openai: chatReply({
        message: { content: '' },
        finish: 'stop',
        usage: { prompt_tokens: 20, completion_tokens: 0, total_tokens: 20 },
      }),
      anthropic: anthropicReply({
        content: [],
        reason: 'end_turn',
        usage: { input_tokens: 20, output_tokens: 0 },
      }),
      gemini: geminiReply({ parts: [], reason: 'STOP', usage: { promptTokenCount: 20, totalTokenCount: 20 } }),
      bedrock: bedrockReply({
        content: [],
        reason: 'end_turn',
        usage: { inputTokens: 20, outputTokens: 0, totalTokens: 20 },
      }),
    },
  },
  {
    name: 'tokens that nobody counted',
    words: { content: [TEXT], finish: 'stop', usage: { kind: 'unknown' } },
    spelled: {
      responses: responsesReply({ output: [spoken(SAID)] }),

      openai: chatReply({ message: { content: SAID }, finish: 'stop' }),
      gemini: geminiReply({ parts: [{ text: SAID }], reason: 'STOP' }),
      bedrock: bedrockReply({ content: [{ text: SAID }], reason: 'end_turn' }),
    },
    lost: { anthropic: { 'that nobody counted': counted({ input: 0, output: 0 }) } },
  },
  {
    name: 'tokens of the cache, of thought and of a tier that all sell',
    words: {
      content: [TEXT],
      finish: 'stop',
      usage: {
        kind: 'exact',
        tokens: { input: 100, output: 50, cacheRead: 60, cacheWrite: 30, reasoning: 40, tier: 'priority' },
      },
    },
    spelled: {
      responses: responsesReply({
        output: [spoken(SAID)],
        tier: 'priority',
        usage: {
          input_tokens: 100,
          input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
          output_tokens: 50,
          output_tokens_details: { reasoning_tokens: 40 },
          total_tokens: 150,
        },
      }),

      openai: chatReply({
        message: { content: SAID },
        finish: 'stop',
        tier: 'priority',
        usage: {
          prompt_tokens: 100,
          completion_tokens: 50,
          total_tokens: 150,
          prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
          completion_tokens_details: { reasoning_tokens: 40 },
        },
      }),
      anthropic: anthropicReply({
        content: [{ type: 'text', text: SAID }],
        reason: 'end_turn',
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 60,
          cache_creation_input_tokens: 30,
          cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 0 },
          output_tokens: 50,
          output_tokens_details: { thinking_tokens: 40 },
          service_tier: 'priority',
        },
      }),
    },
  },
  {
    name: 'tokens that are kept for an hour',
    words: {
      content: [TEXT],
      finish: 'stop',
      usage: { kind: 'exact', tokens: { input: 100, output: 50, cacheRead: 60, cacheWrite: 10, cacheWrite1h: 20 } },
    },
    spelled: {
      anthropic: anthropicReply({
        content: [{ type: 'text', text: SAID }],
        reason: 'end_turn',
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 60,
          cache_creation_input_tokens: 30,
          cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
          output_tokens: 50,
        },
      }),
      bedrock: bedrockReply({
        content: [{ text: SAID }],
        reason: 'end_turn',
        usage: {
          inputTokens: 10,
          cacheReadInputTokens: 60,
          cacheWriteInputTokens: 30,
          cacheDetails: [
            { ttl: '5m', inputTokens: 10 },
            { ttl: '1h', inputTokens: 20 },
          ],
          outputTokens: 50,
          totalTokens: 150,
        },
      }),
    },
    lost: {
      responses: { 'how long they are kept': counted({ input: 100, output: 50, cacheRead: 60, cacheWrite: 30 }) },
      chat: { 'how long they are kept': counted({ input: 100, output: 50, cacheRead: 60, cacheWrite: 30 }) },
    },
  },
  {
    name: 'tokens of sound and images, of a tier that not all sell',
    words: {
      content: [TEXT],
      finish: 'stop',
      usage: {
        kind: 'exact',
        tokens: {
          input: 100,
          output: 50,
          reasoning: 5,
          inputAudio: 30,
          outputAudio: 10,
          inputImage: 20,
          outputImage: 15,
          tier: 'flex',
        },
      },
    },
    spelled: {
      openai: chatReply({
        message: { content: SAID },
        finish: 'stop',
        tier: 'flex',
        usage: {
          prompt_tokens: 100,
          completion_tokens: 50,
          total_tokens: 150,
          prompt_tokens_details: { audio_tokens: 30, image_tokens: 20 },
          completion_tokens_details: { audio_tokens: 10, image_tokens: 15, reasoning_tokens: 5 },
        },
      }),
      gemini: geminiReply({
        parts: [{ text: SAID }],
        reason: 'STOP',
        usage: {
          promptTokenCount: 100,
          candidatesTokenCount: 45,
          thoughtsTokenCount: 5,
          totalTokenCount: 150,
          trafficType: 'ON_DEMAND_FLEX',
          promptTokensDetails: [
            { modality: 'AUDIO', tokenCount: 30 },
            { modality: 'IMAGE', tokenCount: 20 },
          ],
          candidatesTokensDetails: [
            { modality: 'AUDIO', tokenCount: 10 },
            { modality: 'IMAGE', tokenCount: 15 },
          ],
        },
      }),
    },
    lost: {
      responses: { 'sound and images': counted({ input: 100, output: 50, reasoning: 5, tier: 'flex' }) },
      anthropic: { 'sound, images and tiers': counted({ input: 100, output: 50, reasoning: 5 }) },
    },
  },
];
