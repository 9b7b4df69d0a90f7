/**
 * Goes along one chain of a ledger and tells where it is not what was written. A row whose text does not give its hash
 * was changed, or the row before was, hash and all. Behind a fault it goes on from what is stored, so that each is told
 * once.
 */
import { entryOf, linkHash } from './chain.ts';
import { columnsOf, type EntryColumns } from './columns.ts';
import type { Faults, KeptHead } from './faults.ts';

export interface ChainHead {
  readonly chain: string;
  readonly seq: bigint;
  readonly hash: Buffer;
}

/** Places that retention dropped, and the hash of the last. */
export interface DroppedPart {
  readonly fromSeq: bigint;
  readonly toSeq: bigint;
  readonly lastHash: Buffer;
}

export interface ChainRow {
  readonly id: string;
  readonly seq: bigint;
  readonly hash: Buffer;
  readonly body: string;
  /** As they are stored, by their names; integers in any form. */
  readonly columns: Readonly<Record<string, unknown>>;
}

export class ChainWalk {
  /** Rows that retention dropped. */
  dropped = 0n;
  private readonly head: ChainHead;
  private readonly parts: ReadonlyMap<bigint, DroppedPart>;
  private readonly kept: ReadonlyMap<bigint, string>;
  private readonly faults: Faults;
  private seq = 0n;
  private hash: Buffer = Buffer.alloc(0);

  /** @param head what the list of chains says of its end */
  constructor(head: ChainHead, parts: readonly DroppedPart[], kept: readonly KeptHead[], faults: Faults) {
    this.head = head;
    this.parts = new Map(parts.map((part) => [part.fromSeq, part]));
    this.kept = new Map(kept.filter(({ chain }) => chain === head.chain).map(({ seq, hash }) => [seq, hash]));
    this.faults = faults;
  }

  /** In the order of their places. */
  row({ id, seq, hash, body, columns }: ChainRow): void {
    const { chain } = this.head;
    this.skipTo(seq);
    if (seq <= this.seq) {
      this.faults.add({ kind: 'added', chain, seq, id });
      return;
    }
    const isNext = seq === this.seq + 1n;
    if (!isNext) this.faults.add({ kind: 'missing', chain, fromSeq: this.seq + 1n, toSeq: seq - 1n });
    // Behind a gap nobody knows the hash before.
    if (isNext && !linkHash(this.hash, chain, seq, body).equals(hash)) {
      this.faults.add({ kind: 'changed', chain, seq, id, part: 'text' });
    } else if (!isSaidBy(columns, body)) {
      this.faults.add({ kind: 'changed', chain, seq, id, part: 'columns' });
    }
    this.stand(seq, hash);
  }

  /** Behind the last row. */
  end(): void {
    const { chain, seq, hash } = this.head;
    this.skipTo(seq + 1n);
    if (this.seq < seq) this.faults.add({ kind: 'missing', chain, fromSeq: this.seq + 1n, toSeq: seq });
    else if (this.seq > seq || !this.hash.equals(hash)) this.faults.add({ kind: 'end', chain, seq: this.seq });
    for (const place of this.kept.keys()) {
      if (place > this.seq) this.faults.add({ kind: 'head', chain, seq: place, cut: true });
    }
  }

  /** Goes over what was dropped, up to the row before `next`. */
  private skipTo(next: bigint): void {
    for (let part = this.parts.get(this.seq + 1n); part !== undefined && part.toSeq < next; ) {
      this.dropped += part.toSeq - part.fromSeq + 1n;
      this.stand(part.toSeq, part.lastHash);
      part = this.parts.get(this.seq + 1n);
    }
  }

  private stand(seq: bigint, hash: Buffer): void {
    this.seq = seq;
    this.hash = hash;
    const kept = this.kept.get(seq);
    if (kept !== undefined && kept !== hash.toString('hex')) {
      this.faults.add({ kind: 'head', chain: this.head.chain, seq, cut: false });
    }
  }
}

function isSaidBy(columns: ChainRow['columns'], body: string): boolean {
  let said: EntryColumns;
  try {
    said = columnsOf(entryOf(body));
  } catch {
    return false;
  }
  return Object.entries(said).every(([name, value]) => name === 'body' || plain(value) === plain(columns[name]));
}

/** Stores have integers as bigint, and tags in an order of their own. */
function plain(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(Array.isArray(value) ? value : Object.entries(value).sort());
}
