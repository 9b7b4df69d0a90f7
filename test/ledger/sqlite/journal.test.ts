/** Journals beside the ledger: what is acknowledged lies there until it is moved, once, whoever moves it. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import type { LedgerEntry } from '../../../src/core/ledger-entry.ts';
import { bodyOf } from '../../../src/ledger/chain.ts';
import { bodyIn, Journal, lineOf } from '../../../src/ledger/sqlite/journal.ts';
import { openSqliteLedger, openSqliteReader } from '../../../src/ledger/sqlite/open.ts';
import { takeInJournals } from '../../../src/ledger/sqlite/take-in.ts';
import { attemptEntry, manyEntries, priced } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

const EVER = { fromMs: 0, toMs: Date.UTC(2100, 0) };

describe('a line of a journal', () => {
  it('is read as what was written, and as nothing where a byte of it is another', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 50 }),
        fc.nat(),
        fc.integer({ min: 1, max: 127 }),
        (subject, at, flip) => {
          const body = bodyOf(attemptEntry({ subject }));
          const line = lineOf(body);
          assert.ok(line.endsWith('\n') && line.indexOf('\n') === line.length - 1);
          assert.equal(bodyIn(line.slice(0, -1)), body);
          const bytes = Buffer.from(line.slice(0, -1));
          const place = at % bytes.length;
          bytes.writeUInt8((bytes[place] ?? 0) ^ flip, place);
          assert.equal(bodyIn(bytes.toString()), undefined);
        },
      ),
    );
  });
});

describe('the journals beside a ledger', () => {
  let place: Place;
  beforeEach(async () => {
    place = createPlace();
    await place.write('first', [attemptEntry({ id: 'first' })]);
  });
  afterEach(() => place.clean());

  const beside = (): readonly string[] =>
    readdirSync(dirname(place.file))
      .filter((name) => name.startsWith(`${basename(place.file)}.`))
      .map((name) => name.slice(basename(place.file).length))
      .sort();
  const open = (chainId: string, warnings: string[] = []) =>
    openSqliteLedger({
      file: place.file,
      synchronous: 'full',
      chainId,
      warn: (message) => void warnings.push(message),
    });
  const ids = (): readonly string[] =>
    place.ask('SELECT id FROM entries ORDER BY chain, seq').map((row) => (row as { readonly id: string }).id); // by the query
  /** As a process leaves it that is killed. */
  const left = (chain: string, entries: readonly LedgerEntry[], tail = ''): string => {
    const path = `${place.file}.journal-${chain}-1`;
    writeFileSync(path, entries.map((entry) => lineOf(bodyOf(entry))).join('') + tail);
    return path;
  };
  const named = (name: string, count: number): readonly LedgerEntry[] =>
    manyEntries(count, (index) => ({ id: `${name}-${index}` }));

  it('hold what is acknowledged at once, which everybody reads', async () => {
    const ledger = await open('writer');
    await ledger.append(attemptEntry({ id: 'second' }));
    const [journal] = beside();
    assert.equal(journal, '.journal-writer-1');
    assert.ok(readFileSync(`${place.file}${journal}`, 'utf8').includes('"second"'));
    const [inside] = await ledger.totals({ ...EVER, by: [] });
    await ledger.append(attemptEntry({ id: 'third' }));
    const reader = openSqliteReader(place.file);
    const [outside] = await reader.totals({ ...EVER, by: [] });
    await reader.close();
    assert.deepEqual([inside?.attempts, outside?.attempts], [2, 3]);
    await ledger.close();
    assert.deepEqual(beside(), []);
    assert.deepEqual(await place.faults(), []);
  });

  it('of whoever was killed are taken in before anybody reads, in the chain that they are of', async () => {
    const path = left('killed', named('k', 5));
    const ledger = await open('writer');
    assert.deepEqual(await ledger.charged(0), new Map([['search|2026-11', 6_000n]]));
    await ledger.close();
    assert.deepEqual(ids(), ['first', 'k-0', 'k-1', 'k-2', 'k-3', 'k-4']);
    assert.ok(existsSync(path), 'its writer may be alive');
    assert.deepEqual(await place.faults(), []);
  });

  for (const { name, tail } of [
    { name: 'without its end', tail: lineOf(bodyOf(attemptEntry({ id: 'torn' }))).slice(0, -40) },
    { name: 'of which only the line feed is missing', tail: lineOf(bodyOf(attemptEntry({ id: 'torn' }))).slice(0, -1) },
    { name: 'that has only begun', tail: lineOf(bodyOf(attemptEntry({ id: 'torn' }))).slice(0, 1) },
  ]) {
    it(`may end in a line ${name}, which nobody was told of`, async () => {
      const path = left('killed', named('k', 2), tail);
      takeInJournals(place.file);
      assert.deepEqual(ids(), ['first', 'k-0', 'k-1']);
      // It is no line yet: where its writer lives, it ends it.
      appendFileSync(path, lineOf(bodyOf(attemptEntry({ id: 'torn' }))).slice(tail.length));
      takeInJournals(place.file);
      assert.ok(ids().includes('torn'));
      assert.deepEqual(await place.faults(), []);
    });
  }

  it('with a line that is not what was written lose no other, and that is kept and told', async () => {
    const [one, two, three] = named('k', 3).map((entry) => lineOf(bodyOf(entry)));
    writeFileSync(`${place.file}.journal-killed-1`, [one, two?.replace('"k-1"', '"k-9"'), three].join(''));
    const warnings: string[] = [];
    const ledger = await open('writer', warnings);
    await ledger.close();
    assert.deepEqual(ids(), ['first', 'k-0', 'k-2']);
    assert.ok(readFileSync(`${place.file}.refused`, 'utf8').includes('"k-9"'));
    assert.deepEqual(await place.faults(), []);
  });

  it('with an entry that the database does not take lose no other', async () => {
    const entries = named('k', 9).map((entry, index) => (index === 4 ? { ...entry, cost: priced(2n ** 63n) } : entry));
    left('killed', entries);
    takeInJournals(place.file);
    assert.deepEqual(ids(), ['first', ...[0, 1, 2, 3, 5, 6, 7, 8].map((index) => `k-${index}`)]);
    assert.ok(readFileSync(`${place.file}.refused`, 'utf8').includes('"k-4"'));
    assert.deepEqual(await place.faults(), []);
  });

  it('that nobody touches are put away, and removed when nobody missed them', async () => {
    const path = left('killed', named('k', 1));
    const longAgo = Date.now() / 1000 - 120;
    utimesSync(path, longAgo, longAgo);
    takeInJournals(place.file);
    assert.deepEqual(beside(), ['.journal-killed-1.left']);
    // What its writer, who only slept, wrote before it found out.
    appendFileSync(`${path}.left`, lineOf(bodyOf(attemptEntry({ id: 'late' }))));
    takeInJournals(place.file);
    assert.deepEqual(beside(), ['.journal-killed-1.left'], 'it was put away just now');
    assert.deepEqual(ids(), ['first', 'k-0', 'late']);
  });

  it('that were put away while their writer slept are replaced by it, and nothing is lost', async () => {
    const ledger = await open('sleeper');
    await ledger.append(attemptEntry({ id: 'before' }));
    const path = `${place.file}.journal-sleeper-1`;
    renameSync(path, `${path}.left`);
    await ledger.append(attemptEntry({ id: 'behind' }));
    const [total] = await ledger.totals({ ...EVER, by: [] });
    await ledger.close();
    assert.equal(total?.attempts, 3);
    assert.deepEqual(ids().toSorted(), ['before', 'behind', 'first']);
    assert.deepEqual(await place.faults(), []);
  });

  it('may be copied and taken in again: an entry is written once', async () => {
    const path = left('killed', named('k', 20));
    takeInJournals(place.file);
    copyFileSync(path, `${place.file}.journal-other-1`);
    takeInJournals(place.file);
    assert.equal(ids().length, 21);
    assert.deepEqual(await place.faults(), []);
  });

  it('are not read where the file cannot be moved into, and what is in it is', async () => {
    left('killed', named('k', 2));
    using other = new DatabaseSync(place.file);
    other.exec('BEGIN IMMEDIATE');
    const reader = openSqliteReader(place.file);
    const [total] = await reader.totals({ ...EVER, by: [] });
    await reader.close();
    other.exec('COMMIT');
    assert.equal(total?.attempts, 1);
  });

  it('are begun anew where the disk took half a line', () => {
    let fails = true;
    const writeBytes = (fd: number, bytes: Uint8Array, from: number): number => {
      if (!fails) return writeSync(fd, bytes, from);
      writeSync(fd, bytes, from, 30);
      throw new Error('ENOSPC: no space left on device');
    };
    const journal = new Journal({ file: place.file, chain: 'full', synchronous: 'normal', writeBytes });
    assert.throws(() => journal.write(lineOf(bodyOf(attemptEntry({ id: 'half' })))), /ENOSPC/);
    fails = false;
    journal.write(lineOf(bodyOf(attemptEntry({ id: 'next' }))));
    journal.close(false);
    takeInJournals(place.file);
    assert.deepEqual(ids(), ['first', 'next']);
    assert.deepEqual(beside(), ['.journal-full-1', '.journal-full-2']);
  });

  it('are as large as what was acknowledged, whatever is written, moved, killed and opened in between', async () => {
    const step = fc.constantFrom('append', 'append', 'append', 'move', 'kill', 'read');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const own = createPlace();
        await own.write('zero', []);
        let number = 0;
        const acknowledged: string[] = [];
        let journal = new Journal({ file: own.file, chain: 'c', synchronous: 'normal' });
        for (const what of steps) {
          switch (what) {
            case 'append': {
              number += 1;
              const entries = named(`n${number}`, 1 + (number % 3));
              journal.write(entries.map((entry) => lineOf(bodyOf(entry))).join(''));
              acknowledged.push(...entries.map(({ id }) => id));
              break;
            }
            case 'move':
              takeInJournals(own.file);
              break;
            case 'kill':
              journal.close(false);
              journal = new Journal({ file: own.file, chain: 'c', synchronous: 'normal' });
              break;
            case 'read': {
              const reader = openSqliteReader(own.file);
              const stored = (await reader.entries({ ...EVER, limit: 1_000 })).map(({ entry }) => entry.id);
              await reader.close();
              assert.deepEqual(stored.toSorted(), acknowledged.toSorted());
              break;
            }
          }
        }
        journal.close(false);
        assert.deepEqual(await own.faults(), []);
        const rows = own.ask('SELECT id FROM entries ORDER BY seq').map((row) => (row as { readonly id: string }).id); // by the query
        assert.deepEqual(rows, acknowledged);
        own.clean();
      }),
      { numRuns: 25 },
    );
  });
});
