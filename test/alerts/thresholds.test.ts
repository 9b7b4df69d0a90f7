import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Alert } from '../../src/alerts/alert.ts';
import type { AlertRule } from '../../src/alerts/rule.ts';
import { createThresholdRule } from '../../src/alerts/thresholds.ts';
import type { BudgetBook } from '../../src/core/budget.ts';
import type { SettledFact } from '../../src/flows/money.ts';
import { account, bookOf, LIMIT_NANO, settlement } from './settlements.ts';

const NOW_MS = Date.parse('2026-11-23T10:00:00Z');
const BOOK = bookOf({ at: 0.5, does: 'warn' }, { at: 0.8, does: 'downgrade' }, { at: 1, does: 'deny' });

function seen(rule: AlertRule, ...facts: readonly SettledFact[]): readonly Alert[] {
  return facts.flatMap((fact) => rule.observe?.(fact, NOW_MS) ?? []);
}

const ids = (alerts: readonly Alert[]): readonly string[] => alerts.map(({ id }) => id);

describe('thresholds', () => {
  test('a step that a settlement reaches is told, with all that is known of it', () => {
    assert.deepEqual(
      seen(
        createThresholdRule(() => BOOK),
        settlement(1n, 499n),
        settlement(1n, 500n),
      ),
      [
        {
          kind: 'threshold',
          id: 'team-month|2026-11-01|0.5',
          atMs: NOW_MS,
          budget: 'team-month',
          account: 'team-month|2026-11-01',
          share: 0.5,
          does: ['warn'],
          settledNano: 500n,
          limitNano: 1_000n,
          resetsAtMs: Date.parse('2026-12-01'),
        },
      ],
    );
  });

  const cases: readonly (readonly [string, BudgetBook, readonly SettledFact[], readonly string[]])[] = [
    ['one settlement past several steps tells each', BOOK, [settlement(900n, 950n)], ['0.5', '0.8']],
    ['what another replica took past a step is its to tell', BOOK, [settlement(10n, 400n), settlement(10n, 820n)], []],
    ['nothing is told twice where it falls and rises', BOOK, [settlement(10n, 505n), settlement(-10n, 495n), settlement(10n, 505n)], ['0.5']],
    ['steps at the same share are one', bookOf({ at: 0.9, does: 'warn' }, { at: 0.9, does: 'alert' }), [settlement(900n, 900n)], ['0.9']],
    ['a step that is no whole amount is rounded down, as where a budget denies', bookOf({ at: 0.3335, does: 'deny' }), [settlement(332n, 332n), settlement(1n, 333n)], ['0.3335']],
    ['a step beyond the limit counts as well', bookOf({ at: 1.2, does: 'deny' }), [settlement(1_300n, 1_300n)], ['1.2']],
    ['a step at nothing tells nothing', bookOf({ at: 0, does: 'warn' }), [settlement(1n, 1n)], []],
    ['a budget that policy does not know any more tells nothing', bookOf(), [settlement(900n, 950n)], []],
    ['what passed unseen is told with the next that is seen', BOOK, [settlement(600n, undefined), settlement(1n, 601n), settlement(1n, 602n)], ['0.5']],
  ]; // biome-ignore format: a row a line
  for (const [title, book, facts, shares] of cases) {
    test(title, () => {
      const expected = shares.map((share) => `team-month|2026-11-01|${share}`);
      assert.deepEqual(
        ids(
          seen(
            createThresholdRule(() => book),
            ...facts,
          ),
        ),
        expected,
      );
    });
  }

  test('another limit makes other steps', () => {
    const rule = createThresholdRule(() => BOOK);
    const doubled = account({ limitNano: 2n * LIMIT_NANO });
    assert.deepEqual(ids(seen(rule, settlement(10n, 300n), settlement(300n, 600n, doubled))), []);
    assert.deepEqual(ids(seen(rule, settlement(400n, 1_000n, doubled))), ['team-month|2026-11-01|0.5']);
  });

  test('a hold that is refused tells the step that denies, once, though it is never reached', () => {
    const rule = createThresholdRule(() => BOOK);
    const full = { account: account(), balances: [{ key: account().key, settledNano: 990n, heldNano: 5n }] };
    const told = [full, full].flatMap((fact) => rule.refused?.(fact, NOW_MS) ?? []);
    assert.deepEqual(
      told.map((alert) => (alert.kind === 'threshold' ? [alert.id, alert.settledNano] : alert)),
      [['team-month|2026-11-01|1', 990n]],
    );
    assert.deepEqual(ids(seen(rule, settlement(10n, 1_000n))), []);
  });

  test('a hold that is refused by a budget that has no such step tells nothing', () => {
    const rule = createThresholdRule(() => bookOf({ at: 0.5, does: 'warn' }));
    assert.deepEqual(rule.refused?.({ account: account(), balances: [] }, NOW_MS), []);
  });

  test('a rolling budget that rises again tells again when its length has passed, not before', () => {
    const rule = createThresholdRule(() => BOOK);
    const rolling = account({ key: 'team-month', rolling: { bucketMs: 1_000, buckets: 10 } });
    const at = (nowMs: number): number => rule.observe?.(settlement(10n, 505n, rolling), nowMs).length ?? 0;
    assert.deepEqual([at(100_000), at(105_000), at(110_000)], [1, 0, 1]);
  });
});

test('every step is told exactly once, however the amounts come, over replicas and in whatever order they are seen', () => {
  const amounts = fc.array(fc.bigInt({ min: 0n, max: 400n }), { minLength: 1, maxLength: 30 });
  const shares = fc.uniqueArray(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      amounts,
      shares,
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 3 }),
      (charges, at, random, replicas) => {
        const book = bookOf(...at.map((part) => ({ at: part / 1_000, does: 'alert' }) as const));
        let settledNano = 0n;
        const facts = charges.map((chargedNano) => {
          settledNano += chargedNano;
          return settlement(chargedNano, settledNano);
        });
        const dice = random[Symbol.iterator]();
        const roll = (): number => dice.next().value ?? 0;
        const rules = Array.from({ length: replicas }, () => createThresholdRule(() => book));
        const alerts = facts
          .map((fact) => ({ fact, order: roll(), rule: rules[roll() % replicas] }))
          .sort((a, b) => a.order - b.order)
          .flatMap(({ fact, rule }) => rule?.observe?.(fact, NOW_MS) ?? []);
        const expected = at
          .filter((part) => settledNano >= BigInt(part))
          .map((part) => `team-month|2026-11-01|${part / 1_000}`);
        assert.deepEqual(ids(alerts).toSorted(), expected.toSorted());
      },
    ),
    {
      examples: [
        [
          [400n, 400n, 400n, 0n, 400n],
          [1, 400, 800, 1_500],
          fc.sample(fc.infiniteStream(fc.nat()), 1)[0] ?? assert.fail(),
          2,
        ],
      ],
    },
  );
});
