/** Entries of a ledger, each told by what is special about it. */
import type { AttemptCost } from '../../src/core/attempt.ts';
import type { AttemptEntry } from '../../src/core/ledger-entry.ts';
import type { MeteredUsage } from '../../src/core/usage.ts';

export interface Told {
  readonly at: string;
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly target?: string;
  /** Input and output. */
  readonly tokens?: readonly [number, number];
  readonly cached?: number;
  readonly costNano?: bigint;
  readonly kind?: 'estimated' | 'unpriced' | 'unknown';
  readonly index?: number;
  readonly call?: string;
  readonly decision?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

let made = 0;

export function attempt(told: Told): AttemptEntry {
  made += 1;
  const { at, team = 'search', application = 'assistant', environment = 'prod', index = 0 } = told;
  const callId = told.call ?? `call-${made}`;
  const usage = usageOf(told);
  const cost = costOf(told);
  return {
    kind: 'attempt',
    id: `${callId}/${index}`,
    callId,
    atMs: Date.parse(at),
    decisionId: told.decision ?? `decision-${callId}`,
    policyRevision: '0000000',
    policyDigest: `sha256:${'0'.repeat(64)}`,
    target: told.target ?? 'openai/gpt-5.2',
    attribution: { team, application, environment, ...(told.tags === undefined ? {} : { tags: told.tags }) },
    keyId: `${team}-key`,
    accounts: [],
    chargedNano: cost.kind === 'priced' ? cost.items.totalNano : 0n,
    source: 'gateway',
    index,
    reason: index === 0 ? 'initial' : 'retry',
    operation: 'chat',
    requestedModel: 'auto',
    outcome: told.kind === 'unknown' ? 'timeout' : 'ok',
    durationMs: 1200,
    usage,
    cost,
  };
}

function usageOf({ tokens = [0, 0], cached, kind }: Told): MeteredUsage {
  if (kind === 'unknown') return { kind };
  const [input, output] = tokens;
  return {
    kind: kind === 'estimated' ? 'estimated' : 'exact',
    tokens: { input, output, ...(cached === undefined ? {} : { cacheRead: cached }) },
  };
}

function costOf({ costNano = 0n, kind }: Told): AttemptCost {
  if (kind === 'unknown' || kind === 'unpriced') return { kind };
  const outputNano = costNano / 3n;
  return {
    kind: 'priced',
    priceId: 'card-1',
    tier: 'standard',
    items: {
      inputNano: costNano - outputNano,
      cacheReadNano: 0n,
      cacheWriteNano: 0n,
      outputNano,
      otherNano: 0n,
      totalNano: costNano,
    },
    estimated: kind === 'estimated',
  };
}
