/** Port: the policy that serves now. Implemented by the policy room, which swaps it whole. */

import { type BudgetBook, NO_BUDGETS } from '../core/budget.ts';
import type { PolicyIdentity } from '../core/decision.ts';
import { NO_PRICES, type PriceBook } from '../core/price-card.ts';
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
  /** Tokens of the longest prompt that a model reads, where the catalogue says it. */
  readonly contexts: ReadonlyMap<string, number>;
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

/** Prices in force; without a policy there are none. */
export const pricesOf = (status: PolicyStatus): PriceBook =>
  status.kind === 'never_activated' ? NO_PRICES : status.policy.prices;

/** Tokens of the longest prompt that a target reads; undefined: the catalogue does not say. */
export const contextOf = (status: PolicyStatus, target: string): number | undefined =>
  status.kind === 'never_activated' ? undefined : status.policy.catalogue.contexts.get(target);

/** Budgets and limits in force; without a policy there are none. */
export const budgetsOf = (status: PolicyStatus): BudgetBook =>
  status.kind === 'never_activated' ? NO_BUDGETS : status.policy.budgets;

export interface PolicyHolder {
  status(): PolicyStatus;
}
