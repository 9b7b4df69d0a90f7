import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { EmbeddingRequest } from '../../../src/core/generation.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { openAiEmbeddingsFront, openAiEmbeddingsVendor } from '../../../src/protocol/openai-embeddings/embeddings.ts';
import { embedding } from '../../support/model-requests.ts';

const { readRequest, writeReply } = openAiEmbeddingsFront;
const vendor = openAiEmbeddingsVendor;

/** 1, -2 and 0.5 as 32-bit floats, little-endian. */
const BASE64 = 'AACAPwAAAMAAAAA/';
const FLOATS = [1, -2, 0.5];

describe('embeddings that are asked for', () => {
  const READ: readonly (readonly [name: string, body: JsonObject, request: Partial<EmbeddingRequest>])[] = [
    ['a text', { input: 'a' }, { inputs: ['a'], encoding: 'float', unkept: [] }],
    ['texts', { input: ['a', 'b'] }, { inputs: ['a', 'b'] }],
    ['the tokens of a text', { input: [1, 2] }, { inputs: [[1, 2]] }],
    ['the tokens of texts', { input: [[1], [2, 3]] }, { inputs: [[1], [2, 3]] }],
    [
      'everything',
      { input: 'a', model: 'm', dimensions: 256, encoding_format: 'base64', user: 'u' },
      { model: 'm', dimensions: 256, encoding: 'base64', user: 'u' },
    ],
    ['what has no word', { input: 'a', task_type: 'x', nothing: null }, { unkept: ['task_type'] }],
  ];
  for (const [name, body, request] of READ) {
    it(`are read: ${name}`, () => {
      const read = readRequest(body);
      assert.deepEqual({ ...read, ...request }, read);
    });
  }

  const REFUSED: readonly (readonly [param: string, body: JsonObject, code?: string])[] = [
    ['input', {}],
    ['input', { input: [] }],
    ['input', { input: {} }],
    ['input', { input: '' }],
    ['input[1]', { input: ['a', ''] }],
    ['input[1]', { input: ['a', 1] }],
    ['input[1]', { input: [1, 'a'] }],
    ['input[0]', { input: [1.5] }],
    ['input[0]', { input: [-1] }],
    ['input[1]', { input: [[1], []] }],
    ['input[1]', { input: [[1], 'a'] }],
    ['input[0]', { input: [{}] }],
    ['input', { input: Array(2049).fill('a') }, 'too_large'],
    ['dimensions', { input: 'a', dimensions: 0 }],
    ['encoding_format', { input: 'a', encoding_format: 'int8' }],
    ['model', { input: 'a', model: 7 }],
    ['user', { input: 'a', user: {} }],
  ];
  for (const [param, body, code = 'invalid_request'] of REFUSED) {
    it(`are refused at ${param}: ${JSON.stringify(body).slice(0, 60)}`, () => {
      assert.throws(
        () => readRequest(body),
        (failure) => {
          assert.ok(failure instanceof Failure);
          assert.deepEqual([failure.code, failure.details.param], [code, param]);
          return true;
        },
      );
    });
  }

  it('are written for a vendor', () => {
    const request = embedding({ inputs: ['a'], dimensions: 5, encoding: 'base64', user: 'u' });
    assert.deepEqual(vendor.writeRequest(request, 'm'), {
      model: 'm',
      input: 'a',
      dimensions: 5,
      encoding_format: 'base64',
      user: 'u',
    });
    assert.deepEqual(vendor.writeRequest(embedding({ inputs: [[1, 2], [3]] }), 'm')['input'], [[1, 2], [3]]);
  });

  it('keep what nobody knows where the protocol is the same, and are refused by name where it is not', () => {
    const request = readRequest({ input: 'a', model: 'x', task_type: 't' });
    assert.deepEqual(vendor.unsupported(request), []);
    assert.deepEqual(vendor.patchRequest(request, 'm'), { input: 'a', model: 'm', task_type: 't' });
    const foreign: EmbeddingRequest = { ...request, protocol: 'turnpike' };
    assert.deepEqual(vendor.unsupported(foreign), ['task_type']);
    assert.throws(() => vendor.writeRequest(foreign, 'm'), { code: 'unsupported' });
  });
});

describe('embeddings that are answered', () => {
  const document = (vectors: readonly Json[], more: JsonObject = {}): JsonObject => ({
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: vector })),
    model: 'm-1',
    usage: { prompt_tokens: 4, total_tokens: 4 },
    ...more,
  });

  for (const encoding of ['float', 'base64'] as const) {
    for (const sent of [FLOATS, BASE64]) {
      it(`are written in ${encoding} where the vendor sent ${typeof sent === 'string' ? 'base64' : 'floats'}`, () => {
        const reply = vendor.readReply(document([sent, sent]));
        assert.deepEqual(reply.usage, { kind: 'exact', tokens: { input: 4, output: 0 } });
        const asked = encoding === 'float' ? FLOATS : BASE64;
        assert.deepEqual(writeReply(reply, embedding({ encoding })), document([asked, asked]));
      });
    }
  }

  it('are put in the order of their inputs', () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ];
    assert.deepEqual(vendor.readReply({ data }).vectors, [[1], [2]]);
  });

  it('survive base64 exactly', () => {
    const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(floats, (vector) => {
        const written = writeReply(vendor.readReply(document([vector])), embedding({ encoding: 'base64' }));
        const again = writeReply(vendor.readReply(written), embedding({ encoding: 'float' }));
        assert.deepEqual(again, document([vector]));
      }),
    );
  });

  const NONE: readonly Json[] = [
    null,
    {},
    { data: [] },
    { data: ['x'] },
    { data: [{ index: 0 }] },
    { data: [{ index: 0, embedding: [] }] },
    { data: [{ index: 0, embedding: ['1'] }] },
    { data: [{ index: 1, embedding: [1] }] },
    { data: [{ index: 0.5, embedding: [1] }] },
    { data: [{ index: 'length', embedding: [1] }] },
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [1] },
      ],
    },
  ];
  for (const none of NONE) {
    it(`are not ${JSON.stringify(none)}`, () => {
      assert.throws(() => vendor.readReply(none), { code: 'invalid_request' });
    });
  }

  for (const broken of ['AAAA', 'AAAAA', '@@@@', 'AACAPw']) {
    it(`are refused where base64 is ${broken}`, () => {
      const reply = vendor.readReply(document([broken]));
      assert.throws(() => writeReply(reply, embedding()), { code: 'invalid_request' });
    });
  }

  it('have no usage where the vendor counted none', () => {
    const { usage: _none, ...uncounted } = document([FLOATS]);
    const reply = vendor.readReply(uncounted);
    assert.deepEqual(reply.usage, { kind: 'unknown' });
    assert.equal('usage' in writeReply(reply, embedding()), false);
  });
});
