/**
 * Settlements that no open hold was there for, so that none of them counts twice: the last so many, older ones are
 * forgotten.
 */

interface Late {
  readonly id: string;
  readonly fence: string;
  /** Of the same id, recorded before. */
  readonly earlier: Late | undefined;
}

export class LateSettlements {
  private readonly byId = new Map<string, Late>();
  /** In the order of their recording; the next takes the place of the oldest. */
  private readonly ring: Late[] = [];
  private readonly most: number;
  private next = 0;

  constructor(most: number) {
    this.most = most;
  }

  has(id: string, fence: string): boolean {
    for (let one = this.byId.get(id); one !== undefined; one = one.earlier) if (one.fence === fence) return true;
    return false;
  }

  hasAny(id: string): boolean {
    return this.byId.has(id);
  }

  add(id: string, fence: string): void {
    const oldest = this.ring[this.next];
    if (oldest !== undefined && this.byId.get(oldest.id) === oldest) this.byId.delete(oldest.id);
    const late = { id, fence, earlier: this.byId.get(id) };
    this.byId.set(id, late);
    this.ring[this.next] = late;
    this.next = (this.next + 1) % this.most;
  }
}
