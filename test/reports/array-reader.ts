/** Sums a list of entries as slowly and plainly as can be: for tests of what reports make of the sums. */
import { type Certainty, certaintyOf, type LedgerEntry } from '../../src/core/ledger-entry.ts';
import type { Dimension, LedgerReader, TotalsRow, Where } from '../../src/reports/ledger-reader.ts';

export function createArrayReader(entries: readonly LedgerEntry[]): LedgerReader {
  const within = (fromMs: number, toMs: number, where: Where = {}): readonly LedgerEntry[] =>
    entries.filter(
      (entry) =>
        entry.atMs >= fromMs &&
        entry.atMs < toMs &&
        // The cast: keys of a record are told as plain text.
        Object.entries(where).every(([name, value]) => dimensionOf(entry, name as Dimension) === value),
    );
  return {
    async totals({ fromMs, toMs, by, where, limit = 10_000 }) {
      const groups = Map.groupBy(within(fromMs, toMs, where), (entry) =>
        JSON.stringify(by.map((name) => dimensionOf(entry, name))),
      );
      return [...groups]
        .map(([key, group]) => rowOf(JSON.parse(key), group))
        .toSorted((left, right) => Number(right.costNano - left.costNano))
        .slice(0, limit);
    },
    async entries({ fromMs, toMs, where, limit = 1000, after }) {
      return within(fromMs, toMs, where)
        .toSorted((left, right) => left.atMs - right.atMs)
        .map((entry, index) => ({ cursor: String(index), entry }))
        .filter(({ cursor }) => after === undefined || Number(cursor) > Number(after))
        .slice(0, limit);
    },
    charged: async () => new Map(),
    close: async () => {},
  };
}

function dimensionOf(entry: LedgerEntry, name: Dimension): string {
  const { team, application, environment, cost_center: costCenter, tags } = entry.attribution;
  if (name.startsWith('tag:')) return tags?.[name.slice('tag:'.length)] ?? '';
  const attempt = entry.kind === 'attempt' ? entry : undefined;
  const values: Readonly<Record<string, string | undefined>> = {
    team,
    application,
    environment,
    cost_center: costCenter,
    key_id: entry.keyId,
    subject: entry.subject,
    target: entry.target,
    provider: entry.target.split('/')[0],
    model: entry.target.split('/').slice(1).join('/'),
    requested_model: attempt?.requestedModel,
    operation: attempt?.operation,
    outcome: attempt?.outcome,
    certainty: certaintyOf(entry.cost),
    policy_revision: entry.policyRevision,
    decision_id: entry.decisionId,
    call_id: entry.callId,
  };
  return values[name] ?? '';
}

function rowOf(values: readonly string[], entries: readonly LedgerEntry[]): TotalsRow {
  const attempts = entries.filter((entry) => entry.kind === 'attempt');
  const tokens = (count: (usage: { input: number; output: number; cacheRead?: number }) => number): number =>
    attempts.reduce((sum, { usage }) => sum + (usage.kind === 'unknown' ? 0 : count(usage.tokens)), 0);
  const cost = (some: readonly LedgerEntry[]): bigint =>
    some.reduce((sum, entry) => sum + (entry.cost.kind === 'priced' ? entry.cost.items.totalNano : 0n), 0n);
  const part = (kind: Certainty): TotalsRow['certainty'][Certainty] => ({
    attempts: attempts.filter((entry) => certaintyOf(entry.cost) === kind).length,
    costNano: cost(entries.filter((entry) => certaintyOf(entry.cost) === kind)),
  });
  return {
    values,
    calls: attempts.filter(({ index }) => index === 0).length,
    attempts: attempts.length,
    inputTokens: tokens(({ input }) => input),
    cacheReadTokens: tokens(({ cacheRead }) => cacheRead ?? 0),
    outputTokens: tokens(({ output }) => output),
    costNano: cost(entries),
    certainty: {
      exact: part('exact'),
      estimated: part('estimated'),
      unpriced: part('unpriced'),
      unknown: part('unknown'),
    },
  };
}
