/**
 * Proves the ledger of a database: every row is where its chain says, unchanged, with columns that say what its text
 * says; nothing is missing but months that were dropped; and roll-ups and charges are the sums of the rows. The right to
 * read is enough.
 */
import type { ClientBase } from 'pg';
import { Failure } from '../../core/failure.ts';
import { type ChainHead, type ChainRow, ChainWalk, type DroppedPart } from '../chain-walk.ts';
import { MEASURES, ROLLED } from '../columns.ts';
import { Faults, type KeptHead, type Verified } from '../faults.ts';
import { faultOf, openConnections } from './pool.ts';

export interface VerifyOptions {
  readonly url: string;
  readonly kept?: readonly KeptHead[];
  /** Told now and then how many rows were looked at. */
  readonly onRows?: (rows: number) => void;
}

const PAGE = 5_000;
const DAY_MS = 86_400_000;

/** @throws Failure `config_invalid` where the URL is none, `unavailable` where it cannot be read */
export function verifyPostgresLedger({ url, kept = [], onRows }: VerifyOptions): Promise<Verified> {
  return atOneMoment(url, async (client) => {
    const faults = new Faults();
    const chains = await chainsOf(client, kept);
    let rows = 0;
    let dropped = 0n;
    for (const chain of chains) {
      const walk = new ChainWalk(chain, await droppedOf(client, chain.chain), kept, faults);
      for await (const page of pagesOf(client, chain.chain)) {
        for (const row of page) walk.row(row);
        rows += page.length;
        onRows?.(rows);
      }
      walk.end();
      dropped += walk.dropped;
    }
    await verifySums(client, faults);
    return { chains: chains.length, rows, dropped: Number(dropped), faults: faults.first, found: faults.found };
  });
}

/** The ends of all chains, to be kept elsewhere. @throws as `verifyPostgresLedger` */
export function postgresHeads(url: string): Promise<readonly KeptHead[]> {
  return atOneMoment(url, async (client) =>
    (await listed(client)).map(({ chain, seq, hash }) => ({ chain, seq, hash: hash.toString('hex') })),
  );
}

/** Whatever is written meanwhile is not seen. */
async function atOneMoment<T>(url: string, read: (client: ClientBase) => Promise<T>): Promise<T> {
  const connections = openConnections({ url, max: 1, connectMs: 10_000, queryMs: DAY_MS });
  try {
    return await connections.use(async (client) => {
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await read(client);
      await client.query('COMMIT');
      return result;
    });
  } catch (reason) {
    throw new Failure('unavailable', `${connections.name} cannot be verified: ${faultOf(reason).message}`);
  } finally {
    await connections.close();
  }
}

const listed = async (client: ClientBase): Promise<readonly ChainHead[]> =>
  (await client.query<ChainHead>('SELECT chain, seq, hash FROM turnpike_chains ORDER BY chain')).rows;

/** With chains that the list lacks: they have rows, or somebody kept their head. */
async function chainsOf(client: ClientBase, kept: readonly KeptHead[]): Promise<readonly ChainHead[]> {
  const heads = await listed(client);
  const { rows } = await client.query<{ chain: string }>('SELECT DISTINCT chain FROM turnpike_entries');
  const lacking = new Set([...rows, ...kept].map(({ chain }) => chain));
  for (const { chain } of heads) lacking.delete(chain);
  return [...heads, ...[...lacking].map((chain) => ({ chain, seq: 0n, hash: Buffer.alloc(0) }))];
}

async function droppedOf(client: ClientBase, chain: string): Promise<readonly DroppedPart[]> {
  const { rows } = await client.query<DroppedPart>(
    `SELECT from_seq AS "fromSeq", to_seq AS "toSeq", last_hash AS "lastHash" FROM turnpike_dropped WHERE chain = $1`,
    [chain],
  );
  return rows;
}

/** By a cursor: the rows of a chain lie in many months, and are put in order once. */
async function* pagesOf(client: ClientBase, chain: string): AsyncGenerator<readonly ChainRow[]> {
  await client.query(
    'DECLARE rows_of_chain NO SCROLL CURSOR FOR SELECT * FROM turnpike_entries WHERE chain = $1 ORDER BY seq, at_ms',
    [chain],
  );
  for (;;) {
    const { rows } = await client.query<Omit<ChainRow, 'columns'>>(`FETCH ${PAGE} FROM rows_of_chain`);
    if (rows.length === 0) break;
    yield rows.map((row) => ({ ...row, columns: { ...row } }));
  }
  await client.query('CLOSE rows_of_chain');
}

/** Sums say what rows say where adding the one and taking off the other leaves nothing. Dropped months have no rows. */
async function verifySums(client: ClientBase, faults: Faults): Promise<void> {
  const hour = 'at_ms - mod(mod(at_ms, 3600000) + 3600000, 3600000)';
  const kept = `NOT EXISTS (
    SELECT FROM turnpike_dropped_months d WHERE hour_ms >= d.from_ms AND hour_ms < d.to_ms)`;
  const differ = (names: readonly string[]): string => names.map((name) => `sum(${name}) <> 0`).join(' OR ');
  const rollups = await client.query<{ hour_ms: bigint; cost: bigint }>(
    `SELECT hour_ms, sum(cost_nano) AS cost FROM (
       SELECT hour_ms, ${[...ROLLED, ...MEASURES].join(', ')} FROM turnpike_rollups UNION ALL
       SELECT ${hour}, ${[...ROLLED, ...MEASURES.map((name) => `-${name}`)].join(', ')} FROM turnpike_entries
     ) AS both_sides WHERE ${kept} GROUP BY hour_ms, ${ROLLED.join(', ')} HAVING ${differ(MEASURES)} ORDER BY hour_ms`,
  );
  for (const { hour_ms: hourMs, cost } of rollups.rows) {
    const says = `roll-ups say ${cost} nano-USD more than its rows, or other counts`;
    faults.add({ kind: 'sums', hourMs: Number(hourMs), says });
  }
  const charges = await client.query<{ hour_ms: bigint; account: string; nano: bigint }>(
    `SELECT hour_ms, account, sum(charged_nano) AS nano FROM (
       SELECT hour_ms, account, charged_nano FROM turnpike_charges UNION ALL
       SELECT ${hour}, unnest(accounts), -charged_nano FROM turnpike_entries
     ) AS both_sides WHERE ${kept} GROUP BY hour_ms, account HAVING sum(charged_nano) <> 0 ORDER BY hour_ms`,
  );
  for (const { hour_ms: hourMs, account, nano } of charges.rows) {
    const says = `account ${account} was charged ${nano} nano-USD more than its rows say`;
    faults.add({ kind: 'sums', hourMs: Number(hourMs), says });
  }
}
