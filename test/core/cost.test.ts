import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cardAt, estimateCost, nanoFromPico } from '../../src/core/cost.ts';
import { type CompiledCard, compileCard, type PriceBook } from '../../src/core/price-card.ts';

const card = (id: string, fromMs: number, inputPico: bigint, outputPico: bigint): CompiledCard =>
  compileCard(
    { id, effective_from: '', input_pico_usd: Number(inputPico), output_pico_usd: Number(outputPico) },
    fromMs,
  );
const BOOK: PriceBook = new Map([
  ['a/one', [card('old', 0, 10_000_000n, 40_000_000n), card('new', 1000, 2_000_000n, 8_000_000n)]],
  ['a/free', [card('free', 0, 0n, 0n)]],
]);

for (const [pico, nano] of [
  [0n, 0n],
  [499n, 0n],
  [500n, 1n],
  [1499n, 1n],
  [1500n, 2n],
  [9_007_199_254_740_993_500n, 9_007_199_254_740_994n],
] as const) {
  test(`${pico} pico-USD round half up to ${nano} nano-USD`, () => assert.equal(nanoFromPico(pico), nano));
}

for (const [atMs, id] of [
  [-1, undefined],
  [0, 'old'],
  [999, 'old'],
  [1000, 'new'],
] as const) {
  test(`at ${atMs} ms the card in force is ${id ?? 'none'}`, () => assert.equal(cardAt(BOOK, 'a/one', atMs)?.id, id));
}

test('a target without a card is unpriced, not free', () => {
  assert.deepEqual(estimateCost(BOOK, 'b/none', { input: 1, output: 1 }, 0), { kind: 'unpriced', target: 'b/none' });
});

test('a call that does not say its input tokens is uncounted, not free of them', () => {
  const estimate = estimateCost(BOOK, 'a/one', { input: undefined, output: 1 }, 0);
  assert.deepEqual(estimate, { kind: 'uncounted', target: 'a/one' });
});

test('a long prompt is estimated at the prices of its step, and with what a request costs as such', () => {
  const long = compileCard(
    {
      id: 'long',
      effective_from: '',
      input_pico_usd: 1_000,
      output_pico_usd: 5_000,
      request_pico_usd: 7_000,
      above: [{ above_input_tokens: 100, input_pico_usd: 2_000 }],
    },
    0,
  );
  const book: PriceBook = new Map([['a/long', [long]]]);
  const total = (input: number): bigint => {
    const estimate = estimateCost(book, 'a/long', { input, output: 10 }, 0);
    return estimate.kind === 'priced' ? estimate.cost.total_nano_usd : assert.fail();
  };
  assert.equal(total(100), 100n + 50n + 7n);
  assert.equal(total(101), 202n + 50n + 7n);
});

test('a free target costs a real zero', () => {
  const estimate = estimateCost(BOOK, 'a/free', { input: 10, output: 10 }, 0);
  assert.deepEqual(estimate, {
    kind: 'priced',
    cost: { target: 'a/free', price_id: 'free', input_nano_usd: 0n, output_nano_usd: 0n, total_nano_usd: 0n },
  });
});

test('the total is the sum of its parts, and each part is within half a nano-dollar of the exact price', () => {
  const tokens = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  const pico = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
  fc.assert(
    fc.property(tokens, tokens, pico, pico, (input, output, inputPico, outputPico) => {
      const book: PriceBook = new Map([['t/m', [card('c', 0, inputPico, outputPico)]]]);
      const estimate = estimateCost(book, 't/m', { input, output }, 0);
      assert.equal(estimate.kind, 'priced');
      const cost = estimate.kind === 'priced' ? estimate.cost : assert.fail();
      assert.equal(cost.total_nano_usd, cost.input_nano_usd + cost.output_nano_usd);
      const exact = BigInt(input) * inputPico;
      const error = cost.input_nano_usd * 1000n - exact;
      assert.ok(error > -500n && error <= 500n);
    }),
  );
});
