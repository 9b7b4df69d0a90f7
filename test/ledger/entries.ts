/** Entries for tests of the ledger: plain ones, of which a test says what matters to it. */
import type { AdjustmentEntry, AttemptEntry } from '../../src/core/ledger-entry.ts';

export const AT_MS = Date.UTC(2026, 10, 5, 10, 20);

export function attemptEntry(overrides: Partial<AttemptEntry> = {}): AttemptEntry {
  return {
    kind: 'attempt',
    source: 'gateway',
    id: 'call-1/0',
    callId: 'call-1',
    atMs: AT_MS,
    decisionId: 'decision-1',
    policyRevision: 'r1',
    policyDigest: 'sha256:00',
    target: 'openai/gpt-5.2',
    attribution: { team: 'search', application: 'web', environment: 'prod' },
    accounts: ['search|2026-11'],
    chargedNano: 1_000n,
    index: 0,
    reason: 'initial',
    operation: 'chat',
    requestedModel: 'auto',
    outcome: 'ok',
    durationMs: 120.5,
    usage: { kind: 'exact', tokens: { input: 100, output: 10, cacheRead: 40 } },
    cost: priced(1_000n),
    ...overrides,
  };
}

export function priced(totalNano: bigint, estimated = false): Extract<AttemptEntry['cost'], { kind: 'priced' }> {
  const items = { inputNano: totalNano, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n };
  return { kind: 'priced', priceId: 'card', tier: 'standard', estimated, items: { ...items, totalNano } };
}

/** What was `from` has another price by this much. */
export function adjustmentOf(from: AttemptEntry, byNano: bigint): AdjustmentEntry {
  const { id, callId, atMs, decisionId, policyRevision, policyDigest, target, attribution, accounts } = from;
  return {
    kind: 'adjustment',
    id: `${id}/repriced`,
    adjusts: id,
    why: 'repriced',
    ...{ callId, atMs, decisionId, policyRevision, policyDigest, target, attribution, accounts },
    chargedNano: byNano,
    cost: priced(byNano),
  };
}

/** So many, of calls with their own ids, a second apart. */
export function manyEntries(count: number, of: (index: number) => Partial<AttemptEntry> = () => ({})): AttemptEntry[] {
  return Array.from({ length: count }, (_, index) =>
    attemptEntry({ id: `many-${index}/0`, callId: `many-${index}`, atMs: AT_MS + index * 1_000, ...of(index) }),
  );
}

/** A ledger of some months: one that retention takes away, and one that it leaves. */
export const JUNE = manyEntries(30, (index) => ({ id: `june-${index}/0`, atMs: Date.UTC(2026, 5, 1 + index) }));
export const NOVEMBER = manyEntries(25);
