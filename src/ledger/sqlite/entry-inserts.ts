/**
 * Inserts rows of entries. Most of what is bound to a row is what it shares with many others; to bind that anew for every
 * row takes as long as to store it. So where rows come often that share it, a statement is kept that has it inside.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { commonValues, INSERT_ENTRY, insertEntryOf, ownValues, type Row, type Shared } from './row.ts';

export interface Link {
  readonly chain: string;
  readonly seq: bigint;
  readonly hash: Buffer;
}

/** To make a statement takes as long as to bind what rows share so often. */
const OFTEN = 16;
const MOST_STATEMENTS = 256;
/** Of which it is counted how often they come. */
const MOST_COUNTED = 4_000;
const DO_NOTHING = ' ON CONFLICT DO NOTHING';

export class EntryInserts {
  private readonly database: DatabaseSync;
  private readonly ofAny: StatementSync;
  private readonly ofShared = new Map<Shared, StatementSync>();
  private readonly counts = new Map<Shared, number>();
  private chain = '';

  constructor(database: DatabaseSync) {
    this.database = database;
    this.ofAny = database.prepare(INSERT_ENTRY + DO_NOTHING);
  }

  /** @returns whether it was not there before */
  insert(row: Row, body: string, { chain, seq, hash }: Link): boolean {
    const own = ownValues(row, body, seq, hash);
    const statement = this.statementOf(row.shared, chain);
    const { changes } =
      statement === undefined ? this.ofAny.run(...own, ...commonValues(row.shared, chain)) : statement.run(...own);
    return changes === 1;
  }

  private statementOf(shared: Shared, chain: string): StatementSync | undefined {
    if (chain !== this.chain) {
      this.chain = chain;
      this.ofShared.clear();
    }
    const known = this.ofShared.get(shared);
    if (known !== undefined) return known;
    const count = (this.counts.get(shared) ?? 0) + 1;
    if (this.counts.size >= MOST_COUNTED) this.counts.clear();
    this.counts.set(shared, count);
    if (count < OFTEN) return undefined;
    this.counts.delete(shared);
    if (this.ofShared.size >= MOST_STATEMENTS) this.ofShared.clear();
    const made = this.database.prepare(insertEntryOf(shared, chain) + DO_NOTHING);
    this.ofShared.set(shared, made);
    return made;
  }
}
