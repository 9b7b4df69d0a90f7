/**
 * Proves the ledger: every row is where its chain says, unchanged, with columns that say what its text says; nothing is
 * missing but months that were dropped; and roll-ups are the sums of the rows.
 */
import type { PoolClient } from 'pg';
import { Failure } from '../../core/failure.ts';
import { entryOf, linkHash } from '../chain.ts';
import { columnsOf, type EntryColumns } from '../columns.ts';
import { faultOf, openConnections } from './pool.ts';

export interface LedgerFault {
  /** `changed`: not what was written. `missing`: rows of these places are gone. `sums`: roll-ups of an hour are not its rows. */
  readonly kind: 'changed' | 'missing' | 'sums';
  readonly says: string;
}

export interface Verified {
  readonly chains: number;
  readonly rows: number;
  /** The first ones, at most 100. */
  readonly faults: readonly LedgerFault[];
}

const PAGE = 5_000;
const MOST_FAULTS = 100;
const DAY_MS = 86_400_000;

/** @throws Failure `config_invalid`, `unavailable` */
export async function verifyPostgresLedger(options: { readonly url: string }): Promise<Verified> {
  const connections = openConnections({ url: options.url, max: 1, connectMs: 10_000, queryMs: DAY_MS });
  try {
    return await connections.use(async (client) => {
      // One moment of everything, whatever is written meanwhile.
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const faults: LedgerFault[] = [];
      let rows = 0;
      const chains = await chainsOf(client);
      for (const chain of chains) rows += await verifyChain(client, chain, faults);
      await verifySums(client, faults);
      await client.query('COMMIT');
      return { chains: chains.length, rows, faults: faults.slice(0, MOST_FAULTS) };
    });
  } catch (reason) {
    throw new Failure('unavailable', `${connections.name} cannot be verified: ${faultOf(reason).message}`);
  } finally {
    await connections.close();
  }
}

interface Chain {
  readonly chain: string;
  readonly seq: bigint;
  readonly hash: Buffer;
}

/** With chains whose head is gone, which then ends before its first row. */
async function chainsOf(client: PoolClient): Promise<readonly Chain[]> {
  const { rows } = await client.query<Chain>(
    `SELECT chain, seq, hash FROM turnpike_chains UNION ALL
     SELECT DISTINCT chain, 0::bigint, ''::bytea FROM turnpike_entries e
     WHERE NOT EXISTS (SELECT 1 FROM turnpike_chains c WHERE c.chain = e.chain) ORDER BY chain`,
  );
  return rows;
}

interface Dropped {
  readonly from_seq: bigint;
  readonly to_seq: bigint;
  readonly last_hash: Buffer;
}

type Row = Omit<EntryColumns, 'at_ms'> & { readonly at_ms: bigint; readonly seq: bigint; readonly hash: Buffer };

/** @returns how many rows it has */
async function verifyChain(client: PoolClient, { chain, ...head }: Chain, faults: LedgerFault[]): Promise<number> {
  const dropped = await client.query<Dropped>(
    'SELECT from_seq, to_seq, last_hash FROM turnpike_dropped WHERE chain = $1',
    [chain],
  );
  const droppedFrom = new Map(dropped.rows.map((part) => [part.from_seq, part]));
  const tell = (kind: LedgerFault['kind'], says: string): void => {
    if (faults.length < MOST_FAULTS) faults.push({ kind, says: `chain ${chain}: ${says}` });
  };
  let seq = 0n;
  let hash: Buffer = Buffer.alloc(0);
  /** Goes over what was dropped, up to the row before `next`. */
  const skipTo = (next: bigint): void => {
    for (let part = droppedFrom.get(seq + 1n); part !== undefined && seq + 1n < next; ) {
      seq = part.to_seq;
      hash = part.last_hash;
      part = droppedFrom.get(seq + 1n);
    }
  };
  let count = 0;
  for (let after = 0n, more = true; more; ) {
    const { rows } = await client.query<Row>(
      'SELECT * FROM turnpike_entries WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [chain, String(after), PAGE],
    );
    for (const row of rows) {
      skipTo(row.seq);
      const isNext = row.seq === seq + 1n;
      if (!isNext) tell('missing', `places ${seq + 1n} to ${row.seq - 1n}`);
      // Behind a gap nobody knows the hash before, so the row's own is where the chain goes on.
      if (isNext && !linkHash(hash, chain, row.seq, row.body).equals(row.hash)) {
        tell('changed', `row ${row.id} at place ${row.seq}`);
      } else if (!saysItsBody(row)) {
        tell('changed', `columns of row ${row.id} at place ${row.seq}`);
      }
      ({ seq, hash } = row);
    }
    count += rows.length;
    after = rows.at(-1)?.seq ?? after;
    more = rows.length === PAGE;
  }
  skipTo(head.seq + 1n);
  if (seq < head.seq) tell('missing', `places ${seq + 1n} to ${head.seq}`);
  else if (seq > head.seq || !hash.equals(head.hash)) tell('changed', `its end is not place ${seq}`);
  return count;
}

function saysItsBody(row: Row): boolean {
  let columns: EntryColumns;
  try {
    columns = columnsOf(entryOf(row.body));
  } catch {
    return false;
  }
  // PostgreSQL gives integers of 64 bits as bigint and tags in an order of its own.
  const plain = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return String(value);
    return JSON.stringify(Array.isArray(value) ? value : Object.entries(value).sort());
  };
  const stored: Readonly<Record<string, unknown>> = row;
  return Object.entries(columns).every(([name, value]) => name === 'body' || plain(value) === plain(stored[name]));
}

/** Hours of months that were dropped have no rows to compare with. */
async function verifySums(client: PoolClient, faults: LedgerFault[]): Promise<void> {
  const { rows } = await client.query<{ hour_ms: bigint; rolled: bigint; written: bigint }>(
    `WITH rolled AS (SELECT hour_ms, sum(cost_nano) AS cost, sum(attempts) AS attempts FROM turnpike_rollups GROUP BY 1),
      written AS (SELECT at_ms - mod(mod(at_ms, 3600000) + 3600000, 3600000) AS hour_ms, sum(cost_nano) AS cost,
        sum(attempts) AS attempts FROM turnpike_entries GROUP BY 1)
     SELECT hour_ms, coalesce(r.cost, 0) AS rolled, coalesce(w.cost, 0) AS written
     FROM rolled r FULL JOIN written w USING (hour_ms)
     WHERE (r.cost, r.attempts) IS DISTINCT FROM (w.cost, w.attempts)
       AND NOT EXISTS (SELECT 1 FROM turnpike_dropped_months d WHERE hour_ms >= d.from_ms AND hour_ms < d.to_ms)
     ORDER BY hour_ms LIMIT ${MOST_FAULTS}`,
  );
  for (const { hour_ms: hourMs, rolled, written } of rows) {
    const hour = new Date(Number(hourMs)).toISOString();
    faults.push({ kind: 'sums', says: `hour ${hour}: roll-ups say ${rolled} nano-USD, its rows ${written}` });
  }
}
