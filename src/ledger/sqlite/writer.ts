/** Writes a batch of entries in one transaction: rows, what they add to the sums, and the end of the writer's chain. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { linkHash } from '../chain.ts';
import { chargesOf, MEASURES, ROLLED, rollupsOf } from '../columns.ts';
import { BatchSums } from './batch-sums.ts';
import { BodyReader } from './body-reader.ts';
import { EntryInserts } from './entry-inserts.ts';

interface Head {
  readonly seq: bigint;
  readonly hash: Buffer;
}

const marks = (count: number): string => Array(count).fill('?').join(', ');

/** Lines of a journal that follow on one another. */
export interface Batch {
  /** Of the journal. */
  readonly name: string;
  readonly chain: string;
  /** Bytes of the journal before them, and with them. */
  readonly from: number;
  readonly to: number;
  /** What was written before is left as it is. */
  readonly entries: readonly EntryText[];
}

export interface EntryText {
  readonly body: string;
  /** Of the body. */
  readonly bytes: Buffer;
}

export class BatchWriter {
  private readonly database: DatabaseSync;
  private readonly reader = new BodyReader();
  private readonly inserts: EntryInserts;
  private readonly addRollup: StatementSync;
  private readonly addCharge: StatementSync;
  private readonly saveHead: StatementSync;
  private readonly readHead: StatementSync;
  private readonly savePlace: StatementSync;
  private readonly readPlace: StatementSync;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.inserts = new EntryInserts(database);
    this.addRollup = database.prepare(
      `INSERT INTO rollups (hour_ms, ${[...ROLLED, ...MEASURES].join(', ')})
       VALUES (${marks(1 + ROLLED.length + MEASURES.length)})
       ON CONFLICT DO UPDATE SET ${MEASURES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
    );
    this.addCharge = database.prepare(
      `INSERT INTO charges (hour_ms, account, charged_nano) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET charged_nano = charged_nano + excluded.charged_nano`,
    );
    this.saveHead = database.prepare('INSERT OR REPLACE INTO chains (chain, seq, hash) VALUES (?, ?, ?)');
    this.readHead = database.prepare('SELECT seq, hash FROM chains WHERE chain = ?');
    this.readHead.setReadBigInts(true);
    this.savePlace = database.prepare('INSERT OR REPLACE INTO journals (name, moved) VALUES (?, ?)');
    this.readPlace = database.prepare('SELECT moved FROM journals WHERE name = ?');
  }

  /** How many bytes of a journal are in the database. */
  moved(name: string): number {
    return Number(this.readPlace.get(name)?.['moved'] ?? 0);
  }

  /** @returns how many bytes of the journal are in the database then: others than those where somebody else moved some */
  write({ name, chain, from, to, entries }: Batch): number {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const moved = this.moved(name);
      if (moved === from) {
        this.writeAll(entries, chain);
        this.savePlace.run(name, to);
      }
      this.database.exec('COMMIT');
      return moved === from ? to : moved;
    } catch (reason) {
      // A full disk has ended the transaction already.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw reason;
    }
  }

  private writeAll(entries: readonly EntryText[], chain: string): void {
    let { seq, hash } = this.head(chain);
    const written = new BatchSums();
    for (const { body, bytes } of entries) {
      const row = this.reader.read(body);
      const next = linkHash(hash, chain, seq + 1n, bytes);
      if (!this.inserts.insert(row, body, { chain, seq: seq + 1n, hash: next })) continue;
      seq += 1n;
      hash = next;
      written.add(row);
    }
    const sums = written.rows();
    if (sums.length === 0) return;
    for (const sum of rollupsOf(sums)) {
      this.addRollup.run(
        sum['hour_ms'] ?? 0,
        ...ROLLED.map((name) => sum[name] ?? ''),
        ...MEASURES.map((name) => (name === 'cost_nano' ? BigInt(sum[name] ?? 0) : (sum[name] ?? 0))),
      );
    }
    for (const sum of chargesOf(sums)) {
      this.addCharge.run(sum['hour_ms'] ?? 0, sum['account'] ?? '', BigInt(sum['charged_nano'] ?? 0));
    }
    this.saveHead.run(chain, seq, hash);
  }

  private head(chain: string): Head {
    const row = this.readHead.get(chain);
    if (row === undefined) return { seq: 0n, hash: Buffer.alloc(0) };
    // The table is STRICT: an integer, read as a bigint, and a blob.
    return { seq: row['seq'] as bigint, hash: Buffer.from(row['hash'] as Uint8Array) };
  }
}
