/**
 * Proves the ledger of a file: every row is where its chain says, unchanged, with columns that say what its text says;
 * nothing is missing but what was pruned; and roll-ups and charges are the sums of the rows.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Failure } from '../../core/failure.ts';
import { type ChainHead, type ChainRow, ChainWalk, type DroppedPart } from '../chain-walk.ts';
import { HOUR_MS, MEASURES, ROLLED } from '../columns.ts';
import { Faults, type KeptHead, type Verified } from '../faults.ts';
import { messageOf, openDatabase, syncCommits } from './database.ts';
import { takeInJournals } from './take-in.ts';

export interface VerifyOptions {
  readonly file: string;
  readonly kept?: readonly KeptHead[];
  /** Told now and then how many rows were looked at. */
  readonly onRows?: (rows: number) => void;
  /** Told where what lies in journals beside the file cannot be moved into it. */
  readonly warn?: (message: string) => void;
}

const PAGE = 5_000;
/** Rows lie in the order of time. Where each has its place in its chain is sorted here, on the disk. */
const PLACES = `
  CREATE TEMP TABLE places AS SELECT chain, seq, at_ms, id FROM entries;
  CREATE INDEX temp.places_in_order ON places (chain, seq, at_ms, id);
`;
type Row = Readonly<Record<string, unknown>>;

/** @throws Failure `unavailable` where the file cannot be read */
export async function verifySqliteLedger({
  file,
  kept = [],
  onRows,
  warn = () => undefined,
}: VerifyOptions): Promise<Verified> {
  takeInJournals(file, warn);
  const database = openDatabase({ file, synchronous: 'normal' }, true);
  try {
    // One moment of everything, whatever is written meanwhile.
    database.exec(`PRAGMA temp_store = FILE; BEGIN; ${PLACES}`);
    const faults = new Faults();
    const chains = chainsOf(database, kept);
    let rows = 0;
    let dropped = 0n;
    for (const chain of chains) {
      const walk = new ChainWalk(chain, droppedOf(database, chain.chain), kept, faults);
      for (const page of pagesOf(database, chain.chain)) {
        for (const row of page) walk.row(row);
        rows += page.length;
        onRows?.(rows);
        // Whoever shows how far it is has a turn.
        await setImmediate();
      }
      walk.end();
      dropped += walk.dropped;
    }
    verifySums(database, faults);
    database.exec('COMMIT');
    return { chains: chains.length, rows, dropped: Number(dropped), faults: faults.first, found: faults.found };
  } catch (reason) {
    throw new Failure('unavailable', `ledger ${file}: cannot be verified: ${messageOf(reason)}`, { cause: reason });
  } finally {
    database.close();
  }
}

/** The ends of all chains, to be kept elsewhere. @throws Failure `unavailable` */
export function sqliteHeads(file: string, warn: (message: string) => void = () => undefined): readonly KeptHead[] {
  takeInJournals(file, warn);
  const database = openDatabase({ file, synchronous: 'normal' }, true);
  try {
    // What is kept elsewhere is of what is here for good.
    syncCommits(file);
    return listed(database).map(({ chain, seq, hash }) => ({ chain, seq, hash: hash.toString('hex') }));
  } catch (reason) {
    throw new Failure('unavailable', `ledger ${file}: cannot be read: ${messageOf(reason)}`, { cause: reason });
  } finally {
    database.close();
  }
}

function prepare(database: DatabaseSync, text: string): StatementSync {
  const statement = database.prepare(text);
  statement.setReadBigInts(true);
  return statement;
}

/** Tables are STRICT, so values are of the types of their columns: that is what the casts below rest on. */
const listed = (database: DatabaseSync): readonly ChainHead[] =>
  prepare(database, 'SELECT chain, seq, hash FROM chains ORDER BY chain').all().map(headOf);

const headOf = (row: Row): ChainHead => ({
  chain: String(row['chain']),
  seq: row['seq'] as bigint,
  hash: Buffer.from(row['hash'] as Uint8Array),
});

/** With chains that the list lacks: they have rows, or somebody kept their head. */
function chainsOf(database: DatabaseSync, kept: readonly KeptHead[]): readonly ChainHead[] {
  const heads = listed(database);
  const known = new Set(heads.map(({ chain }) => chain));
  const others = prepare(database, 'SELECT DISTINCT chain FROM places').all();
  const lacking = new Set([...others.map(({ chain }) => String(chain)), ...kept.map(({ chain }) => chain)]);
  for (const chain of known) lacking.delete(chain);
  return [...heads, ...[...lacking].map((chain) => ({ chain, seq: 0n, hash: Buffer.alloc(0) }))];
}

const droppedOf = (database: DatabaseSync, chain: string): readonly DroppedPart[] =>
  prepare(database, 'SELECT from_seq, to_seq, last_hash FROM dropped WHERE chain = ?')
    .all(chain)
    .map((row) => ({
      fromSeq: row['from_seq'] as bigint,
      toSeq: row['to_seq'] as bigint,
      lastHash: Buffer.from(row['last_hash'] as Uint8Array),
    }));

function* pagesOf(database: DatabaseSync, chain: string): Generator<readonly ChainRow[]> {
  const statement = prepare(
    database,
    `SELECT entries.* FROM places CROSS JOIN entries USING (at_ms, id)
     WHERE places.chain = ? ORDER BY places.seq, places.at_ms, places.id`,
  );
  let page: ChainRow[] = [];
  for (const row of statement.iterate(chain)) {
    page.push(chainRow(row));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

function chainRow(row: Row): ChainRow {
  const { id, seq, hash, body, tags, accounts } = row;
  return {
    id: String(id),
    seq: seq as bigint,
    hash: Buffer.from(hash as Uint8Array),
    body: String(body),
    columns: { ...row, tags: parsed(tags), accounts: parsed(accounts) },
  };
}

/** What is no JSON is compared as it is, and differs. */
function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

/** Sums say what rows say where adding the one and taking off the other leaves nothing. Pruned hours have no rows. */
function verifySums(database: DatabaseSync, faults: Faults): void {
  const hour = `(at_ms / ${HOUR_MS}) * ${HOUR_MS}`;
  const pruned = '(SELECT coalesce(max(before_ms), 0) FROM pruned)';
  const differ = (names: readonly string[]): string => names.map((name) => `sum(${name}) <> 0`).join(' OR ');
  const rollups = prepare(
    database,
    `SELECT hour_ms, sum(cost_nano) AS cost FROM (
       SELECT hour_ms, ${[...ROLLED, ...MEASURES].join(', ')} FROM rollups UNION ALL
       SELECT ${hour}, ${[...ROLLED, ...MEASURES.map((name) => `-${name}`)].join(', ')} FROM entries
     ) WHERE hour_ms >= ${pruned} GROUP BY hour_ms, ${ROLLED.join(', ')} HAVING ${differ(MEASURES)} ORDER BY hour_ms`,
  );
  for (const row of rollups.iterate()) {
    const says = `roll-ups say ${row['cost']} nano-USD more than its rows, or other counts`;
    faults.add({ kind: 'sums', hourMs: Number(row['hour_ms']), says });
  }
  const charges = prepare(
    database,
    `SELECT hour_ms, account, sum(charged_nano) AS nano FROM (
       SELECT hour_ms, account, charged_nano FROM charges UNION ALL
       SELECT ${hour}, each.value, -charged_nano FROM entries, json_each(accounts) AS each
     ) WHERE hour_ms >= ${pruned} GROUP BY hour_ms, account HAVING ${differ(['charged_nano'])} ORDER BY hour_ms`,
  );
  for (const row of charges.iterate()) {
    const says = `account ${row['account']} was charged ${row['nano']} nano-USD more than its rows say`;
    faults.add({ kind: 'sums', hourMs: Number(row['hour_ms']), says });
  }
}
