/** What is held until a moment, the soonest first: a binary heap whose members know their places. */

export interface Leased {
  readonly endsAtMs: number;
  /** Its place; kept by the heap. */
  place: number;
}

export class Leases<Member extends Leased> {
  private readonly heap: Member[] = [];

  get size(): number {
    return this.heap.length;
  }

  add(member: Member): void {
    this.heap.push(member);
    this.rise(member, this.heap.length - 1);
  }

  remove(member: Member): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || last === member) return;
    this.rise(last, member.place);
    this.sink(last, last.place);
  }

  /** The one that ends first, if it has ended. */
  ended(nowMs: number): Member | undefined {
    const first = this.heap[0];
    return first !== undefined && first.endsAtMs <= nowMs ? first : undefined;
  }

  private rise(member: Member, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.heap[above];
      if (parent === undefined || parent.endsAtMs <= member.endsAtMs) break;
      this.put(parent, place);
      place = above;
    }
    this.put(member, place);
  }

  private sink(member: Member, from: number): void {
    let place = from;
    for (;;) {
      const below = this.sooner(2 * place + 1, 2 * place + 2);
      const child = this.heap[below];
      if (child === undefined || child.endsAtMs >= member.endsAtMs) break;
      this.put(child, place);
      place = below;
    }
    this.put(member, place);
  }

  private sooner(left: number, right: number): number {
    const [one, other] = [this.heap[left], this.heap[right]];
    return one !== undefined && other !== undefined && other.endsAtMs < one.endsAtMs ? right : left;
  }

  private put(member: Member, place: number): void {
    this.heap[place] = member;
    member.place = place;
  }
}
