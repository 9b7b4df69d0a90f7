/** Holds that are not settled, by their ids and by the end of their leases: what ends first is found at once. */
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
  private readonly byId = new Map<string, Hold>();
  /** A binary heap: none ends before the one at half its place. */
  private readonly heap: Hold[] = [];

  get size(): number {
    return this.heap.length;
  }

  get(id: string): Hold | undefined {
    return this.byId.get(id);
  }

  /** The one that ends first. */
  soonest(): Hold | undefined {
    return this.heap[0];
  }

  add(hold: Hold): void {
    this.byId.set(hold.id, hold);
    hold.place = this.heap.push(hold) - 1;
    this.rise(hold);
  }

  remove(hold: Hold): void {
    this.byId.delete(hold.id);
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
