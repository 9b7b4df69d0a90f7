import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AssistantPart } from '../../../src/core/generation.ts';
import type { Json } from '../../../src/core/json.ts';
import type { FinishReason, GenerationReply } from '../../../src/core/reply.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { writeReply } from '../../../src/protocol/anthropic/write-reply.ts';
import { REPLY_PAIRS } from './reply-pairs.ts';

const HEAD = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-4-6' };

describe('a message object', () => {
  for (const { name, body, read } of REPLY_PAIRS) {
    it(`is read: ${name}`, () => {
      assert.deepEqual(anthropicVendor.readReply({ ...HEAD, ...body }), {
        kind: 'generation',
        id: 'msg_1',
        model: 'claude-opus-4-6',
        ...read,
      });
    });
  }

  for (const { name, body, read } of REPLY_PAIRS.filter(({ written }) => written)) {
    it(`is written: ${name}`, () => {
      const reply: GenerationReply = { kind: 'generation', id: 'msg_1', model: 'claude-opus-4-6', ...read };
      assert.deepEqual(writeReply(reply), { ...HEAD, ...body });
    });
  }

  const NO_REPLIES: readonly { readonly body: Json; readonly message: RegExp }[] = [
    { body: 'text', message: /it is not an object/ },
    { body: { type: 'error', error: {} }, message: /its type is "error"/ },
    { body: { ...HEAD, stop_reason: 'end_turn' }, message: /it has no content/ },
    { body: { ...HEAD, content: 'x', stop_reason: 'end_turn' }, message: /it has no content/ },
    { body: { ...HEAD, content: [], stop_reason: null }, message: /its stop_reason is null/ },
    { body: { ...HEAD, content: ['x'], stop_reason: 'end_turn' }, message: /block is not an object/ },
    {
      body: { ...HEAD, content: [{ type: 'tool_use', name: 'f' }], stop_reason: 'tool_use' },
      message: /no id or no name/,
    },
  ];
  for (const { body, message } of NO_REPLIES) {
    it(`is none where ${message.source}`, () => {
      assert.throws(() => anthropicVendor.readReply(body), { code: 'invalid_request', message });
    });
  }
});

describe('a reply of another vendor', () => {
  const reply = (content: readonly AssistantPart[], finish: FinishReason = 'stop'): GenerationReply => ({
    kind: 'generation',
    id: 'chatcmpl-1',
    model: 'gpt',
    content,
    finish,
    usage: { kind: 'unknown' },
  });

  const ARGUMENTS = [
    { text: '', input: {} },
    { text: '  ', input: {} },
    { text: '{"a":[1]}', input: { a: [1] } },
    { text: '{"a":', input: { INVALID_JSON: '{"a":' } },
    { text: '[1]', input: { INVALID_JSON: '[1]' } },
    { text: 'null', input: { INVALID_JSON: 'null' } },
  ];
  for (const { text, input } of ARGUMENTS) {
    it(`calls a tool with the arguments ${JSON.stringify(text)}`, () => {
      const written = writeReply(reply([{ kind: 'tool_call', id: 'a', name: 'f', arguments: text }], 'tool_calls'));
      assert.deepEqual(written['content'], [{ type: 'tool_use', id: 'a', name: 'f', input }]);
    });
  }

  const REASONS: readonly (readonly [FinishReason, string])[] = [
    ['stop', 'end_turn'],
    ['stop_sequence', 'stop_sequence'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['refusal', 'refusal'],
    ['pause', 'pause_turn'],
  ];
  for (const [finish, reason] of REASONS) {
    it(`that ended by ${finish} stops by ${reason}`, () => {
      assert.equal(writeReply(reply([], finish))['stop_reason'], reason);
    });
  }

  it('that refuses in words says them, and that it refused', () => {
    const { content, stop_reason } = writeReply(reply([{ kind: 'refusal', text: 'No.' }]));
    assert.deepEqual({ content, stop_reason }, { content: [{ type: 'text', text: 'No.' }], stop_reason: 'refusal' });
  });

  it('whose usage is unknown has the numbers that readers need', () => {
    assert.deepEqual(writeReply(reply([]))['usage'], {
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 0,
      service_tier: 'standard',
    });
  });
});
