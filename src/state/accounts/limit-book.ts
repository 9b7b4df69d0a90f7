/** What every rate and every set of places has left, in memory. Of a rate that is full nothing is kept. */
import type { HoldRequest, HoldResult, RateDemand, SlotDemand } from '../../core/account.ts';
import { fullAfterMs, fullAfterRefundMs, isEverBorne, waitMs } from '../../core/rate.ts';

type Throttled = Extract<HoldResult, { kind: 'throttled' }>;
type Demand = Pick<HoldRequest, 'rates' | 'slots'>;

/** What is kept of a rate. */
export interface RateState {
  readonly key: string;
  /** When its bucket is full again. */
  fullAtMs: number;
}

/** Of each rate of a demand, in their order; undefined: it is full. */
type Found = readonly (RateState | undefined)[];

/** Rates that are looked at in one go to forget them. */
const LOOKS = 16;

export class LimitBook {
  private readonly rates = new Map<string, RateState>();
  /** Places that are taken. */
  private readonly taken = new Map<string, number>();
  private hand: Iterator<RateState> = this.rates.values();

  /** Looked up once for what is asked of them, and no longer: they may be forgotten. */
  find(rates: readonly RateDemand[]): Found {
    return rates.map(({ key }) => this.rates.get(key));
  }

  /** @returns what stands in the way longest, a rate before a place; undefined: nothing */
  refusal({ rates, slots }: Demand, found: Found, nowMs: number): Throttled | undefined {
    let longestMs = 0;
    let refused: RateDemand | undefined;
    for (const [at, rate] of rates.entries()) {
      if (!isEverBorne(rate)) return throttled(rate, 0);
      const wait = waitMs(rate, fullAfter(rate, found[at], nowMs), nowMs);
      if (wait <= longestMs) continue;
      longestMs = wait;
      refused = rate;
    }
    if (refused !== undefined) return throttled(refused, Math.ceil(longestMs));
    for (const slot of slots) {
      if ((this.taken.get(slot.key) ?? 0) >= slot.places) return throttled(slot, 0);
    }
    return undefined;
  }

  take({ rates, slots }: Demand, found: Found, nowMs: number): void {
    for (const [at, rate] of rates.entries()) {
      const state = found[at] ?? this.open(rate.key, nowMs);
      state.fullAtMs = fullAfter(rate, state, nowMs);
    }
    for (const { key } of slots) this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
  }

  leave(slots: readonly string[]): void {
    for (const key of slots) {
      const left = (this.taken.get(key) ?? 0) - 1;
      if (left > 0) this.taken.set(key, left);
      else this.taken.delete(key);
    }
  }

  refund(rate: RateDemand, units: number): void {
    const state = this.rates.get(rate.key);
    if (state !== undefined) state.fullAtMs = fullAfterRefundMs(rate, state.fullAtMs, units);
  }

  /** Looks at a few rates and forgets those that are full: all are seen in turn. */
  forget(nowMs: number): void {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const next = this.hand.next();
      if (next.done === true) {
        this.hand = this.rates.values();
        return;
      }
      if (next.value.fullAtMs <= nowMs) this.rates.delete(next.value.key);
    }
  }

  private open(key: string, nowMs: number): RateState {
    const known = this.rates.get(key);
    if (known !== undefined) return known;
    const state = { key, fullAtMs: nowMs };
    this.rates.set(key, state);
    return state;
  }
}

const fullAfter = (rate: RateDemand, state: RateState | undefined, nowMs: number): number =>
  fullAfterMs(rate, state?.fullAtMs ?? nowMs, nowMs);

const throttled = ({ key, limit }: RateDemand | SlotDemand, retryAfterMs: number): Throttled => ({
  kind: 'throttled',
  key,
  limit,
  retryAfterMs,
});
