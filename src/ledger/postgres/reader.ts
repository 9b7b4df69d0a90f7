/** Reads the ledger: each answer is of one moment, since it is one statement. */
import type { QueryResultRow } from 'pg';
import { Failure } from '../../core/failure.ts';
import type { LedgerReader, StoredEntry, TotalsRow } from '../../reports/ledger-reader.ts';
import { entryOf } from '../chain.ts';
import { type Connections, faultOf } from './pool.ts';
import { condition, type Statement, totalsStatement, Values } from './totals-sql.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_ENTRIES = 1_000;

export function createReader(connections: Connections): Omit<LedgerReader, 'close'> {
  const rowsOf = async <Row extends QueryResultRow>({ text, values }: Statement): Promise<readonly Row[]> => {
    try {
      return await connections.use(async (client) => {
        await connections.begin(client);
        const { rows } = await client.query<Row>(text, [...values]);
        await client.query('COMMIT');
        return rows;
      });
    } catch (reason) {
      throw new Failure('unavailable', `${connections.name} did not answer: ${faultOf(reason).message}`);
    }
  };

  return {
    async totals(query) {
      const rows = await rowsOf<TotalsColumns>(totalsStatement(query));
      return rows.map((row) => totalsRow(row, query.by.length, query.per !== undefined));
    },
    async entries({ fromMs, toMs, where = {}, limit = DEFAULT_ENTRIES, after }) {
      const values = new Values();
      const [atMs, id] = after === undefined ? [undefined, ''] : readCursor(after);
      const start = values.add(Math.max(Math.floor(fromMs), Number(atMs ?? fromMs)));
      const behind = atMs === undefined ? '' : ` AND (at_ms, id) > (${values.add(Number(atMs))}, ${values.add(id)})`;
      const rows = await rowsOf<{ at_ms: bigint; id: string; body: string }>({
        text: `SELECT at_ms, id, body FROM turnpike_entries
          WHERE at_ms >= ${start} AND at_ms < ${values.add(toMs)}${behind}${condition(where, values)}
          ORDER BY at_ms, id LIMIT ${values.add(limit)}`,
        values: values.all,
      });
      return rows.map((row): StoredEntry => ({ cursor: `${row.at_ms}|${row.id}`, entry: entryOf(row.body) }));
    },
    async charged(sinceMs) {
      const wholeMs = Math.ceil(sinceMs / HOUR_MS) * HOUR_MS;
      const rows = await rowsOf<{ account: string; nano: bigint }>({
        text: `SELECT account, sum(charged_nano) AS nano FROM (
            SELECT account, charged_nano FROM turnpike_charges WHERE hour_ms >= $1
            UNION ALL
            SELECT unnest(accounts), charged_nano FROM turnpike_entries WHERE at_ms >= $2 AND at_ms < $1
          ) AS parts GROUP BY account`,
        values: [wholeMs, Math.floor(sinceMs)],
      });
      return new Map(rows.map(({ account, nano }) => [account, nano]));
    },
  };
}

/** Sums are numeric to PostgreSQL, and so bigint here. */
type TotalsColumns = { readonly [column: string]: string | bigint | undefined };

function totalsRow(row: TotalsColumns, dimensions: number, perStart: boolean): TotalsRow {
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

function readCursor(cursor: string): readonly [string, string] {
  const [, atMs, id] = /^(-?\d+)\|(.*)$/s.exec(cursor) ?? [];
  if (atMs === undefined || id === undefined) throw new Failure('invalid_request', `"${cursor}" is no cursor`);
  return [atMs, id];
}
