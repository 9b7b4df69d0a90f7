import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogueEntry, CatalogueModel } from '../../../src/cli/prices/catalogue.ts';
import { type Finding, planTarget } from '../../../src/cli/prices/plan.ts';
import type { PriceCard } from '../../../src/core/price-card.ts';

const TODAY = '2026-11-23';

const model = (...entries: readonly CatalogueEntry[]): CatalogueModel => ({ kind: 'priced', id: 'm', entries });
const since = (from: string | undefined, prices: Readonly<Record<string, unknown>>): CatalogueEntry => ({
  from,
  prices,
});
const always = (prices: Readonly<Record<string, unknown>>): CatalogueModel => model(since(undefined, prices));

const card = (day: string, input: number, output: number, more: Partial<PriceCard> = {}): PriceCard => ({
  id: `a/m@${day}`,
  effective_from: day,
  input_pico_usd: input,
  output_pico_usd: output,
  complete: true,
  ...more,
});

const plan = (cards: readonly PriceCard[], found: CatalogueModel): readonly Finding[] =>
  planTarget('a/m', cards, found, TODAY, 'catalogue 1').findings;

const planned = (cards: readonly PriceCard[], found: CatalogueModel): readonly unknown[] =>
  plan(cards, found).map((finding) => (finding.kind === 'changed' ? finding.card : finding));

test('a price that is the same changes nothing, whatever else the card knows', () => {
  const knows = card('2026-09-01', 2, 8, { reasoning_pico_usd: 9, tiers: { flex: { multiply: 1, divide: 2 } } });
  assert.deepEqual(plan([knows], always({ input_mtok: 2e-6, output_mtok: 8e-6 })), [{ kind: 'same', target: 'a/m' }]);
});

test('a price that changed is a new card from today on, and keeps what the catalogue does not know', () => {
  const tiers = { flex: { multiply: 1, divide: 2 } };
  const [finding] = plan(
    [card('2026-09-01', 2, 8, { reasoning_pico_usd: 9, tiers })],
    always({ input_mtok: 3e-6, output_mtok: 8e-6, cache_read_mtok: 1e-6, web_searches_kcount: 10 }),
  );
  assert.deepEqual(finding, {
    kind: 'changed',
    target: 'a/m',
    follows: 'a/m@2026-09-01',
    fields: [
      { field: 'input', before: 2, after: 3 },
      { field: 'cache_read', before: undefined, after: 1 },
    ],
    carried: ['reasoning_pico_usd', 'tiers'],
    card: {
      ...card(TODAY, 3, 8, { cache_read_pico_usd: 1, reasoning_pico_usd: 9, tiers }),
      source: 'catalogue 1',
    },
  });
});

test('what was planned is the same when it is planned again', () => {
  const found = model(
    since(undefined, { input_mtok: { base: 3, tiers: [{ start: 100, price: 4 }] }, output_mtok: 8 }),
    since('2027-01-01', { input_mtok: 5, output_mtok: 9 }),
  );
  const first = plan([card('2026-09-01', 2, 8)], found);
  const added = first.flatMap((finding) => (finding.kind === 'changed' ? [finding.card] : []));
  assert.equal(added.length, 2);
  assert.deepEqual(plan([card('2026-09-01', 2, 8), ...added], found), [{ kind: 'same', target: 'a/m' }]);
});

test('a price to come is a card from its day on', () => {
  const found = model(
    since('2025-01-01', { input_mtok: 1, output_mtok: 1 }),
    since('2026-01-01', { input_mtok: 2, output_mtok: 8 }),
    since('2027-01-01', { input_mtok: 3, output_mtok: 8 }),
  );
  assert.deepEqual(planned([card('2026-09-01', 2_000_000, 8_000_000)], found), [
    { ...card('2027-01-01', 3_000_000, 8_000_000), source: 'catalogue 1' },
  ]);
});

test('a card of today that differs is left as it is: the new one begins tomorrow', () => {
  const [finding] = planned([card(TODAY, 2, 8)], always({ input_mtok: 3e-6, output_mtok: 8e-6 }));
  assert.deepEqual(finding, { ...card('2026-11-24', 3, 8), source: 'catalogue 1' });
});

test('a card of the very day of a price to come is for somebody to decide', () => {
  const found = model(
    since(undefined, { input_mtok: 2e-6, output_mtok: 8e-6 }),
    since('2027-01-01', { input_mtok: 3e-6, output_mtok: 8e-6 }),
  );
  assert.deepEqual(plan([card('2026-09-01', 2, 8), card('2027-01-01', 5, 8)], found), [
    { kind: 'conflict', target: 'a/m', card: 'a/m@2027-01-01', fields: [{ field: 'input', before: 5, after: 3 }] },
  ]);
});

test('a target that is not to be used yet gets no price today', () => {
  const later = card('2027-03-01', 2, 8);
  assert.deepEqual(plan([later], always({ input_mtok: 2e-6, output_mtok: 8e-6 })), [{ kind: 'same', target: 'a/m' }]);
  assert.deepEqual(
    plan([later], always({ input_mtok: 3e-6, output_mtok: 8e-6 })).map(({ kind }) => kind),
    ['conflict'],
  );
});

test('a target without cards gets its first, and an embedding has no output to pay for', () => {
  assert.deepEqual(planned([], always({ input_mtok: 0.02 })), [{ ...card(TODAY, 20_000, 0), source: 'catalogue 1' }]);
});

test('steps of long requests are compared whole: one that is new, one that is gone', () => {
  const above = [{ above_input_tokens: 100, input_pico_usd: 4 }];
  const [finding] = plan(
    [card('2026-09-01', 2, 8, { above })],
    always({ input_mtok: { base: 2e-6, tiers: [{ start: 200, price: 5e-6 }] }, output_mtok: 8e-6 }),
  );
  assert.deepEqual(finding?.kind === 'changed' ? [finding.fields, finding.card.above] : finding, [
    [
      { field: 'above 100 input tokens: input', before: 4, after: undefined },
      { field: 'above 200 input tokens: input', before: undefined, after: 5 },
    ],
    [{ above_input_tokens: 200, input_pico_usd: 5 }],
  ]);
});

test('a card that does not say that it is complete is followed by one that does', () => {
  const [finding] = plan(
    [card('2026-09-01', 2, 8, { complete: false })],
    always({ input_mtok: 2e-6, output_mtok: 8e-6 }),
  );
  assert.deepEqual(finding?.kind === 'changed' ? finding.fields : finding, [
    { field: 'complete', before: false, after: true },
  ]);
});

for (const [name, found, why] of [
  ['depends on the hour', { kind: 'odd', id: 'm', why: 'depends on more than the day' }, /more than the day/],
  ['is finer than a pico-dollar', always({ input_mtok: 1e-7 }), /input_mtok of 1e-7 is no whole number/],
  ['is only told by the page', always({ input_document_kpages: 1 }), /no price for tokens/],
  ['is no number', always({ input_mtok: 'free' }), /input_mtok is no price/],
  [
    'has a step that is none',
    always({ input_mtok: { base: 1, tiers: [{ start: 'x', price: 1 }] } }),
    /input_mtok is no/,
  ],
] as const satisfies readonly (readonly [string, CatalogueModel, RegExp])[]) {
  test(`a price that ${name} is not known`, () => {
    const [finding] = plan([card('2026-09-01', 2, 8)], found);
    assert.ok(finding?.kind === 'unknown');
    assert.match(finding.why, why);
  });
}
