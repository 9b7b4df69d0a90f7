/**
 * What policy lets a call do while the accounts that everybody shares cannot be asked: nothing, spend a bounded
 * allowance of this process, or pass and be recorded. What is settled meanwhile is kept and told to them when they are
 * back, before anything more is held. Nothing is ever unlimited by silence: where nothing was said, the failure stands,
 * and where no more can be kept, it stands too.
 */
import type { Account, HoldRequest, HoldResult, SettleRequest, SettleResult } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Accounts, HoldOptions } from '../../flows/accounts.ts';
import { createMemoryAccounts, type MemoryAccounts } from './memory.ts';
import { createOwedSettlements } from './owed-settlements.ts';

export interface AwayOptions {
  readonly clock: { nowMs(): number };
  readonly timers: { after(ms: number, run: () => void): () => void };
  /** A token that nobody has had. */
  readonly fence: () => string;
  readonly warn: (message: string) => void;
  /** Settlements that are kept at most; default 100,000. */
  readonly most?: number;
}

export interface AwayAccounts extends Accounts {
  /**
   * The accounts were rebuilt from a ledger that was read at this moment: what was settled before, and could not be
   * told them, is in it.
   */
  rebuilt(readAtMs: number): void;
}

/** So much earlier must a settlement be than the reading of a ledger to be in it for sure: it is written in groups. */
const WRITTEN_WITHIN_MS = 1_000;
const MOST = 100_000;
const AWAY = 'away-';

/** Whether this fence is of a hold that was given while the accounts were away: nobody else knows of it. */
export const isGivenAway = (fence: string): boolean => fence.startsWith(AWAY);

export function createAwayAccounts(inner: Accounts, options: AwayOptions): AwayAccounts {
  const { clock, fence, warn } = options;
  const owed = createOwedSettlements((request) => inner.settle(request), { ...options, most: options.most ?? MOST });
  /** Undefined: nothing was let through since they were there and knew all of it. */
  let allowance: MemoryAccounts | undefined;

  /** What was spent meanwhile is known where it belongs: the next time is another time. */
  const end = (): void => {
    if (allowance === undefined || owed.size > 0 || allowance.holding() > 0) return;
    allowance = undefined;
  };

  const instead = (request: HoldRequest, { away = { kind: 'deny' } }: HoldOptions, failure: Failure): HoldResult => {
    if (away.kind === 'deny') throw failure;
    const bounded = away.kind === 'allowance' ? request.accounts.map((one) => within(one, away.nano)) : UNBOUNDED;
    const { rates, slots } = away.kind === 'allowance' ? request : NO_LIMITS;
    allowance ??= createMemoryAccounts({ clock, fence: () => `${AWAY}${fence()}` });
    return allowance.hold({ ...request, accounts: bounded, rates, slots });
  };

  async function hold(request: HoldRequest, terms: HoldOptions): Promise<HoldResult> {
    try {
      await owed.pay();
      const result = await inner.hold(request, terms);
      end();
      return result;
    } catch (reason) {
      return instead(request, terms, unavailable(reason));
    }
  }

  async function settle(request: SettleRequest): Promise<SettleResult> {
    if (isGivenAway(request.fence)) {
      allowance?.settle(request);
      // Nobody else knows of it, and there is nothing to tell.
      if (request.costNano === 0n) {
        end();
        return { kind: 'settled', balances: [] };
      }
    }
    try {
      await owed.pay();
      const result = await inner.settle(request);
      end();
      return result;
    } catch (reason) {
      owed.add(request, unavailable(reason));
      return { kind: 'late', balances: [] };
    }
  }

  return {
    hold(request, terms = {}) {
      return hold(request, terms);
    },
    settle,
    balances: (accounts) => inner.balances(accounts),
    rebuilt(readAtMs) {
      const known = owed.forget(readAtMs - WRITTEN_WITHIN_MS);
      if (known > 0) warn(`accounts: ${known} settlements that could not be told are in what was rebuilt`);
      end();
    },
    async close() {
      await owed.close();
      await inner.close();
    },
  };
}

const UNBOUNDED: readonly Account[] = [];
const NO_LIMITS = { rates: [], slots: [] };

/** One window, as long as they are away: what is spent of it does not come back. */
function within({ key, budget, limitNano, ceilingNano }: Account, nano: bigint): Account {
  return { key, budget, limitNano, ceilingNano: ceilingNano === undefined || ceilingNano > nano ? nano : ceilingNano };
}

/** @throws what is no outage */
function unavailable(reason: unknown): Failure {
  if (reason instanceof Failure && reason.code === 'unavailable') return reason;
  throw reason;
}
