/** What is counted for one (team, application, environment), and within it for each target. Money is exact. */
import type { AttemptCostItems } from '../core/attempt.ts';
import type { Estimate, Outcome } from '../core/decision.ts';
import type { TokenCounts } from '../core/usage.ts';
import { cacheWrites } from './attempt-span.ts';
import { splitTarget } from './target-name.ts';
import type { ToldAttempt } from './told-attempt.ts';

/** Nano-USD of what was estimated. */
export interface EstimateCounts {
  inputNano: bigint;
  outputNano: bigint;
}

/** Nano-USD of what attempts did cost. */
export type CostCounts = { -readonly [Item in Exclude<keyof AttemptCostItems, 'totalNano'>]: bigint };

/** Totals, and of them the parts. */
export interface TokenTotals {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
  audio: number;
  image: number;
}

export interface TargetCounts {
  readonly provider: string;
  readonly model: string;
  readonly cost: CostCounts;
  readonly tokens: TokenTotals;
  /** By outcome. */
  readonly attempts: Map<string, number>;
  /** By the outcome of the attempt before. */
  readonly fallbacks: Map<string, number>;
  readonly retries: Map<string, number>;
  hedges: number;
}

export interface PayerCounts {
  readonly team: string;
  readonly application: string;
  readonly environment: string;
  readonly decisions: Record<Outcome, Map<string, number>>;
  readonly estimate: EstimateCounts;
  readonly targets: Map<string, TargetCounts>;
  unpricedEstimates: number;
  unpricedAttempts: number;
  /** Attempts that may have cost something, and nobody knows what. */
  unknownUsage: number;
}

export const emptyPayer = (team: string, application: string, environment: string): PayerCounts => ({
  team,
  application,
  environment,
  decisions: { allow: new Map(), deny: new Map(), throttle: new Map() },
  estimate: { inputNano: 0n, outputNano: 0n },
  targets: new Map(),
  unpricedEstimates: 0,
  unpricedAttempts: 0,
  unknownUsage: 0,
});

export const emptyTarget = (name: string): TargetCounts => ({
  ...splitTarget(name),
  cost: { inputNano: 0n, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n },
  tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, audio: 0, image: 0 },
  attempts: new Map(),
  fallbacks: new Map(),
  retries: new Map(),
  hedges: 0,
});

export function addEstimate(payer: PayerCounts, estimate: Estimate): void {
  if (estimate.kind === 'unpriced') payer.unpricedEstimates += 1;
  if (estimate.kind !== 'priced') return;
  payer.estimate.inputNano += estimate.cost.input_nano_usd;
  payer.estimate.outputNano += estimate.cost.output_nano_usd;
}

export function addAttempt(payer: PayerCounts, target: TargetCounts, attempt: ToldAttempt): void {
  const { outcome, usage, cost } = attempt;
  increment(target.attempts, outcome);
  addReason(target, attempt);
  if (usage.kind !== 'unknown') addTokens(target.tokens, usage.tokens);
  switch (cost.kind) {
    case 'priced':
      addCost(target.cost, cost.items);
      return;
    case 'unpriced':
      payer.unpricedAttempts += 1;
      if (usage.kind === 'unknown') payer.unknownUsage += 1;
      return;
    case 'unknown':
      payer.unknownUsage += 1;
      return;
    case 'none':
      return;
  }
}

function addReason(target: TargetCounts, { reason, because }: ToldAttempt): void {
  switch (reason) {
    case 'fallback':
      increment(target.fallbacks, because ?? '');
      return;
    case 'retry':
      increment(target.retries, because ?? '');
      return;
    case 'hedge':
      target.hedges += 1;
      return;
    case 'initial':
    case undefined:
      return;
  }
}

function addTokens(totals: TokenTotals, tokens: TokenCounts): void {
  totals.input += tokens.input;
  totals.output += tokens.output;
  totals.cacheRead += tokens.cacheRead ?? 0;
  totals.cacheWrite += cacheWrites(tokens) ?? 0;
  totals.reasoning += tokens.reasoning ?? 0;
  totals.audio += (tokens.inputAudio ?? 0) + (tokens.outputAudio ?? 0);
  totals.image += (tokens.inputImage ?? 0) + (tokens.outputImage ?? 0);
}

function addCost(counts: CostCounts, items: AttemptCostItems): void {
  counts.inputNano += items.inputNano;
  counts.outputNano += items.outputNano;
  if (items.cacheReadNano !== 0n) counts.cacheReadNano += items.cacheReadNano;
  if (items.cacheWriteNano !== 0n) counts.cacheWriteNano += items.cacheWriteNano;
  if (items.otherNano !== 0n) counts.otherNano += items.otherNano;
}

export const increment = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);
