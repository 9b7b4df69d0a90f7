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
  let settling: ReturnType<typeof settle>;
  try {
    settling = settle();
  } catch (reason) {
    failed('settle', reason);
  }
  const writing = entry === undefined ? undefined : written(entry, failed, money);
  let outcome: SettleResult | undefined;
  try {
    // Nearly always at once.
    outcome = settling instanceof Promise ? await settling : settling;
  } catch (reason) {
    failed('settle', reason);
  }
  await writing;
  if (entry === undefined) return;
  const balances = outcome === undefined || outcome.kind === 'duplicate' ? [] : outcome.balances;
  money.settled({ entry, accounts, balances });
}

async function written(entry: AttemptEntry, failed: Settlement['failed'], { ledger }: Money): Promise<void> {
  try {
    await ledger.append(entry);
  } catch (reason) {
    failed('write', reason);
  }
}
