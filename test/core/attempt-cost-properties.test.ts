import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundOf, costOf } from '../../src/core/attempt-cost.ts';
import { PRICE_FIELDS, type PriceCard, type PriceHours, type PriceTier } from '../../src/core/price-card.ts';
import type { MeteredUsage, TokenCounts } from '../../src/core/usage.ts';
import { book, exact, priced } from './one-card-book.ts';

const pico = fc.integer({ min: 0, max: 2_000_000_000 });
const prices = fc.record(Object.fromEntries(PRICE_FIELDS.map((field) => [field, pico])), {
  requiredKeys: ['input_pico_usd', 'output_pico_usd'],
}) as fc.Arbitrary<Omit<PriceCard, 'id' | 'effective_from'>>; // a record of the fields of a card, by construction
const step = fc
  .tuple(
    fc.integer({ min: 0, max: 300_000 }),
    fc.record({ input_pico_usd: pico, output_pico_usd: pico, cache_write_pico_usd: pico }, { requiredKeys: [] }),
  )
  .map(([above_input_tokens, named]) => ({ ...named, above_input_tokens }));
const steps = fc.uniqueArray(step, { maxLength: 3, selector: (each) => each.above_input_tokens });
const ratio = fc.record({ multiply: fc.integer({ min: 1, max: 300 }), divide: fc.integer({ min: 1, max: 100 }) });
const tier: fc.Arbitrary<PriceTier> = fc.oneof(
  ratio,
  fc.tuple(prices, steps).map(([own, above]) => ({ ...own, above })),
);
/** Up to three stretches of the day, one behind the other; the last may go on after midnight. */
const times = fc.uniqueArray(fc.nat({ max: 1439 }), { minLength: 0, maxLength: 6 });
const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const hours: fc.Arbitrary<readonly PriceHours[]> = fc
  .tuple(times, fc.nat({ max: 1 }), fc.tuple(tier, tier, tier))
  .map(([minutes, turn, theirs]) => {
    const sorted = minutes.toSorted((a, b) => a - b);
    const turned = [...sorted.slice(turn), ...sorted.slice(0, turn)].map(timeOf);
    return theirs.flatMap((each, index): PriceHours[] => {
      const [from, to] = turned.slice(2 * index);
      return from === undefined || to === undefined ? [] : [{ ...each, from, to }];
    });
  });
const card: fc.Arbitrary<Partial<PriceCard>> = fc
  .tuple(
    prices,
    steps,
    fc.boolean(),
    fc.record({ flex: tier, batch: tier, priority: tier }, { requiredKeys: [] }),
    hours,
  )
  .map(([own, above, complete, tiers, hours]) => ({ ...own, above, complete, tiers, hours }));
const moment = fc.nat({ max: 3 * 86_400_000 });
const count = fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 0, max: 5 }));
const counts: fc.Arbitrary<TokenCounts> = fc
  .tuple(
    fc.record({ input: count, output: count }),
    fc.record(
      {
        cacheRead: count,
        cacheWrite: count,
        cacheWrite1h: count,
        reasoning: count,
        inputAudio: count,
        outputAudio: count,
        inputImage: count,
        outputImage: count,
        tier: fc.constantFrom('default', 'flex', 'batch', 'priority', 'unheard-of'),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([totals, parts]) => ({ ...totals, ...parts }));

test('the total is the sum of the items, whatever was used', () => {
  fc.assert(
    fc.property(card, counts, (prices, tokens) => {
      const { items } = priced(costOf(book(prices), 'a/m', exact(tokens), 0));
      const { totalNano, ...parts } = items;
      assert.equal(
        Object.values(parts).reduce((sum, part) => sum + part, 0n),
        totalNano,
      );
      for (const part of Object.values(parts)) assert.ok(part >= 0n);
    }),
  );
});

test('no attempt within the tokens costs more than the bound, in any tier, step, share of caches and time of the day', () => {
  fc.assert(
    fc.property(
      card,
      counts,
      count,
      count,
      moment,
      moment,
      (prices, tokens, moreInput, moreOutput, heldMs, startedMs) => {
        const most = { input: tokens.input + moreInput, output: tokens.output + moreOutput };
        const bound = boundOf(book(prices), 'a/m', most, heldMs) ?? assert.fail();
        assert.ok(priced(costOf(book(prices), 'a/m', exact(tokens), startedMs)).items.totalNano <= bound);
      },
    ),
    {
      numRuns: 2_000,
      examples: [
        [{ hours: [{ from: '00:01', to: '00:00', multiply: 3, divide: 1 }] }, { input: 9, output: 9 }, 0, 0, 0, 60_000],
      ],
    },
  );
});

test('more tokens never bound less', () => {
  fc.assert(
    fc.property(card, count, count, count, count, (prices, input, output, moreInput, moreOutput) => {
      const of = (tokens: { input: number; output: number }): bigint =>
        boundOf(book(prices), 'a/m', tokens, 0) ?? assert.fail();
      assert.ok(of({ input: input + moreInput, output: output + moreOutput }) >= of({ input, output }));
    }),
  );
});

test('more plain tokens never cost less within a step', () => {
  fc.assert(
    fc.property(prices, counts, count, count, (own, tokens, moreInput, moreOutput) => {
      const used = exact({ ...tokens, tier: 'default' });
      const more = { ...tokens, input: tokens.input + moreInput, output: tokens.output + moreOutput, tier: 'default' };
      fc.pre(partsOf(tokens) <= tokens.input && partsOfOutput(tokens) <= tokens.output);
      const of = (usage: MeteredUsage): bigint => priced(costOf(book(own), 'a/m', usage, 0)).items.totalNano;
      assert.ok(of(exact(more)) >= of(used));
    }),
  );
});

const partsOf = (tokens: TokenCounts): number =>
  (tokens.cacheRead ?? 0) +
  (tokens.cacheWrite ?? 0) +
  (tokens.cacheWrite1h ?? 0) +
  (tokens.inputAudio ?? 0) +
  (tokens.inputImage ?? 0);

const partsOfOutput = (tokens: TokenCounts): number =>
  (tokens.reasoning ?? 0) + (tokens.outputAudio ?? 0) + (tokens.outputImage ?? 0);
