/** Output of a response object beside the words of core. `written` where what we write is not what was read. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply } from '../../../src/core/reply.ts';

export interface ReplyPair {
  readonly name: string;
  readonly body: JsonObject;
  readonly reply: Pick<GenerationReply, 'content' | 'finish' | 'usage' | 'opaque'>;
  /** What a client gets; absent: the items as they were read, under ids of ours. */
  readonly written?: readonly JsonObject[];
}

const USAGE = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 29,
};
const COUNTED = { kind: 'exact', tokens: { input: 20, output: 9, cacheRead: 4, reasoning: 3 } } as const;
const UNKNOWN = { kind: 'unknown' } as const;

const message = (...content: readonly JsonObject[]): JsonObject => ({
  type: 'message',
  status: 'completed',
  content,
  role: 'assistant',
});
const said = (text: string): JsonObject => ({ type: 'output_text', annotations: [], logprobs: [], text });
const call = (id: string, args: string, status = 'completed'): JsonObject => ({
  type: 'function_call',
  status,
  arguments: args,
  call_id: id,
  name: 'f',
});

export const REPLY_PAIRS: readonly ReplyPair[] = [
  {
    name: 'a text',
    body: { status: 'completed', output: [message(said('Hello'))], usage: USAGE },
    reply: { content: [{ kind: 'text', text: 'Hello' }], finish: 'stop', usage: COUNTED },
  },
  {
    name: 'thought, a text and two calls',
    body: {
      status: 'completed',
      output: [
        {
          type: 'reasoning',
          summary: [{ type: 'summary_text', text: 'Hm.' }],
          encrypted_content: 'gAAA',
        },
        message(said('I look.')),
        call('a', '{"x":1}'),
        call('b', '{}'),
      ],
      usage: USAGE,
    },
    reply: {
      content: [
        { kind: 'reasoning', text: 'Hm.', signature: 'openai:gAAA' },
        { kind: 'text', text: 'I look.' },
        { kind: 'tool_call', id: 'a', name: 'f', arguments: '{"x":1}' },
        { kind: 'tool_call', id: 'b', name: 'f', arguments: '{}' },
      ],
      finish: 'tool_calls',
      usage: COUNTED,
    },
  },
  {
    name: 'a refusal behind a text',
    body: { status: 'completed', output: [message(said('Well.'), { type: 'refusal', refusal: 'No.' })] },
    reply: {
      content: [
        { kind: 'text', text: 'Well.' },
        { kind: 'refusal', text: 'No.' },
      ],
      finish: 'refusal',
      usage: UNKNOWN,
    },
  },
  {
    name: 'a call that was cut',
    body: {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [call('a', '{"x":', 'incomplete')],
    },
    reply: {
      content: [{ kind: 'tool_call', id: 'a', name: 'f', arguments: '{"x":' }],
      finish: 'length',
      usage: UNKNOWN,
    },
  },
  {
    name: 'nothing, since it was filtered',
    body: { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] },
    reply: { content: [], finish: 'content_filter', usage: UNKNOWN },
  },
  {
    name: 'what the vendor searched itself, a tool of its own kind, a thought in the open, and things yet unknown',
    body: {
      status: 'completed',
      novelty: 1,
      output: [
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }], encrypted_content: null },
        { type: 'reasoning', summary: [] },
        { type: 'custom_tool_call', call_id: 'c', name: 'exec', input: 'ls' },
        { type: 'novelty' },
      ],
      usage: { input_tokens: 1, output_tokens: 2, input_tokens_details: { cache_write_tokens: 1 } },
      service_tier: 'priority',
    },
    reply: {
      content: [{ kind: 'reasoning', text: 'Hm.' }],
      finish: 'tool_calls',
      opaque: true,
      usage: { kind: 'exact', tokens: { input: 1, output: 2, cacheWrite: 1, tier: 'priority' } },
    },
    written: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] }],
  },
  ...['apply_patch_call', 'computer_call', 'local_shell_call', 'mcp_approval_request'].map(
    (type): ReplyPair => ({
      name: `what the caller is to do: ${type}`,
      body: { status: 'completed', output: [{ type, id: 'c' }] },
      reply: { content: [], finish: 'tool_calls', usage: UNKNOWN, opaque: true },
      written: [],
    }),
  ),
  {
    name: 'a picture',
    body: { status: 'completed', output: [{ type: 'image_generation_call', result: 'iVBORw0KGgo=' }] },
    reply: { content: [], finish: 'stop', usage: UNKNOWN, opaque: true },
    written: [],
  },
];
