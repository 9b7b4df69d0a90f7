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
  /** Of one that was settled, its fence is all that is kept. */
  private readonly byId = new Map<string, Hold | string>();
  /** A binary heap: none ends before the one at half its place. */
  private readonly heap: Hold[] = [];
  /** Ids of settled ones in their order; the next takes the place of the oldest. */
  private readonly settled: string[] = [];
  private readonly maxSettled: number;
  private next = 0;

  constructor(maxSettled: number) {
    this.maxSettled = maxSettled;
  }

  /** Open ones. */
  get size(): number {
    return this.heap.length;
  }

  /** A text is the fence of one that was settled. */
  get(id: string): Hold | string | undefined {
    return this.byId.get(id);
  }

  /** The open one that ends first. */
  soonest(): Hold | undefined {
    return this.heap[0];
  }

  add(hold: Hold): void {
    this.byId.set(hold.id, hold);
    hold.place = this.heap.push(hold) - 1;
    this.rise(hold);
  }

  settle(hold: Hold): void {
    this.takeOut(hold);
    const oldest = this.settled[this.next];
    if (oldest !== undefined) this.byId.delete(oldest);
    this.byId.set(hold.id, hold.fence);
    this.settled[this.next] = hold.id;
    this.next = (this.next + 1) % this.maxSettled;
  }

  /** As if it had never been. */
  forget(hold: Hold): void {
    this.byId.delete(hold.id);
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
