import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../src/core/json.ts';
import {
  readTokenCountReply,
  readTokenCountRequest,
  writeTokenCountRequest,
} from '../../../src/protocol/anthropic/token-count.ts';

const BODY = {
  model: 'fast',
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'Hello' }],
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
  thinking: { type: 'enabled', budget_tokens: 4096 },
  brand_new: true,
};

describe('the counting of tokens', () => {
  it('reads a prompt that says nothing of the length of an answer', () => {
    const { kind, generation } = readTokenCountRequest(BODY);
    assert.equal(kind, 'token_count');
    assert.equal(generation.maxOutputTokens, undefined);
    assert.equal(generation.messages.length, 2);
    assert.deepEqual(generation.unkept, ['brand_new']);
  });

  it('asks Anthropic with the body as it came from an Anthropic client', () => {
    assert.deepEqual(writeTokenCountRequest(readTokenCountRequest(BODY), 'claude-x'), { ...BODY, model: 'claude-x' });
  });

  it('asks Anthropic in its own words for the client of another protocol', () => {
    const { kind, generation } = readTokenCountRequest({ ...BODY, brand_new: null });
    const written = writeTokenCountRequest(
      { kind, generation: { ...generation, protocol: 'openai-responses' } },
      'claude-opus-4-5',
    );
    assert.deepEqual(written, {
      model: 'claude-opus-4-5',
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      thinking: { type: 'enabled', budget_tokens: 4096 },
    });
  });

  it('refuses a prompt that is none, by name', () => {
    assert.throws(() => readTokenCountRequest({ model: 'm' }), {
      code: 'invalid_request',
      message: /^messages: is required/,
    });
  });

  it('reads the count', () => {
    const reply = readTokenCountReply({ input_tokens: 42, brand_new: 1 });
    assert.deepEqual(reply, { kind: 'token_count', inputTokens: 42, source: 'exact' });
  });

  for (const body of [null, {}, { input_tokens: '42' }, { input_tokens: -1 }, { input_tokens: 1.5 }] satisfies Json[]) {
    it(`does not take ${JSON.stringify(body)} for a count`, () => {
      assert.throws(() => readTokenCountReply(body), { code: 'invalid_request', message: /no input_tokens/ });
    });
  }
});
