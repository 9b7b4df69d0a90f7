/**
 * Retention: removes the rows of attempts that started before a moment. Roll-ups and charges stay, so sums of whole
 * hours are told as before; what the chains lack from then on is written down. Little by little, so that whoever writes
 * to the file meanwhile never waits for long.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Failure } from '../../core/failure.ts';
import { HOUR_MS } from '../columns.ts';
import { messageOf, openDatabase } from './database.ts';
import { migrate } from './schema.ts';
import { takeInJournals } from './take-in.ts';

export interface PruneOptions {
  readonly file: string;
  readonly synchronous: 'full' | 'normal';
  /** Milliseconds since the epoch; the hour that it is in stays whole. */
  readonly beforeMs: number;
  readonly nowMs: number;
  /** Removed in one transaction, or a few more where they are of one moment; default 5,000. */
  readonly atOnce?: number;
  /** Told now and then how many are gone. */
  readonly onRows?: (rows: number) => void;
  /** Told where what lies in journals beside the file cannot be moved into it. */
  readonly warn?: (message: string) => void;
}

/**
 * What was removed when it ends early stays removed, and the next time goes on.
 * @returns how many rows are gone
 * @throws Failure `unavailable` where the file cannot be written
 */
export async function pruneSqliteLedger(options: PruneOptions): Promise<number> {
  const { file, synchronous, nowMs, atOnce = 5_000, onRows, warn = () => undefined } = options;
  const beforeMs = Math.floor(options.beforeMs / HOUR_MS) * HOUR_MS;
  takeInJournals(file, warn);
  const database = openDatabase({ file, synchronous });
  try {
    migrate(database);
    const step = stepOf(database);
    // First, since from the first row on the hours before are no more what their sums say.
    database
      .prepare(
        `INSERT INTO pruned (before_ms, row_count, pruned_at_ms) VALUES (?, 0, ?)
         ON CONFLICT DO UPDATE SET pruned_at_ms = excluded.pruned_at_ms`,
      )
      .run(beforeMs, nowMs);
    let gone = 0;
    for (let some = step(beforeMs, atOnce); some > 0; some = step(beforeMs, atOnce)) {
      gone += some;
      onRows?.(gone);
      await setImmediate();
    }
    joinParts(database);
    return gone;
  } catch (reason) {
    throw new Failure('unavailable', `ledger ${file}: cannot be pruned: ${messageOf(reason)}`, { cause: reason });
  } finally {
    database.close();
  }
}

/** @returns what removes some rows, and says how many */
function stepOf(database: DatabaseSync): (beforeMs: number, atOnce: number) => number {
  const last = database.prepare('SELECT at_ms FROM entries WHERE at_ms < ? ORDER BY at_ms LIMIT 1 OFFSET ?');
  const note = database.prepare(
    `WITH gone AS (
       SELECT chain, seq, hash, seq - row_number() OVER (PARTITION BY chain ORDER BY seq) AS island
       FROM entries WHERE at_ms < ?),
     ends AS (SELECT chain, min(seq) AS from_seq, max(seq) AS to_seq FROM gone GROUP BY chain, island)
     INSERT INTO dropped (chain, from_seq, to_seq, last_hash)
     SELECT ends.chain, from_seq, to_seq, hash FROM ends JOIN gone ON gone.chain = ends.chain AND seq = to_seq`,
  );
  const remove = database.prepare('DELETE FROM entries WHERE at_ms < ?');
  const count = database.prepare('UPDATE pruned SET row_count = row_count + ? WHERE before_ms = ?');
  return (beforeMs, atOnce) =>
    inTransaction(database, () => {
      const atMs = last.get(beforeMs, atOnce - 1)?.['at_ms'];
      const untilMs = atMs === undefined ? beforeMs : Number(atMs) + 1;
      note.run(untilMs);
      const changes = Number(remove.run(untilMs).changes);
      count.run(changes, beforeMs);
      return changes;
    });
}

/** Parts that follow on one another become one: of a chain that is gone, one is left. */
function joinParts(database: DatabaseSync): void {
  inTransaction(database, () =>
    database.exec(`
      CREATE TEMP TABLE joined AS
      WITH marked AS (
        SELECT *, from_seq <> 1 + coalesce(lag(to_seq) OVER following, -1) AS begins FROM dropped
        WINDOW following AS (PARTITION BY chain ORDER BY from_seq)),
      numbered AS (SELECT *, sum(begins) OVER (PARTITION BY chain ORDER BY from_seq) AS part FROM marked),
      ends AS (SELECT chain, min(from_seq) AS first, max(to_seq) AS last FROM numbered GROUP BY chain, part)
      SELECT chain, first, last, last_hash FROM ends JOIN dropped USING (chain) WHERE to_seq = last;
      DELETE FROM dropped;
      INSERT INTO dropped (chain, from_seq, to_seq, last_hash) SELECT * FROM joined;
      DROP TABLE joined`),
  );
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (reason) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw reason;
  }
}
