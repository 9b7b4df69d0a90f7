import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { Failure } from '../../src/core/failure.ts';
import { compileBudgets } from '../../src/policy/budgets.ts';

const RULES = {
  hard: [
    { at: 0.8, do: 'warn' },
    { at: 1, do: 'deny' },
  ],
  soft: [{ at: 1.2, do: 'deny' }],
  notice: [{ at: 0.9, do: 'warn' }],
};
const BUDGET = { scope: {}, window: 'day', limit_nano_usd: 1_000, rules: 'hard' };
const budgetOf = (more: object) => {
  const book = compileBudgets({ budget_rules: RULES, budgets: { b: { ...BUDGET, ...more } } });
  return book.budgets.get('b') ?? assert.fail('it is not there');
};
const limitOf = (said: object) =>
  compileBudgets({ limits: { l: { scope: {}, ...said } } }).limits.get('l') ?? assert.fail('it is not there');

describe('budgets of policy data', () => {
  test('a budget denies where the lowest of its steps does', () => {
    assert.equal(budgetOf({}).ceilingNano, 1_000n);
    assert.equal(budgetOf({ rules: 'soft' }).ceilingNano, 1_200n);
    assert.equal(budgetOf({ rules: 'notice' }).ceilingNano, undefined);
  });

  test('a share of the largest budget is exact, and never rounded up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 1, max: 1_000 }),
        (limit, thousandths) => {
          const rules = { r: [{ at: thousandths / 1_000, do: 'deny' }] };
          const book = compileBudgets({
            budget_rules: rules,
            budgets: { b: { ...BUDGET, rules: 'r', limit_nano_usd: limit } },
          });
          assert.equal(book.budgets.get('b')?.ceilingNano, (BigInt(limit) * BigInt(thousandths)) / 1_000n);
        },
      ),
    );
  });

  test('a scope names dimensions, tags, and what is kept apart for each value', () => {
    const { where, each } = budgetOf({ scope: { team: 'a', key: '*', tags: { feature: 'x', ticket: '*' } } });
    assert.deepEqual(
      [[...where], each],
      [
        [
          ['team', 'a'],
          ['tag:feature', 'x'],
        ],
        ['key_id', 'tag:ticket'],
      ],
    );
  });

  const WINDOWS: readonly [said: object, window: object][] = [
    [
      { window: 'week', time_zone: 'Europe/Berlin' },
      { kind: 'calendar', unit: 'week', timeZone: 'Europe/Berlin' },
    ],
    [{ window: 'total' }, { kind: 'total' }],
    [{ window: { rolling_hours: 24 } }, { kind: 'rolling', bucketMs: 900_000, buckets: 96 }],
    [{ window: { rolling_days: 7 } }, { kind: 'rolling', bucketMs: 3_600_000, buckets: 168 }],
  ];
  for (const [said, window] of WINDOWS) {
    test(`window ${JSON.stringify(said)}`, () => assert.deepEqual(budgetOf(said).window, window));
  }

  test('a limit has rates, bursts and places', () => {
    const rate = { units: 60, perMs: 60_000, burst: 60 };
    assert.deepEqual(limitOf({ requests_per_minute: 60 }).requests, rate);
    assert.deepEqual(limitOf({ tokens_per_hour: 60, burst_tokens: 5 }).tokens, {
      units: 60,
      perMs: 3_600_000,
      burst: 5,
    });
    assert.equal(limitOf({ concurrency: 4 }).concurrency, 4);
  });

  test('those of the sample policies compile', () => {
    const read = (name: string): object => parse(readFileSync(`policies/data/${name}.yaml`, 'utf8'));
    const { budgets, limits } = compileBudgets({ ...read('budgets'), ...read('limits') });
    assert.ok(budgets.size > 20 && limits.size > 10);
    assert.equal(budgets.get('team-research-month')?.ceilingNano, 48_000_000_000_000n);
  });
});

const budgets = (more: object) => ({ budget_rules: RULES, budgets: { b: { ...BUDGET, ...more } } });
const limits = (said: object) => ({ limits: { l: { scope: {}, ...said } } });
const REFUSED: readonly [name: string, data: object, message: RegExp][] = [
  ['rules that are not there', budgets({ rules: 'gone' }), /data\.budgets\["b"\]\.rules: must name one/],
  ['a field that nobody knows', budgets({ limit_usd: 5 }), /\.limit_usd: is none of/],
  ['a limit of nothing', budgets({ limit_nano_usd: 0 }), /\.limit_nano_usd: must be an integer from 1/],
  ['a fraction of a nano-dollar', budgets({ limit_nano_usd: 1.5 }), /must be an integer/],
  ['more than a float holds', budgets({ limit_nano_usd: 2 ** 53 }), /must be an integer/],
  ['a window that is none', budgets({ window: 'year' }), /\.window: must be one of hour, day, week, month, total/],
  ['two windows', budgets({ window: { rolling_hours: 1, rolling_days: 1 } }), /must say one of/],
  ['a zone that is none', budgets({ time_zone: 'Mars/Olympus' }), /\.time_zone: must be the IANA name/],
  ['a dimension that is none', budgets({ scope: { colour: 'red' } }), /\.scope\.colour: is none of team/],
  ['a scope that is no text', budgets({ scope: { team: 5 } }), /\.scope\.team: must be a text/],
  ['no scope', budgets({ scope: undefined }), /\.scope: must be an object; \{\} covers everybody/],
  ['a step that does nothing known', { budget_rules: { r: [{ at: 1, do: 'explode' }] } }, /\[0\]\.do: must be one of/],
  ['a step at nothing', { budget_rules: { r: [{ at: 0, do: 'deny' }] } }, /\[0\]\.at: must be a number above 0/],
  ['a limit that limits nothing', limits({}), /limits nothing/],
  ['two rates of the same', limits({ requests_per_minute: 1, requests_per_day: 9 }), /says requests twice/],
  [
    'a step with a slip of the pen',
    { budget_rules: { r: [{ at: 1, do: 'deny', too: 'x' }] } },
    /\[0\]\.too: is none of/,
  ],
  ['a downgrade to nothing', { budget_rules: { r: [{ at: 1, do: 'downgrade' }] } }, /\[0\]\.to: must be the tier/],
  ['a denial to somewhere', { budget_rules: { r: [{ at: 1, do: 'deny', to: 'economy' }] } }, /\[0\]\.to: must be/],
  [
    'a ceiling that a double does not hold',
    budgets({ rules: 'soft', limit_nano_usd: Number.MAX_SAFE_INTEGER }),
    /\.limit_nano_usd: must deny at 2\^53 - 1 or less/,
  ],
  ['a zone of what has none', budgets({ window: 'total', time_zone: 'UTC' }), /\.time_zone: is of hours, days/],
  ['a zone of what rolls', budgets({ window: { rolling_days: 1 }, time_zone: 'UTC' }), /\.time_zone: is of hours/],
  ['an id that two keys could share', { limits: { 'a|b': { scope: {}, concurrency: 1 } } }, /\["a\|b"\]: an id must/],
  ['an id longer than a decision names', { budgets: { ['b'.repeat(129)]: BUDGET } }, /an id must have 1 to 128/],
  ['a limit of a target', limits({ scope: { model: '*' }, concurrency: 1 }), /\.scope\.model: limits are of callers/],
  ['a burst of no rate', limits({ concurrency: 1, burst_tokens: 5 }), /\.burst_tokens: is of a rate of tokens/],
  ['a title that is no text', limits({ concurrency: 1, title: 5 }), /\.title: must be a text/],
  ['budgets that are a list', { budgets: [] }, /data\.budgets: must be an object/],
];
for (const [name, data, message] of REFUSED) {
  test(`it refuses ${name} by name`, () => {
    assert.throws(
      () => compileBudgets(data),
      (reason) => reason instanceof Failure && reason.code === 'bundle_invalid' && message.test(reason.message),
    );
  });
}
