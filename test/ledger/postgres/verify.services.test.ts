/** What somebody does to the tables behind the ledger's back is found; what retention drops is not taken for that. */
// needs: postgres
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { faultText } from '../../../src/ledger/faults.ts';
import { openPostgresLedger, openPostgresReader } from '../../../src/ledger/postgres/open.ts';
import { postgresHeads, verifyPostgresLedger } from '../../../src/ledger/postgres/verify.ts';
import { type RunningPostgres, startPostgres } from '../../services/postgres.ts';
import { AT_MS, adjustmentOf, manyEntries, priced } from '../entries.ts';

const ENTRIES = manyEntries(60, (index) => ({
  atMs: index < 20 ? Date.UTC(2026, 5, 1 + index) : AT_MS + index * 60_000,
  attribution: { team: 'search', application: 'web', environment: 'prod', tags: { zone: 'b', at: 'a\0', aNano: '7n' } },
  cost: index % 5 === 0 ? { kind: 'unpriced' } : priced(BigInt(index), true),
}));

describe('verifying the ledger in PostgreSQL', () => {
  let server: RunningPostgres;
  let url: string;

  const ask = async (text: string): Promise<readonly unknown[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  };
  const faults = async (): Promise<readonly string[]> =>
    (await verifyPostgresLedger({ url })).faults.map((fault) => `${fault.kind}: ${faultText(fault)}`);

  before(async () => {
    server = await startPostgres();
  });
  beforeEach(async () => {
    url = await server.database();
    const ledger = await openPostgresLedger({ url, chainId: 'a', maxBatch: 7 });
    for (const entry of ENTRIES.slice(0, 50)) await ledger.append(entry);
    await ledger.close();
    const other = await openPostgresLedger({ url, chainId: 'b' });
    await Promise.all(ENTRIES.slice(50).map((entry) => other.append(entry)));
    await Promise.all(ENTRIES.slice(50).map((entry) => other.append(adjustmentOf(entry, -3n))));
    await other.close();
  });
  after(() => server.clean());

  it('finds nothing where nothing was done', async () => {
    assert.deepEqual(await verifyPostgresLedger({ url }), { chains: 2, rows: 70, dropped: 0, faults: [], found: 0 });
  });

  const tampering = [
    {
      what: 'a text that says another price',
      sql: `UPDATE turnpike_entries SET body = replace(body, '"totalNano":"41"', '"totalNano":"40"') WHERE id = 'many-41/0'`,
      found: /^changed: chain a: row many-41\/0 at place 42$/,
    },
    {
      what: 'a column that says another team',
      sql: "UPDATE turnpike_entries SET team = 'support' WHERE id = 'many-41/0'",
      found: /^changed: chain a: columns of row many-41\/0 at place 42$/,
    },
    {
      what: 'a tag that was changed',
      sql: `UPDATE turnpike_entries SET tags = '{"zone":"c"}' WHERE id = 'many-41/0'`,
      found: /^changed: chain a: columns of row many-41\/0/,
    },
    {
      what: 'rows that are gone',
      sql: "DELETE FROM turnpike_entries WHERE chain = 'a' AND seq IN (10, 11)",
      found: /^missing: chain a: places 10 to 11$/,
    },
    {
      what: 'the last row, gone',
      sql: "DELETE FROM turnpike_entries WHERE chain = 'b' AND seq = 20",
      found: /^missing: chain b: places 20 to 20$/,
    },
    {
      what: 'the last row and the end of the chain, gone',
      sql: `DELETE FROM turnpike_entries WHERE chain = 'b' AND seq = 20;
        UPDATE turnpike_chains SET seq = 19 WHERE chain = 'b'`,
      found: /^end: chain b: its end is not place 19$/,
    },
    {
      what: 'two rows that changed places',
      sql: "UPDATE turnpike_entries SET seq = 61 - seq WHERE chain = 'a' AND seq IN (30, 31)",
      found: /^changed: chain a: row many-30\/0 at place 30$/,
    },
    {
      what: 'a chain that is gone from the list',
      sql: "DELETE FROM turnpike_chains WHERE chain = 'b'",
      found: /^end: chain b: its end is not place 20$/,
    },
    {
      what: 'a roll-up that says more',
      sql: 'UPDATE turnpike_rollups SET cost_nano = cost_nano + 1 WHERE hour_ms = (SELECT max(hour_ms) FROM turnpike_rollups)',
      found: /^sums: hour 2026-11-05T11:00:00.000Z: roll-ups say/,
    },
  ];
  for (const { what, sql, found } of tampering) {
    it(`finds ${what}`, async () => {
      await ask(sql);
      assert.match((await faults())[0] ?? 'nothing', found);
    });
  }

  it('finds a chain that was cut or written anew since its head was kept', async () => {
    const kept = await postgresHeads(url);
    assert.deepEqual((await verifyPostgresLedger({ url, kept })).faults, []);
    await ask(`DELETE FROM turnpike_ids; DELETE FROM turnpike_entries WHERE chain = 'b'; DELETE FROM turnpike_chains;
      DELETE FROM turnpike_rollups; DELETE FROM turnpike_charges; DELETE FROM turnpike_entries`);
    const ledger = await openPostgresLedger({ url, chainId: 'a' });
    await Promise.all(ENTRIES.slice(1).map((entry) => ledger.append(entry)));
    await ledger.close();
    assert.deepEqual(await faults(), []);
    const { faults: found } = await verifyPostgresLedger({ url, kept });
    assert.deepEqual(found.map(faultText), [
      'chain a: has another row at place 50, whose hash was kept',
      'chain b: ends before place 20, whose hash was kept',
    ]);
  });

  it('knows what retention dropped, and still finds a row that is missing behind it', async () => {
    await ask("SELECT turnpike_drop_before('2026-07-01')");
    assert.deepEqual(await verifyPostgresLedger({ url }), { chains: 2, rows: 50, dropped: 20, faults: [], found: 0 });
    await ask("DELETE FROM turnpike_entries WHERE chain = 'a' AND seq = 21");
    assert.match((await faults())[0] ?? 'nothing', /^missing: chain a: places 21 to 21$/);
  });

  it('and reading it needs no right but to read', async () => {
    await ask(`CREATE ROLE auditor_${url.slice(-1)} LOGIN PASSWORD 'reads' IN ROLE pg_read_all_data`);
    const auditor = url.replace(/\/\/.*@/, `//auditor_${url.slice(-1)}:reads@`);
    const reader = await openPostgresReader({ url: auditor });
    const [total] = await reader.totals({ fromMs: 0, toMs: Date.UTC(2100, 0), by: [] });
    await reader.close();
    assert.equal(total?.attempts, 60);
    assert.deepEqual((await verifyPostgresLedger({ url: auditor })).faults, []);
    await assert.rejects(openPostgresReader({ url: await server.database() }), { code: 'unavailable' });
  });
});
