/** Message objects beside what is read of them. Written from the documented format. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply } from '../../../src/core/reply.ts';

export interface ReplyPair {
  readonly name: string;
  /** Without `id`, `type`, `role`, `model`. */
  readonly body: JsonObject;
  readonly read: Omit<GenerationReply, 'kind' | 'id' | 'model'>;
  /** Whether a front door writes the same body; it writes every counter, zeros too. */
  readonly written: boolean;
}

const SMALL = { input_tokens: 10, output_tokens: 5 };
const SMALL_READ = { kind: 'exact', tokens: { input: 10, output: 5 } } as const;

export const REPLY_PAIRS: readonly ReplyPair[] = [
  {
    name: 'text, with every counter of usage',
    written: true,
    body: {
      content: [{ type: 'text', text: 'Hi there.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 15,
        cache_creation_input_tokens: 13,
        cache_read_input_tokens: 12,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 3 },
        output_tokens: 21,
        output_tokens_details: { thinking_tokens: 4 },
        service_tier: 'priority',
      },
    },
    read: {
      content: [{ kind: 'text', text: 'Hi there.' }],
      finish: 'stop',
      usage: {
        kind: 'exact',
        tokens: {
          input: 40,
          output: 21,
          cacheRead: 12,
          cacheWrite: 10,
          cacheWrite1h: 3,
          reasoning: 4,
          tier: 'priority',
        },
      },
    },
  },
  {
    name: 'thought, words and calls',
    written: true,
    body: {
      content: [
        { type: 'thinking', thinking: 'They ask for weather.', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'aGlkZGVu' },
        { type: 'text', text: 'I will look.' },
        { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { place: 'Oslo', days: [1, 2] } },
        { type: 'tool_use', id: 'toolu_2', name: 'get_time', input: {} },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 2,
        service_tier: 'standard',
      },
    },
    read: {
      content: [
        { kind: 'reasoning', text: 'They ask for weather.', signature: 'c2ln' },
        { kind: 'reasoning', text: '', redacted: 'aGlkZGVu' },
        { kind: 'text', text: 'I will look.' },
        { kind: 'tool_call', id: 'toolu_1', name: 'get_weather', arguments: '{"place":"Oslo","days":[1,2]}' },
        { kind: 'tool_call', id: 'toolu_2', name: 'get_time', arguments: '{}' },
      ],
      finish: 'tool_calls',
      usage: { kind: 'exact', tokens: { input: 1, output: 2 } },
    },
  },
  {
    name: 'a stop sequence',
    written: false,
    body: {
      content: [{ type: 'text', text: 'One' }],
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
      usage: SMALL,
    },
    read: {
      content: [{ kind: 'text', text: 'One' }],
      finish: 'stop_sequence',
      stopSequence: 'END',
      usage: SMALL_READ,
    },
  },
  {
    name: 'a refusal that says why',
    written: false,
    body: {
      content: [],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'cyber', explanation: 'I cannot help with that.' },
      usage: SMALL,
    },
    read: {
      content: [{ kind: 'refusal', text: 'I cannot help with that.' }],
      finish: 'refusal',
      usage: SMALL_READ,
    },
  },
  {
    name: 'a cache written without telling for how long, at a speed of its own',
    written: false,
    body: {
      content: [],
      stop_reason: 'max_tokens',
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: 7,
        output_tokens: 3,
        service_tier: 'standard',
        speed: 'fast',
      },
    },
    read: {
      content: [],
      finish: 'length',
      usage: { kind: 'exact', tokens: { input: 8, output: 3, cacheWrite: 7, tier: 'fast' } },
    },
  },
  {
    name: 'counters that are no counts, and blocks of tools that ran at the vendor',
    written: false,
    body: {
      content: [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
        { type: 'text', text: 'Found.', citations: [] },
      ],
      stop_reason: 'model_context_window_exceeded',
      usage: { input_tokens: -1, cache_read_input_tokens: '9', output_tokens: 1.5 },
    },
    read: { content: [{ kind: 'text', text: 'Found.' }], finish: 'length', usage: { kind: 'unknown' }, opaque: true },
  },
  {
    name: 'a pause, without usage',
    written: false,
    body: { content: [{ type: 'thinking', thinking: 'Hm.' }], stop_reason: 'pause_turn' },
    read: { content: [{ kind: 'reasoning', text: 'Hm.' }], finish: 'pause', usage: { kind: 'unknown' } },
  },
  {
    name: 'a reason to stop that is newer than we are',
    written: false,
    body: { content: [], stop_reason: 'compaction', usage: SMALL },
    read: { content: [], finish: 'stop', usage: SMALL_READ },
  },
];
