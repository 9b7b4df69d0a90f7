/** Reads the ledger of a file, beside whoever writes it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Failure } from '../../core/failure.ts';
import type { LedgerReader, StoredEntry, TotalsRow } from '../../reports/ledger-reader.ts';
import { entryOf } from '../chain.ts';
import { messageOf } from './database.ts';
import { condition, totalsStatement } from './totals-sql.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_ENTRIES = 1_000;

/** Tables are STRICT: integers are read as bigint, everything else is text. */
type Row = Readonly<Record<string, string | bigint | undefined>>;

export function createReader(database: DatabaseSync): Omit<LedgerReader, 'close'> {
  const all = (text: string, values: readonly (string | number)[]): readonly Row[] => {
    try {
      const statement: StatementSync = database.prepare(text);
      statement.setReadBigInts(true);
      return statement.all(...values) as Row[]; // by the types of the columns
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
        (row): StoredEntry => ({ cursor: `${row['at_ms']}|${row['id']}`, entry: entryOf(String(row['body'])) }),
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

function totalsRow(row: Row, dimensions: number, perStart: boolean): TotalsRow {
  const nano = (name: string): bigint => BigInt(row[name] ?? 0n);
  const count = (name: string): number => Number(nano(name));
  const part = (kind: string) => ({ attempts: count(`${kind}_attempts`), costNano: nano(`${kind}_cost_nano`) });
  return {
    values: Array.from({ length: dimensions }, (_, index) => String(row[`d${index}`] ?? '')),
    ...(perStart ? { startMs: count('start_ms') } : undefined),
    calls: count('calls'),
    attempts: count('attempts'),
    inputTokens: count('input_tokens'),
    cacheReadTokens: count('cache_read_tokens'),
    outputTokens: count('output_tokens'),
    costNano: nano('cost_nano'),
    certainty: {
      exact: part('exact'),
      estimated: part('estimated'),
      unpriced: part('unpriced'),
      unknown: part('unknown'),
    },
  };
}

function readCursor(cursor: string): readonly [number, string] {
  const [, atMs, id] = /^(-?\d+)\|(.*)$/s.exec(cursor) ?? [];
  if (atMs === undefined || id === undefined) throw new Failure('invalid_request', `"${cursor}" is no cursor`);
  return [Number(atMs), id];
}
