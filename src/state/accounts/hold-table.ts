/**
 * Holds by their ids, and open ones by the end of their leases: what ends first is found at once. Those that were
 * settled are known for as long as there is room, so that none is settled twice.
 */
import type { AccountState } from './account-book.ts';

export interface Hold {
  readonly id: string;
  readonly fence: string;
  readonly amountNano: bigint;
  readonly endsAtMs: number;
  readonly accounts: readonly AccountState[];
  readonly slots: readonly string[];
  /** Where it stands in the heap. */
  place: number;
}

export class HoldTable {
  private readonly open = new Map<string, Hold>();
  /** A binary heap: none ends before the one at half its place. */
  private readonly heap: Hold[] = [];
  /**
   * Fences of settled ones by their ids, and those that were settled before these: when there are enough, the latter are
   * forgotten all at once. To forget one for each that comes costs as much as a hold.
   */
  private settled = new Map<string, string>();
  private before = new Map<string, string>();
  private readonly leastSettled: number;

  /** @param leastSettled so many are known at least, and twice as many at most */
  constructor(leastSettled: number) {
    this.leastSettled = leastSettled;
  }

  /** Open ones. */
  get size(): number {
    return this.heap.length;
  }

  /** A text is the fence of one that was settled. */
  get(id: string): Hold | string | undefined {
    return this.open.get(id) ?? this.settled.get(id) ?? this.before.get(id);
  }

  /** The open one that ends first. */
  soonest(): Hold | undefined {
    return this.heap[0];
  }

  add(hold: Hold): void {
    this.open.set(hold.id, hold);
    hold.place = this.heap.push(hold) - 1;
    this.rise(hold);
  }

  settle(hold: Hold): void {
    this.forget(hold);
    if (this.settled.size >= this.leastSettled) {
      this.before = this.settled;
      this.settled = new Map();
    }
    this.settled.set(hold.id, hold.fence);
  }

  /** As if it had never been. */
  forget(hold: Hold): void {
    this.open.delete(hold.id);
    this.takeOut(hold);
  }

  private takeOut(hold: Hold): void {
    const last = this.heap.pop();
    if (last === undefined || last === hold) return;
    this.put(last, hold.place);
    this.rise(last);
    this.sink(last);
  }

  private put(hold: Hold, place: number): void {
    this.heap[place] = hold;
    hold.place = place;
  }

  private rise(hold: Hold): void {
    for (;;) {
      const parent = hold.place === 0 ? undefined : this.heap[(hold.place - 1) >> 1];
      if (parent === undefined || parent.endsAtMs <= hold.endsAtMs) return;
      this.swap(parent, hold);
    }
  }

  private sink(hold: Hold): void {
    for (;;) {
      const left = this.heap[2 * hold.place + 1];
      const right = this.heap[2 * hold.place + 2];
      const first = right !== undefined && left !== undefined && right.endsAtMs < left.endsAtMs ? right : left;
      if (first === undefined || hold.endsAtMs <= first.endsAtMs) return;
      this.swap(hold, first);
    }
  }

  private swap(above: Hold, below: Hold): void {
    const { place } = above;
    this.put(above, below.place);
    this.put(below, place);
  }
}
