/** Journals beside the ledger: what is acknowledged lies there until it is moved, once, whoever moves it. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { LedgerEntry } from '../../../src/core/ledger-entry.ts';
import { bodyOf } from '../../../src/ledger/chain.ts';
import { openDatabase } from '../../../src/ledger/sqlite/database.ts';
import { Journal, type JournalOptions } from '../../../src/ledger/sqlite/journal.ts';
import { linesIn, linesOf } from '../../../src/ledger/sqlite/journal-line.ts';
import { Mover } from '../../../src/ledger/sqlite/mover.ts';
import { openSqliteLedger, openSqliteReader } from '../../../src/ledger/sqlite/open.ts';
import { pruneSqliteLedger } from '../../../src/ledger/sqlite/prune.ts';
import { takeInJournals } from '../../../src/ledger/sqlite/take-in.ts';
import { attemptEntry, manyEntries, priced } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

const EVER = { fromMs: 0, toMs: Date.UTC(2100, 0) };

const journalOf = (options: Pick<JournalOptions, 'file'> & Partial<JournalOptions>): Journal =>
  new Journal({ chain: 'c', synchronous: 'normal', largeBytes: 2_000, ...options });

const lineOf = (body: string): string => linesOf([body]).toString();

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
          const bodies = (bytes: Buffer): readonly unknown[] => linesIn(bytes, 9).map(({ body: found }) => found);
          const bytes = Buffer.from(line);
          assert.deepEqual(bodies(bytes), [body]);
          const place = at % (bytes.length - 1);
          bytes.writeUInt8((bytes[place] ?? 0) ^ flip, place);
          assert.deepEqual(
            bodies(bytes).filter((found) => found !== undefined),
            [],
          );
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

  const beside = (): readonly string[] => place.beside();
  const ids = (): readonly string[] => place.ids();
  const open = (chainId: string, warnings: string[] = []) =>
    openSqliteLedger({
      file: place.file,
      synchronous: 'full',
      chainId,
      warn: (message) => void warnings.push(message),
    });
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
    assert.match(journal ?? '', /^\.journal-writer-\d+$/);
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
      takeInJournals(place.file, assert.fail);
      assert.deepEqual(ids(), ['first', 'k-0', 'k-1']);
      // It is no line yet: where its writer lives, it ends it.
      appendFileSync(path, lineOf(bodyOf(attemptEntry({ id: 'torn' }))).slice(tail.length));
      takeInJournals(place.file, assert.fail);
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
    const warnings: string[] = [];
    takeInJournals(place.file, (message) => warnings.push(message));
    assert.deepEqual(warnings, [`ledger ${place.file}: 1 entries are set aside in ${place.file}.refused`]);
    assert.deepEqual(ids(), ['first', ...[0, 1, 2, 3, 5, 6, 7, 8].map((index) => `k-${index}`)]);
    assert.ok(readFileSync(`${place.file}.refused`, 'utf8').includes('"k-4"'));
    assert.deepEqual(await place.faults(), []);
  });

  it('that nobody touches are put away, and removed when nobody missed them', async () => {
    const path = left('killed', named('k', 1));
    const longAgo = Date.now() / 1000 - 120;
    utimesSync(path, longAgo, longAgo);
    takeInJournals(place.file, assert.fail);
    assert.deepEqual(beside(), ['.journal-killed-1.left']);
    // What its writer, who only slept, wrote before it found out.
    appendFileSync(`${path}.left`, lineOf(bodyOf(attemptEntry({ id: 'late' }))));
    takeInJournals(place.file, assert.fail);
    assert.deepEqual(beside(), ['.journal-killed-1.left'], 'it was put away just now');
    assert.deepEqual(ids(), ['first', 'k-0', 'late']);
  });

  it('that were put away while their writer slept are replaced by it, and nothing is lost', async () => {
    const ledger = await open('sleeper');
    await ledger.append(attemptEntry({ id: 'before' }));
    const path = `${place.file}${beside()[0]}`;
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
    takeInJournals(place.file, assert.fail);
    copyFileSync(path, `${place.file}.journal-other-1`);
    takeInJournals(place.file, assert.fail);
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

  for (const { what, taken } of [
    { what: 'half a line', taken: 30 },
    { what: 'a line and a half', taken: 700 },
    { what: 'nothing', taken: 0 },
  ]) {
    it(`go on where the disk took ${what}, in the same file, however often`, async () => {
      let room = taken;
      const writeBytes = (fd: number, bytes: Uint8Array, from: number, at: number): number => {
        if (room === 0) throw new Error('ENOSPC: no space left on device');
        const length = Math.min(room, bytes.length - from);
        room -= length;
        return writeSync(fd, bytes, from, length, at);
      };
      const journal = journalOf({ file: place.file, writeBytes, largeBytes: 1_000_000 });
      const lines = linesOf(named('k', 3).map(bodyOf));
      for (let time = 0; time < 5; time += 1) assert.throws(() => journal.write(lines), /ENOSPC/);
      assert.equal(beside().length, 1);
      takeInJournals(place.file, assert.fail);
      room = Number.POSITIVE_INFINITY;
      journal.write(lines);
      journal.close();
      takeInJournals(place.file, assert.fail);
      assert.deepEqual(ids().toSorted(), ['first', 'k-0', 'k-1', 'k-2']);
      assert.deepEqual(await place.faults(), []);
    });
  }

  /** As a thread does, so often that every file comes to its end many times. */
  it('follow one another for as long as entries come, and lose none', () => {
    using database = openDatabase({ file: place.file, synchronous: 'normal' });
    const mover = new Mover(database, { file: place.file });
    const journal = journalOf({ file: place.file, largeBytes: 3_000 });
    const entries = named('k', 300);
    entries.forEach((entry, index) => {
      journal.write(linesOf([bodyOf(entry)]));
      if (index % 7 > 0) return;
      for (const { file } of journal.parts) {
        const moved = mover.move(file);
        journal.moved(file.name, moved.kind === 'moved' ? moved.bytes : 0);
      }
      journal.remove(journal.done(false));
      assert.ok(beside().length <= 4, 'those that are moved are gone');
    });
    takeInJournals(place.file, assert.fail);
    journal.close();
    assert.deepEqual(
      ids().filter((id) => id !== 'first'),
      entries.map(({ id }) => id),
    );
  });

  it('are as large as they may be while entries come all the time, and no larger', async () => {
    const ledger = await openSqliteLedger({
      ...{ file: place.file, synchronous: 'normal', chainId: 'writer', largeBytes: 20_000 },
    });
    const sizes: number[] = [];
    for (const entry of named('k', 400)) {
      await ledger.append(entry);
      for (const name of beside()) sizes.push(statSync(`${place.file}${name}`, { throwIfNoEntry: false })?.size ?? 0);
    }
    await ledger.totals({ ...EVER, by: [] });
    const left = beside();
    await ledger.close();
    assert.ok(Math.max(...sizes) < 22_000, `${Math.max(...sizes)} bytes`);
    assert.equal(left.length, 1);
    assert.equal(ids().length, 401);
  });

  it('take no more than so much that cannot be moved, and say so to whoever waited long enough', async () => {
    const ledger = await openSqliteLedger({
      ...{ file: place.file, synchronous: 'normal', chainId: 'writer', maxJournalBytes: 5_000, patienceMs: 10 },
    });
    using other = new DatabaseSync(place.file);
    other.exec('BEGIN IMMEDIATE');
    const told: string[] = [];
    for (const entry of named('k', 11)) {
      await ledger.append(entry).then(
        () => told.push('written'),
        (reason: unknown) => told.push(Failure.from(reason).code),
      );
    }
    other.exec('COMMIT');
    assert.deepEqual([...new Set(told)], ['written', 'unavailable']);
    await ledger.totals({ ...EVER, by: [] });
    await ledger.append(attemptEntry({ id: 'behind' }));
    await ledger.close();
    assert.equal(ids().length, 2 + told.filter((one) => one === 'written').length);
  });

  it('hold up whoever writes more quickly than they are moved, and lose nothing of it', async () => {
    const ledger = await openSqliteLedger({
      ...{ file: place.file, synchronous: 'normal', chainId: 'writer', maxJournalBytes: 50_000, maxBatch: 20 },
    });
    await Promise.all(named('q', 1_000).map((entry) => ledger.append(entry)));
    await ledger.close();
    assert.equal(ids().length, 1_001);
  });

  it('count once, also when what they held was pruned meanwhile', async () => {
    const path = left('killed', [attemptEntry({ id: 'june', atMs: Date.UTC(2026, 5, 1) })]);
    const before = { beforeMs: Date.UTC(2026, 6, 1), nowMs: Date.now() };
    assert.equal(await pruneSqliteLedger({ file: place.file, synchronous: 'normal', ...before }), 1);
    utimesSync(path, 1, 1);
    const ledger = await open('writer');
    const charged = await ledger.charged(0);
    await ledger.close();
    assert.deepEqual(charged, new Map([['search|2026-11', 2_000n]]));
    assert.deepEqual(ids(), ['first']);
  });

  it('keep everything where the file is at fault and no entry is', async () => {
    const warnings: string[] = [];
    const ledger = await open('writer', warnings);
    place.ask('CREATE TRIGGER broken BEFORE INSERT ON rollups BEGIN SELECT * FROM gone; END');
    await ledger.append(attemptEntry({ id: 'second' }));
    await assert.rejects(ledger.totals({ ...EVER, by: [] }), {
      code: 'unavailable',
      message: /no such table: main.gone/,
    });
    place.ask('DROP TRIGGER broken');
    await ledger.append(attemptEntry({ id: 'third' }));
    const [total] = await ledger.totals({ ...EVER, by: [] });
    await ledger.close();
    assert.equal(total?.attempts, 3);
    assert.deepEqual(beside(), []);
    assert.deepEqual(warnings, [
      `ledger ${place.file}: what its journal holds is not moved into it: no such table: main.gone`,
    ]);
  });

  it('say what nobody else may read to nobody else, as the file does', async () => {
    chmodSync(place.file, 0o640);
    const ledger = await open('writer');
    const modes = beside().map((name) => (statSync(`${place.file}${name}`).mode & 0o777).toString(8));
    await ledger.close();
    assert.deepEqual([...new Set(modes)], ['640']);
  });

  it('that somebody removed are written anew with what was not moved', async () => {
    const ledger = await open('writer');
    using other = new DatabaseSync(place.file);
    other.exec('BEGIN IMMEDIATE');
    await ledger.append(attemptEntry({ id: 'second' }));
    for (const name of beside().filter((name) => name.startsWith('.journal'))) unlinkSync(`${place.file}${name}`);
    await ledger.append(attemptEntry({ id: 'third' }));
    other.exec('COMMIT');
    await ledger.close();
    assert.deepEqual(ids(), ['first', 'second', 'third']);
  });

  it('forget how far journals were moved that are gone', async () => {
    for (const name of ['one', 'two']) left(name, named(name, 2));
    takeInJournals(place.file, assert.fail);
    unlinkSync(`${place.file}.journal-one-1`);
    const ledger = await open('writer');
    await ledger.close();
    assert.deepEqual(place.ask("SELECT name FROM journals WHERE name IN ('one-1', 'two-1')"), [{ name: 'two-1' }]);
  });

  it('are as large as what was acknowledged, whatever is written, moved, killed and opened in between', async () => {
    const step = fc.constantFrom('append', 'append', 'append', 'move', 'kill', 'read');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const own = createPlace();
        await own.write('zero', []);
        let number = 0;
        const acknowledged: string[] = [];
        let journal = journalOf({ file: own.file });
        for (const what of steps) {
          switch (what) {
            case 'append': {
              number += 1;
              const entries = named(`n${number}`, 1 + (number % 3));
              journal.write(linesOf(entries.map(bodyOf)));
              acknowledged.push(...entries.map(({ id }) => id));
              break;
            }
            case 'move':
              takeInJournals(own.file, assert.fail);
              break;
            case 'kill':
              journal.close();
              journal = journalOf({ file: own.file });
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
        journal.close();
        assert.deepEqual(await own.faults(), []);
        assert.deepEqual(own.ids(), acknowledged);
        own.clean();
      }),
      { numRuns: 25 },
    );
  });
});
