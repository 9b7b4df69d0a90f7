/**
 * The ledger, the spans of a real Collector and the counters of a real Prometheus say the same to the nano-dollar, team
 * by team, after some hundred calls of every kind. Prometheus keeps floats: a sum below 2^53 nano-USD (9 million USD)
 * is told exactly, since its nearest float rounds to it.
 */
// needs: postgres, prometheus, collector
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';
import { startPrometheus } from '../services/prometheus.ts';
import { startCollector } from '../telemetry/collector-process.ts';
import { readSpans } from '../telemetry/otlp-file.ts';
import { makeCalls, startAgreementGateway } from './agreement-gateway.ts';

const CALLS = 320;
const NANO = 1e9;

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

describe('spend of each team', () => {
  describe('with a ledger in PostgreSQL', () => {
    let server: RunningPostgres;
    let told: Told;
    let rows: readonly { readonly team: string; readonly nano: string; readonly attempts: string }[];

    before(async () => {
      server = await startPostgres();
      const url = await server.database();
      told = await run({ store: 'postgres', url: 'env:LEDGER_URL' }, { LEDGER_URL: url });
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const sums = await client.query(
        'SELECT team, sum(cost_nano) AS nano, sum(attempts) AS attempts FROM turnpike_entries GROUP BY team',
      );
      rows = sums.rows;
      await client.end();
    });
    after(() => server.clean());

    const ledger = (): Spend => spendOf(rows.map(({ team, nano }) => [team, BigInt(nano)]));

    it('is the same in its rows, in spans and in counters', () => {
      assert.deepEqual([...ledger().keys()], ['platform', 'search', 'support']);
      assert.deepEqual(told.spans, ledger());
      assert.deepEqual(told.counters, ledger());
    });

    it('has a row for every attempt', () => {
      assert.ok(told.attempts > CALLS / 2);
      assert.equal(
        rows.reduce((sum, { attempts }) => sum + Number(attempts), 0),
        told.attempts,
      );
    });
  });
});
