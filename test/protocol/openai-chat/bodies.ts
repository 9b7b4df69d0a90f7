/** Bodies of chat completions as OpenAI documents them, and what a request then is. Data only. */
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';

export interface BodyCase {
  readonly name: string;
  /** Beside the model and one message of the user, unless it has its own. */
  readonly body: JsonObject;
  readonly request: Partial<GenerationRequest>;
  /** Written from the request for a vendor; absent: the body itself. */
  readonly written?: JsonObject;
}

export const HELLO: JsonObject = { role: 'user', content: 'Hello!' };
export const PNG = 'iVBORw0KGgo=';

const WEATHER_PARAMETERS: JsonObject = {
  type: 'object',
  properties: { location: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  required: ['location'],
};
export const WEATHER: JsonObject = {
  type: 'function',
  function: { name: 'get_weather', description: 'Current weather', parameters: WEATHER_PARAMETERS, strict: true },
};
const WEATHER_TOOL = {
  name: 'get_weather',
  description: 'Current weather',
  parameters: WEATHER_PARAMETERS,
  strict: true,
};

const CALL: JsonObject = {
  id: 'call_1',
  type: 'function',
  function: { name: 'get_weather', arguments: '{"location":"Paris"}' },
};
const SECOND_CALL: JsonObject = { ...CALL, id: 'call_2' };

export const BODIES: readonly BodyCase[] = [
  {
    name: 'a message of the user',
    body: {},
    request: {
      model: 'gpt-x',
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello!' }] }],
      tools: [],
      output: { kind: 'text' },
      sampling: {},
      stream: false,
      unkept: [],
    },
  },
  {
    name: 'instructions of both names',
    body: {
      messages: [{ role: 'developer', content: 'Be brief' }, { role: 'system', content: 'Be kind' }, HELLO],
    },
    request: {
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief' }] },
        { role: 'system', content: [{ kind: 'text', text: 'Be kind' }] },
        { role: 'user', content: [{ kind: 'text', text: 'Hello!' }] },
      ],
    },
    written: { messages: [{ role: 'system', content: 'Be brief' }, { role: 'system', content: 'Be kind' }, HELLO] },
  },
  {
    name: 'texts, images, sound and a file',
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          ],
        },
      ],
    },
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'text', text: 'What is this?' },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' }, detail: 'low' },
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG } },
            { kind: 'audio', format: 'wav', data: 'UklGRg==' },
            {
              kind: 'document',
              source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
              name: 'a.pdf',
            },
          ],
        },
      ],
    },
  },
  {
    name: 'parallel calls of tools and their results',
    body: {
      messages: [
        HELLO,
        { role: 'assistant', content: null, tool_calls: [CALL, SECOND_CALL] },
        { role: 'tool', tool_call_id: 'call_2', content: 'rain' },
        { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'sun' }] },
        { role: 'assistant', content: 'Sun and rain.' },
        HELLO,
      ],
      tools: [WEATHER],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
      parallel_tool_calls: false,
    },
    request: {
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Hello!' }] },
        {
          role: 'assistant',
          content: [
            { kind: 'tool_call', id: 'call_1', name: 'get_weather', arguments: '{"location":"Paris"}' },
            { kind: 'tool_call', id: 'call_2', name: 'get_weather', arguments: '{"location":"Paris"}' },
          ],
        },
        {
          role: 'tool',
          results: [
            { callId: 'call_2', content: [{ kind: 'text', text: 'rain' }] },
            { callId: 'call_1', content: [{ kind: 'text', text: 'sun' }] },
          ],
        },
        { role: 'assistant', content: [{ kind: 'text', text: 'Sun and rain.' }] },
        { role: 'user', content: [{ kind: 'text', text: 'Hello!' }] },
      ],
      tools: [WEATHER_TOOL],
      toolChoice: { kind: 'tool', name: 'get_weather' },
      parallelToolCalls: false,
    },
    written: {
      messages: [
        HELLO,
        { role: 'assistant', content: null, tool_calls: [CALL, SECOND_CALL] },
        { role: 'tool', tool_call_id: 'call_2', content: 'rain' },
        { role: 'tool', tool_call_id: 'call_1', content: 'sun' },
        { role: 'assistant', content: 'Sun and rain.' },
        HELLO,
      ],
      tools: [WEATHER],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
      parallel_tool_calls: false,
    },
  },
  {
    name: 'a refusal and a thought of the assistant',
    body: {
      messages: [HELLO, { role: 'assistant', content: null, refusal: 'No.', reasoning_content: 'Hm.' }, HELLO],
    },
    request: {
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Hello!' }] },
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'Hm.' },
            { kind: 'refusal', text: 'No.' },
          ],
        },
        { role: 'user', content: [{ kind: 'text', text: 'Hello!' }] },
      ],
    },
    written: { messages: [HELLO, { role: 'assistant', content: null, refusal: 'No.' }, HELLO] },
  },
  {
    name: 'a tool without parameters, chosen freely',
    body: { tools: [{ type: 'function', function: { name: 'now' } }], tool_choice: 'required' },
    request: {
      tools: [{ name: 'now', parameters: { type: 'object', properties: {} } }],
      toolChoice: { kind: 'required' },
    },
    written: {
      messages: [HELLO],
      tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } }],
      tool_choice: 'required',
    },
  },
  {
    name: 'structured output',
    body: {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', description: 'd', schema: { type: 'object' }, strict: true },
      },
    },
    request: {
      output: { kind: 'json_schema', name: 'answer', description: 'd', schema: { type: 'object' }, strict: true },
    },
  },
  { name: 'any JSON', body: { response_format: { type: 'json_object' } }, request: { output: { kind: 'json' } } },
  {
    name: 'how it samples',
    body: {
      temperature: 0,
      top_p: 0.5,
      frequency_penalty: -2,
      presence_penalty: 2,
      seed: -7,
      stop: ['a', 'b'],
    },
    request: {
      sampling: { temperature: 0, topP: 0.5, frequencyPenalty: -2, presencePenalty: 2, seed: -7, stop: ['a', 'b'] },
    },
  },
  {
    name: 'one text to stop at',
    body: { stop: 'END' },
    request: { sampling: { stop: ['END'] } },
    written: { messages: [HELLO], stop: ['END'] },
  },
  { name: 'effort', body: { reasoning_effort: 'xhigh' }, request: { reasoning: { effort: 'xhigh' } } },
  {
    name: 'a bound of the output by either name',
    body: { max_tokens: 50 },
    request: { maxOutputTokens: 50 },
    written: { messages: [HELLO] },
  },
  {
    name: 'both bounds that say the same',
    body: { max_tokens: 50, max_completion_tokens: 50 },
    request: { maxOutputTokens: 50 },
    written: { messages: [HELLO] },
  },
  {
    name: 'a stream',
    body: { stream: true },
    request: { stream: true },
    written: { messages: [HELLO], stream: true, stream_options: { include_usage: true } },
  },
  {
    name: 'null where nothing is meant',
    body: { temperature: null, tools: null, stop: null, response_format: null, n: null, foo: null },
    request: { tools: [], sampling: {}, unkept: [] },
    written: { messages: [HELLO] },
  },
  {
    name: 'who the user is',
    body: { user: 'u-1' },
    request: { user: 'u-1' },
  },
  {
    name: 'what changes no answer',
    body: {
      metadata: { a: 'b' },
      store: true,
      service_tier: 'auto',
      prompt_cache_key: 'k',
      n: 1,
      modalities: ['text'],
    },
    request: { unkept: [] },
    written: { messages: [HELLO] },
  },
  {
    name: 'marks for a cache',
    body: {
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Hello!', cache_control: { type: 'ephemeral', ttl: '1h' } }],
        },
      ],
    },
    request: {
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello!', cache: { lifetime: '1h' } }] }],
    },
    written: { messages: [HELLO] },
  },
];

/** What has no word of ours, and its name in `unkept`. */
export const UNKEPT: readonly (readonly [name: string, body: JsonObject])[] = [
  ['logit_bias', { logit_bias: { '50256': -100 } }],
  ['logprobs', { logprobs: true }],
  ['n', { n: 2 }],
  ['prediction', { prediction: { type: 'content', content: 'x' } }],
  ['modalities', { modalities: ['text', 'audio'] }],
  ['audio', { audio: { voice: 'alloy', format: 'wav' } }],
  ['web_search_options', { web_search_options: {} }],
  ['verbosity', { verbosity: 'low' }],
  ['service_tier', { service_tier: 'flex' }],
  ['a_field_of_tomorrow', { a_field_of_tomorrow: 1 }],
  ['messages[0].name', { messages: [{ ...HELLO, name: 'Ada' }] }],
  [
    'messages[0].content[1].file.file_id',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Read' },
            { type: 'file', file: { file_id: 'file-1' } },
          ],
        },
      ],
    },
  ],
  ['tools[0].custom', { tools: [{ type: 'custom', custom: { name: 'shell' } }] }],
  ['tool_choice.allowed_tools', { tools: [WEATHER], tool_choice: { type: 'allowed_tools', allowed_tools: {} } }],
  ['functions', { functions: [{ name: 'now', parameters: { type: 'object' } }] }],
];
