/**
 * Port: where money and limits are held. Implementations are shared by everything that spends from the same budgets,
 * and pass the same contract suite. Nothing is promised to arrive in order, so every operation is idempotent by id.
 */
import type { Account, Balance, HoldRequest, HoldResult, SettleRequest, SettleResult } from '../core/account.ts';

export interface Accounts {
  /** @throws Failure `unavailable` where nobody can be asked */
  hold(request: HoldRequest): HoldResult | Promise<HoldResult>;
  /** @throws Failure `unavailable` */
  settle(request: SettleRequest): SettleResult | Promise<SettleResult>;
  /** What is known now, for facts and reports: may be a moment old, decides nothing. */
  balances(accounts: readonly Account[]): readonly Balance[] | Promise<readonly Balance[]>;
  close(): Promise<void>;
}
