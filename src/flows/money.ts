/** Ports and facts that the money of a call needs, and what is told of it. Absent as a whole where money is off. */
import type { Account, Balance } from '../core/account.ts';
import type { LimitDemand, Spender } from '../core/demand.ts';
import type { LedgerEntry } from '../core/ledger-entry.ts';
import type { Accounts } from './accounts.ts';
import type { Ledger } from './ledger.ts';

/** Budgets and limits by their ids, as they are now. */
export interface Demands {
  /**
   * Accounts of those budgets that cover the spender and the target.
   * @throws Failure where an id is not known: nobody spends from a budget that is not there
   */
  accounts(ids: readonly string[], spender: Spender, target: string, nowMs: number): readonly Account[];
  /** @throws Failure where an id is not known */
  limits(ids: readonly string[], spender: Spender, tokens: number): LimitDemand;
}

/** One attempt that was paid for. */
export interface SettledFact {
  readonly entry: LedgerEntry;
  readonly accounts: readonly Account[];
  /** As they are now; empty where the accounts could not be asked. */
  readonly balances: readonly Balance[];
}

/** A hold that was refused because an account is full. */
export interface ShortFact {
  readonly account: Account;
  /** As they were then; may be empty. */
  readonly balances: readonly Balance[];
}

export interface Money {
  readonly accounts: Accounts;
  readonly ledger: Ledger;
  readonly demands: Demands;
  /** Told of every settlement, alerts among others; must not throw. */
  readonly settled: (fact: SettledFact) => void;
  /** Told of every hold that an account could not bear; must not throw. */
  readonly short: (fact: ShortFact) => void;
  /** Told when something of money could not be done that nobody waits for. */
  readonly warn: (message: string) => void;
}
