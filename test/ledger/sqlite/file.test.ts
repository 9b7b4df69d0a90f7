/** The file of the embedded ledger: made, brought up to date, refused, waited for, and left alone. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSqliteLedger, openSqliteReader } from '../../../src/ledger/sqlite/open.ts';
import { AT_MS, attemptEntry, manyEntries } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

const EVER = { fromMs: 0, toMs: Date.UTC(2100, 0) };

describe('the file of the embedded ledger', () => {
  let place: Place;
  beforeEach(() => {
    place = createPlace();
  });
  afterEach(() => place.clean());
  const open = (chainId = 'writer') => openSqliteLedger({ file: place.file, synchronous: 'full', chainId });

  it('is one file again when nobody has it open, with pages that its rows fit into', async () => {
    await place.write('writer', manyEntries(50));
    assert.deepEqual(readdirSync(dirname(place.file)), [basename(place.file)]);
    assert.deepEqual(place.ask('PRAGMA page_size'), [{ page_size: 8_192 }]);
  });

  it('of the first version is brought up to date, with what is in it', async () => {
    await place.write('writer', manyEntries(5));
    place.ask(
      `DROP INDEX entries_id; DROP TABLE dropped; DROP TABLE pruned; DROP TABLE journals;
       CREATE INDEX entries_chain ON entries (chain, seq); PRAGMA user_version = 1`,
    );
    await place.write('writer', [attemptEntry({ id: 'later' }), attemptEntry({ id: 'later', atMs: AT_MS + 1 })]);
    assert.deepEqual(await place.faults(), []);
    assert.deepEqual(place.ask('SELECT count(*) AS rows FROM entries'), [{ rows: 6 }]);
  });

  it('of the version before is brought up to date: it goes on where it was, without the index of chains', async () => {
    await place.write('writer', manyEntries(5));
    place.ask('CREATE INDEX entries_chain ON entries (chain, seq); PRAGMA user_version = 3');
    await place.write('writer', [...manyEntries(7), attemptEntry({ id: 'later', atMs: AT_MS - 1 })]);
    assert.deepEqual(await place.faults(), []);
    assert.deepEqual(place.ask('SELECT id FROM entries WHERE seq = 8'), [{ id: 'later' }]);
    assert.deepEqual(place.ask("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"), [
      { name: 'entries_id' },
    ]);
  });

  it('of a newer version is refused, and left as it is', async () => {
    await place.write('writer', manyEntries(5));
    place.ask('PRAGMA user_version = 99');
    await assert.rejects(open(), /newer version \(99/);
    assert.deepEqual(place.ask('PRAGMA user_version'), [{ user_version: 99 }]);
  });

  it('that is no database, or cannot be made, is told by its name', async () => {
    writeFileSync(place.file, 'this is no database, and long enough that nobody takes it for an empty one');
    await assert.rejects(open(), {
      code: 'unavailable',
      message: new RegExp(`^ledger ${place.file}: .*not a database`),
    });
    const file = `${place.file}/ledger.db`;
    await assert.rejects(openSqliteLedger({ file, synchronous: 'full', chainId: 'writer' }), { code: 'unavailable' });
  });

  it('that somebody else holds keeps nobody from being acknowledged, and has it all when it is free', async () => {
    const ledger = await openSqliteLedger({ file: place.file, synchronous: 'full', chainId: 'writer', patienceMs: 10 });
    using other = new DatabaseSync(place.file);
    other.exec('BEGIN IMMEDIATE');
    await Promise.all(manyEntries(20).map((entry) => ledger.append(entry)));
    // Sums that lack some of it would be taken for the truth.
    const unread = { code: 'unavailable', message: /lacks what its journals hold: database is locked/ };
    await assert.rejects(ledger.totals({ ...EVER, by: [] }), unread);
    await assert.rejects(ledger.charged(0), unread);
    other.exec('COMMIT');
    const [behind] = await ledger.totals({ ...EVER, by: [] });
    await ledger.close();
    assert.equal(behind?.attempts, 20);
    assert.deepEqual(await place.faults(), []);
  });

  it('is read beside whoever writes, one moment of it at a time', async () => {
    const ledger = await open();
    await ledger.append(attemptEntry({ id: 'first' }));
    const reader = openSqliteReader(place.file);
    await ledger.append(attemptEntry({ id: 'second' }));
    const [total] = await reader.totals({ ...EVER, by: [] });
    await reader.close();
    await ledger.close();
    assert.equal(total?.attempts, 2);
  });
});
