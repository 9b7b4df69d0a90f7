import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Cell, explain, type Why } from '../../src/reports/why.ts';

const cell = (model: string, calls: number, tokens: number, costNano: bigint): Cell => ({
  model,
  calls,
  tokens,
  costNano,
});
const why = (parts: Partial<Why>): Why => ({
  volume: 0n,
  tokensPerCall: 0n,
  mix: 0n,
  price: 0n,
  other: 0n,
  ...parts,
});
const sumOf = (parts: Why): bigint => Object.values(parts).reduce((sum: bigint, part: bigint) => sum + part, 0n);
const costOf = (cells: readonly Cell[]): bigint => cells.reduce((sum, one) => sum + one.costNano, 0n);

describe('one cause alone is the only one named', () => {
  const cases: readonly (readonly [string, readonly Cell[], readonly Cell[], Why])[] = [
    ['nothing', [cell('a', 10, 100, 1000n)], [cell('a', 10, 100, 1000n)], why({})],
    ['twice the calls', [cell('a', 10, 100, 1000n)], [cell('a', 20, 200, 2000n)], why({ volume: 1000n })],
    ['longer calls', [cell('a', 10, 100, 1000n)], [cell('a', 10, 150, 1500n)], why({ tokensPerCall: 500n })],
    ['a price that fell', [cell('a', 10, 100, 1000n)], [cell('a', 10, 100, 700n)], why({ price: -300n })],
    [
      'work that moved to the dearer model',
      [cell('a', 10, 100, 1000n), cell('b', 10, 100, 4000n)],
      [cell('a', 5, 50, 500n), cell('b', 15, 150, 6000n)],
      why({ mix: 1500n }),
    ],
    ['a model that took over', [cell('a', 10, 100, 1000n)], [cell('b', 10, 100, 4000n)], why({ mix: 3000n })],
    ['a team that is new', [], [cell('a', 10, 100, 1000n)], why({ volume: 1000n })],
    ['a team that has gone', [cell('a', 10, 100, 1000n)], [], why({ volume: -1000n })],
    ['images, which have no tokens', [], [cell('images', 3, 0, 90n)], why({ other: 90n })],
    ['nothing at all', [], [], why({})],
  ];
  for (const [name, before, after, expected] of cases) {
    test(name, () => assert.deepEqual(explain(before, after), expected));
  }
});

test('two causes share what they do together in halves', () => {
  // 10 calls of 10 tokens at 1 become 20 calls of 15 tokens at 1: volume alone +100, length alone +50, together +200.
  assert.deepEqual(
    explain([cell('a', 10, 100, 100n)], [cell('a', 20, 300, 300n)]),
    why({ volume: 125n, tokensPerCall: 75n }),
  );
});

test('three causes that grow the same get the same, and what cannot be divided goes in the order of the parts', () => {
  // 1 call of 1 token at 1 becomes 2 calls of 2 tokens at 2: 7 more, two and a third each.
  assert.deepEqual(
    explain([cell('a', 1, 1, 1n)], [cell('a', 2, 4, 8n)]),
    why({ volume: 3n, tokensPerCall: 2n, price: 2n }),
  );
});

test('tokens without a call count as of one', () => {
  assert.deepEqual(explain([cell('a', 1, 100, 100n)], [cell('a', 0, 150, 150n)]), why({ tokensPerCall: 50n }));
});

describe('for any two periods', () => {
  const cells = fc.array(
    fc.record({
      model: fc.constantFrom('a', 'b', 'c', 'd'),
      calls: fc.integer({ min: 0, max: 1_000_000 }),
      tokens: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e12 })),
      costNano: fc.bigInt({ min: -1_000_000n, max: 10n ** 18n }),
    }),
    { maxLength: 8 },
  );

  test('the parts sum to the change, to the nano-dollar', () => {
    fc.assert(
      fc.property(cells, cells, (before, after) => {
        assert.equal(sumOf(explain(before, after)), costOf(after) - costOf(before));
      }),
      {
        numRuns: 500,
        examples: [
          [[], [cell('a', 1, 3, 10n)]],
          [[cell('a', 1, 7, 5n)], [cell('a', 3, 11, 6n)]],
        ],
      },
    );
  });

  test('so many times the calls of the same kind are volume alone', () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 2, max: 50 }), (before, times) => {
        const calls = before.reduce((sum, one) => sum + one.calls, 0);
        fc.pre(calls > 0);
        const after = before.map((one) => ({
          ...one,
          calls: one.calls * times,
          tokens: one.tokens * times,
          costNano: one.costNano * BigInt(times),
        }));
        const { volume, other, ...rest } = explain(before, after);
        assert.deepEqual(rest, { tokensPerCall: 0n, mix: 0n, price: 0n });
        assert.equal(volume + other, costOf(after) - costOf(before));
      }),
      { examples: [[[cell('a', 3, 7, 100n), cell('b', 1, 9, 1n)], 3]] },
    );
  });

  test('prices that change alone are price alone', () => {
    fc.assert(
      fc.property(
        cells,
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 8, maxLength: 8 }),
        (before, costs) => {
          const withTokens = before.filter((one) => one.tokens > 0);
          const after = withTokens.map((one, index) => ({ ...one, costNano: costs[index] ?? 0n }));
          const { price, ...rest } = explain(withTokens, after);
          assert.deepEqual(rest, { volume: 0n, tokensPerCall: 0n, mix: 0n, other: 0n });
          assert.equal(price, costOf(after) - costOf(withTokens));
        },
      ),
      { examples: [[[cell('a', 3, 7, 100n)], [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]]] },
    );
  });

  test('the way back is the way there with the other sign, but for what rounding moves', () => {
    fc.assert(
      fc.property(cells, cells, (before, after) => {
        const [there, back] = [explain(before, after), explain(after, before)];
        for (const part of ['volume', 'tokensPerCall', 'mix', 'price', 'other'] as const) {
          const difference = there[part] + back[part];
          assert.ok(difference >= -1n && difference <= 1n, `${part}: ${there[part]} and ${back[part]}`);
        }
      }),
    );
  });
});
