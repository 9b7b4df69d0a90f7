/** Reads the ledger of a file, beside whoever writes it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Failure } from '../../core/failure.ts';
import type { LedgerReader, StoredEntry } from '../../reports/ledger-reader.ts';
import { entryOf } from '../chain.ts';
import { HOUR_MS } from '../columns.ts';
import { cursorOf, DEFAULT_ENTRIES, readCursor, type SummedColumns, totalsRow } from '../totals.ts';
import { messageOf } from './database.ts';
import { condition, totalsStatement } from './totals-sql.ts';

export function createReader(database: DatabaseSync): Omit<LedgerReader, 'close'> {
  const all = (text: string, values: readonly (string | number)[]): readonly SummedColumns[] => {
    try {
      const statement: StatementSync = database.prepare(text);
      statement.setReadBigInts(true);
      return statement.all(...values) as SummedColumns[]; // tables are STRICT: integers, read as bigint, and texts
    } catch (reason) {
      throw new Failure('unavailable', `ledger: cannot be read: ${messageOf(reason)}`, { cause: reason });
    }
  };

  return {
    async totals(query) {
      const { text, values } = totalsStatement(query);
      return all(text, values).map((row) => totalsRow(row, query.by.length, query.per !== undefined));
    },
    async entries({ fromMs, toMs, where = {}, limit = DEFAULT_ENTRIES, after }) {
      const [atMs, id] = after === undefined ? [undefined, ''] : readCursor(after);
      const values: (string | number)[] = [Math.max(fromMs, atMs ?? fromMs), toMs];
      if (atMs !== undefined) values.push(atMs, id);
      const behind = atMs === undefined ? '' : ' AND (at_ms, id) > (?, ?)';
      const matches = condition(where, values);
      values.push(limit);
      const rows = all(
        `SELECT at_ms, id, body FROM entries WHERE at_ms >= ? AND at_ms < ?${behind}${matches}
         ORDER BY at_ms, id LIMIT ?`,
        values,
      );
      return rows.map(
        (row): StoredEntry => ({ cursor: cursorOf(row['at_ms'], row['id']), entry: entryOf(String(row['body'])) }),
      );
    },
    async charged(sinceMs) {
      const wholeMs = Math.ceil(sinceMs / HOUR_MS) * HOUR_MS;
      const rows = all(
        `SELECT account, sum(charged_nano) AS nano FROM (
           SELECT account, charged_nano FROM charges WHERE hour_ms >= ?
           UNION ALL
           SELECT each.value, charged_nano FROM entries, json_each(accounts) AS each WHERE at_ms >= ? AND at_ms < ?
         ) GROUP BY account`,
        [wholeMs, sinceMs, wholeMs],
      );
      return new Map(rows.map((row) => [String(row['account']), BigInt(row['nano'] ?? 0)]));
    },
  };
}
