/** Messages of a streamed response beside the events that they are. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';

export interface StreamPair {
  readonly name: string;
  readonly messages: readonly JsonObject[];
  readonly events: readonly StreamEvent[];
}

/** @param end of a line */
export const sse = (messages: readonly JsonObject[], end = '\n'): string =>
  messages.map((message) => `event: ${message['type']}${end}data: ${JSON.stringify(message)}${end}${end}`).join('');

/** As some endpoints write it, who name no events. */
export const unnamed = (messages: readonly JsonObject[]): string =>
  messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('');

const response = (more: JsonObject): JsonObject => ({ id: 'resp_1', object: 'response', model: 'gpt-x', ...more });
export const CREATED: JsonObject = { type: 'response.created', response: response({ status: 'in_progress' }) };
const IN_PROGRESS: JsonObject = { type: 'response.in_progress', response: response({ status: 'in_progress' }) };
const USAGE = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 3 },
};
const TOKENS = { input: 20, output: 9, cacheRead: 4, reasoning: 3 };
export const COMPLETED: JsonObject = {
  type: 'response.completed',
  response: response({ status: 'completed', output: [], usage: USAGE }),
};
const START: StreamEvent = { kind: 'start', id: 'resp_1', model: 'gpt-x' };
const END: readonly StreamEvent[] = [{ kind: 'usage', tokens: TOKENS }, { kind: 'end' }];

const added = (output_index: number, item: JsonObject): JsonObject => ({
  type: 'response.output_item.added',
  output_index,
  item,
});
const done = (output_index: number, item: JsonObject): JsonObject => ({
  type: 'response.output_item.done',
  output_index,
  item,
});
const MESSAGE = { type: 'message', id: 'msg_1', role: 'assistant', content: [] };
const textDelta = (output_index: number, delta: string): JsonObject => ({
  type: 'response.output_text.delta',
  item_id: 'msg_1',
  output_index,
  content_index: 0,
  delta,
});
const callItem = (call_id: string, args: string): JsonObject => ({
  type: 'function_call',
  call_id,
  name: 'f',
  arguments: args,
});
const argumentsDelta = (output_index: number, delta: string): JsonObject => ({
  type: 'response.function_call_arguments.delta',
  output_index,
  delta,
});

export const STREAM_PAIRS: readonly StreamPair[] = [
  {
    name: 'a text',
    messages: [
      CREATED,
      IN_PROGRESS,
      added(0, MESSAGE),
      { type: 'response.content_part.added', output_index: 0, part: { type: 'output_text', text: '' } },
      textDelta(0, 'Grüß'),
      { type: 'keepalive' },
      textDelta(0, ' dich 🙂'),
      { type: 'response.output_text.done', output_index: 0, text: 'Grüß dich 🙂' },
      done(0, { ...MESSAGE, content: [{ type: 'output_text', text: 'Grüß dich 🙂' }] }),
      COMPLETED,
    ],
    events: [
      START,
      { kind: 'text', text: 'Grüß' },
      { kind: 'text', text: ' dich 🙂' },
      { kind: 'finish', reason: 'stop' },
      ...END,
    ],
  },
  {
    name: 'thought in two paragraphs, and calls side by side',
    messages: [
      CREATED,
      added(0, { type: 'reasoning', summary: [] }),
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 0 },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'One.' },
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 1 },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: 'Two.' },
      done(0, { type: 'reasoning', summary: [{ type: 'summary_text', text: 'One.' }], encrypted_content: 'gAAA' }),
      added(1, callItem('a', '')),
      argumentsDelta(1, '{"x"'),
      added(2, callItem('b', '')),
      argumentsDelta(2, '{}'),
      argumentsDelta(1, ':1}'),
      done(1, callItem('a', '{"x":1}')),
      done(2, callItem('b', '{}')),
      COMPLETED,
    ],
    events: [
      START,
      { kind: 'reasoning', text: 'One.' },
      { kind: 'reasoning', text: '\n\n' },
      { kind: 'reasoning', text: 'Two.' },
      { kind: 'reasoning_signature', signature: 'openai:gAAA' },
      { kind: 'tool_call', index: 0, id: 'a', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{"x"' },
      { kind: 'tool_call', index: 1, id: 'b', name: 'f' },
      { kind: 'tool_arguments', index: 1, text: '{}' },
      { kind: 'tool_arguments', index: 0, text: ':1}' },
      { kind: 'finish', reason: 'tool_calls' },
      ...END,
    ],
  },
  {
    name: 'a refusal, and an answer that was cut',
    messages: [
      CREATED,
      added(0, MESSAGE),
      { type: 'response.refusal.delta', output_index: 0, delta: 'No.' },
      { type: 'response.incomplete', response: response({ status: 'incomplete' }) },
    ],
    events: [START, { kind: 'refusal', text: 'No.' }, { kind: 'finish', reason: 'length' }, { kind: 'end' }],
  },
  {
    name: 'nothing but its end',
    messages: [COMPLETED],
    events: [START, { kind: 'finish', reason: 'stop' }, ...END],
  },
  {
    name: 'an answer that was filtered',
    messages: [
      CREATED,
      {
        type: 'response.incomplete',
        response: response({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }),
      },
    ],
    events: [START, { kind: 'finish', reason: 'content_filter' }, { kind: 'end' }],
  },
  {
    name: 'an answer that was cut, and is called completed',
    messages: [
      CREATED,
      textDelta(0, 'Hel'),
      {
        type: 'response.completed',
        response: response({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, usage: USAGE }),
      },
    ],
    events: [START, { kind: 'text', text: 'Hel' }, { kind: 'finish', reason: 'length' }, ...END],
  },
  {
    name: 'a failure of the vendor',
    messages: [
      CREATED,
      textDelta(0, 'Hel'),
      {
        type: 'response.failed',
        response: response({ status: 'failed', error: { code: 'server_error', message: 'gone' } }),
      },
    ],
    events: [
      START,
      { kind: 'text', text: 'Hel' },
      { kind: 'error', failure: { outcome: 'unavailable', message: 'gone', vendorCode: 'server_error' } },
    ],
  },
  {
    name: 'an error by itself, that is the caller’s',
    messages: [
      CREATED,
      { type: 'error', code: 'context_length_exceeded', message: 'too long', param: null, sequence_number: 1 },
    ],
    events: [
      START,
      {
        kind: 'error',
        failure: { outcome: 'context_length', message: 'too long', vendorCode: 'context_length_exceeded' },
      },
    ],
  },
  {
    name: 'an error in an object of its own, before anything else',
    messages: [{ type: 'error', error: { type: 'requests', code: 'rate_limit_exceeded', message: 'slow down' } }],
    events: [
      {
        kind: 'error',
        failure: { outcome: 'rate_limited', message: 'slow down', vendorCode: 'rate_limit_exceeded' },
      },
    ],
  },
];

/** What comes in no pieces; the relay does not look into items, so it cannot tell calls of this kind. */
export const WHOLE_ITEMS: StreamPair = {
  name: 'items in one piece',
  messages: [
    CREATED,
    done(0, { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm.' }] }),
    done(1, { ...MESSAGE, content: [{ type: 'output_text', text: 'Hello' }] }),
    done(2, callItem('a', '{}')),
    done(3, { type: 'custom_tool_call', call_id: 'c', name: 'exec', input: 'ls' }),
    done(4, { type: 'web_search_call', id: 'ws_1' }),
    COMPLETED,
  ],
  events: [
    START,
    { kind: 'reasoning', text: 'Hm.' },
    { kind: 'text', text: 'Hello' },
    { kind: 'tool_call', index: 0, id: 'a', name: 'f' },
    { kind: 'tool_arguments', index: 0, text: '{}' },
    { kind: 'tool_call', index: 1, id: 'c', name: 'exec' },
    { kind: 'tool_arguments', index: 1, text: 'ls' },
    { kind: 'finish', reason: 'tool_calls' },
    ...END,
  ],
};

/** The relay withholds an end that says a failure. */
export const FAILED_ENDS: readonly StreamPair[] = ['failed', 'cancelled'].map((status) => ({
  name: `a response that is ${status}, and is called completed`,
  messages: [
    CREATED,
    textDelta(0, 'Hel'),
    {
      type: 'response.completed',
      response: response({ status, error: { code: 'server_error', message: 'gone' }, usage: USAGE }),
    },
  ],
  events: [
    START,
    { kind: 'text', text: 'Hel' },
    { kind: 'usage', tokens: TOKENS },
    { kind: 'error', failure: { outcome: 'unavailable', message: 'gone', vendorCode: 'server_error' } },
  ],
}));

export const BROKEN_STREAMS: readonly { readonly name: string; readonly text: string; readonly why: RegExp }[] = [
  { name: 'no JSON', text: 'event: response.created\ndata: {"type"\n\n', why: /no JSON object/ },
  { name: 'a text before the start', text: sse([textDelta(0, 'Hi')]), why: /came first/ },
  { name: 'an end without a response', text: sse([CREATED, { type: 'response.completed' }]), why: /no response/ },
];
