/**
 * Rows per second into PostgreSQL on this machine: the fleet's ledger, with its chain and sums, beside raw inserts of the
 * same rows in batches of the same size, which keep nothing else. Rounds of each take turns.
 */
import pg from 'pg';
import { columnsOf } from '../../src/ledger/columns.ts';
import { openPostgresLedger } from '../../src/ledger/postgres/open.ts';
import { ENTRIES_OF_JSON } from '../../src/ledger/postgres/write-batch.ts';
import { manyEntries, priced } from '../../test/ledger/entries.ts';
import { startPostgres } from '../../test/services/postgres.ts';
import { median } from '../measure.ts';
import type { BenchOptions, Row } from '../section.ts';
import type { MoneyPart } from './part.ts';

const ROUNDS = 5;
const BATCH = 1_000;
const TEAMS = 20;
const MODELS = 8;

export async function postgresLedgerPart(options: BenchOptions): Promise<MoneyPart> {
  const rows = options.quick ? 5_000 : 20_000;
  options.progress('rows into PostgreSQL');
  const server = await startPostgres();
  try {
    const ledgerUrl = await server.database();
    const rawUrl = await server.database();
    const ledger = await openPostgresLedger({ url: ledgerUrl, chainId: 'bench', maxBatch: BATCH });
    // Its tables, and nothing that writes to them but what is measured.
    await (await openPostgresLedger({ url: rawUrl, chainId: 'tables' })).close();
    const client = new pg.Client({ connectionString: rawUrl });
    await client.connect();
    const rounds: { readonly ledger: number; readonly raw: number }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const entries = entriesOf(round, rows);
      const bare = await perSecond(rows, () => rawInserts(client, entries));
      const kept = await perSecond(rows, () => Promise.all(entries.map((entry) => ledger.append(entry))));
      // The first makes partitions and plans.
      if (round > 0) rounds.push({ ledger: kept, raw: bare });
    }
    const alone = await oneByOne(ledger, rows / 20);
    await client.end();
    await ledger.close();
    const row = (name: string, figures: Row['figures']): Row => ({ case: name, contender: 'postgres', figures });
    return {
      rows: [
        row(`raw inserts, ${BATCH} a transaction`, { 'rows/s': median(rounds.map(({ raw }) => raw)) }),
        row(`ledger, ${BATCH} a transaction`, { 'rows/s': median(rounds.map(({ ledger: kept }) => kept)) }),
        row('ledger / raw inserts', { ratio: median(rounds.map((one) => one.ledger / one.raw)) }),
        row('ledger, one append at a time', { 'p50 µs': alone }),
      ],
      bars: [],
      notes: ['PostgreSQL runs on the same machine, with its defaults: every commit is on disk before it is told.'],
    };
  } finally {
    await server.clean();
  }
}

type Entries = ReturnType<typeof manyEntries>;

const entriesOf = (round: number, count: number): Entries =>
  manyEntries(count, (index) => ({
    id: `${round}-${index}/0`,
    attribution: { team: `team-${index % TEAMS}`, application: 'web', environment: 'prod', tags: { feature: 'x' } },
    target: `openai/model-${index % MODELS}`,
    accounts: [`team-${index % TEAMS}|2026-11`, 'company|2026-11'],
    cost: priced(BigInt(index)),
  }));

async function rawInserts(client: pg.Client, entries: Entries): Promise<void> {
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = entries.slice(from, from + BATCH).map((entry, index) => ({
      ...columnsOf(entry),
      seq: String(from + index),
      hash: `\\x${'0'.repeat(64)}`,
    }));
    await client.query(ENTRIES_OF_JSON, [JSON.stringify(batch), 'raw']);
  }
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return count / ((performance.now() - startedAtMs) / 1000);
}

async function oneByOne(ledger: { append(entry: Entries[number]): Promise<void> }, count: number): Promise<number> {
  const microseconds: number[] = [];
  for (const entry of entriesOf(-1, count)) {
    const startedAtMs = performance.now();
    await ledger.append(entry);
    microseconds.push((performance.now() - startedAtMs) * 1000);
  }
  return median(microseconds);
}
