/** What every rate and every set of places has left, in memory. Of a rate that is full nothing is kept. */
import type { HoldResult, RateDemand, SlotDemand } from '../../core/account.ts';
import { fullAfterMs, fullAfterRefundMs, isEverBorne, waitMs } from '../../core/rate.ts';

type Throttled = Extract<HoldResult, { kind: 'throttled' }>;

/** Rates that are looked at in one go to forget them. */
const LOOKS = 16;

export class LimitBook {
  /** When each bucket is full again. */
  private readonly fullAtMs = new Map<string, number>();
  /** Places that are taken. */
  private readonly taken = new Map<string, number>();
  private hand: Iterator<[string, number]> = this.fullAtMs.entries();

  /** @returns what stands in the way longest, a rate before a place; undefined: nothing */
  refusal(rates: readonly RateDemand[], slots: readonly SlotDemand[], nowMs: number): Throttled | undefined {
    let longestMs = 0;
    let refused: RateDemand | undefined;
    for (const rate of rates) {
      if (!isEverBorne(rate)) return throttled(rate, 0);
      const wait = waitMs(rate, this.after(rate, nowMs), nowMs);
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

  take(rates: readonly RateDemand[], slots: readonly SlotDemand[], nowMs: number): void {
    for (const rate of rates) this.fullAtMs.set(rate.key, this.after(rate, nowMs));
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
    const fullAt = this.fullAtMs.get(rate.key);
    if (fullAt !== undefined) this.fullAtMs.set(rate.key, fullAfterRefundMs(rate, fullAt, units));
  }

  /** Looks at a few rates and forgets those that are full: all are seen in turn. */
  forget(nowMs: number): void {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const next = this.hand.next();
      if (next.done === true) {
        this.hand = this.fullAtMs.entries();
        return;
      }
      const [key, fullAt] = next.value;
      if (fullAt <= nowMs) this.fullAtMs.delete(key);
    }
  }

  private after(rate: RateDemand, nowMs: number): number {
    return fullAfterMs(rate, this.fullAtMs.get(rate.key) ?? nowMs, nowMs);
  }
}

const throttled = ({ key, limit }: RateDemand | SlotDemand, retryAfterMs: number): Throttled => ({
  kind: 'throttled',
  key,
  limit,
  retryAfterMs,
});
