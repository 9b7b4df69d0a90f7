/** What somebody does to the file behind the ledger's back is found; what is pruned is not taken for that. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { faultText, type KeptHead } from '../../../src/ledger/faults.ts';
import { pruneSqliteLedger } from '../../../src/ledger/sqlite/prune.ts';
import { sqliteHeads, verifySqliteLedger } from '../../../src/ledger/sqlite/verify.ts';
import { AT_MS, adjustmentOf, attemptEntry, manyEntries, priced } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

const JULY = Date.UTC(2026, 6, 1);
/** The first 20 in June, on every third day two of them, so that time and place in the chain differ. */
const ENTRIES = manyEntries(60, (index) => ({
  atMs: index < 20 ? Date.UTC(2026, 5, 1 + ((index * 7) % 20)) : AT_MS + index * 60_000,
  attribution: { team: 'search', application: 'web', environment: 'prod', tags: { zone: 'b', at: 'a\0', aNano: '7n' } },
  cost: index % 5 === 0 ? { kind: 'unpriced' } : priced(BigInt(index), true),
}));

describe('verifying the ledger of a file', () => {
  let place: Place;
  beforeEach(async () => {
    place = createPlace();
    await place.write('a', ENTRIES.slice(0, 50));
    await place.write('b', [...ENTRIES.slice(50), ...ENTRIES.slice(50).map((entry) => adjustmentOf(entry, -3n))]);
  });
  afterEach(() => place.clean());

  it('finds nothing where nothing was done', async () => {
    const rows: number[] = [];
    const verified = await verifySqliteLedger({ file: place.file, onRows: (count) => rows.push(count) });
    assert.deepEqual(verified, { chains: 2, rows: 70, dropped: 0, faults: [], found: 0 });
    assert.deepEqual(rows, [50, 70]);
  });

  const tampering = [
    {
      what: 'a text that says another price',
      sql: `UPDATE entries SET body = replace(body, '"totalNano":"41"', '"totalNano":"40"') WHERE id = 'many-41/0'`,
      found: /^changed: chain a: row many-41\/0 at place 42$/,
    },
    {
      what: 'a column that says another team',
      sql: "UPDATE entries SET team = 'support' WHERE id = 'many-41/0'",
      found: /^changed: chain a: columns of row many-41\/0 at place 42$/,
    },
    {
      what: 'a cost that is another in its column',
      sql: "UPDATE entries SET cost_nano = 40 WHERE id = 'many-41/0'",
      found: /^changed: chain a: columns of row many-41\/0 at place 42$/,
    },
    {
      what: 'a tag that was changed',
      sql: `UPDATE entries SET tags = '{"zone":"c"}' WHERE id = 'many-41/0'`,
      found: /^changed: chain a: columns of row many-41\/0/,
    },
    {
      what: 'a text that is no entry any more',
      sql: "UPDATE entries SET body = '{', hash = hash WHERE id = 'many-41/0'",
      found: /^changed: chain a: row many-41\/0/,
    },
    {
      what: 'rows that are gone',
      sql: "DELETE FROM entries WHERE chain = 'a' AND seq IN (10, 11)",
      found: /^missing: chain a: places 10 to 11$/,
    },
    {
      what: 'the first row, gone',
      sql: "DELETE FROM entries WHERE chain = 'a' AND seq = 1",
      found: /^missing: chain a: places 1 to 1$/,
    },
    {
      what: 'the last row, gone',
      sql: "DELETE FROM entries WHERE chain = 'b' AND seq = 20",
      found: /^missing: chain b: places 20 to 20$/,
    },
    {
      what: 'the last row and the end of the chain, gone',
      sql: "DELETE FROM entries WHERE chain = 'b' AND seq = 20; UPDATE chains SET seq = 19 WHERE chain = 'b'",
      found: /^end: chain b: its end is not place 19$/,
    },
    {
      what: 'two rows that changed places',
      sql: "UPDATE entries SET seq = 61 - seq WHERE chain = 'a' AND seq IN (30, 31)",
      found: /^changed: chain a: row many-30\/0 at place 30$/,
    },
    {
      what: 'a row put between',
      sql: `INSERT INTO entries SELECT * FROM (SELECT at_ms, id || 'x', chain, seq, hash, body, kind, call_id, decision_id,
        policy_revision, team, application, environment, cost_center, key_id, subject, target, requested_model, operation,
        outcome, certainty, tags, calls, attempts, input_tokens, cache_read_tokens, output_tokens, cost_nano, charged_nano,
        accounts FROM entries WHERE id = 'many-41/0')`,
      found: /^added: chain a: row many-41\/0x at place 42, which another row has$/,
    },
    {
      what: 'a chain that is gone from the list',
      sql: "DELETE FROM chains WHERE chain = 'b'",
      found: /^end: chain b: its end is not place 20$/,
    },
    {
      what: 'a roll-up that says more',
      sql: 'UPDATE rollups SET cost_nano = cost_nano + 1 WHERE hour_ms = (SELECT max(hour_ms) FROM rollups)',
      found: /^sums: hour 2026-11-05T11:00:00.000Z: roll-ups say 1 nano-USD more/,
    },
    {
      what: 'a roll-up that is gone',
      sql: 'DELETE FROM rollups WHERE hour_ms = (SELECT max(hour_ms) FROM rollups)',
      found: /^sums: hour 2026-11-05T11:00:00.000Z: roll-ups say 30 nano-USD more/,
    },
    {
      what: 'an account that was charged less',
      sql: 'UPDATE charges SET charged_nano = charged_nano - 5 WHERE hour_ms = (SELECT max(hour_ms) FROM charges)',
      found: /^sums: hour 2026-11-05T11:00:00.000Z: account search\|2026-11 was charged -5 nano-USD more/,
    },
  ];
  for (const { what, sql, found } of tampering) {
    it(`finds ${what}`, async () => {
      place.ask(sql);
      assert.match((await place.faults())[0] ?? 'nothing', found);
    });
  }

  it('names every row that was changed, and counts beyond those it names', async () => {
    place.ask("UPDATE entries SET subject = 'eve' WHERE seq % 10 = 3");
    assert.equal((await place.faults()).length, 7);
    await place.write(
      'c',
      manyEntries(150, (index) => ({ id: `c-${index}` })),
    );
    place.ask("UPDATE entries SET subject = 'eve' WHERE chain = 'c'");
    const verified = await verifySqliteLedger({ file: place.file });
    assert.deepEqual([verified.faults.length, verified.found], [100, 157]);
  });

  describe('with a head that was kept elsewhere', () => {
    const found = async (kept: readonly KeptHead[]): Promise<readonly string[]> => {
      const { faults } = await verifySqliteLedger({ file: place.file, kept });
      return faults.map((fault) => `${fault.kind}: ${faultText(fault)}`);
    };
    const headOf = (chain: string): KeptHead => {
      const head = sqliteHeads(place.file).find((one) => one.chain === chain);
      assert.ok(head);
      return head;
    };

    it('finds nothing where the chain went on', async () => {
      const kept = headOf('b');
      await place.write('b', [attemptEntry({ id: 'later' })]);
      assert.deepEqual(await found([kept]), []);
      assert.equal(headOf('b').seq, 21n);
    });

    it('finds a chain that was cut with everything that speaks of its end', async () => {
      const kept = headOf('b');
      const ends = "SELECT 19, hash FROM entries WHERE chain = 'b' AND seq = 19";
      place.ask(`UPDATE chains SET (seq, hash) = (${ends}) WHERE chain = 'b';
        DELETE FROM entries WHERE chain = 'b' AND seq = 20; DELETE FROM rollups WHERE hour_ms < 0`);
      const faults = (await found([kept])).filter((fault) => !fault.startsWith('sums'));
      assert.deepEqual(faults, ['head: chain b: ends before place 20, whose hash was kept']);
    });

    it('finds a chain that was written anew', async () => {
      const kept = headOf('b');
      place.ask("DELETE FROM entries WHERE chain = 'b'; DELETE FROM chains WHERE chain = 'b'; DELETE FROM rollups");
      place.ask('DELETE FROM charges');
      await place.write(
        'b',
        manyEntries(25, (index) => ({ id: `forged-${index}` })),
      );
      const faults = (await found([kept])).filter((fault) => !fault.startsWith('sums'));
      assert.deepEqual(faults, ['head: chain b: has another row at place 20, whose hash was kept']);
    });

    it('finds a chain that is gone altogether', async () => {
      const kept = headOf('b');
      place.ask("DELETE FROM entries WHERE chain = 'b'; DELETE FROM chains WHERE chain = 'b'");
      const faults = (await found([kept])).filter((fault) => !fault.startsWith('sums'));
      assert.deepEqual(faults, ['head: chain b: ends before place 20, whose hash was kept']);
    });
  });

  describe('behind retention', () => {
    const prune = (beforeMs: number, atOnce?: number): Promise<number> =>
      pruneSqliteLedger({
        ...{ file: place.file, synchronous: 'normal', beforeMs, nowMs: AT_MS },
        ...(atOnce === undefined ? {} : { atOnce }),
      });

    it('knows what was pruned, and still finds a row that is missing behind it', async () => {
      assert.equal(await prune(JULY), 20);
      const expected = { chains: 2, rows: 50, dropped: 20, faults: [], found: 0 };
      assert.deepEqual(await verifySqliteLedger({ file: place.file }), expected);
      place.ask("DELETE FROM entries WHERE chain = 'a' AND seq = 21");
      assert.match((await place.faults())[0] ?? 'nothing', /^missing: chain a: places 21 to 21$/);
    });

    it('knows it whatever order times have in the chain, and joins parts that come to follow on one another', async () => {
      await prune(Date.UTC(2026, 5, 9), 2);
      assert.deepEqual(await place.faults(), []);
      const [parts] = place.ask('SELECT count(*) > 2 AS several, sum(to_seq - from_seq + 1) AS places FROM dropped');
      assert.deepEqual(parts, { several: 1, places: 8 });
      await prune(JULY, 3);
      assert.deepEqual(await place.faults(), []);
      assert.deepEqual(place.ask('SELECT chain, from_seq, to_seq FROM dropped'), [
        { chain: 'a', from_seq: 1, to_seq: 20 },
      ]);
      assert.deepEqual(place.ask('SELECT before_ms, row_count FROM pruned ORDER BY before_ms'), [
        { before_ms: Date.UTC(2026, 5, 9), row_count: 8 },
        { before_ms: JULY, row_count: 12 },
      ]);
    });

    it('knows a chain that is gone altogether, by its head as well', async () => {
      const kept = sqliteHeads(place.file);
      assert.equal(await prune(Date.UTC(2100, 0)), 70);
      const verified = await verifySqliteLedger({ file: place.file, kept });
      assert.deepEqual(verified, { chains: 2, rows: 0, dropped: 70, faults: [], found: 0 });
    });

    it('leaves the hour of the moment whole', async () => {
      assert.equal(await prune(AT_MS + 25 * 60_000), 20);
      assert.deepEqual(await place.faults(), []);
    });
  });
});
