import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PivotQuestion, parseDimensions, parseUnit, parseWhere, pivot } from '../../src/reports/pivot.ts';
import { createArrayReader } from './array-reader.ts';
import { attempt, type Told } from './entries.ts';

const TOLD: readonly Told[] = [
  { at: '2026-10-31T23:30:00Z', team: 'search', costNano: 1n, tokens: [1, 0] },
  { at: '2026-11-01T00:30:00Z', team: 'docs', costNano: 2n, tokens: [1, 0], environment: 'staging' },
  { at: '2026-11-01T12:00:00Z', team: 'search', costNano: 4n, tokens: [1, 0], tags: { project: 'x' } },
  { at: '2026-11-02T12:00:00Z', team: 'batch', costNano: 8n, tokens: [1, 0], kind: 'estimated' },
  { at: '2026-11-02T13:00:00Z', team: 'late', costNano: 16n, tokens: [1, 0], decision: 'decision-1' },
];

const ask = (question: Partial<PivotQuestion>) =>
  pivot(createArrayReader(TOLD.map(attempt)), {
    from: '2026-10-31',
    to: '2026-11-02',
    timeZone: 'UTC',
    by: [],
    ...question,
  });

const told = async (question: Partial<PivotQuestion>): Promise<readonly (readonly [string, unknown, bigint])[]> =>
  (await ask(question)).rows.map(({ bucket, values, sums }) => [bucket ?? '', values, sums.costNano]);

test('without a dimension there is one sum', async () => {
  assert.deepEqual(await told({}), [['', [], 31n]]);
});

test('the dearest come first', async () => {
  assert.deepEqual(await told({ by: ['team', 'environment'] }), [
    ['', ['late', 'prod'], 16n],
    ['', ['batch', 'prod'], 8n],
    ['', ['search', 'prod'], 5n],
    ['', ['docs', 'staging'], 2n],
  ]);
});

test('what the limit leaves out is one row, and the total stays', async () => {
  const { rows, total } = await ask({ by: ['team'], limit: 2 });
  assert.deepEqual(
    rows.map(({ values, sums }) => [values, sums.costNano, sums.calls]),
    [
      [['late'], 16n, 1],
      [['batch'], 8n, 1],
      ['others', 7n, 3],
    ],
  );
  assert.deepEqual([total.costNano, total.calls, total.certainty.estimated.costNano], [31n, 5, 8n]);
});

describe('per unit of time, by the calendar of the zone', () => {
  const cases: readonly (readonly [string, Partial<PivotQuestion>, readonly (readonly [string, unknown, bigint])[]])[] =
    [
      [
        'day',
        { per: 'day' },
        [
          ['2026-10-31', [], 1n],
          ['2026-11-01', [], 6n],
          ['2026-11-02', [], 24n],
        ],
      ],
      [
        'day in Berlin',
        { per: 'day', timeZone: 'Europe/Berlin' },
        // Half past eleven of October in UTC is November there; the days in which nothing was asked have no row.
        [
          ['2026-11-01', [], 7n],
          ['2026-11-02', [], 24n],
        ],
      ],
      [
        'week',
        { per: 'week' },
        [
          ['2026-W44', [], 7n],
          ['2026-W45', [], 24n],
        ],
      ],
      [
        'month',
        { per: 'month' },
        [
          ['2026-10', [], 1n],
          ['2026-11', [], 30n],
        ],
      ],
      [
        'hour',
        { per: 'hour', from: '2026-11-02' },
        [
          ['2026-11-02T12:00Z', [], 8n],
          ['2026-11-02T13:00Z', [], 16n],
        ],
      ],
    ];
  for (const [name, question, expected] of cases) {
    test(name, async () => assert.deepEqual(await told(question), expected));
  }
});

describe('only what is asked for', () => {
  const cases: readonly (readonly [string, readonly string[], bigint])[] = [
    ['a team', ['team=search'], 5n],
    ['a tag', ['tag:project=x'], 4n],
    ['what lacks the tag', ['tag:project='], 27n],
    ['two at once', ['team=search', 'tag:project=x'], 4n],
    ['a decision', ['decision_id=decision-1'], 16n],
    ['a value with an equals sign, which nobody has', ['team=a=b'], 0n],
  ];
  for (const [name, pairs, cost] of cases) {
    test(name, async () => assert.equal((await ask({ where: parseWhere(pairs) })).total.costNano, cost));
  }
});

describe('what cannot be asked is refused by name', () => {
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'a dimension that is none',
      () => parseDimensions('team,colour'),
      /^by: must be one of team, .* \(actual: "colour"\)$/,
    ],
    ['a tag without a name', () => parseDimensions('tag:'), /^by: must be/],
    ['a filter without a value', () => parseWhere(['team']), /^where: must be name=value \(actual: "team"\)$/],
    ['a filter said twice', () => parseWhere(['team=a', 'team=b']), /^where: names "team" twice$/],
    ['a unit that is none', () => parseUnit('year'), /^per: must be one of hour, day, week, month/],
    ['days in the wrong order', () => ask({ from: '2026-11-03' }), /^to: must not be before from/],
    [
      'too long a time',
      () => ask({ from: '2025-01-01' }),
      /^from, to: must be at most 400 days apart \(actual: 671\)$/,
    ],
    ['too many hours', () => ask({ from: '2026-09-01', per: 'hour' }), /^per hour: must be at most 32 days/],
    ['the same dimension twice', () => ask({ by: ['team', 'team'] }), /^by: names one twice/],
    ['no row at all', () => ask({ limit: 0 }), /^limit: must be from 1 to 99999 \(actual: 0\)$/],
  ];
  for (const [name, act, message] of cases) {
    test(name, async () => {
      await assert.rejects(async () => act(), { code: 'invalid_request', message });
    });
  }
});
