/** A settlement: the hold becomes what it came to and the entry is written, together; then whoever watches is told. */
import type { Account, SettleResult } from '../core/account.ts';
import type { AttemptEntry } from '../core/ledger-entry.ts';
import type { Money } from './money.ts';

export interface Settlement {
  readonly accounts: readonly Account[];
  /** Undefined: nothing was held here. May throw. */
  readonly settle: () => SettleResult | Promise<SettleResult> | undefined;
  /** Undefined: nothing is to be told. */
  readonly entry: AttemptEntry | undefined;
  /** Told of what could not be done. */
  readonly failed: (what: 'settle' | 'write', reason: unknown) => void;
}

/** Resolves when both are done. Never rejects, and neither waits for the other nor fails with it. */
export async function carryOut({ accounts, settle, entry, failed }: Settlement, money: Money): Promise<void> {
  const [settled, written] = await Promise.allSettled([
    // Whatever is thrown at once is a rejection as well.
    (async () => settle())(),
    (async () => (entry === undefined ? undefined : money.ledger.append(entry)))(),
  ]);
  if (settled.status === 'rejected') failed('settle', settled.reason);
  if (written.status === 'rejected') failed('write', written.reason);
  if (entry === undefined) return;
  const outcome = settled.status === 'fulfilled' ? settled.value : undefined;
  const balances = outcome === undefined || outcome.kind === 'duplicate' ? [] : outcome.balances;
  money.settled({ entry, accounts, balances });
}
