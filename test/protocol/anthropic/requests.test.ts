import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/core/json.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';
import { anthropicSame } from '../../../src/protocol/anthropic/same.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { REQUEST_PAIRS } from './request-pairs.ts';

const MODEL = 'claude-opus-4-6';
const whole = (body: JsonObject): JsonObject => ({ model: MODEL, max_tokens: 2000, ...body });
/** As bytes would carry it: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a body of POST /v1/messages', () => {
  for (const { name, body, read } of REQUEST_PAIRS) {
    it(`is read: ${name}`, () => {
      assert.deepEqual(anthropicFront.readRequest(whole(body)), {
        kind: 'generation',
        protocol: 'anthropic-messages',
        model: MODEL,
        tools: [],
        output: { kind: 'text' },
        sampling: {},
        maxOutputTokens: 2000,
        stream: false,
        body: whole(body),
        unkept: [],
        ...read,
      });
    });
  }

  for (const { name, body, written } of REQUEST_PAIRS.filter(({ foreign }) => !foreign)) {
    it(`is written back: ${name}`, () => {
      const request = anthropicFront.readRequest(whole(body));
      assert.deepEqual(anthropicVendor.unsupported(request), []);
      const out = anthropicVendor.writeRequest(request, { model: MODEL, maxOutputTokens: 2000 });
      assert.deepEqual(plain(out), whole(written ?? body));
    });
  }

  for (const { name, body, read } of REQUEST_PAIRS.filter(({ foreign }) => foreign)) {
    it(`is refused by name where it is translated: ${name}`, () => {
      const request = anthropicFront.readRequest(whole(body));
      assert.deepEqual(anthropicVendor.unsupported(request), read.unkept);
      assert.throws(() => anthropicVendor.writeRequest(request, { model: MODEL, maxOutputTokens: 2000 }), {
        code: 'unsupported',
        message: /container/,
      });
    });
  }

  for (const { name, body } of REQUEST_PAIRS) {
    it(`passes as it is to a provider that speaks the protocol: ${name}`, () => {
      const request = anthropicFront.readRequest(whole(body));
      const patched = anthropicSame.patchRequest(request, { model: 'claude-x', maxOutputTokens: 5000 });
      assert.deepEqual(patched, { ...whole(body), model: 'claude-x' });
    });
  }
});

describe('the body that passes as it is', () => {
  it('is capped also where it names no length', () => {
    const request = anthropicFront.readRequest({ max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });
    const patched = anthropicSame.patchRequest({ ...request, body: {} }, { model: 'm', maxOutputTokens: 5 });
    assert.deepEqual(patched, { model: 'm', max_tokens: 5 });
  });

  const CASES = [
    { name: 'a cap below what was asked', thinking: undefined, cap: 1500, expected: undefined },
    { name: 'a thinking budget in proportion', thinking: 4000, cap: 4000, expected: { budget_tokens: 2000 } },
    { name: 'a thinking budget of 1,024 at least', thinking: 2000, cap: 2000, expected: { budget_tokens: 1024 } },
    { name: 'no thinking where no budget is left', thinking: 4000, cap: 1024, expected: { type: 'disabled' } },
  ];
  for (const { name, thinking, cap, expected } of CASES) {
    it(`takes ${name}`, () => {
      const budget = thinking === undefined ? {} : { thinking: { type: 'enabled', budget_tokens: thinking } };
      const body = { model: 'a', max_tokens: 8000, messages: [{ role: 'user', content: 'Hi' }], x: 1, ...budget };
      const patched = anthropicSame.patchRequest(anthropicFront.readRequest(body), {
        model: 'b',
        maxOutputTokens: cap,
      });
      assert.equal(patched['max_tokens'], cap);
      assert.equal(patched['x'], 1);
      const enabled = expected?.budget_tokens === undefined ? {} : { type: 'enabled' };
      assert.deepEqual(patched['thinking'], expected && { ...enabled, ...expected });
    });
  }
});
