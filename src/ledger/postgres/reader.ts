/** Reads the ledger: each answer is of one moment, since it is one statement. */
import type { QueryResultRow } from 'pg';
import { Failure } from '../../core/failure.ts';
import type { LedgerReader, StoredEntry } from '../../reports/ledger-reader.ts';
import { entryOf } from '../chain.ts';
import { HOUR_MS } from '../columns.ts';
import { cursorOf, DEFAULT_ENTRIES, readCursor, type SummedColumns, totalsRow } from '../totals.ts';
import { type Connections, faultOf } from './pool.ts';
import { condition, type Statement, totalsStatement, Values } from './totals-sql.ts';

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
      const rows = await rowsOf<SummedColumns>(totalsStatement(query));
      return rows.map((row) => totalsRow(row, query.by.length, query.per !== undefined));
    },
    async entries({ fromMs, toMs, where = {}, limit = DEFAULT_ENTRIES, after }) {
      const values = new Values();
      const [atMs, id] = after === undefined ? [undefined, ''] : readCursor(after);
      const start = values.add(Math.max(Math.floor(fromMs), atMs ?? fromMs));
      const behind = atMs === undefined ? '' : ` AND (at_ms, id) > (${values.add(atMs)}, ${values.add(id)})`;
      const rows = await rowsOf<{ at_ms: bigint; id: string; body: string }>({
        text: `SELECT at_ms, id, body FROM turnpike_entries
          WHERE at_ms >= ${start} AND at_ms < ${values.add(toMs)}${behind}${condition(where, values)}
          ORDER BY at_ms, id LIMIT ${values.add(limit)}`,
        values: values.all,
      });
      return rows.map((row): StoredEntry => ({ cursor: cursorOf(row.at_ms, row.id), entry: entryOf(row.body) }));
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
