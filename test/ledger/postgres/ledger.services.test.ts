/** The ledger in a real PostgreSQL: written once, summed from roll-ups, by months, by several writers at once. */
// needs: postgres
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { Failure } from '../../../src/core/failure.ts';
import type { Ledger } from '../../../src/flows/ledger.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open.ts';
import type { LedgerReader, TotalsQuery } from '../../../src/reports/ledger-reader.ts';
import { type RunningPostgres, startPostgres } from '../../services/postgres.ts';
import { AT_MS, adjustmentOf, attemptEntry, manyEntries, priced } from '../entries.ts';

const HOUR_MS = 3_600_000;
const EVER = { fromMs: 0, toMs: Date.UTC(2100, 0) };

const dearestFirst = (a: bigint, b: bigint): number => (a < b ? 1 : -1);

describe('the ledger in PostgreSQL', () => {
  let server: RunningPostgres;
  let url: string;
  const opened: (Ledger & LedgerReader)[] = [];
  const open = async (chainId = 'writer', options = {}): Promise<Ledger & LedgerReader> => {
    const ledger = await openPostgresLedger({ url, chainId, ...options });
    opened.push(ledger);
    return ledger;
  };
  const ask = async (text: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  };

  before(async () => {
    server = await startPostgres();
  });
  beforeEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
    url = await server.database();
  });
  after(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
    await server.clean();
  });

  it('gives back what was written', async () => {
    const ledger = await open();
    const attempt = attemptEntry({ keyId: 'k1', subject: 'ada', late: true, firstTokenMs: 3.25 });
    const adjustment = adjustmentOf(attempt, -250n);
    await ledger.append(attempt);
    await ledger.append(adjustment);
    const stored = await ledger.entries(EVER);
    assert.deepEqual(
      stored.map(({ entry }) => entry),
      [attempt, adjustment],
    );
  });

  it('counts an entry once, however often and by whomever it is written', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const entries = manyEntries(50);
    await Promise.all([...entries, ...entries].flatMap((entry) => [one.append(entry), two.append(entry)]));
    await Promise.all(entries.map((entry) => one.append(entry)));
    const [total] = await one.totals({ ...EVER, by: [] });
    assert.equal(total?.calls, 50);
    assert.equal(total?.costNano, 50_000n);
    assert.deepEqual(await one.charged(0), new Map([['search|2026-11', 50_000n]]));
  });

  it('counts a report once that is told again with another time, in another month', async () => {
    const ledger = await open();
    const [first, again, late] = [AT_MS, AT_MS + 1, AT_MS + 40 * 24 * HOUR_MS].map((atMs) => attemptEntry({ atMs }));
    for (const entry of [first, again, late]) await ledger.append(entry ?? attemptEntry());
    assert.deepEqual(
      (await ledger.entries(EVER)).map(({ entry }) => entry),
      [first],
    );
    assert.deepEqual(await ledger.charged(0), new Map([['search|2026-11', 1_000n]]));
  });

  it('is migrated once by replicas that start together', async () => {
    const replicas = await Promise.all(Array.from({ length: 6 }, (_, index) => open(`replica-${index}`)));
    await Promise.all(replicas.map((ledger, index) => ledger.append(attemptEntry({ id: `call-${index}/0` }))));
    assert.deepEqual(await ask('SELECT count(*)::int AS rows FROM turnpike_entries'), [{ rows: 6 }]);
    assert.deepEqual(await ask('SELECT array_agg(number ORDER BY number) AS numbers FROM turnpike_migrations'), [
      { numbers: [1, 2, 3] },
    ]);
  });

  it('lets two writers share a chain by mistake, and keeps it whole', async () => {
    const [one, two] = [await open('same'), await open('same')];
    await Promise.all(manyEntries(200).map((entry, index) => (index % 2 === 0 ? one : two).append(entry)));
    assert.deepEqual(
      await ask(
        'SELECT count(*)::int AS rows, max(seq)::int AS last, count(DISTINCT seq)::int AS places FROM turnpike_entries',
      ),
      [{ rows: 200, last: 200, places: 200 }],
    );
  });

  it('takes text that PostgreSQL has no words for', async () => {
    const ledger = await open();
    const attribution = {
      team: 'a\0b',
      application: '\ud800',
      environment: '',
      tags: { 'x\0': '\udfff', "'; --": '"' },
    };
    const entry = attemptEntry({ attribution, subject: "Robert'); DROP TABLE turnpike_entries;--" });
    await ledger.append(entry);
    const [stored] = await ledger.entries({ ...EVER, where: { "tag:'; --": '"' } });
    assert.deepEqual(stored?.entry, entry);
  });

  it('rejects the entry that cannot be stored, and writes those beside it', async () => {
    const ledger = await open();
    const entries = manyEntries(20, (index) => (index === 7 ? { cost: priced(2n ** 63n) } : {}));
    const told = await Promise.allSettled(entries.map((entry) => ledger.append(entry)));
    assert.deepEqual(
      told.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
      [7],
    );
    const [total] = await ledger.totals({ ...EVER, by: [] });
    assert.equal(total?.attempts, 19);
  });

  it('holds so many that wait, and refuses more', async () => {
    const ledger = await open('writer', { maxWaiting: 10 });
    const told = await Promise.allSettled(manyEntries(15).map((entry) => ledger.append(entry)));
    const refused = told.flatMap((one) => (one.status === 'rejected' ? [Failure.from(one.reason).code] : []));
    assert.deepEqual(refused, Array(5).fill('overloaded'));
  });

  it('writes what waits before it closes', async () => {
    const ledger = await open();
    const told = Promise.all(manyEntries(2_500).map((entry) => ledger.append(entry)));
    await ledger.close();
    await told;
    assert.deepEqual(await ask('SELECT count(*)::int AS rows FROM turnpike_entries'), [{ rows: 2500 }]);
    await assert.rejects(ledger.append(attemptEntry()), { code: 'unavailable' });
  });

  describe('months', () => {
    const months = [Date.UTC(1999, 11, 31), Date.UTC(2026, 0, 31, 23), Date.UTC(2026, 1, 1), Date.UTC(2150, 0)];

    it('have a partition each, made when the first entry needs it', async () => {
      const ledger = await open();
      await Promise.all(months.map((atMs) => ledger.append(attemptEntry({ id: `${atMs}`, atMs }))));
      const rows = await ask('SELECT tableoid::regclass::text AS part FROM turnpike_entries ORDER BY at_ms');
      assert.deepEqual(
        rows.map(({ part }) => part),
        [
          'turnpike_entries_before_2000',
          'turnpike_entries_2026_01',
          'turnpike_entries_2026_02',
          'turnpike_entries_after_2099',
        ],
      );
    });

    it('are dropped whole, their sums stay, and one that comes late is written again', async () => {
      const ledger = await open();
      await Promise.all(months.map((atMs) => ledger.append(attemptEntry({ id: `${atMs}`, atMs }))));
      assert.deepEqual(await ask("SELECT dropped, row_count::int FROM turnpike_drop_before('2026-02-28')"), [
        { dropped: 'turnpike_entries_2026_01', row_count: 1 },
      ]);
      assert.deepEqual(await ask('SELECT from_seq::int, to_seq::int FROM turnpike_dropped'), [
        { from_seq: 2, to_seq: 2 },
      ]);
      await ledger.append(attemptEntry({ id: 'late', atMs: months[1] ?? 0 }));
      const [total] = await ledger.totals({ fromMs: Date.UTC(2026, 0), toMs: Date.UTC(2026, 2), by: [] });
      assert.equal(total?.attempts, 3);
    });
  });

  describe('sums', () => {
    /** Every third minute over two days, so that periods cut hours into pieces. */
    const entries = manyEntries(960, (index) => ({
      atMs: AT_MS + index * 180_000,
      index: index % 4 === 3 ? 1 : 0,
      target: ['openai/gpt-5.2', 'anthropic/claude', 'bare'][index % 3] ?? '',
      attribution: {
        team: `team-${index % 5}`,
        application: 'web',
        environment: 'prod',
        tags: { tier: `${index % 2}` },
      },
      cost: index % 7 === 0 ? { kind: 'unknown' } : priced(BigInt(index), index % 11 === 0),
      accounts: [`account-${index % 5}`, 'all'],
      chargedNano: BigInt(index),
    }));
    const queries: readonly TotalsQuery[] = [
      { ...EVER, by: [] },
      { ...EVER, by: ['team', 'provider', 'model'] },
      { ...EVER, by: ['team'], where: { provider: 'openai' }, per: 'day' },
      { fromMs: AT_MS + HOUR_MS / 3, toMs: AT_MS + 20 * HOUR_MS, by: ['team', 'certainty'], per: 'hour' },
      { fromMs: AT_MS + 600_000, toMs: AT_MS + 660_000, by: ['team'] },
      { fromMs: AT_MS - HOUR_MS, toMs: AT_MS, by: ['team'] },
      { fromMs: AT_MS - HOUR_MS, toMs: AT_MS, by: [] },
    ];

    it('are the same from roll-ups and from entries', async () => {
      const ledger = await open();
      await Promise.all(entries.map((entry) => ledger.append(entry)));
      for (const query of queries) {
        const rolled = await ledger.totals(query);
        // A tag that nobody has is no dimension of roll-ups, and has the empty text everywhere.
        const scanned = await ledger.totals({ ...query, where: { ...query.where, 'tag:none': '' } });
        assert.deepEqual(rolled, scanned, JSON.stringify(query));
      }
      const [all] = await ledger.totals({ ...EVER, by: [] });
      assert.equal(
        all?.costNano,
        entries.reduce((sum, { cost }) => sum + (cost.kind === 'priced' ? cost.items.totalNano : 0n), 0n),
      );
      assert.equal(all?.calls, 720);
      assert.equal(all?.certainty.unknown.attempts, 138);
      const costs = (await ledger.totals({ ...EVER, by: ['team'] })).map(({ costNano }) => costNano);
      assert.equal(costs.length, 5);
      assert.deepEqual(costs, [...costs].sort(dearestFirst));
      assert.deepEqual(
        await ledger.totals({ ...EVER, by: ['team'], limit: 2 }),
        (await ledger.totals({ ...EVER, by: ['team'] })).slice(0, 2),
      );
    });

    it('of accounts are from any moment on', async () => {
      const ledger = await open();
      await Promise.all(entries.map((entry) => ledger.append(entry)));
      const sinceMs = AT_MS + 7 * 180_000;
      const expected = entries.slice(7).reduce((sum, { chargedNano }) => sum + chargedNano, 0n);
      assert.equal((await ledger.charged(sinceMs)).get('all'), expected);
    });

    it('are read page by page in the order of time', async () => {
      const ledger = await open();
      await Promise.all(entries.toReversed().map((entry) => ledger.append(entry)));
      const ids: string[] = [];
      let after: string | undefined;
      do {
        const page = await ledger.entries({
          ...EVER,
          where: { team: 'team-1' },
          limit: 50,
          ...(after === undefined ? {} : { after }),
        });
        ids.push(...page.map(({ entry }) => entry.id));
        after = page.at(-1)?.cursor;
      } while (after !== undefined);
      assert.deepEqual(
        ids,
        entries.filter((_, index) => index % 5 === 1).map(({ id }) => id),
      );
    });
  });

  it('says who it cannot reach, and never the password', async () => {
    const wrong = `${url.replace(server.password, 'not-the-password')}`;
    for (const bad of [
      wrong,
      url.replace(/\/[^/]+$/, '/nowhere'),
      `http://user:${server.password}@host/db`,
      `:${server.password}`,
    ]) {
      const told = await openPostgresLedger({ url: bad, chainId: 'x' }).then(
        () => 'opened',
        (reason: Error) => `${reason.stack} ${JSON.stringify(reason)} ${String(reason.cause)}`,
      );
      assert.match(told, /PostgreSQL/);
      assert.doesNotMatch(told, new RegExp(`${server.password}|not-the-password`));
    }
  });
});
