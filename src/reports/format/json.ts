/** Reports as documents of JSON, the same for files, HTTP and pipes: snake case, amounts as decimal text in nano-USD. */
import { formatInstant } from '../../core/instant.ts';
import { certaintyOf, type LedgerEntry } from '../../core/ledger-entry.ts';
import type { TokenCounts } from '../../core/usage.ts';
import type { StoredEntry } from '../ledger-reader.ts';
import type { Pivot } from '../pivot.ts';
import type { Sums } from '../sums.ts';
import { type BudgetUse, knownCost, type Line, type Part, type TeamLine, type WeeklyReport } from '../weekly-report.ts';

export function weeklyDocument(report: WeeklyReport): object {
  return {
    week: report.week,
    time_zone: report.timeZone,
    from: formatInstant(report.fromMs),
    to: formatInstant(report.toMs),
    through: formatInstant(report.throughMs),
    complete: report.complete,
    days: report.days,
    team_count: report.teamCount,
    total: lineDocument(report.total),
    teams: report.teams.map(teamDocument),
    doubts: report.doubts.map((doubt) => ({
      kind: doubt.kind,
      attempts: doubt.attempts,
      cost_nano_usd: nanoText(knownCost(doubt)),
    })),
  };
}

/** The team is null where nobody is known. */
const teamDocument = (line: TeamLine): object => ({
  team: line.team === '' ? null : line.team,
  rank: line.rank,
  share: line.share ?? null,
  ...lineDocument(line),
  applications: line.applications.map(partDocument),
  models: line.models.map(partDocument),
  budgets: line.budgets.map(budgetDocument),
});

const lineDocument = (line: Line): object => ({
  ...sumsDocument(line.sums),
  last_week: sumsDocument(line.lastWeek),
  change_nano_usd: String(line.changeNano),
  change_ratio: line.changeRatio ?? null,
  baseline_weeks: line.baselineWeeks,
  baseline_nano_usd: nanoText(line.baselineNano),
  baseline_ratio: line.baselineRatio ?? null,
  days_nano_usd: line.days.map(String),
  why: {
    volume_nano_usd: String(line.why.volume),
    tokens_per_call_nano_usd: String(line.why.tokensPerCall),
    mix_nano_usd: String(line.why.mix),
    price_nano_usd: String(line.why.price),
    other_nano_usd: String(line.why.other),
  },
});

/** Null is what nobody knows or has. */
export const nanoText = (nano: bigint | undefined): string | null => (nano === undefined ? null : String(nano));

export const instantText = (atMs: number | undefined): string | null =>
  atMs === undefined ? null : formatInstant(atMs);

const partDocument = ({ name, sums, share }: Part): object => ({
  name: name === '' ? null : name,
  share: share ?? null,
  ...sumsDocument(sums),
});

const budgetDocument = (budget: BudgetUse): object => ({
  id: budget.id,
  limit_nano_usd: String(budget.limitNano),
  settled_nano_usd: String(budget.settledNano),
  held_nano_usd: nanoText(budget.heldNano),
  resets_at: instantText(budget.resetsAtMs),
});

const sumsDocument = (sums: Sums): object => ({
  calls: sums.calls,
  attempts: sums.attempts,
  input_tokens: sums.inputTokens,
  cache_read_tokens: sums.cacheReadTokens,
  output_tokens: sums.outputTokens,
  cost_nano_usd: String(sums.costNano),
  certainty: Object.fromEntries(
    Object.entries(sums.certainty).map(([kind, { attempts, costNano }]) => [
      kind,
      { attempts, cost_nano_usd: String(costNano) },
    ]),
  ),
});

export function pivotDocument(pivot: Pivot): object {
  return {
    time_zone: pivot.timeZone,
    from: formatInstant(pivot.fromMs),
    to: formatInstant(pivot.toMs),
    by: pivot.by,
    per: pivot.per ?? null,
    where: pivot.where,
    total: sumsDocument(pivot.total),
    rows: pivot.rows.map(({ bucket, fromMs, toMs, values, sums }) => ({
      bucket: bucket ?? null,
      from: formatInstant(fromMs),
      to: formatInstant(toMs),
      others: values === 'others',
      values: values === 'others' ? [] : values,
      ...sumsDocument(sums),
    })),
  };
}

export const entriesDocument = (entries: readonly StoredEntry[]): object => ({
  entries: entries.map(({ cursor, entry }) => ({ cursor, ...entryDocument(entry) })),
});

function entryDocument(entry: LedgerEntry): object {
  return {
    kind: entry.kind,
    id: entry.id,
    call_id: entry.callId,
    decision_id: entry.decisionId,
    at: formatInstant(entry.atMs),
    policy: { revision: entry.policyRevision, digest: entry.policyDigest },
    target: entry.target,
    attribution: entry.attribution,
    subject: entry.subject ?? null,
    key_id: entry.keyId ?? null,
    accounts: entry.accounts,
    charged_nano_usd: String(entry.chargedNano),
    certainty: certaintyOf(entry.cost),
    cost: costDocument(entry.cost),
    ...(entry.kind === 'adjustment' ? { adjusts: entry.adjusts, why: entry.why } : attemptDocument(entry)),
  };
}

const attemptDocument = (entry: Extract<LedgerEntry, { kind: 'attempt' }>): object => ({
  source: entry.source,
  index: entry.index,
  reason: entry.reason,
  operation: entry.operation,
  requested_model: entry.requestedModel ?? null,
  outcome: entry.outcome,
  duration_ms: entry.durationMs,
  first_token_ms: entry.firstTokenMs ?? null,
  late: entry.late ?? false,
  usage: entry.usage.kind === 'unknown' ? null : usageDocument(entry.usage.tokens),
});

const usageDocument = (tokens: TokenCounts): object => ({
  input_tokens: tokens.input,
  output_tokens: tokens.output,
  cache_read_tokens: tokens.cacheRead ?? 0,
  cache_write_tokens: tokens.cacheWrite ?? 0,
  cache_write_1h_tokens: tokens.cacheWrite1h ?? 0,
  reasoning_tokens: tokens.reasoning ?? 0,
});

/** Null where nobody knows it. */
function costDocument(cost: LedgerEntry['cost']): object | null {
  switch (cost.kind) {
    case 'unpriced':
    case 'unknown':
      return null;
    case 'none':
      return { total_nano_usd: '0' };
    case 'priced':
      return {
        price_id: cost.priceId,
        tier: cost.tier,
        input_nano_usd: String(cost.items.inputNano),
        cache_read_nano_usd: String(cost.items.cacheReadNano),
        cache_write_nano_usd: String(cost.items.cacheWriteNano),
        output_nano_usd: String(cost.items.outputNano),
        other_nano_usd: String(cost.items.otherNano),
        total_nano_usd: String(cost.items.totalNano),
      };
  }
}
