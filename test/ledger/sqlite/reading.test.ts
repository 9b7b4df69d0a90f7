/** A process that serves reads its ledger in a thread: nobody else waits for a report, and reports wait in a bounded line. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite/open.ts';
import { createThreadedReader } from '../../../src/ledger/sqlite/reading.ts';
import { manyEntries } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

const EVER = { fromMs: 0, toMs: Date.UTC(2100, 0) };

describe('reading the ledger of a file in a thread', () => {
  let place: Place;
  beforeEach(() => {
    place = createPlace();
  });
  afterEach(() => place.clean());

  it('lets the process go on meanwhile', async () => {
    await place.write('a', manyEntries(100));
    const ledger = await openSqliteLedger({ file: place.file, synchronous: 'normal', chainId: 'a' });
    const order: string[] = [];
    const others = new Promise<void>((resolve) => {
      setImmediate(() => {
        order.push('others');
        resolve();
      });
    });
    const report = ledger.totals({ ...EVER, by: ['call_id'] }).then((rows) => order.push(`${rows.length} rows`));
    await Promise.all([others, report]);
    await ledger.close();
    assert.deepEqual(order, ['others', '100 rows']);
  });

  it('refuses who asks beyond so many that wait, and takes more once those are answered', async () => {
    await place.write('a', manyEntries(3));
    const reader = createThreadedReader(place.file, 2);
    const told = await Promise.allSettled([1, 2, 3, 4].map(() => reader.charged(0)));
    assert.deepEqual(
      told.map((one) => (one.status === 'rejected' ? Failure.from(one.reason).code : one.value)),
      [...Array(2).fill(new Map([['search|2026-11', 3_000n]])), ...Array(2).fill('overloaded')],
    );
    assert.equal((await reader.entries(EVER)).length, 3);
    await reader.close();
  });

  it('answers what was asked before it is closed, and refuses what comes behind', async () => {
    await place.write('a', manyEntries(3));
    const reader = createThreadedReader(place.file);
    const asked = reader.entries(EVER);
    await reader.close();
    assert.equal((await asked).length, 3);
    await assert.rejects(reader.entries(EVER), { code: 'unavailable' });
    await reader.close();
  });

  it('says that the file cannot be read, and reads it once it can', async () => {
    const reader = createThreadedReader(place.file);
    await assert.rejects(reader.charged(0), { code: 'unavailable', message: /ledger\.db: unable to open/ });
    await place.write('a', manyEntries(2));
    assert.deepEqual(await reader.charged(0), new Map([['search|2026-11', 2_000n]]));
    await reader.close();
  });
});
