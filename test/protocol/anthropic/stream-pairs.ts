/** Streams of messages beside the events that are read of them. Written from the documented format. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';

export interface StreamPair {
  readonly name: string;
  readonly messages: readonly JsonObject[];
  readonly events: readonly StreamEvent[];
}

/** As Anthropic spells it; `end` is the line end. */
export const sse = (messages: readonly JsonObject[], end = '\n'): string =>
  messages.map((message) => `event: ${message['type']}${end}data: ${JSON.stringify(message)}${end}${end}`).join('');

export const messageStart = (usage: JsonObject = { input_tokens: 15, output_tokens: 1 }): JsonObject => ({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-4-6',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  },
});
export const blockStart = (index: number, block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
export const blockDelta = (index: number, delta: JsonObject): JsonObject => ({
  type: 'content_block_delta',
  index,
  delta,
});
export const textDelta = (index: number, text: string): JsonObject => blockDelta(index, { type: 'text_delta', text });
export const jsonDelta = (index: number, text: string): JsonObject =>
  blockDelta(index, { type: 'input_json_delta', partial_json: text });
export const blockStop = (index: number): JsonObject => ({ type: 'content_block_stop', index });
export const messageDelta = (reason: string, usage: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null, ...more },
  usage,
});
export const MESSAGE_STOP: JsonObject = { type: 'message_stop' };
const PING: JsonObject = { type: 'ping' };
const TEXT: JsonObject = { type: 'text', text: '' };
const tool = (id: string, name: string, input: JsonObject = {}): JsonObject => ({ type: 'tool_use', id, name, input });

const START: StreamEvent = { kind: 'start', id: 'msg_1', model: 'claude-opus-4-6' };
const usage = (input: number, output: number): StreamEvent => ({ kind: 'usage', tokens: { input, output } });

export const STREAM_PAIRS: readonly StreamPair[] = [
  {
    name: 'text in several languages, with pings between',
    messages: [
      messageStart(),
      blockStart(0, TEXT),
      PING,
      textDelta(0, 'Grüße, 世界'),
      textDelta(0, ' 👋🏽\n\ndata: no event'),
      PING,
      blockStop(0),
      messageDelta('end_turn', { output_tokens: 21 }),
      MESSAGE_STOP,
    ],
    events: [
      START,
      usage(15, 1),
      { kind: 'text', text: 'Grüße, 世界' },
      { kind: 'text', text: ' 👋🏽\n\ndata: no event' },
      usage(15, 21),
      { kind: 'finish', reason: 'stop' },
      { kind: 'end' },
    ],
  },
  {
    name: 'thought, its signature, hidden thought, and words',
    messages: [
      messageStart(),
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      blockDelta(0, { type: 'thinking_delta', thinking: 'Two and' }),
      blockDelta(0, { type: 'thinking_delta', thinking: ' two.' }),
      blockDelta(0, { type: 'signature_delta', signature: 'c2ln' }),
      blockStop(0),
      blockStart(1, { type: 'redacted_thinking', data: 'aGlkZGVu' }),
      blockStop(1),
      blockStart(2, TEXT),
      textDelta(2, 'Four.'),
      blockStop(2),
      messageDelta('end_turn', { output_tokens: 30, output_tokens_details: { thinking_tokens: 20 } }),
      MESSAGE_STOP,
    ],
    events: [
      START,
      usage(15, 1),
      { kind: 'reasoning', text: 'Two and' },
      { kind: 'reasoning', text: ' two.' },
      { kind: 'reasoning_signature', signature: 'c2ln' },
      { kind: 'reasoning_redacted', data: 'aGlkZGVu' },
      { kind: 'text', text: 'Four.' },
      { kind: 'usage', tokens: { input: 15, output: 30, reasoning: 20 } },
      { kind: 'finish', reason: 'stop' },
      { kind: 'end' },
    ],
  },
  {
    name: 'words and three calls: in pieces, without arguments, and whole at once',
    messages: [
      messageStart(),
      blockStart(0, TEXT),
      textDelta(0, 'I will look.'),
      blockStop(0),
      blockStart(1, tool('toolu_1', 'get_weather')),
      jsonDelta(1, ''),
      jsonDelta(1, '{"place":'),
      jsonDelta(1, '"Oslo"}'),
      blockStop(1),
      blockStart(2, tool('toolu_2', 'get_time')),
      blockStop(2),
      blockStart(3, tool('toolu_3', 'get_time', { zone: 'utc' })),
      blockStop(3),
      messageDelta('tool_use', { output_tokens: 12 }),
      MESSAGE_STOP,
    ],
    events: [
      START,
      usage(15, 1),
      { kind: 'text', text: 'I will look.' },
      { kind: 'tool_call', index: 0, id: 'toolu_1', name: 'get_weather' },
      { kind: 'tool_arguments', index: 0, text: '{"place":' },
      { kind: 'tool_arguments', index: 0, text: '"Oslo"}' },
      { kind: 'tool_call', index: 1, id: 'toolu_2', name: 'get_time' },
      { kind: 'tool_arguments', index: 1, text: '{}' },
      { kind: 'tool_call', index: 2, id: 'toolu_3', name: 'get_time' },
      { kind: 'tool_arguments', index: 2, text: '{"zone":"utc"}' },
      usage(15, 12),
      { kind: 'finish', reason: 'tool_calls' },
      { kind: 'end' },
    ],
  },
  {
    name: 'caches, whose totals come again at the end and are not added',
    messages: [
      messageStart({
        input_tokens: 15,
        cache_creation_input_tokens: 9,
        cache_read_input_tokens: 100,
        cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 5 },
        output_tokens: 1,
        service_tier: 'priority',
      }),
      messageDelta('max_tokens', {
        input_tokens: 15,
        cache_creation_input_tokens: 9,
        cache_read_input_tokens: 100,
        output_tokens: 7,
      }),
      MESSAGE_STOP,
    ],
    events: [
      START,
      {
        kind: 'usage',
        tokens: { input: 124, output: 1, cacheRead: 100, cacheWrite: 4, cacheWrite1h: 5, tier: 'priority' },
      },
      {
        kind: 'usage',
        tokens: { input: 124, output: 7, cacheRead: 100, cacheWrite: 4, cacheWrite1h: 5, tier: 'priority' },
      },
      { kind: 'finish', reason: 'length' },
      { kind: 'end' },
    ],
  },
  {
    name: 'a stop sequence, and input that the end does not count',
    messages: [
      messageStart(),
      messageDelta('stop_sequence', { input_tokens: 0, output_tokens: 2 }, { stop_sequence: 'END' }),
      MESSAGE_STOP,
    ],
    events: [
      START,
      usage(15, 1),
      usage(15, 2),
      { kind: 'finish', reason: 'stop_sequence', stopSequence: 'END' },
      { kind: 'end' },
    ],
  },
  {
    name: 'a refusal that says why',
    messages: [
      messageStart(),
      messageDelta('refusal', { output_tokens: 2 }, { stop_details: { type: 'refusal', explanation: 'No.' } }),
      MESSAGE_STOP,
    ],
    events: [
      START,
      usage(15, 1),
      usage(15, 2),
      { kind: 'refusal', text: 'No.' },
      { kind: 'finish', reason: 'refusal' },
      { kind: 'end' },
    ],
  },
  {
    name: 'events, blocks and deltas that nobody here knows',
    messages: [
      messageStart(),
      { type: 'brand_new', x: 1 },
      blockStart(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      jsonDelta(0, '{"query":"x"}'),
      blockStop(0),
      blockStart(1, { type: 'web_search_tool_result', tool_use_id: 's', content: [] }),
      blockStop(1),
      blockStart(2, TEXT),
      blockDelta(2, { type: 'citations_delta', citation: {} }),
      textDelta(2, 'Found.'),
      blockStop(2),
      { type: 'message_delta', delta: {}, usage: { output_tokens: 3 } },
      messageDelta('end_turn', { output_tokens: 4 }),
      MESSAGE_STOP,
    ],
    events: [
      START,
      usage(15, 1),
      { kind: 'text', text: 'Found.' },
      usage(15, 3),
      usage(15, 4),
      { kind: 'finish', reason: 'stop' },
      { kind: 'end' },
    ],
  },
  {
    name: 'an overload before the first word',
    messages: [
      messageStart(),
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      MESSAGE_STOP,
    ],
    events: [
      START,
      usage(15, 1),
      { kind: 'error', failure: { outcome: 'unavailable', message: 'Overloaded', vendorCode: 'overloaded_error' } },
    ],
  },
];

export interface BrokenStream {
  readonly name: string;
  readonly messages: readonly JsonObject[];
  readonly message: RegExp;
  /** What a relay tells too; it passes content over unread. */
  readonly relayed: boolean;
}

export const BROKEN_STREAMS: readonly BrokenStream[] = [
  {
    name: 'two starts',
    messages: [messageStart(), messageStart()],
    message: /message_start came twice/,
    relayed: true,
  },
  { name: 'a block before the start', messages: [blockStart(0, TEXT)], message: /before message_start/, relayed: true },
  {
    name: 'an end before the start',
    messages: [messageDelta('end_turn', {})],
    message: /message_delta stands before/,
    relayed: true,
  },
  { name: 'a start without a message', messages: [{ type: 'message_start' }], message: /no message/, relayed: true },
  {
    name: 'a stop without a reason',
    messages: [messageStart(), MESSAGE_STOP],
    message: /before any stop_reason/,
    relayed: true,
  },
  {
    name: 'a delta of no block',
    messages: [messageStart(), textDelta(0, 'Hi')],
    message: /of no open block/,
    relayed: false,
  },
  {
    name: 'a delta of a closed block',
    messages: [messageStart(), blockStart(0, TEXT), blockStop(0), textDelta(0, 'Hi')],
    message: /of no open block/,
    relayed: false,
  },
  {
    name: 'a block started twice',
    messages: [messageStart(), blockStart(0, TEXT), blockStart(0, TEXT)],
    message: /block 0 was started twice/,
    relayed: false,
  },
  {
    name: 'a block stopped before its start',
    messages: [messageStart(), blockStop(3)],
    message: /content_block_stop is of no open block/,
    relayed: false,
  },
  {
    name: 'words in a tool call',
    messages: [messageStart(), blockStart(0, tool('a', 'f')), textDelta(0, 'Hi')],
    message: /does not fit its block/,
    relayed: false,
  },
  {
    name: 'arguments in words',
    messages: [messageStart(), blockStart(0, TEXT), jsonDelta(0, '{}')],
    message: /does not fit its block/,
    relayed: false,
  },
  {
    name: 'a call without a name',
    messages: [messageStart(), blockStart(0, { type: 'tool_use', id: 'a' })],
    message: /no id or no name/,
    relayed: false,
  },
];
