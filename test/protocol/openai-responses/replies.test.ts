import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply } from '../../../src/core/reply.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { openAiResponsesVendor } from '../../../src/protocol/openai-responses/vendor.ts';
import { listAt } from '../../../src/protocol/vendor-document.ts';
import { REPLY_PAIRS } from './reply-pairs.ts';

const TOOL = { type: 'function', name: 'f', parameters: { type: 'object' } };
const REQUEST = openAiResponsesFront.readRequest({
  model: 'alias',
  instructions: 'Be brief.',
  input: 'Hi',
  tools: [TOOL],
  tool_choice: 'required',
  temperature: 0.5,
  max_output_tokens: 99,
  metadata: { a: 'b' },
  reasoning: { effort: 'low' },
  text: { format: { type: 'json_object' } },
});
const IDENTITY = { id: 'i', createdS: 7 };

const reply = (said: Partial<GenerationReply>): GenerationReply => ({
  kind: 'generation',
  id: 'resp_1',
  model: 'gpt-x',
  content: [],
  finish: 'stop',
  usage: { kind: 'unknown' },
  ...said,
});

const withoutIds = (output: readonly unknown[]) =>
  output.filter(isJsonObject).map(({ id: _id, ...item }): JsonObject => item);

describe('a response object', () => {
  for (const { name, body, reply: expected, written } of REPLY_PAIRS) {
    it(`is read: ${name}`, () => {
      const read = openAiResponsesVendor.readReply({ id: 'resp_1', model: 'gpt-x', ...body });
      assert.deepEqual(read, reply(expected));
    });

    it(`is written: ${name}`, () => {
      const document = openAiResponsesFront.writeReply(reply(expected), REQUEST, IDENTITY);
      assert.equal(document['status'], body['status']);
      assert.deepEqual(document['incomplete_details'], body['incomplete_details'] ?? null);
      assert.deepEqual(withoutIds(listAt(document, 'output')), written ?? withoutIds(listAt(body, 'output')));
      const ids = listAt(document, 'output').map((item) => isJsonObject(item) && item['id']);
      assert.equal(new Set(ids).size, ids.length);
    });
  }

  it('repeats what was asked, and the defaults of what was not', () => {
    const { output: _output, ...document } = openAiResponsesFront.writeReply(
      reply({ usage: { kind: 'exact', tokens: { input: 1, output: 2, cacheWrite1h: 1 } } }),
      REQUEST,
      IDENTITY,
    );
    assert.deepEqual(document, {
      id: 'resp_1',
      object: 'response',
      created_at: 7,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: 'Be brief.',
      max_output_tokens: 99,
      model: 'gpt-x',
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: 'low', summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: false,
      temperature: 0.5,
      text: { format: { type: 'json_object' } },
      tool_choice: 'required',
      tools: [TOOL],
      top_p: 1,
      truncation: 'disabled',
      usage: {
        input_tokens: 1,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 1 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 3,
      },
      user: null,
      metadata: { a: 'b' },
    });
  });

  const IDS = [
    { what: 'a response of the vendor', id: 'resp_9', expected: /^resp_9$/ },
    { what: 'an answer of another kind', id: 'msg_9', expected: /^resp_msg_9$/ },
    { what: 'an answer without an id', id: '', expected: /^resp_i$/ },
  ];
  for (const { what, id, expected } of IDS) {
    it(`has an id of its kind for ${what}`, () => {
      const document = openAiResponsesFront.writeReply(reply({ id }), REQUEST, IDENTITY);
      assert.match(String(document['id']), expected);
    });
  }

  it('joins texts that follow one another, and shows no thought that another vendor signed for itself', () => {
    const { output } = openAiResponsesFront.writeReply(
      reply({
        content: [
          { kind: 'reasoning', text: '', redacted: 'x' },
          { kind: 'reasoning', text: 'Hm.', signature: 'theirs' },
          { kind: 'text', text: 'a' },
          { kind: 'text', text: 'b' },
          { kind: 'tool_call', id: 'c', name: 'f', arguments: '' },
        ],
      }),
      REQUEST,
      IDENTITY,
    );
    assert.deepEqual(output, [
      { id: 'rs_1_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      {
        id: 'msg_1_1',
        type: 'message',
        status: 'completed',
        content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'ab' }],
        role: 'assistant',
      },
      { id: 'fc_1_2', type: 'function_call', status: 'completed', arguments: '{}', call_id: 'c', name: 'f' },
    ]);
  });

  it('says that a refusal without words was filtered', () => {
    const document = openAiResponsesFront.writeReply(reply({ finish: 'refusal' }), REQUEST, IDENTITY);
    assert.deepEqual(
      [document['status'], document['incomplete_details']],
      ['incomplete', { reason: 'content_filter' }],
    );
  });

  const FAILED = [
    { code: 'context_length_exceeded', outcome: 'context_length' },
    { code: 'invalid_prompt', outcome: 'invalid_request' },
    { code: 'image_parse_error', outcome: 'invalid_request' },
    { code: 'rate_limit_exceeded', outcome: 'rate_limited' },
    { code: 'server_error', outcome: 'unavailable' },
  ];
  for (const { code, outcome } of FAILED) {
    it(`that failed with ${code} under a good status is ${outcome}`, () => {
      const body = { id: 'resp_1', status: 'failed', error: { code, message: 'said so' }, output: [] };
      const header = (name: string): string | undefined => (name === 'retry-after' ? '2' : undefined);
      assert.deepEqual(openAiResponsesVendor.readError(200, header, body), {
        outcome,
        message: 'said so',
        status: 200,
        vendorCode: code,
        retryAfterMs: 2_000,
      });
    });
  }

  it('is not read of an error that has a status of its own', () => {
    const body = { error: { code: 'invalid_prompt', message: 'said so' } };
    assert.equal(openAiResponsesVendor.readError(503, () => undefined, body).outcome, 'unavailable');
  });

  const BROKEN = [
    { body: null, message: /must be an object/ },
    { body: {}, message: /output: must be a list/ },
    { body: { status: 'failed', error: { code: 'server_error', message: 'gone' }, output: [] }, message: /gone/ },
    { body: { status: 'failed', output: [] }, message: /failed/ },
    ...['cancelled', 'queued', 'in_progress', 'novelty'].map((status) => ({
      body: { status, output: [] },
      message: new RegExp(`^status: .*${status}`),
    })),
  ];
  for (const { body, message } of BROKEN) {
    it(`is no reply: ${JSON.stringify(body)}`, () => {
      assert.throws(
        () => openAiResponsesVendor.readReply(body),
        (error) => {
          assert.ok(error instanceof Failure);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
