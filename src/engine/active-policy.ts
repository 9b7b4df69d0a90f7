/** Port: the policy that serves now. Implemented by the policy room, which swaps it whole. */

import type { BudgetBook } from '../core/budget.ts';
import type { PolicyIdentity } from '../core/decision.ts';
import type { PriceBook } from '../core/price-card.ts';
import type { Evaluator } from './evaluator.ts';

export interface ActivePolicy {
  readonly identity: PolicyIdentity;
  readonly evaluator: Evaluator;
  readonly prices: PriceBook;
  readonly budgets: BudgetBook;
  readonly catalogue: Catalogue;
}

/** The names that a call may ask for. */
export interface Catalogue {
  readonly aliases: readonly string[];
  /** `provider/model`. */
  readonly models: readonly string[];
}

/** The four states of freshness. */
export type PolicyStatus =
  | { readonly kind: 'never_activated'; readonly why?: string }
  | { readonly kind: 'serving'; readonly policy: ActivePolicy; readonly syncedAtMs: number }
  | {
      readonly kind: 'serving_last_good';
      readonly policy: ActivePolicy;
      readonly syncedAtMs: number;
      readonly why: string;
    }
  | { readonly kind: 'stale'; readonly policy: ActivePolicy; readonly syncedAtMs: number; readonly why: string };

export interface PolicyHolder {
  status(): PolicyStatus;
}
