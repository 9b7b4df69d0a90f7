/**
 * The ledger, the spans of a real Collector and the counters of a real Prometheus say the same to the nano-dollar, team
 * by team, after some hundred calls of every kind. Prometheus keeps floats: a sum below 2^53 nano-USD (9 million USD)
 * is told exactly, since its nearest float rounds to it.
 */
// needs: postgres, prometheus, collector
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { before, describe, it } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../services/postgres.ts';
import { startPrometheus } from '../services/prometheus.ts';
import { startCollector } from '../telemetry/collector-process.ts';
import { readSpans } from '../telemetry/otlp-file.ts';
import { makeCalls, startAgreementGateway } from './agreement-gateway.ts';

const CALLS = 320;
const NANO = 1e9;
const TIMEOUT_MS = 90_000;

/** What each team came to, in nano-USD. */
type Spend = ReadonlyMap<string, bigint>;

interface Told {
  readonly spans: Spend;
  readonly counters: Spend;
  /** Attempts that were told as spans. */
  readonly attempts: number;
}

async function run(ledger: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Promise<Told> {
  await using running = new AsyncDisposableStack();
  const collector = await startCollector();
  running.defer(collector.clean);
  running.defer(collector.stop);
  const gateway = await startAgreementGateway(ledger, {
    ...env,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.httpUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  });
  running.defer(gateway.stop);
  const prometheus = await startPrometheus(gateway.address);
  running.defer(prometheus.stop);

  await makeCalls(gateway.address, CALLS);
  await prometheus.scraped();
  const samples = await prometheus.query('turnpike_cost_total');
  await gateway.stop();
  await collector.stop();
  const attempts = readSpans(collector.tracesFile).filter(({ attributes }) =>
    attributes.has('turnpike.attempt.outcome'),
  );
  return {
    attempts: attempts.length,
    spans: spendOf(
      attempts.map(({ attributes }) => [
        String(attributes.get('turnpike.team')),
        BigInt(String(attributes.get('turnpike.cost.nano_usd') ?? 0)),
      ]),
    ),
    counters: spendOf(
      samples.map(({ labels, value }) => [labels['turnpike_team'] ?? '', BigInt(Math.round(value * NANO))]),
    ),
  };
}

function spendOf(parts: readonly (readonly [team: string, nano: bigint])[]): Spend {
  const spend = new Map<string, bigint>();
  for (const [team, nano] of parts) spend.set(team, (spend.get(team) ?? 0n) + nano);
  return new Map([...spend].filter(([, nano]) => nano !== 0n).sort());
}

interface Row {
  readonly team: string;
  readonly nano: bigint;
  readonly attempts: bigint;
}

interface Store {
  /** Of the gateway's configuration. */
  readonly section: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** By SQL and without a reader of ours. */
  rows(): Promise<readonly Row[]>;
  clean(): Promise<void>;
}

const sumsOf = (table: string): string =>
  `SELECT team, sum(cost_nano) AS nano, sum(attempts) AS attempts FROM ${table} GROUP BY team`;

async function inPostgres(): Promise<Store> {
  const server = await startPostgres();
  const url = await server.database();
  return {
    section: { store: 'postgres', url: 'env:LEDGER_URL' },
    env: { LEDGER_URL: url },
    async rows() {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query<Readonly<Record<keyof Row, string>>>(sumsOf('turnpike_entries'));
      await client.end();
      return rows.map(({ team, nano, attempts }) => ({ team, nano: BigInt(nano), attempts: BigInt(attempts) }));
    },
    clean: () => server.clean(),
  };
}

async function inSqlite(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-agreement-'));
  const file = join(folder, 'ledger.db');
  return {
    section: { store: 'sqlite', file },
    env: {},
    async rows() {
      using database = new DatabaseSync(file, { readOnly: true });
      const statement = database.prepare(sumsOf('entries'));
      statement.setReadBigInts(true);
      return statement.all().map(({ team, nano, attempts }) => ({
        team: String(team),
        nano: BigInt(nano?.toString() ?? 0),
        attempts: BigInt(attempts?.toString() ?? 0),
      }));
    },
    clean: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

for (const open of [inSqlite, inPostgres]) {
  describe(`spend of each team, with a ledger ${open === inSqlite ? 'in SQLite' : 'in PostgreSQL'}`, () => {
    let told: Told;
    let rows: readonly Row[];

    before(
      async () => {
        const store = await open();
        try {
          told = await run(store.section, store.env);
          rows = await store.rows();
        } finally {
          await store.clean();
        }
      },
      { timeout: TIMEOUT_MS },
    );

    it('is the same in its rows, in spans and in counters', () => {
      const ledger = spendOf(rows.map(({ team, nano }) => [team, nano]));
      assert.deepEqual([...ledger.keys()], ['platform', 'search', 'support']);
      assert.deepEqual(told.spans, ledger);
      assert.deepEqual(told.counters, ledger);
    });

    it('has a row for every attempt', () => {
      assert.ok(told.attempts > CALLS);
      const attempts = rows.reduce((sum, row) => sum + row.attempts, 0n);
      assert.equal(attempts, BigInt(told.attempts));
    });
  });
}
