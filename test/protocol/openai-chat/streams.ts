/** Streams of chat completions as OpenAI documents them and compatible endpoints write them. Data only. */
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';

export interface StreamCase {
  readonly name: string;
  readonly text: string;
  readonly events: readonly StreamEvent[];
}

const HEAD: JsonObject = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-x-2026' };
export const START: StreamEvent = { kind: 'start', id: 'chatcmpl-1', model: 'gpt-x-2026' };
export const DONE = 'data: [DONE]\n\n';

export const frame = (document: JsonObject): string => `data: ${JSON.stringify(document)}\n\n`;
export const delta = (piece: JsonObject, more: JsonObject = {}): string =>
  frame({ ...HEAD, choices: [{ index: 0, delta: piece, logprobs: null, finish_reason: null }], ...more });
export const finish = (reason: string, more: JsonObject = {}): string =>
  frame({ ...HEAD, choices: [{ index: 0, delta: {}, finish_reason: reason }], ...more });
export const usageOnly = (usage: Json): string => frame({ ...HEAD, choices: [], usage });
export const ROLE: string = delta({ role: 'assistant', content: '', refusal: null });
export const USAGE: JsonObject = {
  prompt_tokens: 20,
  completion_tokens: 5,
  total_tokens: 25,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 0 },
};
export const TOKENS = { input: 20, output: 5, cacheRead: 8, reasoning: 2, inputAudio: 0, outputAudio: 0 };

const toolDelta = (call: JsonObject): string => delta({ tool_calls: [call] });
const text = (said: string): StreamEvent => ({ kind: 'text', text: said });
const STOP: StreamEvent = { kind: 'finish', reason: 'stop' };
const END: StreamEvent = { kind: 'end' };

export const STREAMS: readonly StreamCase[] = [
  {
    name: 'text',
    text: ROLE + delta({ content: 'Hel' }) + delta({ content: 'lo 漢🚦' }) + finish('stop') + DONE,
    events: [START, text('Hel'), text('lo 漢🚦'), STOP, END],
  },
  {
    name: 'text with its usage behind it',
    text: ROLE + delta({ content: 'Hi' }, { usage: null }) + finish('length') + usageOnly(USAGE) + DONE,
    events: [START, text('Hi'), { kind: 'finish', reason: 'length' }, { kind: 'usage', tokens: TOKENS }, END],
  },
  {
    name: 'usage beside the finish, of a tier',
    text: ROLE + delta({ content: 'Hi' }) + finish('stop', { usage: USAGE, service_tier: 'flex' }) + DONE,
    events: [START, text('Hi'), STOP, { kind: 'usage', tokens: { ...TOKENS, tier: 'flex' } }, END],
  },
  {
    name: 'parallel calls of tools, arguments in pieces',
    text:
      ROLE +
      toolDelta({ index: 0, id: 'call_a', type: 'function', function: { name: 'f', arguments: '' } }) +
      toolDelta({ index: 0, function: { arguments: '{"x":' } }) +
      toolDelta({ index: 0, function: { arguments: '"[DONE]"}' } }) +
      toolDelta({ index: 1, id: 'call_b', type: 'function', function: { name: 'g', arguments: '{}' } }) +
      finish('tool_calls') +
      DONE,
    events: [
      START,
      { kind: 'tool_call', index: 0, id: 'call_a', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{"x":' },
      { kind: 'tool_arguments', index: 0, text: '"[DONE]"}' },
      { kind: 'tool_call', index: 1, id: 'call_b', name: 'g' },
      { kind: 'tool_arguments', index: 1, text: '{}' },
      { kind: 'finish', reason: 'tool_calls' },
      END,
    ],
  },
  {
    name: 'whole calls that all have the index 0, and stop as their reason',
    text:
      toolDelta({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }) +
      toolDelta({ index: 0, id: 'b', function: { name: 'f', arguments: '{"y":1}' } }) +
      finish('stop') +
      DONE,
    events: [
      START,
      { kind: 'tool_call', index: 0, id: 'a', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{}' },
      { kind: 'tool_call', index: 1, id: 'b', name: 'f' },
      { kind: 'tool_arguments', index: 1, text: '{"y":1}' },
      { kind: 'finish', reason: 'tool_calls' },
      END,
    ],
  },
  {
    name: 'calls without index and id, arguments as an object',
    text: toolDelta({ function: { name: 'f', arguments: { x: 1 } } }) + finish('stop') + DONE,
    events: [
      START,
      { kind: 'tool_call', index: 0, id: 'call_0', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{"x":1}' },
      { kind: 'finish', reason: 'tool_calls' },
      END,
    ],
  },
  {
    name: 'the old call of a function',
    text:
      delta({ function_call: { name: 'f', arguments: '' } }) +
      delta({ function_call: { arguments: '{}' } }) +
      finish('function_call') +
      DONE,
    events: [
      START,
      { kind: 'tool_call', index: 0, id: 'f', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{}' },
      { kind: 'finish', reason: 'tool_calls' },
      END,
    ],
  },
  {
    name: 'thought by either name, and in parts',
    text:
      delta({ reasoning_content: 'a' }) +
      delta({ reasoning: 'b' }) +
      delta({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'c' }] },
          { type: 'text', text: 'd' },
        ],
      }) +
      finish('stop') +
      DONE,
    events: [
      START,
      { kind: 'reasoning', text: 'a' },
      { kind: 'reasoning', text: 'b' },
      { kind: 'reasoning', text: 'c' },
      text('d'),
      STOP,
      END,
    ],
  },
  {
    name: 'a refusal',
    text: ROLE + delta({ refusal: 'I ' }) + delta({ refusal: 'cannot.' }) + finish('stop') + DONE,
    events: [
      START,
      { kind: 'refusal', text: 'I ' },
      { kind: 'refusal', text: 'cannot.' },
      { kind: 'finish', reason: 'refusal' },
      END,
    ],
  },
  {
    name: 'a filter of content',
    text: ROLE + delta({ content: 'Hm' }) + finish('content_filter') + DONE,
    events: [START, text('Hm'), { kind: 'finish', reason: 'content_filter' }, END],
  },
  {
    name: 'no end marker, but a finish',
    text: ROLE + delta({ content: 'Hi' }) + finish('stop'),
    events: [START, text('Hi'), STOP, END],
  },
  {
    name: 'no end marker and no finish: no end',
    text: ROLE + delta({ content: 'Hi' }),
    events: [START, text('Hi')],
  },
  {
    name: 'half an event at the end',
    text: ROLE + delta({ content: 'Hi' }) + finish('stop').slice(0, -1),
    events: [START, text('Hi')],
  },
  {
    name: 'comments, names and blank lines between',
    text: `: hello\n\n${ROLE}\n\nevent: message\n${delta({ content: 'Hi' })}: ping\n\n${finish('stop')}${DONE}`,
    events: [START, text('Hi'), STOP, END],
  },
  {
    name: 'lines that end in CRLF',
    text: (ROLE + delta({ content: 'Hi' }) + finish('stop') + DONE).replaceAll('\n', '\r\n'),
    events: [START, text('Hi'), STOP, END],
  },
  {
    name: 'something behind the end',
    text: ROLE + finish('stop') + DONE + delta({ content: 'late' }) + DONE,
    events: [START, STOP, END],
  },
  {
    name: 'a second start and a second finish',
    text:
      ROLE + delta({ content: 'Hi' }) + ROLE.replace('chatcmpl-1', 'other') + finish('stop') + finish('length') + DONE,
    events: [START, text('Hi'), STOP, END],
  },
  {
    name: 'spaces in the JSON',
    text: `data:{ "id" : "chatcmpl-1", "model" : "gpt-x-2026", "choices" : [ { "delta" : { "content" : "Hi" }, "finish_reason" : null } ] }\n\ndata: {"choices": [{"delta": {}, "finish_reason" : "stop"}], "usage" : {"prompt_tokens" : 1, "completion_tokens": 2}}\n\n${DONE}`,
    events: [START, text('Hi'), STOP, { kind: 'usage', tokens: { input: 1, output: 2 } }, END],
  },
  {
    name: 'an error behind the first words',
    text:
      ROLE +
      delta({ content: 'Hi' }) +
      frame({ error: { message: 'The server had an error', type: 'server_error', code: null } }) +
      delta({ content: 'more' }) +
      DONE,
    events: [
      START,
      text('Hi'),
      {
        kind: 'error',
        failure: { outcome: 'unavailable', message: 'The server had an error', vendorCode: 'server_error' },
      },
    ],
  },
  {
    name: 'an error with a name, without any answer',
    text: `event: error\n${frame({ error: { message: 'Slow down', code: 429 } })}`,
    events: [{ kind: 'error', failure: { outcome: 'rate_limited', message: 'Slow down', vendorCode: '429' } }],
  },
  {
    name: 'a message that is no JSON',
    text: `${ROLE}${delta({ content: 'Hi' })}data: {"choices":[{"delta":{"content":"br\n\n${DONE}`,
    events: [
      START,
      text('Hi'),
      { kind: 'error', failure: { outcome: 'unavailable', message: 'malformed stream: a message is no JSON object' } },
    ],
  },
  {
    name: 'a document that is no chunk',
    text: `${frame({ hello: 'world' })}${DONE}`,
    events: [
      { kind: 'error', failure: { outcome: 'unavailable', message: 'malformed stream: a chunk has no choices' } },
    ],
  },
];
