/**
 * Rows per second into the embedded ledger, with its chain and sums, beside raw inserts of the same entries into the same
 * table in batches of the same size, which keep nothing else. Both make the row from the entry; what is left of raw inserts
 * where rows are ready is told as well. Rounds of each take turns.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Ledger } from '../../src/flows/ledger.ts';
import { columnsOf } from '../../src/ledger/columns.ts';
import { openDatabase } from '../../src/ledger/sqlite/database.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite/open.ts';
import { commonValues, INSERT_ENTRY, ownValues, rowOf } from '../../src/ledger/sqlite/row.ts';
import { migrate } from '../../src/ledger/sqlite/schema.ts';

import { manyEntries, priced } from '../../test/ledger/entries.ts';
import { atLeast } from '../bars.ts';
import { median } from '../measure.ts';
import type { BenchOptions, Row } from '../section.ts';
import type { MoneyPart } from './part.ts';

const ROUNDS = 7;
const BATCH = 1_000;
const TEAMS = 20;
const MODELS = 8;
const FIRST_MS = Date.UTC(2026, 10, 5);
const BETWEEN_MS = 20;
const HASH = Buffer.alloc(32, 7);

export async function sqliteLedgerPart(options: BenchOptions): Promise<MoneyPart> {
  options.progress('rows into SQLite');
  const rows = options.quick ? 5_000 : 20_000;
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  // As it is by default: a commit is on the disk, of both.
  const durable = { synchronous: 'full' } as const;
  const raw = openDatabase({ file: join(folder, 'raw.db'), ...durable });
  migrate(raw);
  const ledger = await openSqliteLedger({
    ...{ file: join(folder, 'ledger.db'), ...durable, chainId: 'bench', maxBatch: BATCH },
  });
  try {
    const rounds: { readonly raw: number; readonly ready: number; readonly ledger: number }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const entries = entriesOf(round, rows);
      const inserted = insertAll(raw, entries);
      const keptMs = await timed(async () => {
        await appendAll(ledger, entries);
        // Who reads waits until what was acknowledged is in the tables: rows that nobody can search are not written yet.
        await ledger.totals({ fromMs: 0, toMs: 1, by: [] });
      });
      // The first warms up.
      if (round > 0) rounds.push({ ...inserted, ledger: keptMs });
    }
    const alone = await oneByOne(ledger, rows / 20);
    const perSecond = (of: (round: (typeof rounds)[number]) => number): number =>
      median(rounds.map((round) => (rows * 1000) / of(round)));
    const row = (name: string, figures: Row['figures']): Row => ({ case: name, contender: 'sqlite', figures });
    const ratio = median(rounds.map((round) => round.raw / round.ledger));
    return {
      rows: [
        row(`raw inserts, ${BATCH} a transaction`, { 'rows/s': perSecond((round) => round.raw) }),
        row('raw inserts of rows that are ready', { 'rows/s': perSecond((round) => round.ready) }),
        row(`ledger, ${BATCH} a transaction`, { 'rows/s': perSecond((round) => round.ledger) }),
        row('ledger / raw inserts of rows that are ready', {
          ratio: median(rounds.map((round) => round.ready / round.ledger)),
        }),
        row('ledger, one append at a time', { 'p50 µs': alone }),
      ],
      bars: [atLeast('embedded ledger / raw batched inserts of the same entries, rows/s', ratio, 0.7)],
      notes: [
        'Raw inserts of SQLite make each row from its entry, as the ledger does, and bind it to a prepared statement; a commit of both is on disk before it is told.',
      ],
    };
  } finally {
    await ledger.close();
    raw.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Entries = ReturnType<typeof manyEntries>;

/** Round after round goes on in time, as calls do: rows that are put between others cost more, of anybody. */
const entriesOf = (round: number, count: number): Entries =>
  manyEntries(count, (index) => ({
    id: `${round}-${index}/0`,
    callId: `${round}-${index}`,
    atMs: FIRST_MS + (round * count + index) * BETWEEN_MS,
    attribution: { team: `team-${index % TEAMS}`, application: 'web', environment: 'prod', tags: { feature: 'x' } },
    target: `openai/model-${index % MODELS}`,
    accounts: [`team-${index % TEAMS}|2026-11`, 'company|2026-11'],
    cost: priced(BigInt(index)),
  }));

function valuesOf(entry: Entries[number], seq: number): SQLInputValue[] {
  const columns = columnsOf(entry);
  const row = rowOf(columns);
  return [...ownValues(row, columns.body, BigInt(seq), HASH), ...commonValues(row.shared, 'raw')];
}

/** @returns milliseconds, with those that making rows took and without */
function insertAll(database: DatabaseSync, entries: Entries): { readonly raw: number; readonly ready: number } {
  const insert = database.prepare(INSERT_ENTRY);
  let raw = 0;
  let ready = 0;
  for (let from = 0; from < entries.length; from += BATCH) {
    const startedAtMs = performance.now();
    const rows = entries.slice(from, from + BATCH).map((entry, index) => valuesOf(entry, from + index));
    const madeAtMs = performance.now();
    database.exec('BEGIN IMMEDIATE');
    for (const row of rows) insert.run(...row);
    database.exec('COMMIT');
    const insertedAtMs = performance.now();
    raw += insertedAtMs - startedAtMs;
    ready += insertedAtMs - madeAtMs;
  }
  return { raw, ready };
}

/** While a batch is written the next one comes. */
async function appendAll(ledger: Ledger, entries: Entries): Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = Promise.all(entries.slice(from, from + BATCH).map((entry) => ledger.append(entry)));
    await before;
    before = batch;
  }
  await before;
}

/** @returns milliseconds */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

async function oneByOne(ledger: Ledger, count: number): Promise<number> {
  const microseconds: number[] = [];
  for (const entry of entriesOf(ROUNDS + 1, count)) microseconds.push((await timed(() => ledger.append(entry))) * 1000);
  return median(microseconds);
}
