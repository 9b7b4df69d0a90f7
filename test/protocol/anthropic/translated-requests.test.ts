import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GenerationRequest, Message } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';

const HELLO: Message = { role: 'user', content: [{ kind: 'text', text: 'Hello' }] };
const TOOL = { name: 'f', parameters: { type: 'object', properties: {} } } as const;

const request = (more: Partial<GenerationRequest>): GenerationRequest => ({
  kind: 'generation',
  protocol: 'openai-chat',
  messages: [HELLO],
  tools: [],
  output: { kind: 'text' },
  sampling: {},
  stream: false,
  body: {},
  unkept: [],
  ...more,
});

const write = (more: Partial<GenerationRequest>, model = 'claude-sonnet-4-5', maxOutputTokens = 4096): JsonObject =>
  JSON.parse(JSON.stringify(anthropicVendor.writeRequest(request(more), { model, maxOutputTokens })));

describe('a request that came in another protocol', () => {
  it('has its instructions before its turns, and one turn for messages of one role', () => {
    const written = write({
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'One.' }] },
        HELLO,
        HELLO,
        { role: 'system', content: [{ kind: 'text', text: 'Two.' }] },
        {
          role: 'assistant',
          content: [
            { kind: 'text', text: '' },
            { kind: 'tool_call', id: 'call.1', name: 'f', arguments: '{"a":1}' },
            { kind: 'tool_call', id: 'call.2', name: 'f', arguments: '' },
            { kind: 'tool_call', id: 'call.3', name: 'f', arguments: '{"a":' },
          ],
        },
        { role: 'tool', results: [{ callId: 'call.1', content: [{ kind: 'text', text: 'one' }] }] },
        { role: 'tool', results: [{ callId: 'call.2', content: [{ kind: 'text', text: '' }] }] },
        { role: 'tool', results: [{ callId: 'call.3', content: [], isError: true }] },
        HELLO,
        { role: 'assistant', content: [{ kind: 'text', text: '' }] },
        HELLO,
      ],
      tools: [TOOL],
    });
    const hello = { type: 'text', text: 'Hello' };
    assert.deepEqual(written, {
      model: 'claude-sonnet-4-5',
      max_tokens: 4096,
      system: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.' },
      ],
      messages: [
        { role: 'user', content: [hello, hello] },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'call_2e1', name: 'f', input: { a: 1 } },
            { type: 'tool_use', id: 'call_2e2', name: 'f', input: {} },
            { type: 'tool_use', id: 'call_2e3', name: 'f', input: { INVALID_JSON: '{"a":' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_2e1', content: [{ type: 'text', text: 'one' }] },
            { type: 'tool_result', tool_use_id: 'call_2e2' },
            { type: 'tool_result', tool_use_id: 'call_2e3', is_error: true },
            hello,
            hello,
          ],
        },
      ],
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
    });
  });

  it('declares the tools of its history, and lets none be called, where it has no others', () => {
    const messages: readonly Message[] = [
      HELLO,
      {
        role: 'assistant',
        content: [
          { kind: 'tool_call', id: 'a', name: 'f', arguments: '{}' },
          { kind: 'tool_call', id: 'b', name: 'f', arguments: '{}' },
        ],
      },
      {
        role: 'tool',
        results: [
          { callId: 'a', content: [] },
          { callId: 'b', content: [] },
        ],
      },
    ];
    const { tools, tool_choice } = write({ messages });
    assert.deepEqual(tools, [{ name: 'f', input_schema: { type: 'object' } }]);
    assert.deepEqual(tool_choice, { type: 'none' });
  });

  it('leaves out thoughts that Anthropic did not sign', () => {
    const messages: readonly Message[] = [
      HELLO,
      {
        role: 'assistant',
        content: [
          { kind: 'reasoning', text: 'unsigned' },
          { kind: 'reasoning', text: 'signed elsewhere', signature: 's' },
          { kind: 'text', text: 'Yes.' },
        ],
      },
      HELLO,
    ];
    const contents = (protocol: GenerationRequest['protocol']) =>
      JSON.stringify(write({ messages, protocol })['messages']).match(/unsigned|signed elsewhere/g);
    assert.deepEqual(contents('openai-responses'), null);
    assert.deepEqual(contents('turnpike'), ['signed elsewhere']);
  });

  it('says that the parameters of a tool are an object', () => {
    assert.deepEqual(write({ tools: [{ name: 'f', parameters: {} }] })['tools'], [
      { name: 'f', input_schema: { type: 'object' } },
    ]);
  });

  it('says one call at a time where the caller did, tools or not', () => {
    assert.deepEqual(write({ tools: [TOOL], parallelToolCalls: false })['tool_choice'], {
      type: 'auto',
      disable_parallel_tool_use: true,
    });
    assert.equal(write({ parallelToolCalls: false })['tool_choice'], undefined);
  });

  const REASONING = [
    { model: 'claude-sonnet-4-5', asked: { effort: 'none' }, thinking: { type: 'disabled' } },
    { model: 'claude-sonnet-4-5', asked: { effort: 'minimal' }, thinking: { type: 'enabled', budget_tokens: 1024 } },
    { model: 'claude-sonnet-4-5', asked: { effort: 'low' }, thinking: { type: 'enabled', budget_tokens: 2048 } },
    {
      model: 'claude-3-7-sonnet-20250219',
      asked: { effort: 'high' },
      thinking: { type: 'enabled', budget_tokens: 8192 },
    },
    { model: 'claude-opus-4-20250514', asked: { adaptive: true }, thinking: { type: 'enabled', budget_tokens: 8192 } },
    { model: 'claude-opus-4-5', asked: { budgetTokens: 9000 }, thinking: { type: 'enabled', budget_tokens: 9000 } },
    { model: 'claude-opus-4-5', asked: { budgetTokens: 99_000 }, thinking: { type: 'enabled', budget_tokens: 16_383 } },
    {
      model: 'other-model',
      asked: { effort: 'medium', show: false },
      thinking: { type: 'enabled', budget_tokens: 8192, display: 'omitted' },
    },
    { model: 'claude-opus-4-6', asked: { effort: 'none' }, thinking: { type: 'disabled' } },
    { model: 'claude-opus-4-6', asked: { effort: 'minimal' }, thinking: { type: 'adaptive' }, effort: 'low' },
    { model: 'claude-sonnet-4.6', asked: { effort: 'xhigh' }, thinking: { type: 'adaptive' }, effort: 'xhigh' },
    {
      model: 'claude-opus-5',
      asked: { adaptive: true, show: true },
      thinking: { type: 'adaptive', display: 'summarized' },
    },
    { model: 'claude-mythos-preview', asked: { budgetTokens: 2048 }, thinking: { type: 'adaptive' }, effort: 'low' },
    { model: 'claude-opus-4-7', asked: { budgetTokens: 20_000 }, thinking: { type: 'adaptive' }, effort: 'high' },
    { model: 'claude-opus-4-7', asked: { show: true }, thinking: undefined },
  ] as const;
  for (const { model, asked, thinking, ...rest } of REASONING) {
    it(`thinks with ${JSON.stringify(asked)} at ${model}`, () => {
      const written = write({ reasoning: asked }, model, 16_384);
      assert.deepEqual(written['thinking'], thinking);
      assert.deepEqual(written['output_config'], 'effort' in rest ? { effort: rest.effort } : undefined);
    });
  }

  it('thinks nothing where the allowed output leaves no budget', () => {
    assert.equal(write({ reasoning: { effort: 'high' } }, 'claude-sonnet-4-5', 2047)['thinking'], undefined);
  });

  it('thinks nothing while it answers calls whose signed thought is lost', () => {
    const call: Message = { role: 'assistant', content: [{ kind: 'tool_call', id: 'a', name: 'f', arguments: '{}' }] };
    const messages: readonly Message[] = [HELLO, call, { role: 'tool', results: [{ callId: 'a', content: [] }] }];
    const reasoning = { effort: 'low' } as const;
    assert.equal(write({ messages, reasoning, tools: [TOOL] })['thinking'], undefined);
    assert.notEqual(write({ messages: [...messages, HELLO], reasoning, tools: [TOOL] })['thinking'], undefined);
    assert.notEqual(write({ messages, reasoning, tools: [TOOL] }, 'claude-opus-4-6')['thinking'], undefined);
  });

  const UNSUPPORTED: readonly { readonly more: Partial<GenerationRequest>; readonly names: readonly string[] }[] = [
    { more: {}, names: [] },
    { more: { sampling: { frequencyPenalty: 0, presencePenalty: 0 } }, names: [] },
    {
      more: { sampling: { frequencyPenalty: 0.5, presencePenalty: -1, seed: 0, temperature: 1.5 } },
      names: ['frequency_penalty', 'presence_penalty', 'seed', 'temperature above 1'],
    },
    { more: { output: { kind: 'json' } }, names: ['JSON output without a schema'] },
    { more: { unkept: ['logit_bias'] }, names: ['logit_bias'] },
    {
      more: { messages: [{ role: 'user', content: [{ kind: 'audio', format: 'wav', data: 'AA==' }] }] },
      names: ['audio input'],
    },
    {
      more: {
        messages: [
          {
            role: 'user',
            content: [
              { kind: 'image', source: { kind: 'base64', mediaType: 'image/bmp', data: 'AA==' } },
              { kind: 'document', source: { kind: 'base64', mediaType: 'text/csv', data: 'AA==' } },
            ],
          },
        ],
      },
      names: ['image of type image/bmp', 'document of type text/csv'],
    },
    {
      more: { messages: [{ role: 'user', content: [{ kind: 'text', text: '' }] }] },
      names: ['request without a word'],
    },
    {
      more: {
        reasoning: { effort: 'low' },
        sampling: { temperature: 0.2, topP: 0.5, topK: 3 },
        tools: [TOOL],
        toolChoice: { kind: 'required' },
      },
      names: [
        'temperature beside reasoning',
        'top_p below 0.95 beside reasoning',
        'top_k beside reasoning',
        'forced tool choice beside reasoning',
      ],
    },
    { more: { reasoning: { effort: 'none' }, sampling: { temperature: 0.2 } }, names: [] },
  ];
  for (const { more, names } of UNSUPPORTED) {
    it(`cannot be written for: ${names.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(anthropicVendor.unsupported(request(more)), names);
    });
  }

  it('is refused with every name that it cannot be written for', () => {
    const more = { sampling: { seed: 1 }, unkept: ['logit_bias'] };
    assert.throws(() => write(more), { code: 'unsupported', message: /has no logit_bias, no seed$/ });
  });
});
