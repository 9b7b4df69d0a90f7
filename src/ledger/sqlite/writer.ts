/** Writes a batch of entries in one transaction: rows, what they add to the sums, and the end of the writer's chain. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { linkHash } from '../chain.ts';
import { chargesOf, columnsOfBody, type EntryColumns, MEASURES, ROLLED, rollupsOf } from '../columns.ts';
import { ENTRY_COLUMNS } from './schema.ts';

interface Head {
  readonly seq: bigint;
  readonly hash: Buffer;
}

const marks = (count: number): string => Array(count).fill('?').join(', ');

export const INSERT_ENTRY = `INSERT INTO entries (${ENTRY_COLUMNS.join(', ')}) VALUES (${marks(ENTRY_COLUMNS.length)})`;

/** What `INSERT_ENTRY` takes. */
export const valuesOf = (row: EntryColumns, chain: string, seq: bigint, hash: Buffer): SQLInputValue[] => [
  Number(row.at_ms),
  row.id,
  chain,
  seq,
  hash,
  row.body,
  row.kind,
  row.call_id,
  row.decision_id,
  row.policy_revision,
  row.team,
  row.application,
  row.environment,
  row.cost_center,
  row.key_id,
  row.subject,
  row.target,
  row.requested_model,
  row.operation,
  row.outcome,
  row.certainty,
  row.tags === null ? null : JSON.stringify(row.tags),
  row.calls,
  row.attempts,
  row.input_tokens,
  row.cache_read_tokens,
  row.output_tokens,
  BigInt(row.cost_nano),
  BigInt(row.charged_nano),
  JSON.stringify(row.accounts),
];

export class BatchWriter {
  private readonly database: DatabaseSync;
  private readonly chain: string;
  private readonly insertEntry: StatementSync;
  private readonly addRollup: StatementSync;
  private readonly addCharge: StatementSync;
  private readonly saveHead: StatementSync;
  private readonly readHead: StatementSync;

  constructor(database: DatabaseSync, chain: string) {
    this.database = database;
    this.chain = chain;
    this.insertEntry = database.prepare(`${INSERT_ENTRY} ON CONFLICT DO NOTHING`);
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
  }

  /** @param bodies texts of entries; what was written before is left as it is */
  write(bodies: readonly string[]): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      this.writeAll(bodies);
      this.database.exec('COMMIT');
    } catch (reason) {
      // A full disk has ended the transaction already.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw reason;
    }
  }

  private writeAll(bodies: readonly string[]): void {
    let { seq, hash } = this.head();
    const written: EntryColumns[] = [];
    for (const body of bodies) {
      const row = columnsOfBody(body);
      const next = linkHash(hash, this.chain, seq + 1n, body);
      if (this.insert(row, seq + 1n, next) === 0) continue;
      seq += 1n;
      hash = next;
      written.push(row);
    }
    if (written.length === 0) return;
    for (const sum of rollupsOf(written)) {
      this.addRollup.run(
        sum['hour_ms'] ?? 0,
        ...ROLLED.map((name) => sum[name] ?? ''),
        ...MEASURES.map((name) => (name === 'cost_nano' ? BigInt(sum[name] ?? 0) : (sum[name] ?? 0))),
      );
    }
    for (const sum of chargesOf(written)) {
      this.addCharge.run(sum['hour_ms'] ?? 0, sum['account'] ?? '', BigInt(sum['charged_nano'] ?? 0));
    }
    this.saveHead.run(this.chain, seq, hash);
  }

  /** @returns 0 where it was there */
  private insert(row: EntryColumns, seq: bigint, hash: Buffer): number {
    const { changes } = this.insertEntry.run(...valuesOf(row, this.chain, seq, hash));
    return Number(changes);
  }

  private head(): Head {
    const row = this.readHead.get(this.chain);
    if (row === undefined) return { seq: 0n, hash: Buffer.alloc(0) };
    // The table is STRICT: an integer, read as a bigint, and a blob.
    return { seq: row['seq'] as bigint, hash: Buffer.from(row['hash'] as Uint8Array) };
  }
}
