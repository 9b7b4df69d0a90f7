/** Bodies of `POST /v1/responses` beside what they are in the words of core, and beside what cannot be said elsewhere. */
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';

export interface RequestPair {
  readonly name: string;
  readonly body: JsonObject;
  readonly read: Partial<GenerationRequest>;
}

const text = (said: string) => ({ kind: 'text' as const, text: said });
const user = (said: string) => ({ role: 'user' as const, content: [text(said)] });
const call = (id: string, args = '{"x":1}') => ({ type: 'function_call', call_id: id, name: 'f', arguments: args });
const called = (id: string, args = '{"x":1}') => ({ kind: 'tool_call' as const, id, name: 'f', arguments: args });
const output = (id: string, said: string) => ({ type: 'function_call_output', call_id: id, output: said });
const result = (callId: string, said: string) => ({ callId, content: [text(said)] });
const F = { type: 'function', name: 'f', parameters: { type: 'object', properties: { x: { type: 'number' } } } };

const LONGEST_NAME = 'f'.repeat(128);

export const REQUEST_PAIRS: readonly RequestPair[] = [
  { name: 'a string', body: { model: 'm', input: 'Hi' }, read: { model: 'm', messages: [user('Hi')], unkept: [] } },
  {
    name: 'instructions and a message without a type',
    body: { instructions: 'Be brief.', input: [{ role: 'user', content: 'Hi' }] },
    read: { messages: [{ role: 'system', content: [text('Be brief.')] }, user('Hi')] },
  },
  {
    name: 'instructions of a developer and of the system within the input',
    body: {
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: 'a' }] },
        { type: 'message', role: 'system', content: 'b' },
        { role: 'user', content: 'Hi' },
      ],
    },
    read: {
      messages: [{ role: 'system', content: [text('a')] }, { role: 'system', content: [text('b')] }, user('Hi')],
    },
  },
  {
    name: 'images, files and sound',
    body: {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'See', prompt_cache_breakpoint: { mode: 'explicit' } },
            { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'original' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
            { type: 'input_file', filename: 'n.md', file_data: 'data:application/octet-stream;base64,dGVzdA==' },
            { type: 'input_file', filename: 'n.csv', file_data: 'dGVzdA==' },
            { type: 'input_file', file_url: 'https://example.com/a.pdf' },
            { type: 'input_audio', input_audio: { format: 'wav', data: 'dGVzdA==' } },
          ],
        },
      ],
    },
    read: {
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'text', text: 'See', cache: { lifetime: '5m' } },
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' }, detail: 'low' },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' }, detail: 'high' },
            {
              kind: 'document',
              source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
              name: 'a.pdf',
            },
            {
              kind: 'document',
              source: { kind: 'base64', mediaType: 'text/markdown', data: 'dGVzdA==' },
              name: 'n.md',
            },
            { kind: 'document', source: { kind: 'base64', mediaType: 'text/csv', data: 'dGVzdA==' }, name: 'n.csv' },
            { kind: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
            { kind: 'audio', format: 'wav', data: 'dGVzdA==' },
          ],
        },
      ],
    },
  },
  {
    name: 'a turn of thought, words and calls, and the results of the calls together',
    body: {
      input: [
        { role: 'user', content: 'Go' },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [
            { type: 'summary_text', text: 'One.' },
            { type: 'summary_text', text: 'Two.' },
          ],
          encrypted_content: 'gAAA',
        },
        {
          type: 'message',
          id: 'msg_1',
          status: 'completed',
          role: 'assistant',
          phase: 'commentary',
          content: [{ type: 'output_text', text: 'I look.', annotations: [], logprobs: [] }],
        },
        call('a'),
        call('b', ''),
        output('b', 'second'),
        { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'first' }] },
      ],
      tools: [F],
    },
    read: {
      messages: [
        user('Go'),
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'One.\n\nTwo.', signature: 'openai:gAAA' },
            text('I look.'),
            called('a'),
            called('b', ''),
          ],
        },
        { role: 'tool', results: [result('b', 'second'), result('a', 'first')] },
      ],
      unkept: [],
    },
  },
  {
    name: 'calls one after the other, each with its result, and a refusal',
    body: {
      input: [
        call('a'),
        output('a', '1'),
        call('b'),
        output('b', '2'),
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
        { role: 'user', content: 'Why?' },
      ],
    },
    read: {
      messages: [
        { role: 'assistant', content: [called('a')] },
        { role: 'tool', results: [result('a', '1')] },
        { role: 'assistant', content: [called('b')] },
        { role: 'tool', results: [result('b', '2')] },
        { role: 'assistant', content: [{ kind: 'refusal', text: 'No.' }] },
        user('Why?'),
      ],
    },
  },
  {
    name: 'tools, a choice among them, and everything that is a number',
    body: {
      input: 'Hi',
      tools: [{ ...F, description: 'd', strict: true }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      max_output_tokens: 16,
      temperature: 0.5,
      top_p: 0.9,
      stream: true,
      stream_options: { include_obfuscation: false },
      safety_identifier: 'u1',
      user: 'u2',
    },
    read: {
      tools: [{ name: 'f', description: 'd', parameters: F.parameters, strict: true }],
      toolChoice: { kind: 'tool', name: 'f' },
      parallelToolCalls: false,
      maxOutputTokens: 16,
      sampling: { temperature: 0.5, topP: 0.9 },
      stream: true,
      user: 'u1',
      unkept: [],
    },
  },
  {
    name: 'a tool with the longest name, and fields at their defaults',
    body: {
      input: 'Hi',
      tools: [{ ...F, name: LONGEST_NAME }],
      background: false,
      store: true,
      truncation: 'auto',
      metadata: { a: 'b' },
    },
    read: { tools: [{ name: LONGEST_NAME, parameters: F.parameters }], unkept: [] },
  },
  {
    name: 'a choice of tools where there are none, as clients send it',
    body: { input: 'Hi', tools: [], tool_choice: 'auto', parallel_tool_calls: true },
    read: { tools: [], unkept: [] },
  },
  {
    name: 'any JSON',
    body: { input: 'Hi', text: { format: { type: 'json_object' } } },
    read: { output: { kind: 'json' } },
  },
  {
    name: 'JSON of a schema',
    body: {
      input: 'Hi',
      text: {
        verbosity: 'medium',
        format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true, description: 'd' },
      },
    },
    read: {
      output: { kind: 'json_schema', name: 's', schema: { type: 'object' }, strict: true, description: 'd' },
      unkept: [],
    },
  },
  {
    name: 'an effort and a summary of the thought',
    body: { input: 'Hi', reasoning: { effort: 'high', summary: 'auto' } },
    read: { reasoning: { effort: 'high', show: true } },
  },
  {
    name: 'what changes no answer elsewhere',
    body: {
      input: 'Hi',
      metadata: { a: 'b' },
      store: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'k',
      truncation: 'auto',
      service_tier: 'auto',
      background: false,
      previous_response_id: null,
      top_logprobs: 0,
    },
    read: { unkept: [] },
  },
  {
    name: 'what only the vendor has: its tools, what it keeps, and what it adds',
    body: {
      input: [
        { type: 'item_reference', id: 'msg_1' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        {
          role: 'user',
          content: [
            { type: 'input_file', file_id: 'file-1' },
            { type: 'input_text', text: 'Hi' },
          ],
        },
        { role: 'developer', content: [{ type: 'input_image', file_id: 'file-2' }] },
      ],
      tools: [F, { type: 'web_search' }],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] },
      text: { verbosity: 'low' },
      reasoning: { effort: 'low', mode: 'x' },
      previous_response_id: 'resp_1',
      max_tool_calls: 3,
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
      service_tier: 'flex',
      novelty: 1,
    },
    read: {
      messages: [
        { role: 'user', content: [text('Hi')] },
        { role: 'system', content: [] },
      ],
      unkept: [
        'previous_response_id',
        'max_tool_calls',
        'top_logprobs',
        'service_tier',
        'novelty',
        'include (message.output_text.logprobs)',
        'input[0] (item_reference)',
        'input[1] (web_search_call)',
        'input[2].content[0].file_id',
        'input[3].content[0] (input_image)',
        'tools[1] (web_search)',
        'tool_choice (allowed_tools)',
        'text.verbosity',
        'reasoning.mode',
      ],
    },
  },
  {
    name: 'a result whose call the vendor keeps',
    body: { previous_response_id: 'resp_1', input: [output('a', '1')] },
    read: { messages: [{ role: 'tool', results: [result('a', '1')] }], unkept: ['previous_response_id'] },
  },
  {
    name: 'a result whose call is only referred to',
    body: { input: [{ type: 'item_reference', id: 'fc_1' }, output('a', '1')] },
    read: { messages: [{ role: 'tool', results: [result('a', '1')] }], unkept: ['input[0] (item_reference)'] },
  },
  {
    name: 'a thought in the open',
    body: {
      input: [{ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }],
    },
    read: { messages: [{ role: 'assistant', content: [{ kind: 'reasoning', text: 'Hm.' }] }] },
  },
  {
    name: 'a result behind another turn than its call',
    body: { input: [call('a'), { role: 'user', content: 'Wait' }, output('a', '1')] },
    read: { unkept: ['input[2] (behind another turn than its call)'] },
  },
  {
    name: 'nothing but a prompt that the vendor keeps',
    body: { prompt: { id: 'pmpt_1' } },
    read: { messages: [{ role: 'user', content: [] }], unkept: ['prompt'] },
  },
];

/** What is refused: with which code, and at which field. */
export const REFUSED: readonly {
  readonly body: unknown;
  readonly param: string | undefined;
  readonly code?: string;
}[] = [
  { body: [], param: undefined },
  { body: {}, param: 'input' },
  { body: { input: [] }, param: 'input' },
  { body: { input: {} }, param: 'input' },
  { body: { input: ['Hi'] }, param: 'input[0]' },
  { body: { input: [{ content: 'Hi' }] }, param: 'input[0].type' },
  { body: { input: [{ role: 'tool', content: 'Hi' }] }, param: 'input[0].role' },
  { body: { input: [{ role: 'user', content: [] }] }, param: 'input[0].content' },
  { body: { input: [{ role: 'user' }] }, param: 'input[0].content' },
  { body: { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }, param: 'input[0].content[0].type' },
  {
    body: { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
    param: 'input[0].content[0].type',
  },
  { body: { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, param: 'input[0].content[0]' },
  {
    body: {
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://a.b/c', file_id: 'f' }] }],
    },
    param: 'input[0].content[0].file_id',
  },
  {
    body: { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'file:///etc/passwd' }] }] },
    param: 'input[0].content[0].image_url',
  },
  { body: { input: [call('a')] }, param: 'input[0]' },
  { body: { input: [output('a', '1')] }, param: 'input[0].call_id' },
  { body: { input: [call('a'), call('a'), output('a', '1')] }, param: 'input[1].call_id' },
  { body: { input: [call('a'), output('a', '1'), output('a', '1')] }, param: 'input[2].call_id' },
  { body: { input: [{ type: 'function_call', name: 'f' }] }, param: 'input[0].call_id' },
  { body: { input: 'Hi', model: '' }, param: 'model' },
  { body: { input: 'Hi', max_output_tokens: 15 }, param: 'max_output_tokens' },
  { body: { input: 'Hi', background: true }, param: 'background', code: 'unsupported' },
  { body: { input: 'Hi', background: 'no' }, param: 'background' },
  { body: { input: 'Hi', store: 'yes' }, param: 'store' },
  { body: { input: 'Hi', metadata: 'a' }, param: 'metadata' },
  { body: { input: 'Hi', metadata: { a: 'b', c: 1 } }, param: 'metadata' },
  { body: { input: 'Hi', truncation: 'middle' }, param: 'truncation' },
  { body: { input: 'Hi', tools: [{ ...F, name: 'f'.repeat(129) }] }, param: 'tools[0].name' },
  { body: { input: 'Hi', temperature: 3 }, param: 'temperature' },
  { body: { input: 'Hi', stream: 'yes' }, param: 'stream' },
  { body: { input: 'Hi', stream_options: {} }, param: 'stream_options' },
  { body: { input: 'Hi', previous_response_id: 'a', conversation: 'b' }, param: 'previous_response_id' },
  { body: { input: 'Hi', tools: [{ type: 'function' }] }, param: 'tools[0].name' },
  { body: { input: 'Hi', tools: [F, F] }, param: 'tools[1].name' },
  { body: { input: 'Hi', tools: Array(257).fill(F) }, param: 'tools', code: 'too_large' },
  { body: { input: 'Hi', tool_choice: 'required' }, param: 'tool_choice' },
  { body: { input: 'Hi', tool_choice: 'some' }, param: 'tool_choice' },
  { body: { input: 'Hi', tools: [F], tool_choice: { type: 'function', name: 'g' } }, param: 'tool_choice.name' },
  { body: { input: 'Hi', text: { format: {} } }, param: 'text.format.type' },
  { body: { input: 'Hi', text: { format: { type: 'json_schema', name: 's' } } }, param: 'text.format.schema' },
  { body: { input: 'Hi', reasoning: { effort: 'huge' } }, param: 'reasoning.effort' },
  { body: { input: 'Hi', include: 'all' }, param: 'include' },
];
