/** What a caller tells after it made the model call itself: outcome and usage of one attempt under a decision. */
import type { AttemptOutcome } from './facts.ts';
import type { MeteredUsage } from './usage.ts';

/** Unknown is not zero. Tokens; `input` includes cached input, `output` includes reasoning. */
export type Usage =
  | { readonly kind: 'exact' | 'estimated'; readonly input_tokens: number; readonly output_tokens: number }
  | { readonly kind: 'unknown' };

export interface AttemptReport {
  /** Idempotency key of the caller's choice: the same key with the same content is accepted again, once recorded. */
  readonly id: string;
  readonly decision_id: string;
  readonly target: string;
  readonly outcome: AttemptOutcome;
  readonly usage: Usage;
  /** Milliseconds from the start of the attempt. */
  readonly duration_ms?: number;
  readonly first_token_ms?: number;
  /** How good the answer was, from 0 (useless) to 1: feeds the health of the target. */
  readonly quality?: number;
}

/** The same in the words of an attempt. */
export function meteredUsage(usage: Usage): MeteredUsage {
  if (usage.kind === 'unknown') return usage;
  return { kind: usage.kind, tokens: { input: usage.input_tokens, output: usage.output_tokens } };
}
