import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundOf, costOf } from '../../src/core/attempt-cost.ts';
import { estimateCost } from '../../src/core/cost.ts';
import type { PriceCard } from '../../src/core/price-card.ts';
import { book, exact, priced } from './one-card-book.ts';

const full: Partial<PriceCard> = {
  cache_read_pico_usd: 100,
  cache_write_pico_usd: 1_250,
  cache_write_1h_pico_usd: 2_000,
  reasoning_pico_usd: 6_000,
  input_audio_pico_usd: 30_000,
  output_audio_pico_usd: 60_000,
  input_image_pico_usd: 3_000,
  output_image_pico_usd: 40_000,
  request_pico_usd: 9_000,
};

test('each kind of token is charged once, at its own price, and the items add up', () => {
  const tokens = {
    input: 1_000,
    cacheRead: 100,
    cacheWrite: 200,
    cacheWrite1h: 300,
    inputAudio: 40,
    inputImage: 60,
    output: 500,
    reasoning: 100,
    outputAudio: 20,
    outputImage: 30,
  };
  assert.deepEqual(costOf(book(full), 'a/m', exact(tokens), 0), {
    kind: 'priced',
    priceId: 'a/m@1',
    tier: 'standard',
    items: {
      inputNano: 300n + 1_200n + 180n,
      cacheReadNano: 10n,
      cacheWriteNano: 250n + 600n,
      outputNano: 350n * 5n + 600n + 1_200n + 1_200n,
      otherNano: 9n,
      totalNano: 1_680n + 10n + 850n + 4_750n + 9n,
    },
    estimated: false,
  });
});

/** What a part costs whose price the card leaves out: `total` nano-USD of 10 tokens, at 1 and 5 nano a token. */
for (const [part, tokens, total] of [
  ['a cache read as input', { input: 10, output: 0, cacheRead: 10 }, 10n],
  ['a cache write as the dearer of both', { input: 10, output: 0, cacheWrite: 10 }, 50n],
  ['a cache write for an hour as the dearer of both', { input: 10, output: 0, cacheWrite1h: 10 }, 50n],
  ['audio heard as the dearer of both', { input: 10, output: 0, inputAudio: 10 }, 50n],
  ['an image seen as input', { input: 10, output: 0, inputImage: 10 }, 10n],
  ['reasoning as output', { input: 0, output: 10, reasoning: 10 }, 50n],
  ['audio spoken as the dearer of both', { input: 0, output: 10, outputAudio: 10 }, 50n],
  ['an image drawn as the dearer of both', { input: 0, output: 10, outputImage: 10 }, 50n],
] as const) {
  test(`without a price of its own, ${part}`, () => {
    assert.equal(priced(costOf(book({}), 'a/m', exact(tokens), 0)).items.totalNano, total);
  });
}

/** The same where the card says that it names everything that is charged apart. */
for (const [part, tokens, total] of [
  ['a cache write as input', { input: 10, output: 0, cacheWrite: 10 }, 10n],
  ['a cache write for an hour as input', { input: 10, output: 0, cacheWrite1h: 10 }, 10n],
  ['audio heard as input', { input: 10, output: 0, inputAudio: 10 }, 10n],
  ['audio spoken as output', { input: 0, output: 10, outputAudio: 10 }, 50n],
  ['an image drawn as output', { input: 0, output: 10, outputImage: 10 }, 50n],
] as const) {
  test(`on a complete card, ${part}`, () => {
    const usage = exact(tokens);
    assert.equal(priced(costOf(book({ complete: true }), 'a/m', usage, 0)).items.totalNano, total);
    const tiers = { priority: { input_pico_usd: 1_000, output_pico_usd: 5_000 } };
    const tier = exact({ ...tokens, tier: 'priority' });
    assert.equal(priced(costOf(book({ complete: true, tiers }), 'a/m', tier, 0)).items.totalNano, total);
  });
}

test('a complete card bounds by what is charged apart, and by nothing else', () => {
  const tokens = { input: 100, output: 10 };
  assert.equal(boundOf(book({ complete: true }), 'a/m', tokens, 0), 100n + 1n + 50n);
  assert.equal(boundOf(book({}), 'a/m', tokens, 0), 500n + 1n + 50n);
});

for (const complete of [true, false]) {
  test(`an hour in a cache costs twice the input where only minutes are listed${complete ? ', complete or not' : ''}`, () => {
    const card = book({ complete, output_pico_usd: 1_000, cache_write_pico_usd: 1_250 });
    const cost = costOf(card, 'a/m', exact({ input: 10, output: 0, cacheWrite1h: 10 }), 0);
    assert.equal(priced(cost).items.totalNano, 20n);
  });
}

test('of two prices, output may be the cheaper', () => {
  const cost = costOf(book({ output_pico_usd: 0 }), 'a/m', exact({ input: 10, output: 0, cacheWrite: 10 }), 0);
  assert.equal(priced(cost).items.cacheWriteNano, 10n);
});

const long: Partial<PriceCard> = {
  cache_read_pico_usd: 100,
  above: [
    { above_input_tokens: 200, input_pico_usd: 2_000, output_pico_usd: 7_000 },
    { above_input_tokens: 100, input_pico_usd: 1_500 },
  ],
};

for (const [input, inputNano, outputNano, tier] of [
  [100, 100n, 50n, 'standard'],
  [101, 152n, 50n, 'long_context'],
  [200, 300n, 50n, 'long_context'],
  [201, 402n, 70n, 'long_context'],
] as const) {
  test(`the whole request is charged by its step: ${input} tokens of input`, () => {
    const cost = priced(costOf(book(long), 'a/m', exact({ input, output: 10 }), 0));
    assert.deepEqual([cost.items.inputNano, cost.items.outputNano, cost.tier], [inputNano, outputNano, tier]);
  });
}

test('what a step does not name stays as it is', () => {
  const cost = costOf(book(long), 'a/m', exact({ input: 1_000, cacheRead: 1_000, output: 0 }), 0);
  assert.equal(priced(cost).items.totalNano, 100n);
});

const tiered: Partial<PriceCard> = {
  tiers: {
    flex: { multiply: 1, divide: 2 },
    batch: { multiply: 1, divide: 3 },
    priority: {
      input_pico_usd: 2_000,
      output_pico_usd: 9_000,
      above: [{ above_input_tokens: 50, input_pico_usd: 3_000 }],
    },
  },
};

for (const [tier, tokens, total, name, estimated] of [
  ['flex', { input: 3, output: 1 }, 2n + 3n, 'flex', false], // 1.5 and 2.5, half up
  ['batch', { input: 5, output: 1 }, 2n + 2n, 'batch', false], // 1.67 and 1.67
  ['priority', { input: 50, output: 1 }, 100n + 9n, 'priority', false],
  ['PRIORITY', { input: 51, output: 1 }, 153n + 9n, 'priority', false],
  ['default', { input: 1, output: 1 }, 6n, 'standard', false],
  ['ON_DEMAND', { input: 1, output: 1 }, 6n, 'standard', false],
  ['turbo', { input: 1, output: 1 }, 11n, 'priority', true],
  ['constructor', { input: 1, output: 1 }, 11n, 'priority', true],
] as const) {
  test(`the tier ${tier} is charged as ${name}${estimated ? ', by estimate' : ''}`, () => {
    const cost = priced(costOf(book(tiered), 'a/m', exact({ ...tokens, tier }), 0));
    assert.deepEqual([cost.items.totalNano, cost.tier, cost.estimated], [total, name, estimated]);
  });
}

test('a discount that the card does not know is not given', () => {
  const cost = priced(costOf(book({}), 'a/m', exact({ input: 10, output: 0, tier: 'flex' }), 0));
  assert.deepEqual([cost.items.totalNano, cost.tier, cost.estimated], [10n, 'standard', true]);
});

test('no card in force is unpriced, usage that nobody knows is unknown, and neither is zero', () => {
  assert.deepEqual(costOf(book({}), 'a/none', exact({ input: 1, output: 1 }), 0), { kind: 'unpriced' });
  assert.deepEqual(costOf(book({}), 'a/m', exact({ input: 1, output: 1 }), -1), { kind: 'unpriced' });
  assert.deepEqual(costOf(book({}), 'a/m', { kind: 'unknown' }, 0), { kind: 'unknown' });
  assert.equal(boundOf(book({}), 'a/none', { input: 1, output: 1 }, 0), undefined);
});

test('estimated usage makes an estimated cost', () => {
  assert.equal(
    priced(costOf(book({}), 'a/m', { kind: 'estimated', tokens: { input: 1, output: 1 } }, 0)).estimated,
    true,
  );
});

for (const count of [-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY, 1e300]) {
  test(`a count of ${count} tokens breaks nothing and charges nothing below zero`, () => {
    const cost = priced(costOf(book(full), 'a/m', exact({ input: count, output: count, cacheRead: count }), 0));
    assert.ok(cost.items.totalNano >= 9n);
    assert.ok((boundOf(book(full), 'a/m', { input: count, output: count }, 0) ?? -1n) >= cost.items.totalNano);
  });
}

test('the bound is no looser than the dearest price of each token, a ratio rounded up, and two nano-dollars', () => {
  const bound = boundOf(book({ ...full, ...tiered }), 'a/m', { input: 40, output: 10 }, 0);
  assert.equal(bound, 40n * 30n + 1n + 10n * 60n + 9n);
});

test('a ratio that does not divide bounds from above', () => {
  const tiers = { priority: { multiply: 4, divide: 3 } };
  const thirds = book({ input_pico_usd: 1, output_pico_usd: 1, complete: true, tiers });
  const tokens = { input: 3_000_000, output: 0, tier: 'priority' };
  assert.equal(priced(costOf(thirds, 'a/m', exact(tokens), 0)).items.totalNano, 4_000n);
  assert.ok((boundOf(thirds, 'a/m', tokens, 0) ?? 0n) >= 4_000n);
});

/** Off-peak from 16:30 to 00:30 UTC at a half, and an hour in the morning with prices of its own. */
const BY_THE_CLOCK: Partial<PriceCard> = {
  tiers: { priority: { multiply: 3, divide: 1 }, batch: { input_pico_usd: 400, output_pico_usd: 400 } },
  hours: [
    { from: '16:30', to: '00:30', multiply: 1, divide: 2 },
    { from: '06:00', to: '07:00', input_pico_usd: 7_000, output_pico_usd: 9_000 },
  ],
};

for (const [time, tier, total] of [
  ['00:29:59.999', 'standard', 30n],
  ['00:30:00.000', 'standard', 60n],
  ['05:59:59.999', 'standard', 60n],
  ['06:00:00.000', 'standard', 160n],
  ['07:00:00.000', 'standard', 60n],
  ['16:29:59.999', 'standard', 60n],
  ['16:30:00.000', 'standard', 30n],
  ['23:59:59.999', 'standard', 30n],
  // A tier that is a ratio follows the hour; one with prices of its own follows its ratio only.
  ['06:30:00.000', 'priority', 480n],
  ['20:00:00.000', 'priority', 90n],
  ['06:30:00.000', 'batch', 8n],
  ['20:00:00.000', 'batch', 4n],
] as const) {
  test(`an attempt that starts at ${time} has the ${tier} price of that time`, () => {
    const atMs = Date.parse(`2026-11-22T${time}Z`);
    const usage = exact({ input: 10, output: 10, tier });
    assert.equal(priced(costOf(book(BY_THE_CLOCK), 'a/m', usage, atMs)).items.totalNano, total);
  });
}

test('what a call may cost is an estimate of its own time and a bound of the whole day', () => {
  const prices = book({ ...BY_THE_CLOCK, complete: true, tiers: {} });
  const tokens = { input: 1_000, output: 1_000 };
  const at = Date.parse('2026-11-22T20:00:00Z');
  const estimate = estimateCost(prices, 'a/m', tokens, at);
  assert.equal(estimate.kind === 'priced' ? estimate.cost.total_nano_usd : estimate.kind, 3_000n);
  // Input kept for an hour at twice 7 nano, output at 9.
  assert.equal(boundOf(prices, 'a/m', tokens, at), 16_001n);
});
