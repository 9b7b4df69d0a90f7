import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { costOf } from '../../src/core/attempt-cost.ts';
import { Failure } from '../../src/core/failure.ts';
import { compilePrices } from '../../src/policy/prices.ts';

const BASE = { id: 'a/m@2026-01-01', effective_from: '2026-01-01', input_pico_usd: 1_000, output_pico_usd: 5_000 };

const compiled = (card: unknown): ReturnType<typeof compilePrices> => compilePrices({ prices: { 'a/m': [card] } });

test('every field of a card counts', () => {
  const book = compiled({
    ...BASE,
    cache_read_pico_usd: 100,
    above: [{ above_input_tokens: 10, cache_read_pico_usd: 300 }],
    tiers: { flex: { divide: 2 }, priority: { input_pico_usd: 2_000, output_pico_usd: 9_000 } },
  });
  const total = (tier: string): bigint => {
    const tokens = { input: 20, cacheRead: 20, output: 0, tier };
    const cost = costOf(book, 'a/m', { kind: 'exact', tokens }, Date.parse('2026-02-01'));
    return cost.kind === 'priced' ? cost.items.totalNano : assert.fail(cost.kind);
  };
  assert.deepEqual(['default', 'flex', 'priority'].map(total), [6n, 3n, 40n]);
});

for (const [name, card, message] of [
  ['a card that is none', 5, /prices\["a\/m"\]\[0\]: must have id/],
  ['no output price', { ...BASE, output_pico_usd: undefined }, /must have input_pico_usd and output_pico_usd/],
  ['a fraction', { ...BASE, input_pico_usd: 0.5 }, /input_pico_usd: must be an integer .*actual: 0.5/],
  ['a text', { ...BASE, cache_read_pico_usd: '5' }, /cache_read_pico_usd: must be an integer .*actual: 5/],
  ['a negative price', { ...BASE, request_pico_usd: -1 }, /request_pico_usd: must be an integer from 0 to 2\^53 - 1/],
  ['a date that is none', { ...BASE, effective_from: 'soon' }, /effective_from: must be an RFC 3339 date .*"soon"/],
  ['a slip of the pen', { ...BASE, cache_reed_pico_usd: 5 }, /cache_reed_pico_usd: is none of input_pico_usd/],
  ['a completeness that is none', { ...BASE, complete: 'yes' }, /complete: must be true or false/],
  ['steps that are none', { ...BASE, above: {} }, /above: must be an array of at most 16 steps/],
  ['a step without its start', { ...BASE, above: [{}] }, /above\[0\].above_input_tokens: must be an integer/],
  [
    'a step with a slip',
    { ...BASE, above: [{ above_input_tokens: 1, inptu_pico_usd: 1 }] },
    /above\[0\].inptu_pico_usd: is none/,
  ],
  [
    'two steps at once',
    { ...BASE, above: [{ above_input_tokens: 1 }, { above_input_tokens: 1 }] },
    /two steps must not begin/,
  ],
  ['a tier that is none', { ...BASE, tiers: { flex: 2 } }, /tiers.flex: must be an object/],
  ['the standard tier', { ...BASE, tiers: { standard: { divide: 2 } } }, /tiers.standard: the prices of the card/],
  ['a tier in capitals', { ...BASE, tiers: { Flex: { divide: 2 } } }, /tiers.Flex: must be in lower case/],
  ['a ratio of nothing', { ...BASE, tiers: { flex: { divide: 0 } } }, /tiers.flex.divide: must be an integer from 1/],
  [
    'a ratio and a price',
    { ...BASE, tiers: { flex: { divide: 2, input_pico_usd: 1 } } },
    /tiers.flex.input_pico_usd: a tier has a ratio or prices of its own/,
  ],
  ['hours that are none', { ...BASE, hours: {} }, /hours: must be an array of at most 16/],
  ['an hour that is none', { ...BASE, hours: [null] }, /hours\[0\]: must be an object with from, to/],
  [
    'a time that YAML took for a number',
    { ...BASE, hours: [{ from: 990, to: '00:30' }] },
    /hours\[0\].from: must be a time/,
  ],
  [
    'a time that is none',
    { ...BASE, hours: [{ from: '16:30', to: '24:00' }] },
    /hours\[0\].to: must be a time of the day/,
  ],
  [
    'a day as hours',
    { ...BASE, hours: [{ from: '00:00', to: '00:00', divide: 2 }] },
    /to: must be another time than from/,
  ],
  [
    'hours that overlap beyond midnight',
    {
      ...BASE,
      hours: [
        { from: '22:00', to: '02:00', divide: 2 },
        { from: '01:59', to: '03:00', divide: 2 },
      ],
    },
    /hours\[1\]: must not overlap hours before it/,
  ],
  [
    'hours without a price',
    { ...BASE, hours: [{ from: '01:00', to: '02:00' }] },
    /hours\[0\]: must have input_pico_usd/,
  ],
  [
    'hours with a ratio and a price',
    { ...BASE, hours: [{ from: '01:00', to: '02:00', divide: 2, output_pico_usd: 1 }] },
    /output_pico_usd: a stretch of the day has a ratio or prices of its own/,
  ],
  ['a tier without its prices', { ...BASE, tiers: { flex: {} } }, /tiers.flex: must have input_pico_usd/],
] as const) {
  test(`refuses ${name} by name`, () => {
    assert.throws(
      () => compiled(card),
      (reason) => reason instanceof Failure && reason.code === 'bundle_invalid' && message.test(reason.message),
    );
  });
}

test('names of prototypes are tiers like any other', () => {
  const text = `{"prices":{"a/m":[{"id":"x","effective_from":"2026-01-01","input_pico_usd":1,"output_pico_usd":1,"tiers":{"__proto__":{"divide":2}}}]}}`;
  assert.deepEqual([...(compilePrices(JSON.parse(text)).get('a/m')?.[0]?.tiers.keys() ?? [])], ['__proto__']);
});

const SAMPLE: unknown = parse(readFileSync(new URL('../../policies/data/prices.yaml', import.meta.url), 'utf8'));

test('every card of the sample catalogue compiles', () => {
  assert.ok(compilePrices(SAMPLE).size > 40);
});

/** As `policies/prepare/prices_test.rego` has them: what policy holds to be affordable is what an attempt is bound by. */
for (const [target, expected] of [
  ['openai/gpt-5.2', [[-1, 3_500_000n, 28_000_000n]]],
  ['openai/gpt-5-mini', [[-1, 450_000n, 3_600_000n]]],
  [
    'anthropic/claude-sonnet-4-5',
    [
      [-1, 6_000_000n, 15_000_000n],
      [200_000, 12_000_000n, 22_500_000n],
    ],
  ],
  ['bedrock/anthropic.claude-haiku-4-5', [[-1, 2_200_000n, 5_500_000n]]],
  [
    'google/gemini-2.5-pro',
    [
      [-1, 1_250_000n, 10_000_000n],
      [200_000, 2_500_000n, 15_000_000n],
    ],
  ],
  ['google/gemini-2.5-flash', [[-1, 2_000_000n, 2_000_000n]]],
  ['google/gemini-3-flash-lite', [[-1, 400_000n, 400_000n]]],
  ['mistral/mistral-embed', [[-1, 100_000n, 0n]]],
] as const) {
  test(`the newest card of ${target} bounds a token as the policy has it`, () => {
    const ceilings = compilePrices(SAMPLE).get(target)?.at(-1)?.ceilings ?? [];
    assert.deepEqual(
      ceilings.map(({ aboveInput, inputPico, outputPico }) => [aboveInput, inputPico, outputPico]),
      expected,
    );
  });
}

test('tiers, steps and requests of a card of its own bound as the policy has it', () => {
  const book = compiled({
    ...BASE,
    input_pico_usd: 10,
    output_pico_usd: 10,
    request_pico_usd: 7,
    above: [{ above_input_tokens: 50, output_pico_usd: 30 }],
    complete: true,
    tiers: {
      flex: { multiply: 1, divide: 3 },
      priority: {
        input_pico_usd: 20,
        output_pico_usd: 15,
        above: [{ above_input_tokens: 40, input_pico_usd: 35 }],
      },
      turbo: { multiply: 5, divide: 3 },
    },
  });
  assert.deepEqual(book.get('a/m')?.[0]?.ceilings, [
    { aboveInput: -1, inputPico: 20n, outputPico: 17n, requestPico: 12n },
    { aboveInput: 40, inputPico: 35n, outputPico: 17n, requestPico: 12n },
    { aboveInput: 50, inputPico: 35n, outputPico: 50n, requestPico: 12n },
  ]);
});

test('hours of a card bound as the policy has it, and two may follow one another', () => {
  const book = compiled({
    ...BASE,
    input_pico_usd: 10,
    output_pico_usd: 20,
    complete: true,
    tiers: { priority: { multiply: 2 }, own: { input_pico_usd: 25, output_pico_usd: 25 } },
    hours: [
      { from: '22:00', to: '02:00', multiply: 3, divide: 2 },
      {
        from: '02:00',
        to: '03:00',
        input_pico_usd: 1,
        output_pico_usd: 35,
        above: [{ above_input_tokens: 40, input_pico_usd: 30 }],
      },
    ],
  });
  assert.deepEqual(book.get('a/m')?.[0]?.ceilings, [
    { aboveInput: -1, inputPico: 38n, outputPico: 70n, requestPico: 0n },
    { aboveInput: 40, inputPico: 60n, outputPico: 70n, requestPico: 0n },
  ]);
});
