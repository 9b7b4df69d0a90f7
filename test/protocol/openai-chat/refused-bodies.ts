/** Bodies that are refused before they cost anything, and the field that is named. Data only. */
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { HELLO, PNG, WEATHER } from './bodies.ts';

export interface RefusedCase {
  readonly param: string;
  /** Beside the model and one message of the user, unless it has its own. */
  readonly body: JsonObject;
  readonly code?: string;
  readonly says?: RegExp;
}

const said = (content: Json): JsonObject => ({ messages: [{ role: 'user', content }] });
const tool = (parameters: Json): JsonObject => ({ tools: [{ type: 'function', function: { name: 'a', parameters } }] });
const assistant = (message: JsonObject): JsonObject => ({ messages: [HELLO, { role: 'assistant', ...message }] });
const call = (id: string): JsonObject => ({ id, type: 'function', function: { name: 'a', arguments: '{}' } });

function deep(levels: number): JsonObject {
  let schema: JsonObject = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { type: 'object', properties: { a: schema } };
  return schema;
}

export const REFUSED: readonly RefusedCase[] = [
  // What contradicts itself.
  { param: 'stream_options', body: { stream_options: { include_usage: true } }, says: /where stream is true/ },
  { param: 'tool_choice', body: { tool_choice: 'auto' }, says: /beside tools/ },
  {
    param: 'tool_choice.function.name',
    body: { tools: [WEATHER], tool_choice: { type: 'function', function: { name: 'other' } } },
    says: /no tool called "other"/,
  },
  { param: 'parallel_tool_calls', body: { parallel_tool_calls: true }, says: /beside tools/ },
  { param: 'max_tokens', body: { max_tokens: 1, max_completion_tokens: 2 }, says: /says 1 and .* 2/ },
  { param: 'top_logprobs', body: { top_logprobs: 3 }, says: /where logprobs is true/ },
  { param: 'function_call', body: { function_call: 'auto' } },
  {
    param: 'messages[1].tool_call_id',
    body: { messages: [HELLO, { role: 'tool', tool_call_id: 'call_9', content: 'x' }] },
    says: /waits for a result with the id "call_9"/,
  },
  {
    param: 'messages[1].tool_calls[0]',
    body: { messages: [HELLO, { role: 'assistant', tool_calls: [call('c')] }, HELLO] },
    says: /"c" has no result/,
  },
  { param: 'messages[1].tool_calls[1].id', body: assistant({ tool_calls: [call('c'), call('c')] }) },
  {
    param: 'messages[3].tool_call_id',
    body: {
      messages: [
        HELLO,
        { role: 'assistant', tool_calls: [call('c')] },
        { role: 'tool', tool_call_id: 'c', content: 'x' },
        { role: 'tool', tool_call_id: 'c', content: 'again' },
      ],
    },
  },
  { param: 'tools[1].function.name', body: { tools: [WEATHER, WEATHER] }, says: /another tool/ },
  // What is out of its bounds.
  { param: 'temperature', body: { temperature: 2.1 }, says: /from 0 to 2, not 2.1/ },
  { param: 'temperature', body: { temperature: Number.POSITIVE_INFINITY } },
  { param: 'top_p', body: { top_p: -0.1 } },
  { param: 'presence_penalty', body: { presence_penalty: 3 } },
  { param: 'n', body: { n: 0 } },
  { param: 'n', body: { n: 9 } },
  { param: 'n', body: { n: 1.5 }, says: /whole number/ },
  { param: 'max_completion_tokens', body: { max_completion_tokens: 0 } },
  { param: 'seed', body: { seed: 1e300 } },
  { param: 'model', body: { model: '' } },
  { param: 'model', body: { model: 'x'.repeat(257) } },
  { param: 'stop', body: { stop: Array(17).fill('x') }, code: 'too_large' },
  { param: 'tools', body: { tools: Array(257).fill(WEATHER) }, code: 'too_large' },
  // What is of the wrong type, or missing.
  { param: 'messages', body: { messages: [] } },
  { param: 'messages', body: { messages: null }, says: /is required/ },
  { param: 'messages', body: { messages: 'Hello' } },
  { param: 'messages[0]', body: { messages: ['Hello'] } },
  { param: 'messages[0].role', body: { messages: [{ content: 'x' }] } },
  { param: 'messages[0].role', body: { messages: [{ role: '__proto__', content: 'x' }] } },
  { param: 'messages[0].content', body: { messages: [{ role: 'user' }] } },
  { param: 'messages[0].content', body: said([]) },
  { param: 'messages[0].content', body: said(7) },
  { param: 'messages[0].content', body: said({ type: 'text', text: 'x' }) },
  { param: 'messages[0].content[0].text', body: said([{ type: 'text', text: 7 }]), says: /must be a string/ },
  { param: 'messages[0].content[0].type', body: said([{ type: 'video_url' }]), says: /not "video_url"/ },
  { param: 'messages[1].content', body: assistant({ content: null }) },
  { param: 'messages[1].tool_calls[0].id', body: assistant({ tool_calls: [{ type: 'function' }] }) },
  { param: 'messages[1].tool_calls[0].function', body: assistant({ tool_calls: [{ id: 'c' }] }) },
  { param: 'stream', body: { stream: 'yes' } },
  { param: 'model', body: { model: ['a'] } },
  { param: 'reasoning_effort', body: { reasoning_effort: 'huge' }, says: /one of none, minimal/ },
  { param: 'stop', body: { stop: { a: 1 } } },
  { param: 'stop[1]', body: { stop: ['a', 1] } },
  { param: 'response_format.type', body: { response_format: {} } },
  { param: 'response_format.type', body: { response_format: { type: 'xml' } } },
  { param: 'response_format.json_schema', body: { response_format: { type: 'json_schema' } } },
  {
    param: 'response_format.json_schema.schema',
    body: { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
  },
  // Tools that are none.
  { param: 'tools[0].type', body: { tools: [{ type: 'web_search' }] } },
  { param: 'tools[0].function.name', body: { tools: [{ type: 'function', function: { name: 'a b' } }] } },
  { param: 'tools[0].function.name', body: { tools: [{ type: 'function', function: { name: 'a'.repeat(65) } }] } },
  { param: 'tools[0].function.parameters', body: tool('x') },
  { param: 'tools[0].function.parameters.type', body: tool({ type: 'string' }) },
  { param: 'tools[0].function.parameters.type', body: tool({ type: 'objekt' }) },
  { param: 'tools[0].function.parameters.properties', body: tool({ type: 'object', properties: [] }) },
  { param: 'tools[0].function.parameters.properties.a', body: tool({ properties: { a: 'string' } }) },
  { param: 'tools[0].function.parameters.properties.a.type', body: tool({ properties: { a: { type: 'text' } } }) },
  { param: 'tools[0].function.parameters.required', body: tool({ required: [1] }) },
  { param: 'tools[0].function.parameters.anyOf', body: tool({ anyOf: [] }) },
  {
    param: `tools[0].function.parameters${'.properties.a'.repeat(16)}.properties`,
    body: tool(deep(40)),
    code: 'too_large',
  },
  {
    param: 'tools[0].function.parameters.enum',
    body: tool({ enum: Array.from({ length: 10_001 }, (_, index) => index) }),
    code: 'too_large',
  },
  { param: 'tools[0].function.parameters.title', body: tool({ title: 'x'.repeat(300_000) }), code: 'too_large' },
  // Images, sound and files.
  {
    param: 'messages[0].content[0].image_url.url',
    body: said([{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(28_000_000)}` } }]),
    code: 'too_large',
    says: /at most 20 MiB/,
  },
  {
    param: 'messages[0].content[0].image_url.url',
    body: said([{ type: 'image_url', image_url: { url: `data:image/bmp;base64,${PNG}` } }]),
    says: /not "image\/bmp"/,
  },
  {
    param: 'messages[0].content[0].image_url.url',
    body: said([{ type: 'image_url', image_url: { url: 'data:image/png;base64,@@@@' } }]),
    says: /must be base64/,
  },
  {
    param: 'messages[0].content[0].image_url.url',
    body: said([{ type: 'image_url', image_url: { url: 'data:image/png,abc' } }]),
  },
  {
    param: 'messages[0].content[0].image_url.url',
    body: said([{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }]),
    says: /https or http/,
  },
  { param: 'messages[0].content[0].image_url', body: said([{ type: 'image_url' }]) },
  {
    param: 'messages[0].content[0].image_url.detail',
    body: said([{ type: 'image_url', image_url: { url: 'https://example.com/a', detail: 'vast' } }]),
  },
  {
    param: 'messages[0].content[0].input_audio.format',
    body: said([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'W A V' } }]),
  },
  { param: 'messages[0].content[0].file.file_data', body: said([{ type: 'file', file: { filename: 'a' } }]) },
];
