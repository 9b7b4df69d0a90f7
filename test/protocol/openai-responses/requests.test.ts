import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { Json } from '../../../src/core/json.ts';
import { asList, asObject } from '../../../src/protocol/fields.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { openAiResponsesSame } from '../../../src/protocol/openai-responses/same.ts';
import { openAiResponsesVendor } from '../../../src/protocol/openai-responses/vendor.ts';
import { generation } from '../../support/model-requests.ts';
import { REFUSED, REQUEST_PAIRS } from './request-pairs.ts';

const AS = { model: 'gpt-x', maxOutputTokens: 77 };

describe('a request for a response', () => {
  for (const { name, body, read } of REQUEST_PAIRS) {
    it(`is read: ${name}`, () => {
      const request = openAiResponsesFront.readRequest(body);
      assert.equal(request.protocol, 'openai-responses');
      assert.equal(request.body, body);
      assert.deepEqual({ ...request, ...read }, request);
    });

    it(`goes on as it came, but for the model and the cap: ${name}`, () => {
      const patched = openAiResponsesSame.patchRequest(openAiResponsesFront.readRequest(body), AS);
      assert.deepEqual(patched, { ...body, model: 'gpt-x', max_output_tokens: 77 });
    });
  }

  it('goes on to the vendor without the ids of what another vendor said, and without its thoughts', () => {
    const theirs = { type: 'message', id: 'msg_0fd4', role: 'assistant', content: 'a' };
    const { output } = openAiResponsesFront.writeReply(
      {
        kind: 'generation',
        id: 'msg_01',
        model: 'm',
        content: [
          { kind: 'reasoning', text: 'Hm.' },
          { kind: 'text', text: 'b' },
          { kind: 'tool_call', id: 'c', name: 'f', arguments: '{}' },
        ],
        finish: 'tool_calls',
        usage: { kind: 'unknown' },
      },
      openAiResponsesFront.readRequest({ input: 'Hi' }),
      { id: 'i', createdS: 1 },
    );
    const [, message, call] = asList(output, 'output').map((item) => asObject(item, 'output'));
    const result = { type: 'function_call_output', call_id: 'c', output: '1' };
    const request = openAiResponsesFront.readRequest({ input: [theirs, ...asList(output, 'output'), result] });
    const { id: _message, ...said } = message ?? {};
    const { id: _call, ...called } = call ?? {};
    assert.deepEqual(openAiResponsesSame.patchRequest(request, AS)['input'], [theirs, said, called, result]);
  });

  for (const { body, param, code = 'invalid_request' } of REFUSED) {
    it(`is refused at ${param ?? 'its body'}: ${JSON.stringify(body).slice(0, 90)}`, () => {
      assert.throws(
        // A body is JSON, whatever is in it.
        () => openAiResponsesFront.readRequest(body as Json),
        (error) => {
          assert.ok(error instanceof Failure);
          assert.deepEqual([error.code, error.details.param], [code, param]);
          return true;
        },
      );
    });
  }

  it('has no choice among tools where there are none', () => {
    const request = openAiResponsesFront.readRequest({ input: 'Hi', tool_choice: 'none', parallel_tool_calls: false });
    assert.deepEqual([request.toolChoice, request.parallelToolCalls], [undefined, undefined]);
  });

  it('is read without a thought of which it has only the name', () => {
    const { unkept } = openAiResponsesFront.readRequest({ input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] });
    assert.deepEqual(unkept, []);
  });
});

describe('a request of another protocol', () => {
  it('is written, and nothing of it is stored at the vendor', () => {
    const written = openAiResponsesVendor.writeRequest(
      generation({
        messages: [
          { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
          { role: 'user', content: [{ kind: 'text', text: 'Go' }] },
          {
            role: 'assistant',
            content: [
              { kind: 'reasoning', text: 'theirs', signature: 'another vendor' },
              { kind: 'reasoning', text: 'ours', signature: 'openai:gAAA' },
              { kind: 'text', text: 'I ' },
              { kind: 'text', text: 'look.' },
              { kind: 'tool_call', id: 'a', name: 'f', arguments: '' },
            ],
          },
          { role: 'tool', results: [{ callId: 'a', content: [{ kind: 'text', text: '1' }] }] },
        ],
        tools: [{ name: 'f', parameters: { type: 'object' } }],
        toolChoice: { kind: 'tool', name: 'f' },
        parallelToolCalls: false,
        output: { kind: 'json_schema', name: 's', schema: { type: 'object' } },
        sampling: { temperature: 0.1, topP: 0.2 },
        reasoning: { budgetTokens: 4000, show: true },
        stream: true,
        user: 'u1',
      }),
      AS,
    );
    assert.deepEqual(written, {
      model: 'gpt-x',
      input: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Go' },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'ours' }], encrypted_content: 'gAAA' },
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'I ' },
            { type: 'output_text', text: 'look.' },
          ],
        },
        { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: '1' },
      ],
      max_output_tokens: 77,
      store: false,
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' } } },
      temperature: 0.1,
      top_p: 0.2,
      reasoning: { effort: 'medium', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      safety_identifier: 'u1',
      stream: true,
    });
  });

  it('is refused by the name of what cannot be said', () => {
    const request = generation({
      messages: [{ role: 'user', content: [{ kind: 'audio', format: 'wav', data: 'dGVzdA==' }] }],
      sampling: { topK: 1, seed: 1, stop: ['x'], frequencyPenalty: 1, presencePenalty: 1 },
      unkept: ['logit_bias'],
    });
    const names = ['logit_bias', 'top_k', 'seed', 'stop', 'frequency_penalty', 'presence_penalty', 'audio'];
    assert.deepEqual(openAiResponsesVendor.unsupported(request), names);
    assert.throws(() => openAiResponsesVendor.writeRequest(request, AS), {
      code: 'unsupported',
      message: /logit_bias/,
    });
  });

  it('is not written under a cap that is smaller than the least, and neither is one of the same protocol', () => {
    const small = { ...AS, maxOutputTokens: 15 };
    const same = openAiResponsesFront.readRequest({ input: 'Hi' });
    for (const write of [
      () => openAiResponsesVendor.writeRequest(generation(), small),
      () => openAiResponsesSame.patchRequest(same, small),
    ]) {
      assert.throws(write, { code: 'unsupported', details: { param: 'max_output_tokens' } });
    }
  });

  it('may have tools with names of any length that a door lets in', () => {
    const request = generation({ tools: [{ name: 'f'.repeat(128), parameters: { type: 'object' } }] });
    assert.deepEqual(openAiResponsesVendor.unsupported(request), []);
  });

  it('of the same protocol keeps what has no word', () => {
    const request = openAiResponsesFront.readRequest({ input: 'Hi', previous_response_id: 'resp_1' });
    assert.deepEqual(openAiResponsesVendor.unsupported(request), []);
    assert.deepEqual(openAiResponsesVendor.unsupported({ ...request, protocol: 'turnpike' }), ['previous_response_id']);
  });
});
