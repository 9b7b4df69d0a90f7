/** What is wrong with a ledger that was verified, and how it is told. */

/** The end of a chain, written down somewhere else: who changes or cuts what is before it is found out. */
export interface KeptHead {
  readonly chain: string;
  readonly seq: bigint;
  /** In hex. */
  readonly hash: string;
}

export type LedgerFault =
  /** Not what was written: its text, or a column that says something else than its text. */
  | {
      readonly kind: 'changed';
      readonly chain: string;
      readonly seq: bigint;
      readonly id: string;
      readonly part: 'text' | 'columns';
    }
  /** A row at a place that another one has. */
  | { readonly kind: 'added'; readonly chain: string; readonly seq: bigint; readonly id: string }
  /** Rows of these places are gone. */
  | { readonly kind: 'missing'; readonly chain: string; readonly fromSeq: bigint; readonly toSeq: bigint }
  /** The list of chains says that it ends elsewhere, or otherwise. */
  | { readonly kind: 'end'; readonly chain: string; readonly seq: bigint }
  /** It is not what it was when its head was kept: cut before that place, or written anew. */
  | { readonly kind: 'head'; readonly chain: string; readonly seq: bigint; readonly cut: boolean }
  /** Roll-ups or charges of an hour are not what its rows come to. */
  | { readonly kind: 'sums'; readonly hourMs: number; readonly says: string };

export function faultText(fault: LedgerFault): string {
  switch (fault.kind) {
    case 'changed':
      return `chain ${fault.chain}: ${fault.part === 'text' ? '' : 'columns of '}row ${fault.id} at place ${fault.seq}`;
    case 'added':
      return `chain ${fault.chain}: row ${fault.id} at place ${fault.seq}, which another row has`;
    case 'missing':
      return `chain ${fault.chain}: places ${fault.fromSeq} to ${fault.toSeq}`;
    case 'end':
      return `chain ${fault.chain}: its end is not place ${fault.seq}`;
    case 'head':
      return `chain ${fault.chain}: ${fault.cut ? 'ends before' : 'has another row at'} place ${fault.seq}, whose hash was kept`;
    case 'sums':
      return `hour ${new Date(fault.hourMs).toISOString()}: ${fault.says}`;
  }
}

export interface Verified {
  readonly chains: number;
  readonly rows: number;
  /** Rows that retention dropped. */
  readonly dropped: number;
  /** The first ones, at most 100. */
  readonly faults: readonly LedgerFault[];
  /** How many there are. */
  readonly found: number;
}

const MOST_TOLD = 100;

/** Counts all of them and keeps the first ones. */
export class Faults {
  readonly first: LedgerFault[] = [];
  found = 0;

  add(fault: LedgerFault): void {
    this.found += 1;
    if (this.first.length < MOST_TOLD) this.first.push(fault);
  }
}
