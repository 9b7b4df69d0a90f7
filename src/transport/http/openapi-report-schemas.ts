/** JSON Schemas of the reports of cost. Amounts are decimal text in nano-USD; null is what nobody knows or has. */
import type { Schema } from './openapi-model-schemas.ts';

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer' };
const nano: Schema = { type: 'string', pattern: '^-?[0-9]+$' };
const nanoOrNull: Schema = { type: ['string', 'null'], pattern: '^-?[0-9]+$' };
const instant: Schema = { type: 'string', format: 'date-time' };
const textOrNull: Schema = { type: ['string', 'null'] };
const instantOrNull: Schema = { ...textOrNull, format: 'date-time' };
const ratioOrNull: Schema = { type: ['number', 'null'] };

const listOf = (items: Schema): Schema => ({ type: 'array', items });
const closed = (fields: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(fields),
  properties: fields,
});

const PART_OF_COST = closed({ attempts: count, cost_nano_usd: nano });

const SUMS = {
  calls: { ...count, description: 'Each counted once, however many attempts it took.' },
  attempts: count,
  input_tokens: count,
  cache_read_tokens: { ...count, description: 'Part of `input_tokens`.' },
  output_tokens: count,
  cost_nano_usd: nano,
  certainty: closed({
    exact: PART_OF_COST,
    estimated: PART_OF_COST,
    unpriced: PART_OF_COST,
    unknown: PART_OF_COST,
  }),
};

const LINE = {
  ...SUMS,
  last_week: closed(SUMS),
  change_nano_usd: nano,
  change_ratio: ratioOrNull,
  baseline_weeks: { ...count, description: 'Weeks before that the baseline is the mean of.' },
  baseline_nano_usd: nanoOrNull,
  baseline_ratio: { ...ratioOrNull, description: 'This week against the baseline.' },
  days_nano_usd: listOf(nano),
  why: {
    ...closed({
      volume_nano_usd: nano,
      tokens_per_call_nano_usd: nano,
      mix_nano_usd: nano,
      price_nano_usd: nano,
      other_nano_usd: nano,
    }),
    description: 'What the change comes from: the parts sum to it.',
  },
};

const PART = closed({ name: textOrNull, share: ratioOrNull, ...SUMS });

const TEAM = closed({
  team: textOrNull,
  rank: count,
  share: ratioOrNull,
  ...LINE,
  applications: listOf(PART),
  models: listOf(PART),
  budgets: listOf(
    closed({
      id: text,
      limit_nano_usd: nano,
      settled_nano_usd: nano,
      held_nano_usd: nanoOrNull,
      resets_at: instantOrNull,
    }),
  ),
});

const BUDGET = closed({
  id: text,
  title: textOrNull,
  scope: { type: 'object', additionalProperties: text, description: 'What it covers.' },
  each: {
    type: 'object',
    additionalProperties: textOrNull,
    description: 'What it is kept apart by, and of which values this is; null: nothing was spent by any.',
  },
  window: text,
  starts_at: instantOrNull,
  resets_at: instantOrNull,
  limit_nano_usd: nano,
  ceiling_nano_usd: { ...nanoOrNull, description: 'Where it denies.' },
  settled_nano_usd: nano,
  held_nano_usd: { ...nanoOrNull, description: 'For calls in flight.' },
  utilization: { type: 'number', description: 'Settled as a share of the limit.' },
  reached: {
    anyOf: [closed({ at: { type: 'number' }, does: text }), { type: 'null' }],
    description: 'The last step that was reached.',
  },
  forecast: closed({
    until: instant,
    expected_nano_usd: nano,
    low_nano_usd: nano,
    high_nano_usd: nano,
    weeks_of_history: count,
    runs_out: { enum: ['already', 'expected', 'possible', 'not_before_end'] },
    runs_out_at: instantOrNull,
    earliest: instantOrNull,
    latest: instantOrNull,
  }),
});

export const REPORT_SCHEMAS: Readonly<Record<string, Schema>> = {
  WeeklyReport: closed({
    week: text,
    time_zone: text,
    from: instant,
    to: instant,
    through: { ...instant, description: 'Where the report ends: before `to` while the week is not over.' },
    complete: { type: 'boolean' },
    days: listOf(text),
    team_count: count,
    total: closed(LINE),
    teams: listOf(TEAM),
    doubts: listOf(closed({ kind: text, attempts: count, cost_nano_usd: nanoOrNull })),
  }),
  BudgetsReport: closed({
    at: instant,
    budgets: { ...listOf(BUDGET), description: 'Who runs out first stands first.' },
  }),
  PivotReport: closed({
    time_zone: text,
    from: instant,
    to: instant,
    by: listOf(text),
    per: { enum: ['hour', 'day', 'week', 'month', null] },
    where: { type: 'object', additionalProperties: text },
    total: closed(SUMS),
    rows: listOf(
      closed({
        bucket: textOrNull,
        from: instant,
        to: instant,
        others: { type: 'boolean', description: 'Sum of all that the limit left out; `values` is empty.' },
        values: listOf(text),
        ...SUMS,
      }),
    ),
  }),
};
