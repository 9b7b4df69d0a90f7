/** What the engine knows at the moment of a decision, beside the call itself. Sparse: what is not said is nominal. */

export interface BudgetFact {
  readonly id: string;
  readonly state: 'ok' | 'warn' | 'exhausted';
  /** settled / limit; 1 is full. What is held is not spent: who needs it may wait for it. */
  readonly utilization?: number;
  /** Nano-USD left, at most 2^53 - 1. */
  readonly remaining_nano_usd?: number;
  /** RFC 3339. */
  readonly resets_at?: string;
}

export interface LimitFact {
  readonly id: string;
  readonly state: 'ok' | 'exhausted';
  readonly retry_after_ms?: number;
}

export interface TargetFact {
  readonly breaker?: 'closed' | 'half_open' | 'open';
  /** 0 to 1, over the health window. */
  readonly error_rate?: number;
  readonly first_token_p50_ms?: number;
  /** Until the last of a good answer. */
  readonly total_p50_ms?: number;
  /** 0 to 1, rolling. */
  readonly quality?: number;
}

export interface Facts {
  readonly budgets?: readonly BudgetFact[];
  readonly limits?: readonly LimitFact[];
  readonly targets?: Readonly<Record<string, TargetFact>>;
}

/** Outcome of one attempt at one target; closed. */
export const ATTEMPT_OUTCOMES = [
  'ok',
  'rate_limited',
  'timeout',
  'connection',
  'unavailable',
  'context_length',
  'content_filter',
  'degraded',
  'invalid_request',
  'auth',
  'cancelled',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** An attempt that was already made, told when the decision is asked again after failures. */
export interface Attempt {
  readonly target: string;
  readonly outcome: AttemptOutcome;
  readonly output_started?: boolean;
}
