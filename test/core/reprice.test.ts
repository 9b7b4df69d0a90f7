import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AttemptCost, AttemptCostItems } from '../../src/core/attempt.ts';
import { costOf } from '../../src/core/attempt-cost.ts';
import type { AdjustmentEntry, AttemptEntry } from '../../src/core/ledger-entry.ts';
import type { PriceCard } from '../../src/core/price-card.ts';
import { type PricesNow, type Repricing, reprice } from '../../src/core/reprice.ts';
import type { MeteredUsage } from '../../src/core/usage.ts';
import { attemptEntry } from '../support/attempt-entry.ts';
import { book, exact, priced } from './one-card-book.ts';

const USED = exact({ input: 1_000, output: 100, cacheRead: 400 });
const NO_CARDS: PricesNow = { book: new Map(), digest: 'sha256:00000000000000000000' };

const prices = (card: Partial<PriceCard>, digest = 'sha256:0123456789abcdef0123'): PricesNow => ({
  book: book(card),
  digest,
});

const OLD = prices({});
const NEW = prices({ input_pico_usd: 2_000, output_pico_usd: 4_000, cache_read_pico_usd: 100 });

const attempt = (cost: AttemptCost, more: Partial<AttemptEntry> = {}): AttemptEntry =>
  attemptEntry({
    atMs: 1_000,
    policyDigest: 'sha256:old',
    chargedNano: cost.kind === 'priced' ? cost.items.totalNano : 0n,
    usage: USED,
    cost,
    ...more,
  });

const at = (now: PricesNow, usage: MeteredUsage = USED): AttemptCost => costOf(now.book, 'a/m', usage, 1_000);

function adjusted(repricing: Repricing): Extract<Repricing, { kind: 'changed' }> {
  return repricing.kind === 'changed' ? repricing : assert.fail(`${repricing.kind}, not changed`);
}

const sum = (entry: AttemptEntry, adjustments: readonly AdjustmentEntry[]): AttemptCostItems =>
  adjustments.reduce(
    (total, { cost: { items } }) => ({
      inputNano: total.inputNano + items.inputNano,
      cacheReadNano: total.cacheReadNano + items.cacheReadNano,
      cacheWriteNano: total.cacheWriteNano + items.cacheWriteNano,
      outputNano: total.outputNano + items.outputNano,
      otherNano: total.otherNano + items.otherNano,
      totalNano: total.totalNano + items.totalNano,
    }),
    entry.cost.kind === 'priced'
      ? entry.cost.items
      : { inputNano: 0n, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n, totalNano: 0n },
  );

describe('reprice', () => {
  test('says the difference in every component, and keeps whose it is', () => {
    const entry = attempt(at(OLD), { subject: 'ann', keyId: 'k1' });
    const { adjustment, beforeNano, afterNano } = adjusted(reprice(entry, [], NEW));
    assert.deepEqual([beforeNano, afterNano], [1_500n, 1_640n]);
    assert.deepEqual(adjustment, {
      kind: 'adjustment',
      id: 'reprice:0123456789abcdef:call-1/0',
      adjusts: 'call-1/0',
      why: 'repriced',
      callId: 'call-1',
      atMs: 1_000,
      decisionId: 'decision-1',
      policyRevision: 'main',
      policyDigest: 'sha256:0123456789abcdef0123',
      target: 'a/m',
      attribution: entry.attribution,
      subject: 'ann',
      keyId: 'k1',
      accounts: entry.accounts,
      chargedNano: 140n,
      cost: {
        kind: 'priced',
        priceId: 'a/m@1',
        tier: 'standard',
        estimated: false,
        items: {
          inputNano: 600n,
          cacheReadNano: -360n,
          cacheWriteNano: 0n,
          outputNano: -100n,
          otherNano: 0n,
          totalNano: 140n,
        },
      },
    });
  });

  test('tells components apart that come to the same', () => {
    const swapped = prices({ input_pico_usd: 1_500, cache_read_pico_usd: 250 });
    const { adjustment } = adjusted(reprice(attempt(at(OLD)), [], swapped));
    assert.equal(adjustment.cost.items.totalNano, 0n);
    assert.equal(adjustment.cost.items.inputNano, 300n);
  });

  test('gives a price to what had none, and charges it in place of what was charged without', () => {
    const { adjustment, beforeNano } = adjusted(reprice(attempt({ kind: 'unpriced' }, { chargedNano: 900n }), [], NEW));
    assert.equal(beforeNano, undefined);
    assert.deepEqual(adjustment.cost.items, priced(at(NEW)).items);
    assert.equal(adjustment.chargedNano, 740n);
  });

  test('a price of nothing is a price: it is said once', () => {
    const free = prices({ input_pico_usd: 0, output_pico_usd: 0 });
    const entry = attempt({ kind: 'unpriced' });
    const { adjustment } = adjusted(reprice(entry, [], free));
    assert.equal(reprice(entry, [adjustment], free).kind, 'same');
  });

  test('charges nobody where no account was charged', () => {
    assert.equal(adjusted(reprice(attempt(at(OLD), { accounts: [] }), [], NEW)).adjustment.chargedNano, 0n);
  });

  const left: readonly (readonly [string, AttemptEntry, PricesNow, Repricing])[] = [
    ['the same prices', attempt(at(NEW)), NEW, { kind: 'same', beforeNano: 1_640n }],
    ['nobody knows the usage', attempt({ kind: 'unknown' }, { usage: { kind: 'unknown' } }), NEW, { kind: 'unknown' }],
    [
      'nobody knows the usage of what had no price',
      attempt({ kind: 'unpriced' }, { usage: { kind: 'unknown' } }),
      NEW,
      { kind: 'unknown' },
    ],
    ['nothing was used', attempt({ kind: 'none' }), NEW, { kind: 'none' }],
    ['no card any more', attempt(at(OLD)), NO_CARDS, { kind: 'uncovered', beforeNano: 1_500n }],
    ['still no card', attempt({ kind: 'unpriced' }), NO_CARDS, { kind: 'uncovered', beforeNano: undefined }],
    [
      'before its first card',
      attempt({ kind: 'unpriced' }, { atMs: -1 }),
      NEW,
      { kind: 'uncovered', beforeNano: undefined },
    ],
  ];
  for (const [title, entry, now, expected] of left) {
    test(`leaves it as it is: ${title}`, () => assert.deepEqual(reprice(entry, [], now), expected));
  }
});

test('whatever prices follow one another, the sum is exactly the last price, and asking again changes nothing', () => {
  const card = fc.record({
    input_pico_usd: fc.integer({ min: 0, max: 9_999_999 }),
    output_pico_usd: fc.integer({ min: 0, max: 9_999_999 }),
    cache_read_pico_usd: fc.integer({ min: 0, max: 9_999_999 }),
    request_pico_usd: fc.integer({ min: 0, max: 9_999_999 }),
  });
  // Few price lists, so that one comes back after others.
  const lists = fc.array(card, { minLength: 2, maxLength: 3 });
  const order = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 8 });
  const back = [{ input_pico_usd: 1, output_pico_usd: 2, cache_read_pico_usd: 3, request_pico_usd: 4 }];
  const there = { input_pico_usd: 5_000, output_pico_usd: 6_000, cache_read_pico_usd: 7_000, request_pico_usd: 8_000 };
  fc.assert(
    fc.property(lists, order, fc.boolean(), (cards, indexes, unpriced) => {
      const entry = attempt(unpriced ? { kind: 'unpriced' } : at(OLD));
      const written = new Map<string, AdjustmentEntry>();
      for (const index of indexes) {
        const now = prices(cards[index % cards.length] ?? {}, `sha256:${index % cards.length}`);
        const first = reprice(entry, [...written.values()], now);
        const adjustments = first.kind === 'changed' ? [first.adjustment] : [];
        for (const adjustment of adjustments) {
          assert.ok(!written.has(adjustment.id), 'an id that is taken would change nothing');
          written.set(adjustment.id, adjustment);
        }
        const all = [...written.values()];
        assert.deepEqual(sum(entry, all), priced(at(now)).items);
        assert.equal(
          all.reduce((total, each) => total + each.chargedNano, entry.chargedNano),
          priced(at(now)).items.totalNano,
        );
        assert.equal(reprice(entry, all.toReversed(), now).kind, 'same');
      }
    }),
    { examples: [[[...back, there], [0, 1, 0, 1, 0], true]] },
  );
});
