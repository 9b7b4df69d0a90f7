import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure, type FailureCode } from '../../../src/core/failure.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';

const user = (...content: readonly Json[]): JsonObject => ({ role: 'user', content });
const assistant = (...content: readonly Json[]): JsonObject => ({ role: 'assistant', content });
const text: JsonObject = { type: 'text', text: 'Hi' };
const call = (id: string): JsonObject => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (id: string): JsonObject => ({ type: 'tool_result', tool_use_id: id, content: 'done' });
const image = (source: JsonObject): JsonObject => ({ type: 'image', source });
const tool = (more: JsonObject = {}): JsonObject => ({ name: 'f', input_schema: { type: 'object' }, ...more });
const thinking = { thinking: { type: 'enabled', budget_tokens: 1024 } };

interface Refusal {
  readonly name: string;
  /** Over a body that is good. */
  readonly body: JsonObject;
  readonly param: string | undefined;
  readonly message: RegExp;
  readonly code?: FailureCode;
}

const REFUSALS: readonly Refusal[] = [
  { name: 'no max_tokens', body: { max_tokens: null }, param: 'max_tokens', message: /is required/ },
  { name: 'a max_tokens that is text', body: { max_tokens: '9' }, param: 'max_tokens', message: /must be a number/ },
  { name: 'a max_tokens with a fraction', body: { max_tokens: 1.5 }, param: 'max_tokens', message: /whole number/ },
  { name: 'a max_tokens below zero', body: { max_tokens: -1 }, param: 'max_tokens', message: /must be from 0/ },
  {
    name: 'a max_tokens beyond all numbers',
    body: { max_tokens: Number.POSITIVE_INFINITY },
    param: 'max_tokens',
    message: /Infinity/,
  },
  { name: 'no messages', body: { messages: null }, param: 'messages', message: /is required/ },
  { name: 'messages that are no list', body: { messages: {} }, param: 'messages', message: /must be a list/ },
  { name: 'empty messages', body: { messages: [] }, param: 'messages', message: /at least one message/ },
  {
    name: 'messages of the system alone',
    body: { messages: [{ role: 'system', content: 'Hi' }] },
    param: 'messages',
    message: /not of the system/,
  },
  {
    name: 'a role nobody has',
    body: { messages: [{ role: 'tool', content: 'x' }] },
    param: 'messages[0].role',
    message: /must be one of user, assistant, system, not "tool"/,
  },
  {
    name: 'a message without content',
    body: { messages: [{ role: 'user' }] },
    param: 'messages[0].content',
    message: /required/,
  },
  {
    name: 'content that is an object',
    body: { messages: [{ role: 'user', content: {} }] },
    param: 'messages[0].content',
    message: /string or a list/,
  },
  {
    name: 'a block that is text',
    body: { messages: [user('Hi')] },
    param: 'messages[0].content[0]',
    message: /must be an object/,
  },
  {
    name: 'a block without a type',
    body: { messages: [user({ text: 'Hi' })] },
    param: 'messages[0].content[0].type',
    message: /is required/,
  },
  {
    name: 'a text block without text',
    body: { messages: [user({ type: 'text' })] },
    param: 'messages[0].content[0].text',
    message: /is required/,
  },
  {
    name: 'an image in the system',
    body: { system: [image({ type: 'url', url: 'https://a.b/c' })] },
    param: 'system[0].type',
    message: /must be text, not "image"/,
  },
  {
    name: 'an uploaded file',
    body: { messages: [user(image({ type: 'file', file_id: 'file_1' }))] },
    param: 'messages[0].content[0].source.type',
    message: /uploaded file/,
    code: 'unsupported',
  },
  {
    name: 'an uploaded document',
    body: { messages: [user({ type: 'document', source: { type: 'file', file_id: 'file_1' } })] },
    param: 'messages[0].content[0].source.type',
    message: /uploaded file/,
    code: 'unsupported',
  },
  {
    name: 'an image of a type nobody sees',
    body: { messages: [user(image({ type: 'base64', media_type: 'image/tiff', data: 'AAAA' }))] },
    param: 'messages[0].content[0].source.data',
    message: /not "image\/tiff"/,
  },
  {
    name: 'an image that is no base64',
    body: { messages: [user(image({ type: 'base64', media_type: 'image/png', data: '<png>' }))] },
    param: 'messages[0].content[0].source.data',
    message: /must be base64/,
  },
  {
    name: 'an image of a file on a disk',
    body: { messages: [user(image({ type: 'url', url: 'file:///etc/passwd' }))] },
    param: 'messages[0].content[0].source.url',
    message: /https or http/,
  },
  {
    name: 'an image too large',
    body: { messages: [user(image({ type: 'base64', media_type: 'image/png', data: 'A'.repeat(29_000_000) }))] },
    param: 'messages[0].content[0].source.data',
    message: /at most 20 MiB/,
    code: 'too_large',
  },
  {
    name: 'a call by the user',
    body: { messages: [user(call('a'))] },
    param: 'messages[0].content[0].type',
    message: /is the assistant's/,
  },
  {
    name: 'a result by the assistant',
    body: { messages: [user(text), assistant(result('a'))] },
    param: 'messages[1].content[0].type',
    message: /is the user's/,
  },
  {
    name: 'a call whose input is text',
    body: { messages: [user(text), assistant({ ...call('a'), input: '{}' }), user(result('a'))] },
    param: 'messages[1].content[0].input',
    message: /must be an object/,
  },
  {
    name: 'a call of an empty name',
    body: { messages: [user(text), assistant({ ...call('a'), name: '' }), user(result('a'))] },
    param: 'messages[1].content[0].name',
    message: /must not be empty/,
  },
  {
    name: 'a result without its call',
    body: { messages: [user(result('a'))] },
    param: 'messages[0].content[0].tool_use_id',
    message: /no tool_use of id "a" waits/,
  },
  {
    name: 'a result of a call two turns before',
    body: { messages: [user(text), assistant(call('a')), user(result('a')), assistant(text), user(result('a'))] },
    param: 'messages[4].content[0].tool_use_id',
    message: /no tool_use of id "a" waits/,
  },
  {
    name: 'two results of one call',
    body: { messages: [user(text), assistant(call('a')), user(result('a'), result('a'))] },
    param: 'messages[2].content[1].tool_use_id',
    message: /no tool_use of id "a" waits/,
  },
  {
    name: 'a call without a result',
    body: { messages: [user(text), assistant(call('a'), call('b')), user(result('a'))] },
    param: 'messages[1].content[1]',
    message: /id "b" has no tool_result/,
  },
  {
    name: 'a call that the assistant itself talks over',
    body: { messages: [user(text), assistant(call('a')), user(text), assistant(text), user(text)] },
    param: 'messages[1].content[0]',
    message: /id "a" has no tool_result/,
  },
  {
    name: 'two calls of one id',
    body: { messages: [user(text), assistant(call('a'), call('a')), user(result('a'))] },
    param: 'messages[1].content[1].id',
    message: /another tool_use has the id "a"/,
  },
  {
    name: 'a result behind the words of its turn',
    body: { messages: [user(text), assistant(call('a')), user(text, result('a'))] },
    param: 'messages[2].content[1]',
    message: /must stand before/,
  },
  {
    name: 'a result behind the words of the message before, in the same turn',
    body: { messages: [user(text), assistant(call('a')), user(text), user(result('a'))] },
    param: 'messages[3].content[0]',
    message: /must stand before/,
  },
  {
    name: 'a cache of another kind',
    body: { messages: [user({ ...text, cache_control: { type: 'forever' } })] },
    param: 'messages[0].content[0].cache_control.type',
    message: /must be ephemeral, not "forever"/,
  },
  {
    name: 'a cache of another lifetime',
    body: { messages: [user({ ...text, cache_control: { type: 'ephemeral', ttl: '2h' } })] },
    param: 'messages[0].content[0].cache_control.ttl',
    message: /5m, 1h, not "2h"/,
  },
  {
    name: 'a tool without a schema',
    body: { tools: [{ name: 'f' }] },
    param: 'tools[0].input_schema',
    message: /required/,
  },
  {
    name: 'a tool whose schema is no object’s',
    body: { tools: [tool({ input_schema: { type: 'string' } })] },
    param: 'tools[0].input_schema.type',
    message: /must be "object"/,
  },
  {
    name: 'a tool with a space in its name',
    body: { tools: [tool({ name: 'a b' })] },
    param: 'tools[0].name',
    message: /not "a b"/,
  },
  {
    name: 'two tools of one name',
    body: { tools: [tool(), tool()] },
    param: 'tools[1].name',
    message: /two tools of the name "f"/,
  },
  {
    name: 'a choice among no tools',
    body: { tool_choice: { type: 'any' } },
    param: 'tool_choice',
    message: /there are no tools/,
  },
  {
    name: 'a choice of a tool that is not there',
    body: { tools: [tool()], tool_choice: { type: 'tool', name: 'g' } },
    param: 'tool_choice.name',
    message: /no tool has the name "g"/,
  },
  {
    name: 'a choice of another kind',
    body: { tools: [tool()], tool_choice: { type: 'some' } },
    param: 'tool_choice.type',
    message: /auto, any, tool, none, not "some"/,
  },
  {
    name: 'a thinking budget that leaves no answer',
    body: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    param: 'thinking.budget_tokens',
    message: /2000 is not less than 2000/,
  },
  {
    name: 'a thinking budget below 1,024',
    body: { thinking: { type: 'enabled', budget_tokens: 1023 } },
    param: 'thinking.budget_tokens',
    message: /must be from 1024/,
  },
  {
    name: 'thinking without a budget',
    body: { thinking: { type: 'enabled' } },
    param: 'thinking.budget_tokens',
    message: /required/,
  },
  { name: 'thinking of no type', body: { thinking: {} }, param: 'thinking.type', message: /is required/ },
  {
    name: 'thinking at a temperature',
    body: { ...thinking, temperature: 0.5 },
    param: 'temperature',
    message: /must be 1/,
  },
  { name: 'thinking with a low top_p', body: { ...thinking, top_p: 0.5 }, param: 'top_p', message: /0.95 to 1/ },
  { name: 'thinking with top_k', body: { ...thinking, top_k: 5 }, param: 'top_k', message: /must not be set/ },
  {
    name: 'thinking before a tool that must be called',
    body: { ...thinking, tools: [tool()], tool_choice: { type: 'any' } },
    param: 'tool_choice.type',
    message: /must be auto or none/,
  },
  { name: 'a temperature above 1', body: { temperature: 1.5 }, param: 'temperature', message: /from 0 to 1, not 1.5/ },
  {
    name: 'a stop sequence that is a number',
    body: { stop_sequences: ['a', 1] },
    param: 'stop_sequences[1]',
    message: /string/,
  },
  { name: 'a stream that is text', body: { stream: 'yes' }, param: 'stream', message: /true or false/ },
  { name: 'an empty model', body: { model: '' }, param: 'model', message: /must not be empty/ },
  {
    name: 'a schema by both its names',
    body: { output_config: { format: { type: 'json_schema' } }, output_format: { type: 'json_schema' } },
    param: 'output_format',
    message: /beside output_config.format/,
  },
  {
    name: 'a schema that is none',
    body: { output_config: { format: { type: 'json_schema', schema: { type: 'number!' } } } },
    param: 'output_config.format.schema.type',
    message: /JSON Schema/,
  },
  {
    name: 'a user_id that is a number',
    body: { metadata: { user_id: 7 } },
    param: 'metadata.user_id',
    message: /string/,
  },
];

describe('a body of POST /v1/messages is refused by name before a token is spent', () => {
  for (const { name, body, param, message, code = 'invalid_request' } of REFUSALS) {
    it(`for ${name}`, () => {
      const whole = { model: 'm', max_tokens: 2000, messages: [user(text)], ...body };
      assert.throws(
        () => anthropicFront.readRequest(whole),
        (failure) => {
          assert.ok(failure instanceof Failure);
          assert.equal(failure.code, code);
          assert.equal(failure.details.param, param);
          assert.match(failure.message, message);
          assert.ok(failure.message.length < 400, 'its sentence is short');
          return true;
        },
      );
    });
  }

  for (const body of [null, 1, 'text', [], true] satisfies readonly Json[]) {
    it(`for a body that is ${JSON.stringify(body)}`, () => {
      assert.throws(() => anthropicFront.readRequest(body), {
        code: 'invalid_request',
        message: /body: must be an object/,
      });
    });
  }

  it('reads names of prototypes like any other name', () => {
    const body = JSON.parse(
      '{"max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"__proto__":{"x":1},"constructor":1}',
    );
    assert.deepEqual(anthropicFront.readRequest(body).unkept, ['__proto__', 'constructor']);
  });
});
