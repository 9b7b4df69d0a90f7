/** Reports as records of CSV: one table each, with what a record is in its first column where there are several kinds. */
import { formatInstant } from '../../core/instant.ts';
import { certaintyOf } from '../../core/ledger-entry.ts';
import type { StoredEntry } from '../ledger-reader.ts';
import type { Pivot } from '../pivot.ts';
import type { Sums } from '../sums.ts';
import { knownCost, type Line, type Part, type WeeklyReport } from '../weekly-report.ts';
import { type CsvValue, csvText } from './csv.ts';

const SUM_COLUMNS = [
  'calls',
  'attempts',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
  'cost_nano_usd',
  'cost_usd',
] as const;

const sumValues = (sums: Sums): readonly CsvValue[] => [
  sums.calls,
  sums.attempts,
  sums.inputTokens,
  sums.cacheReadTokens,
  sums.outputTokens,
  sums.costNano,
  { usd: sums.costNano },
];

const DOUBT_COLUMNS = ['estimated_attempts', 'unpriced_attempts', 'unknown_attempts'] as const;

const doubtValues = ({ certainty }: Sums): readonly CsvValue[] => [
  certainty.estimated.attempts,
  certainty.unpriced.attempts,
  certainty.unknown.attempts,
];

const WEEKLY_COLUMNS = [
  'record',
  'week',
  'time_zone',
  'team',
  'name',
  ...SUM_COLUMNS,
  ...DOUBT_COLUMNS,
  'share',
  'rank',
  'last_week_cost_nano_usd',
  'change_nano_usd',
  'change_ratio',
  'baseline_weeks',
  'baseline_nano_usd',
  'baseline_ratio',
  'why_volume_nano_usd',
  'why_tokens_per_call_nano_usd',
  'why_mix_nano_usd',
  'why_price_nano_usd',
  'why_other_nano_usd',
] as const;

/** Records: `team`, `application`, `model`, the spend in doubt by its kind, and `total`. */
export function weeklyCsv(report: WeeklyReport): string {
  const head = (record: string, team: string, name: string): readonly CsvValue[] => [
    record,
    report.week,
    report.timeZone,
    team,
    name,
  ];
  const part =
    (record: string, team: string) =>
    ({ name, sums, share }: Part): readonly CsvValue[] =>
      filled([...head(record, team, name), ...sumValues(sums), ...doubtValues(sums), share]);
  return csvText(WEEKLY_COLUMNS, [
    ...report.teams.flatMap((line) => [
      [...head('team', line.team, ''), ...lineValues(line, line.share, line.rank)],
      ...line.applications.map(part('application', line.team)),
      ...line.models.map(part('model', line.team)),
    ]),
    ...report.doubts.map((doubt) => {
      const nano = knownCost(doubt);
      const usd = nano === undefined ? undefined : { usd: nano };
      return filled([
        ...head(doubt.kind, '', ''),
        undefined,
        doubt.attempts,
        undefined,
        undefined,
        undefined,
        nano,
        usd,
      ]);
    }),
    [...head('total', '', ''), ...lineValues(report.total, undefined, undefined)],
  ]);
}

const lineValues = (line: Line, share: number | undefined, rank: number | undefined): readonly CsvValue[] => [
  ...sumValues(line.sums),
  ...doubtValues(line.sums),
  share,
  rank,
  line.lastWeek.costNano,
  line.changeNano,
  line.changeRatio,
  line.baselineWeeks,
  line.baselineNano,
  line.baselineRatio,
  line.why.volume,
  line.why.tokensPerCall,
  line.why.mix,
  line.why.price,
  line.why.other,
];

/** Every record has as many fields as the header. */
const filled = (values: readonly CsvValue[]): readonly CsvValue[] => WEEKLY_COLUMNS.map((_, column) => values[column]);

/** Records in the order of time, the dearest first; `others` is what the limit left out. No total: sum them. */
export function pivotCsv({ by, per, rows }: Pivot): string {
  return csvText(
    ['record', ...(per === undefined ? [] : [per]), 'from', 'to', ...by, ...SUM_COLUMNS, ...DOUBT_COLUMNS],
    rows.map(({ bucket, fromMs, toMs, values, sums }) => [
      values === 'others' ? 'others' : 'sum',
      ...(per === undefined ? [] : [bucket]),
      formatInstant(fromMs),
      formatInstant(toMs),
      ...by.map((_, index) => (values === 'others' ? undefined : values[index])),
      ...sumValues(sums),
      ...doubtValues(sums),
    ]),
  );
}

const ENTRY_COLUMNS = [
  'at',
  'kind',
  'id',
  'call_id',
  'decision_id',
  'policy_revision',
  'team',
  'application',
  'environment',
  'cost_center',
  'subject',
  'key_id',
  'target',
  'reason',
  'outcome',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
  'certainty',
  'price_id',
  'cost_nano_usd',
  'cost_usd',
  'charged_nano_usd',
  'adjusts',
] as const;

/** The cost is empty where nobody knows it. */
export function entriesCsv(entries: readonly StoredEntry[]): string {
  return csvText(
    ENTRY_COLUMNS,
    entries.map(({ entry }) => {
      const attempt = entry.kind === 'attempt' ? entry : undefined;
      const tokens = attempt === undefined || attempt.usage.kind === 'unknown' ? undefined : attempt.usage.tokens;
      const cost = entry.cost.kind === 'priced' ? entry.cost : undefined;
      const nano = cost?.items.totalNano ?? (entry.cost.kind === 'none' ? 0n : undefined);
      const { team, application, environment, cost_center: costCenter } = entry.attribution;
      return [
        formatInstant(entry.atMs),
        entry.kind,
        entry.id,
        entry.callId,
        entry.decisionId,
        entry.policyRevision,
        team,
        application,
        environment,
        costCenter,
        entry.subject,
        entry.keyId,
        entry.target,
        attempt?.reason ?? (entry.kind === 'adjustment' ? entry.why : undefined),
        attempt?.outcome,
        tokens?.input,
        tokens?.cacheRead,
        tokens?.output,
        certaintyOf(entry.cost),
        cost?.priceId,
        nano,
        nano === undefined ? undefined : { usd: nano },
        entry.chargedNano,
        entry.kind === 'adjustment' ? entry.adjusts : undefined,
      ];
    }),
  );
}
