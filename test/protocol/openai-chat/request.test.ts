import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { type ChatDialect, OPENAI_DIALECT } from '../../../src/protocol/openai-chat/dialect.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiChatSame } from '../../../src/protocol/openai-chat/same.ts';
import { openAiChatVendor } from '../../../src/protocol/openai-chat/vendor.ts';
import { generation } from '../../support/model-requests.ts';
import { BODIES, HELLO, UNKEPT, WEATHER } from './bodies.ts';
import { REFUSED } from './refused-bodies.ts';

const { readRequest } = openAiChatFront;
const vendor = openAiChatVendor(OPENAI_DIALECT);
const AS = { model: 'gpt-y', maxOutputTokens: 77 };
const bodyOf = (body: JsonObject): JsonObject => ({ model: 'gpt-x', messages: [HELLO], ...body });
const withoutNulls = (body: JsonObject): JsonObject => JSON.parse(JSON.stringify(body));

describe('a chat completion that is asked for', () => {
  for (const { name, body, request } of BODIES) {
    it(`is read: ${name}`, () => {
      const said = bodyOf(body);
      const read = readRequest(said);
      assert.deepEqual({ ...read, ...request }, read);
      assert.equal(read.body, said);
    });
  }

  for (const { name, body, written } of BODIES) {
    it(`is written for a vendor: ${name}`, () => {
      const request = { ...readRequest(bodyOf(body)), protocol: 'turnpike' as const };
      const expected = { messages: [HELLO], ...(written ?? body), model: 'gpt-y', max_completion_tokens: 77 };
      assert.deepEqual(withoutNulls(vendor.writeRequest(request, AS)), expected);
    });
  }

  for (const [name, body] of UNKEPT) {
    it(`names ${name}, goes along with the same protocol and is refused by another`, () => {
      const request = readRequest(bodyOf(body));
      assert.deepEqual(request.unkept, [name]);
      assert.deepEqual(vendor.unsupported(request), []);
      const foreign = { ...request, protocol: 'turnpike' as const };
      assert.deepEqual(vendor.unsupported(foreign), [name]);
      assert.throws(() => vendor.writeRequest(foreign, AS), { code: 'unsupported' });
    });
  }

  for (const { param, body, code = 'invalid_request', says = /./ } of REFUSED) {
    it(`is refused at ${param}: ${JSON.stringify(body).slice(0, 80)}`, () => {
      assert.throws(
        () => readRequest(bodyOf(body)),
        (failure) => {
          assert.ok(failure instanceof Failure);
          assert.deepEqual([failure.code, failure.details.param], [code, param]);
          assert.match(failure.message, says);
          assert.ok(failure.message.startsWith(`${param}: `) && failure.message.length < 800, failure.message);
          return true;
        },
      );
    });
  }

  for (const body of ['x', 7, null, [], true]) {
    it(`is refused where the body is ${JSON.stringify(body)}`, () => {
      assert.throws(() => readRequest(body), { code: 'invalid_request', message: 'body: must be an object' });
    });
  }
});

describe('what a vendor of chat completions is asked', () => {
  const plain: ChatDialect = {
    outputCap: 'max_tokens',
    instructions: 'developer',
    streamUsage: false,
    reasoningEffort: false,
    jsonSchema: false,
    parallelToolCalls: false,
    topK: true,
    stops: 16,
    files: false,
    thoughtsBack: true,
  };

  it('is in the dialect of the endpoint', () => {
    const request = generation({
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief' }] },
        { role: 'user', content: [{ kind: 'text', text: 'a' }] },
        {
          role: 'assistant',
          content: [
            { kind: 'reasoning', text: 'Hm.', signature: 's' },
            { kind: 'text', text: 'b' },
          ],
        },
      ],
      sampling: { topK: 5 },
      reasoning: { effort: 'none' },
      parallelToolCalls: true,
      tools: [{ name: 'now', parameters: { type: 'object' } }],
      stream: true,
    });
    assert.deepEqual(openAiChatVendor(plain).writeRequest(request, AS), {
      model: 'gpt-y',
      messages: [
        { role: 'developer', content: 'Be brief' },
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b', reasoning_content: 'Hm.' },
      ],
      max_tokens: 77,
      tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object' } } }],
      top_k: 5,
      stream: true,
    });
  });

  it('names everything that the endpoint cannot do', () => {
    const request = generation({
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'audio', format: 'wav', data: 'AAAA' },
            { kind: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
          ],
        },
        { role: 'assistant', content: [{ kind: 'tool_call', id: 'c', name: 'n', arguments: '' }] },
        {
          role: 'tool',
          results: [
            { callId: 'c', content: [{ kind: 'image', source: { kind: 'url', url: 'https://example.com/a' } }] },
          ],
        },
      ],
      output: { kind: 'json_schema', name: 'a', schema: {} },
      reasoning: { budgetTokens: 5000 },
      parallelToolCalls: false,
      sampling: { topK: 5 },
      unkept: ['container'],
    });
    assert.deepEqual(openAiChatVendor(plain).unsupported(request), [
      'container',
      'output with a JSON Schema',
      'reasoning effort',
      'one tool call at a time',
      'audio',
      'documents',
      'image in the result of a tool',
    ]);
    assert.deepEqual(vendor.unsupported(request), [
      'container',
      'top_k',
      'document by URL',
      'image in the result of a tool',
    ]);
  });

  const EFFORTS = [
    { reasoning: { budgetTokens: 0 }, effort: 'none' },
    { reasoning: { budgetTokens: 1024 }, effort: 'low' },
    { reasoning: { budgetTokens: 8192 }, effort: 'medium' },
    { reasoning: { budgetTokens: 8193 }, effort: 'high' },
    { reasoning: { effort: 'max', budgetTokens: 1 }, effort: 'xhigh' },
    { reasoning: { adaptive: true, show: true }, effort: undefined },
  ] as const;
  for (const { reasoning, effort } of EFFORTS) {
    it(`thinks with effort ${effort} where ${JSON.stringify(reasoning)} was asked for`, () => {
      assert.equal(vendor.writeRequest(generation({ reasoning }), AS)['reasoning_effort'], effort);
    });
  }

  it('writes a call without arguments as one of an empty object', () => {
    const request = generation({
      messages: [{ role: 'assistant', content: [{ kind: 'tool_call', id: 'c', name: 'n', arguments: '' }] }],
    });
    assert.deepEqual(vendor.writeRequest(request, AS)['messages'], [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'n', arguments: '{}' } }],
      },
    ]);
  });
});

describe('a body that goes to a vendor of the same protocol', () => {
  it('keeps what nobody knows, and has the model and the bound that were decided', () => {
    const body = bodyOf({ max_tokens: 500, a_field_of_tomorrow: { x: [1] }, tools: [WEATHER], logit_bias: { '1': 2 } });
    assert.deepEqual(openAiChatSame(OPENAI_DIALECT).patchRequest(readRequest(body), AS), {
      model: 'gpt-y',
      messages: [HELLO],
      tools: [WEATHER],
      a_field_of_tomorrow: { x: [1] },
      logit_bias: { '1': 2 },
      max_completion_tokens: 77,
    });
  });

  const STREAMS = [
    { said: undefined, streamUsage: true, sent: { include_usage: true } },
    { said: { include_usage: false, other: 1 }, streamUsage: true, sent: { include_usage: true, other: 1 } },
    { said: { include_usage: true }, streamUsage: false, sent: undefined },
  ];
  for (const { said, streamUsage, sent } of STREAMS) {
    it(`asks for the usage of a stream: ${JSON.stringify(said)} where it is ${streamUsage ? '' : 'not '}taken`, () => {
      const body = bodyOf({ stream: true, ...(said === undefined ? undefined : { stream_options: said }) });
      const patched = openAiChatSame({ ...OPENAI_DIALECT, streamUsage }).patchRequest(readRequest(body), AS);
      assert.deepEqual(patched['stream_options'], sent);
    });
  }
});
