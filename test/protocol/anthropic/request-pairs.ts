/**
 * Bodies of `POST /v1/messages` beside what is read of them, and whether they are written back as they came. Written
 * from the documented format.
 */
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';

export interface RequestPair {
  readonly name: string;
  /** Without `model` and `max_tokens`. */
  readonly body: JsonObject;
  /** Beside the defaults of a request. */
  readonly read: Partial<GenerationRequest>;
  /** What a provider writes where that is not the same body; content that was a string is a block of text anyhow. */
  readonly written?: JsonObject;
  /** Not written at all: it has parts that only Anthropic has words for. */
  readonly foreign?: true;
}

const HELLO = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const;
const HELLO_READ = [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }] }] as const;
const PNG = 'iVBORw0KGgo=';

const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a place',
  input_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
} as const;
const WEATHER_READ = {
  name: 'get_weather',
  description: 'The weather of a place',
  parameters: WEATHER.input_schema,
} as const;

const TOOL = { name: 'f', input_schema: { type: 'object' } } as const;

const SCHEMA = {
  type: 'object',
  properties: { answer: { type: 'number' } },
  required: ['answer'],
  additionalProperties: false,
} as const;

export const REQUEST_PAIRS: readonly RequestPair[] = [
  { name: 'a question', body: { messages: HELLO }, read: { messages: HELLO_READ } },
  {
    name: 'content that is a string',
    body: { messages: [{ role: 'user', content: 'Hello' }] },
    read: { messages: HELLO_READ },
    written: { messages: HELLO },
  },
  {
    name: 'instructions as a string',
    body: { system: 'Be brief.', messages: HELLO },
    read: { messages: [{ role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] }, ...HELLO_READ] },
    written: { system: [{ type: 'text', text: 'Be brief.' }], messages: HELLO },
  },
  {
    name: 'instructions in blocks that are cached for five minutes and for an hour',
    body: {
      system: [
        { type: 'text', text: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: 'Short.', cache_control: { type: 'ephemeral' } },
      ],
      messages: HELLO,
    },
    read: {
      messages: [
        {
          role: 'system',
          content: [
            { kind: 'text', text: 'Long.', cache: { lifetime: '1h' } },
            { kind: 'text', text: 'Short.', cache: { lifetime: '5m' } },
          ],
        },
        ...HELLO_READ,
      ],
    },
  },
  {
    name: 'instructions between messages, which other vendors are given first',
    body: { messages: [...HELLO, { role: 'system', content: 'Now be brief.' }] },
    read: { messages: [...HELLO_READ, { role: 'system', content: [{ kind: 'text', text: 'Now be brief.' }] }] },
    written: { system: [{ type: 'text', text: 'Now be brief.' }], messages: HELLO },
  },
  {
    name: 'images and documents of every source',
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
              title: 'report.pdf',
              cache_control: { type: 'ephemeral' },
            },
            { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Zoë says hello' } },
          ],
        },
      ],
    },
    read: {
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG } },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
            {
              kind: 'document',
              source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
              name: 'report.pdf',
              cache: { lifetime: '5m' },
            },
            { kind: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
            {
              kind: 'document',
              source: {
                kind: 'base64',
                mediaType: 'text/plain',
                data: Buffer.from('Zoë says hello').toString('base64'),
              },
            },
          ],
        },
      ],
    },
  },
  {
    name: 'calls with their results, one of them failed, and what the user says then',
    body: {
      tools: [WEATHER],
      messages: [
        ...HELLO,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I will look.' },
            { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { place: 'Oslo' } },
            { type: 'tool_use', id: 'toolu_2', name: 'get_weather', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [
                { type: 'text', text: 'Sunny' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
              ],
            },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_2',
              content: [{ type: 'text', text: 'no such place' }],
              is_error: true,
              cache_control: { type: 'ephemeral' },
            },
            { type: 'text', text: 'And tomorrow?' },
          ],
        },
      ],
    },
    read: {
      tools: [WEATHER_READ],
      messages: [
        ...HELLO_READ,
        {
          role: 'assistant',
          content: [
            { kind: 'text', text: 'I will look.' },
            { kind: 'tool_call', id: 'toolu_1', name: 'get_weather', arguments: '{"place":"Oslo"}' },
            { kind: 'tool_call', id: 'toolu_2', name: 'get_weather', arguments: '{}' },
          ],
        },
        {
          role: 'tool',
          results: [
            {
              callId: 'toolu_1',
              content: [
                { kind: 'text', text: 'Sunny' },
                { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG } },
              ],
            },
            {
              callId: 'toolu_2',
              content: [{ kind: 'text', text: 'no such place' }],
              isError: true,
              cache: { lifetime: '5m' },
            },
          ],
        },
        { role: 'user', content: [{ kind: 'text', text: 'And tomorrow?' }] },
      ],
    },
  },
  {
    name: 'results as strings, or none, in two messages of one turn',
    body: {
      tools: [TOOL],
      messages: [
        ...HELLO,
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'a', name: 'f', input: {} },
            { type: 'tool_use', id: 'b', name: 'f', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'b', content: 'done' }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
      ],
    },
    read: {
      tools: [{ name: 'f', parameters: TOOL.input_schema }],
      messages: [
        ...HELLO_READ,
        {
          role: 'assistant',
          content: [
            { kind: 'tool_call', id: 'a', name: 'f', arguments: '{}' },
            { kind: 'tool_call', id: 'b', name: 'f', arguments: '{}' },
          ],
        },
        { role: 'tool', results: [{ callId: 'b', content: [{ kind: 'text', text: 'done' }] }] },
        { role: 'tool', results: [{ callId: 'a', content: [] }] },
      ],
    },
    written: {
      tools: [TOOL],
      messages: [
        ...HELLO,
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'a', name: 'f', input: {} },
            { type: 'tool_use', id: 'b', name: 'f', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'done' }] },
            { type: 'tool_result', tool_use_id: 'a' },
          ],
        },
      ],
    },
  },
  {
    name: 'thoughts that were signed, and one that is hidden',
    body: {
      messages: [
        ...HELLO,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Two and two.', signature: 'c2ln' },
            { type: 'redacted_thinking', data: 'aGlkZGVu' },
            { type: 'text', text: 'Four.' },
          ],
        },
        ...HELLO,
      ],
    },
    read: {
      messages: [
        ...HELLO_READ,
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'Two and two.', signature: 'c2ln' },
            { kind: 'reasoning', text: '', redacted: 'aGlkZGVu' },
            { kind: 'text', text: 'Four.' },
          ],
        },
        ...HELLO_READ,
      ],
    },
  },
  {
    name: 'a conversation that the assistant began',
    body: { messages: [{ role: 'assistant', content: [{ type: 'text', text: 'How can I help?' }] }, ...HELLO] },
    read: { messages: [{ role: 'assistant', content: [{ kind: 'text', text: 'How can I help?' }] }, ...HELLO_READ] },
  },
  {
    name: 'a choice of tool, one at a time',
    body: {
      messages: HELLO,
      tools: [{ ...WEATHER, strict: true, cache_control: { type: 'ephemeral', ttl: '1h' } }],
      tool_choice: { type: 'tool', name: 'get_weather', disable_parallel_tool_use: true },
    },
    read: {
      messages: HELLO_READ,
      tools: [{ ...WEATHER_READ, strict: true, cache: { lifetime: '1h' } }],
      toolChoice: { kind: 'tool', name: 'get_weather' },
      parallelToolCalls: false,
    },
  },
  {
    name: 'any tool',
    body: { messages: HELLO, tools: [WEATHER], tool_choice: { type: 'any' } },
    read: { messages: HELLO_READ, tools: [WEATHER_READ], toolChoice: { kind: 'required' } },
  },
  {
    name: 'no tool',
    body: { messages: HELLO, tools: [WEATHER], tool_choice: { type: 'none' } },
    read: { messages: HELLO_READ, tools: [WEATHER_READ], toolChoice: { kind: 'none' } },
  },
  {
    name: 'how the answer is drawn, who asks, and in pieces',
    body: {
      messages: HELLO,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
      stream: true,
    },
    read: {
      messages: HELLO_READ,
      sampling: { temperature: 0.5, topP: 0.9, topK: 40, stop: ['END'] },
      user: 'u-1',
      stream: true,
    },
  },
  {
    name: 'an answer that fits a schema, and an effort',
    body: {
      messages: HELLO,
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'max', format: { type: 'json_schema', schema: SCHEMA } },
    },
    read: {
      messages: HELLO_READ,
      output: { kind: 'json_schema', name: 'output', schema: SCHEMA },
      reasoning: { effort: 'max', adaptive: true, show: true },
    },
  },
  {
    name: 'the schema by its former name',
    body: { messages: HELLO, output_format: { type: 'json_schema', schema: SCHEMA } },
    read: { messages: HELLO_READ, output: { kind: 'json_schema', name: 'output', schema: SCHEMA } },
    written: { messages: HELLO, output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
  },
  {
    name: 'no thought',
    body: { messages: HELLO, thinking: { type: 'disabled' } },
    read: { messages: HELLO_READ, reasoning: { effort: 'none' } },
  },
  {
    name: 'what changes no answer elsewhere',
    body: { messages: HELLO, service_tier: 'auto', cache_control: { type: 'ephemeral' }, speed: 'standard' },
    read: { messages: HELLO_READ },
    written: { messages: HELLO },
  },
  {
    name: 'nulls, which are the same as nothing',
    body: { messages: HELLO, system: null, tools: null, thinking: null, container: null, temperature: null },
    read: { messages: HELLO_READ },
    written: { messages: HELLO },
  },
  {
    name: 'what only Anthropic does, each by its name',
    foreign: true,
    body: {
      container: 'c_1',
      mcp_servers: [],
      context_management: {},
      speed: 'fast',
      brand_new: 1,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'search_result', source: 's', title: 't', content: [] },
            {
              type: 'document',
              source: { type: 'text', media_type: 'text/plain', data: 'a' },
              citations: { enabled: true },
            },
            { type: 'document', source: { type: 'content', content: 'a' } },
          ],
        },
        { role: 'assistant', content: [{ type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }] },
      ],
      tools: [
        { type: 'web_search_20250305', name: 'web_search' },
        { type: 'bash_20250124', name: 'bash' },
        { ...WEATHER, type: 'custom', input_examples: [{ place: 'Oslo' }] },
      ],
      tool_choice: { type: 'tool', name: 'web_search' },
      output_config: { task_budget: { type: 'tokens', total: 1 } },
      thinking: { type: 'between_tools' },
    },
    read: {
      messages: [
        {
          role: 'user',
          content: [{ kind: 'document', source: { kind: 'base64', mediaType: 'text/plain', data: 'YQ==' } }],
        },
      ],
      tools: [WEATHER_READ],
      toolChoice: { kind: 'tool', name: 'web_search' },
      unkept: [
        'container',
        'mcp_servers',
        'context_management',
        'brand_new',
        'speed (fast)',
        'messages[0].content[0] (search_result)',
        'messages[0].content[1].citations',
        'messages[0].content[2].source (content)',
        'messages[1].content[0] (server_tool_use)',
        'messages[1] (prefill)',
        'tools[0] (web_search_20250305)',
        'tools[1] (bash_20250124)',
        'tools[2].input_examples',
        'output_config.task_budget',
        'thinking.type ("between_tools")',
      ],
    },
  },
];
