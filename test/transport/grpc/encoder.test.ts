/** The encoder writes what the stock one writes, byte for byte. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decisionMessage } from '../../../src/transport/grpc/codec.ts';
import { compileEncoder } from '../../../src/transport/grpc/encoder.ts';
import { codecOf, typeOf } from '../../../src/transport/grpc/wire.ts';
import { DECISIONS, REPORTS, REQUESTS } from '../../contract/transport-cases.ts';

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ maxLength: 12 }),
  fc.string({ minLength: 120, maxLength: 400 }),
);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const call = fc.record({
  operation: word,
  model: maybe(word),
  stream: maybe(fc.boolean()),
  input_tokens: maybe(int32),
  needs: maybe(fc.array(word, { maxLength: 5 })),
  tags: maybe(fc.dictionary(word, word, { maxKeys: 5, noNullPrototype: true })),
});
const budget = fc.record({
  id: word,
  state: word,
  utilization: maybe(fc.double()),
  remaining_nano_usd: maybe(fc.maxSafeInteger()),
});
const limit = fc.record({ id: word, retry_after_ms: maybe(fc.nat(2 ** 32 - 1)) });
const target = fc.record({ breaker: maybe(word), quality: maybe(fc.double()) });
const request = fc.record({
  call: maybe(call),
  facts: maybe(
    fc.record({
      budgets: maybe(fc.array(budget, { maxLength: 5 })),
      limits: maybe(fc.array(limit, { maxLength: 5 })),
      targets: maybe(fc.dictionary(word, target, { maxKeys: 5, noNullPrototype: true })),
    }),
  ),
});

const same = (typeName: string, message: object): void => {
  const type = typeOf(typeName);
  assert.deepEqual(compileEncoder(type)(message), Buffer.from(type.encode(message).finish()));
};

describe('gRPC encoder', () => {
  test('writes every document of the contract as the stock one does', () => {
    for (const { decision } of DECISIONS) same('turnpike.v1.Decision', decisionMessage(decision));
    for (const { request: document } of REQUESTS) same('turnpike.v1.DecideRequest', document);
    for (const { report } of REPORTS) same('turnpike.v1.ReportRequest', report);
    const results = DECISIONS.map(({ decision }) => ({ decision: decisionMessage(decision) }));
    same('turnpike.v1.DecideBatchResponse', { results: new Array(60).fill(results).flat() });
    same('google.rpc.Status', { code: 3, message: 'x', details: [{ type_url: 'a/b', value: Buffer.alloc(300, 7) }] });
  });

  test('writes any request as the stock one does', () => {
    fc.assert(fc.property(request, (message) => same('turnpike.v1.DecideRequest', message)));
  });

  test('writes amounts of any size', () => {
    for (const amount of [
      0,
      1,
      127,
      128,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 53 - 1,
      -1,
      -(2 ** 53 - 1),
      '9223372036854775807',
      '-9223372036854775808',
    ]) {
      same('turnpike.v1.Estimate', { total_nano_usd: amount });
    }
  });

  test('writes half of a surrogate pair as U+FFFD, so that what is sent is UTF-8', () => {
    const codec = codecOf<{ operation: string }>('turnpike.v1.Call');
    assert.deepEqual(codec.decode(codec.encode({ operation: 'a\ud83d' })), { operation: 'a\ufffd' });
  });

  test('starts anew after a message that could not be written', () => {
    const codec = codecOf<object>('turnpike.v1.Call');
    assert.throws(() => codec.encode({ operation: 'chat', model: 7 }));
    assert.deepEqual(codec.decode(codec.encode({ operation: 'chat' })), { operation: 'chat' });
  });
});
