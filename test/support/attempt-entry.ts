/** An attempt as the ledger has it, which cost nothing, but for what a test says of it. */
import type { AttemptEntry } from '../../src/core/ledger-entry.ts';

export const attemptEntry = (more: Partial<AttemptEntry> = {}): AttemptEntry => ({
  kind: 'attempt',
  id: 'call-1/0',
  callId: 'call-1',
  atMs: Date.parse('2026-11-23T10:00:00Z'),
  decisionId: 'decision-1',
  policyRevision: 'main',
  policyDigest: 'sha256:0',
  target: 'a/m',
  attribution: { team: 'search', application: 'assistant', environment: 'prod' },
  accounts: ['team-month|2026-11-01'],
  chargedNano: 0n,
  source: 'gateway',
  index: 0,
  reason: 'initial',
  operation: 'chat',
  outcome: 'ok',
  durationMs: 10,
  usage: { kind: 'exact', tokens: { input: 1, output: 1 } },
  cost: pricedInput(0n),
  ...more,
});

/** All of it for the input. */
export const pricedInput = (nano: bigint): AttemptEntry['cost'] => ({
  kind: 'priced',
  priceId: 'a/m@1',
  tier: 'standard',
  estimated: false,
  items: { inputNano: nano, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n, totalNano: nano },
});
