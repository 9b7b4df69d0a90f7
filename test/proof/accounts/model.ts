/**
 * The plainest accounts there can be: everything that ever happened is in lists, and every figure is summed up anew
 * from them. What implementations must answer is read off here.
 */
import type { Account, HoldRequest, RateDemand, SlotDemand } from '../../../src/core/account.ts';
import { START_MS } from '../../contract/accounts-driver.ts';

const MINUTE_MS = 60_000;

/** Kinds of windows that a call may draw on; of the first a new account begins with every minute. */
export const BUDGETS = ['minute', 'total', 'rolling', 'counted'] as const;
export type BudgetName = (typeof BUDGETS)[number];

export function accountOf(budget: BudgetName, nowMs: number): Account {
  switch (budget) {
    case 'minute': {
      const from = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
      const resetsAtMs = from + MINUTE_MS;
      return { key: `minute|${from}`, budget, limitNano: 500n, ceilingNano: 400n, resetsAtMs };
    }
    case 'total':
      return { key: 'total|total', budget, limitNano: 1_000n, ceilingNano: 1_000n };
    case 'rolling': {
      const rolling = { bucketMs: 10_000, buckets: 3 };
      return { key: 'rolling|rolling', budget, limitNano: 300n, ceilingNano: 300n, rolling };
    }
    case 'counted':
      return { key: 'counted|total', budget, limitNano: 100n };
  }
}

export const RATE: RateDemand = { key: 'rate|requests', limit: 'rate', units: 60, perMs: 60_000, burst: 3, take: 1 };
/** In which one unit comes back. */
const UNIT_MS = RATE.perMs / RATE.units;
export const PLACES: SlotDemand = { key: 'places|calls', limit: 'places', places: 3 };

export interface ModelHold {
  /** Asked again, it is asked so. */
  readonly request: HoldRequest;
  readonly id: string;
  readonly fence: string;
  readonly amountNano: bigint;
  readonly endsAtMs: number;
  readonly accounts: readonly Account[];
  readonly takesPlace: boolean;
  /** The process that held it is gone: nobody will settle it. */
  readonly replica: 0 | 1;
  isLost: boolean;
  state: 'open' | 'settled' | 'settled late';
}

export interface ModelSettlement {
  readonly id: string;
  readonly fence: string;
  readonly costNano: bigint;
  /** Part of the cost that nobody had held: what came late, or above its hold. */
  readonly unheldNano: bigint;
  readonly atMs: number;
  readonly accounts: readonly Account[];
  /** By a store that began anew: that it is in the balance is all that is known of it. */
  isForgotten: boolean;
}

const FORGOTTEN = { id: '', fence: '', isForgotten: true };

export class Model {
  nowMs = START_MS;
  readonly holds: ModelHold[] = [];
  readonly settlements: ModelSettlement[] = [];
  /** Every account that was ever named. */
  readonly accounts = new Map<string, Account>();
  /** Units of the rate, in ms of its refill. */
  private rateMs = RATE.burst * UNIT_MS;
  private rateAtMs = START_MS;

  settledNano(account: Account): bigint {
    return this.sum(account, ({ costNano }) => costNano);
  }

  /** What may stand above the ceiling. */
  unheldNano(account: Account): bigint {
    return this.sum(account, ({ unheldNano }) => unheldNano);
  }

  heldNano({ key }: Account): bigint {
    return this.open()
      .filter(({ accounts }) => accounts.some((one) => one.key === key))
      .reduce((sum, { amountNano }) => sum + amountNano, 0n);
  }

  freeNano(account: Account): bigint | undefined {
    return account.ceilingNano && account.ceilingNano - this.settledNano(account) - this.heldNano(account);
  }

  placesTaken(): number {
    return this.open().filter(({ takesPlace }) => takesPlace).length;
  }

  /** Until the rate bears one more. */
  untilRateMs(): number {
    this.rateMs = Math.min(RATE.burst * UNIT_MS, this.rateMs + this.nowMs - this.rateAtMs);
    this.rateAtMs = this.nowMs;
    return Math.max(0, UNIT_MS - this.rateMs);
  }

  takeRate(): void {
    this.rateMs -= UNIT_MS;
  }

  /** The last hold of an id. */
  last(id: string): ModelHold | undefined {
    return this.holds.findLast((hold) => hold.id === id);
  }

  isOpen({ state, endsAtMs }: ModelHold): boolean {
    return state === 'open' && endsAtMs > this.nowMs;
  }

  wasSettled(id: string, fence: string): boolean {
    return this.settlements.some((one) => one.id === id && one.fence === fence && !one.isForgotten);
  }

  /** The store begins anew with the sums of what was settled; nobody knows any more when it was within a window. */
  restart(): ReadonlyMap<string, bigint> {
    this.rateMs = RATE.burst * UNIT_MS;
    this.rateAtMs = this.nowMs;
    this.holds.length = 0;
    const rolling = accountOf('rolling', this.nowMs);
    const kept = {
      ...FORGOTTEN,
      costNano: this.settledNano(rolling),
      unheldNano: this.unheldNano(rolling),
      atMs: this.nowMs,
      accounts: [rolling],
    };
    const others = this.settlements.map((one) => ({
      ...one,
      isForgotten: true,
      accounts: one.accounts.filter(({ key }) => key !== rolling.key),
    }));
    this.settlements.splice(0, this.settlements.length, ...others, kept);
    return new Map([...this.accounts.values()].map((account) => [account.key, this.settledNano(account)]));
  }

  private open(): readonly ModelHold[] {
    return this.holds.filter((hold) => this.isOpen(hold));
  }

  private sum(account: Account, of: (settlement: ModelSettlement) => bigint): bigint {
    return this.settlements
      .filter(({ accounts, atMs }) => accounts.some(({ key }) => key === account.key) && this.isWithin(account, atMs))
      .reduce((sum, settlement) => sum + of(settlement), 0n);
  }

  private isWithin({ rolling }: Account, atMs: number): boolean {
    if (rolling === undefined) return true;
    const bucket = (ms: number): number => Math.floor(ms / rolling.bucketMs);
    return bucket(atMs) > bucket(this.nowMs) - rolling.buckets;
  }
}
