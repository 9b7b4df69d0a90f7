/** What the contract compares ledgers with: entries that a property test makes, and sums as plain as can be. */
import fc from 'fast-check';
import type { AttemptCost } from '../../src/core/attempt.ts';
import type { LedgerEntry } from '../../src/core/ledger-entry.ts';
import type { Dimension, TotalsQuery, TotalsRow } from '../../src/reports/ledger-reader.ts';
import { AT_MS, adjustmentOf, attemptEntry, priced } from '../ledger/entries.ts';
import { createArrayReader } from '../reports/array-reader.ts';

const HOUR_MS = 3_600_000;
/** 10:20 of a day, to the middle of the day after the next. */
export const SPAN = { fromMs: AT_MS, toMs: AT_MS + 50 * HOUR_MS };

const some = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const maybe = (...values: readonly string[]): fc.Arbitrary<string | undefined> => fc.constantFrom(undefined, ...values);

const cost: fc.Arbitrary<AttemptCost> = fc.oneof(
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 16n }), fc.boolean()).map(([nano, estimated]) => priced(nano, estimated)),
  fc.constantFrom({ kind: 'unpriced' as const }, { kind: 'unknown' as const }, { kind: 'none' as const }),
);

const tags = fc.option(
  fc
    .dictionary(some('project', 'a"b', "it's", 'x.y[0]', '𝒳'), some('1', '', '"', "'; --"), { noNullPrototype: true })
    .filter((all) => Object.keys(all).length > 0),
  { nil: undefined },
);

/** Everything that an attempt may differ in, out of few values, so that sums come together. */
const attempt = fc
  .record({
    atMs: fc.integer({ min: SPAN.fromMs, max: SPAN.toMs - 1 }),
    team: some('search', 'support', ''),
    application: some('web', 'labels'),
    environment: some('prod', 'staging'),
    costCenter: maybe('cc-1', 'cc-2'),
    tags,
    keyId: maybe('k1'),
    subject: maybe('ada', 'O’Hara'),
    target: some('openai/gpt-5.2', 'openai/gpt-5-mini', 'google/models/gemini', 'bare'),
    requestedModel: maybe('auto', 'gpt-5.2'),
    operation: fc.constantFrom('chat' as const, 'embeddings' as const),
    outcome: fc.constantFrom('ok' as const, 'timeout' as const),
    index: fc.nat({ max: 2 }),
    tokens: fc.option(fc.tuple(fc.nat({ max: 200_000 }), fc.nat({ max: 9_000 }), fc.nat({ max: 9_000 })), {
      nil: undefined,
    }),
    cost,
    chargedNano: fc.bigInt({ min: 0n, max: 10n ** 16n }),
    accounts: fc.uniqueArray(some('company', 'team|2026-11', 'day "x"'), { maxLength: 3 }),
    policyRevision: some('r1', 'r2'),
    adjustedNano: fc.option(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), { nil: undefined }),
  })
  .map(
    ({
      team,
      application,
      environment,
      costCenter,
      tags: own,
      keyId,
      subject,
      requestedModel,
      tokens,
      adjustedNano,
      ...as
    }) => ({
      adjustedNano,
      told: {
        ...as,
        attribution: {
          team,
          application,
          environment,
          ...(costCenter === undefined ? {} : { cost_center: costCenter }),
          ...(own === undefined ? {} : { tags: own }),
        },
        ...(keyId === undefined ? {} : { keyId }),
        ...(subject === undefined ? {} : { subject }),
        ...(requestedModel === undefined ? {} : { requestedModel }),
        usage:
          tokens === undefined
            ? ({ kind: 'unknown' } as const)
            : ({ kind: 'exact', tokens: { input: tokens[0], output: tokens[1], cacheRead: tokens[2] } } as const),
      },
    }),
  );

/** Attempts and what corrects them, with ids of their own. */
export const entriesArbitrary: fc.Arbitrary<readonly LedgerEntry[]> = fc.array(attempt, { maxLength: 40 }).map((all) =>
  all.flatMap(({ told, adjustedNano }, number) => {
    const callId = `call-${Math.floor(number / 2)}`;
    const entry = attemptEntry({ ...told, id: `${number}/0`, callId, decisionId: `decision-${number % 3}` });
    return adjustedNano === undefined ? [entry] : [entry, adjustmentOf(entry, adjustedNano)];
  }),
);

const ROLLED = [
  'team',
  'application',
  'environment',
  'cost_center',
  'target',
  'provider',
  'model',
  'requested_model',
  'operation',
  'outcome',
  'certainty',
] as const;
const OTHERS = [
  'key_id',
  'subject',
  'policy_revision',
  'decision_id',
  'call_id',
  'tag:project',
  'tag:a"b',
  "tag:it's",
  'tag:x.y[0]',
  'tag:𝒳',
  'tag:nobody',
] as const;
const WHERES: readonly TotalsQuery['where'][] = [
  undefined,
  { team: 'search' },
  { team: '', model: '' },
  { provider: 'google', certainty: 'exact' },
  { cost_center: '' },
  { 'tag:project': '1' },
  { 'tag:a"b': '"' },
  { 'tag:nobody': '' },
  { subject: 'O’Hara', team: 'support' },
  { outcome: 'none such' },
];

/** Ends of periods: of hours, of days, between, and outside of all entries. */
const moment = fc.oneof(
  fc.constantFrom(0, SPAN.fromMs, SPAN.toMs, SPAN.toMs + HOUR_MS, Date.UTC(2026, 10, 6), Date.UTC(2026, 10, 6, 9)),
  fc.integer({ min: SPAN.fromMs - HOUR_MS, max: SPAN.toMs + HOUR_MS }),
);

/** Half of them of dimensions that roll-ups have. */
export const queryArbitrary: fc.Arbitrary<TotalsQuery> = fc
  .record({
    ends: fc.tuple(moment, moment),
    by: fc.oneof(
      fc.uniqueArray(fc.constantFrom<Dimension>(...ROLLED), { maxLength: 4 }),
      fc.uniqueArray(fc.constantFrom<Dimension>(...ROLLED, ...OTHERS), { maxLength: 8 }),
    ),
    where: fc.constantFrom(...WHERES),
    per: fc.constantFrom(undefined, 'hour' as const, 'day' as const),
  })
  .map(({ ends: [one, other], by, where, per }) => ({
    fromMs: Math.min(one, other),
    toMs: Math.max(one, other) + 1,
    by,
    ...(where === undefined ? {} : { where }),
    ...(per === undefined ? {} : { per }),
  }));

const NO_PART = { attempts: 0, costNano: 0n };
/** The one row of everything, where there is nothing. */
const NOTHING: TotalsRow = {
  values: [],
  calls: 0,
  attempts: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  outputTokens: 0,
  costNano: 0n,
  certainty: { exact: NO_PART, estimated: NO_PART, unpriced: NO_PART, unknown: NO_PART },
};

/** The plain sums of a list of entries, in any order. */
export async function plainTotals(entries: readonly LedgerEntry[], query: TotalsQuery): Promise<readonly TotalsRow[]> {
  const { per, ...rest } = query;
  const reader = createArrayReader(entries);
  if (per === undefined) {
    const rows = await reader.totals(rest);
    return rows.length === 0 && query.by.length === 0 ? [NOTHING] : rows;
  }
  const unitMs = per === 'hour' ? HOUR_MS : 24 * HOUR_MS;
  const within = entries.filter(({ atMs }) => atMs >= query.fromMs && atMs < query.toMs);
  const starts = new Set(within.map(({ atMs }) => Math.floor(atMs / unitMs) * unitMs));
  const parts = await Promise.all(
    [...starts].map(async (startMs) => {
      const fromMs = Math.max(startMs, query.fromMs);
      const rows = await reader.totals({ ...rest, fromMs, toMs: Math.min(startMs + unitMs, query.toMs) });
      return rows.map((row) => ({ ...row, startMs }));
    }),
  );
  return parts.flat();
}

/** What every account was charged with since then. */
export function plainCharges(entries: readonly LedgerEntry[], sinceMs: number): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { atMs, accounts, chargedNano } of entries) {
    if (atMs < sinceMs) continue;
    for (const account of accounts) sums.set(account, (sums.get(account) ?? 0n) + chargedNano);
  }
  return sums;
}
