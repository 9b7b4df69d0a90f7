/** What was acknowledged is in PostgreSQL, once, whoever is killed; what could not be written is told so. */
// needs: postgres
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Failure } from '../../../src/core/failure.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open.ts';
import { type RunningPostgres, startPostgres } from '../../services/postgres.ts';
import { attemptEntry, manyEntries } from '../entries.ts';

const EVER = { fromMs: 0, toMs: Date.UTC(2100, 0) };

describe('the ledger in PostgreSQL, killed', () => {
  let server: RunningPostgres;
  let url: string;

  before(async () => {
    server = await startPostgres();
  });
  beforeEach(async () => {
    url = await server.database();
  });
  after(() => server.clean());

  const ask = async (text: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  };
  const ids = async (): Promise<ReadonlySet<unknown>> =>
    new Set((await ask('SELECT id FROM turnpike_entries')).map(({ id }) => id));
  /** Places of a chain without a gap, and sums that are of just those rows. */
  const assertWhole = async (rows: number): Promise<void> => {
    assert.deepEqual(
      await ask(`SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids, max(seq)::int AS last,
        count(DISTINCT seq)::int AS places, (SELECT sum(seq)::int FROM turnpike_chains) AS head,
        (SELECT sum(attempts)::int FROM turnpike_rollups) AS rolled,
        (SELECT sum(charged_nano)::int FROM turnpike_charges) AS charged FROM turnpike_entries`),
      [{ rows, ids: rows, last: rows, places: rows, head: rows, rolled: rows, charged: rows * 1_000 }],
    );
  };

  it('with -9 and started again in the middle of appends: nobody is told anything wrong, nothing is there twice', async () => {
    const ledger = await openPostgresLedger({ url, chainId: 'w', maxBatch: 50, patienceMs: 30_000 });
    const entries = manyEntries(3_000);
    const left = [...entries];
    let written = 0;
    let restarted: Promise<void> | undefined;
    const restart = async (): Promise<void> => {
      await server.kill();
      await server.start();
    };
    const appendAll = async (): Promise<void> => {
      for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
        await ledger.append(entry);
        written += 1;
        if (written === 500) restarted = restart();
      }
    };
    await Promise.all(Array.from({ length: 200 }, appendAll));
    await restarted;
    await ledger.close();
    assert.equal(written, entries.length);
    await assertWhole(entries.length);
  });

  it('for longer than entries may wait: each is refused, and can be written again', async () => {
    const ledger = await openPostgresLedger({ url, chainId: 'w', patienceMs: 400 });
    const entries = manyEntries(30);
    const [first, ...others] = entries;
    await ledger.append(first ?? attemptEntry());
    await server.kill();
    const startedAtMs = performance.now();
    const told = await Promise.allSettled(others.map((entry) => ledger.append(entry)));
    assert.deepEqual(
      told.map((one) => (one.status === 'rejected' ? Failure.from(one.reason).code : 'written')),
      others.map(() => 'unavailable'),
    );
    assert.ok(performance.now() - startedAtMs < 5_000);
    await assert.rejects(ledger.totals({ ...EVER, by: [] }), { code: 'unavailable' });
    await server.start();
    await Promise.all(entries.map((entry) => ledger.append(entry)));
    await ledger.close();
    await assertWhole(entries.length);
  });

  it('by an administrator who ends its connections', async () => {
    const ledger = await openPostgresLedger({ url, chainId: 'w', maxBatch: 20 });
    const entries = manyEntries(400);
    const told = Promise.all(entries.map((entry) => ledger.append(entry)));
    await ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'turnpike'");
    await told;
    await ledger.close();
    await assertWhole(entries.length);
  });

  it('or silent: what a lock holds up is refused in time, and written when it is gone', async () => {
    const ledger = await openPostgresLedger({ url, chainId: 'w', patienceMs: 300, answerMs: 300 });
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE turnpike_entries IN ACCESS EXCLUSIVE MODE');
    await assert.rejects(ledger.append(attemptEntry()), { code: 'unavailable' });
    await holder.query('ROLLBACK');
    await holder.end();
    await ledger.append(attemptEntry());
    await ledger.close();
    await assertWhole(1);
  });

  it('writer and all, with -9: what it was told is there, and its chain goes on', async () => {
    const acknowledged: string[] = [];
    for (const chainId of ['w', 'w']) {
      const program = fileURLToPath(import.meta.resolve('./appending-process.ts'));
      const writer = spawn(process.execPath, [program, url, chainId], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(writer, 'exit');
      const lines = createInterface({ input: writer.stdout });
      const enough = acknowledged.length + 400;
      for await (const line of lines) {
        acknowledged.push(line);
        if (acknowledged.length === enough) writer.kill('SIGKILL');
      }
      assert.deepEqual((await ended)[1], 'SIGKILL');
    }
    const there = await ids();
    assert.ok(acknowledged.length >= 800);
    assert.deepEqual(
      acknowledged.filter((id) => !there.has(id)),
      [],
    );
    await assertWhole(there.size);
  });
});
