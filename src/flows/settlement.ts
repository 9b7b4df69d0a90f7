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
export function carryOut(settlement: Settlement, money: Money): Promise<void> {
  const { settle, entry, failed } = settlement;
  let settling: ReturnType<typeof settle>;
  try {
    settling = settle();
  } catch (reason) {
    failed('settle', reason);
  }
  const writing = entry === undefined ? undefined : appended(entry, money);
  if (settling instanceof Promise) return carriedOut(settlement, settling, writing, money);
  // Nearly always.
  const outcome = settling;
  if (entry === undefined || writing === undefined) return DONE;
  const tell = (): void => told(settlement, entry, outcome, money);
  return writing.then(tell, (reason: unknown) => {
    failed('write', reason);
    tell();
  });
}

const DONE = Promise.resolve();

function appended(entry: AttemptEntry, { ledger }: Money): Promise<void> {
  try {
    return ledger.append(entry);
  } catch (reason) {
    return Promise.reject(reason);
  }
}

async function carriedOut(
  settlement: Settlement,
  settling: Promise<SettleResult>,
  writing: Promise<void> | undefined,
  money: Money,
): Promise<void> {
  const { entry, failed } = settlement;
  const [settled, written] = await Promise.allSettled([settling, writing]);
  if (settled.status === 'rejected') failed('settle', settled.reason);
  if (written.status === 'rejected') failed('write', written.reason);
  if (entry !== undefined) told(settlement, entry, settled.status === 'fulfilled' ? settled.value : undefined, money);
}

function told({ accounts }: Settlement, entry: AttemptEntry, outcome: SettleResult | undefined, money: Money): void {
  const balances = outcome === undefined || outcome.kind === 'duplicate' ? [] : outcome.balances;
  money.settled({ entry, accounts, balances });
}
