/** Files of a journal that have their room beforehand: what is written over zeros is moved once, and zeros are nothing. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { bodyOf } from '../../../src/ledger/chain.ts';
import { Journal, type JournalOptions } from '../../../src/ledger/sqlite/journal.ts';
import { linesOf } from '../../../src/ledger/sqlite/journal-line.ts';
import { takeInJournals } from '../../../src/ledger/sqlite/take-in.ts';
import { attemptEntry, manyEntries } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

const LARGE_BYTES = 12_000;

describe('a journal that is in use', () => {
  let place: Place;
  beforeEach(async () => {
    place = createPlace();
    await place.write('first', [attemptEntry({ id: 'first' })]);
  });
  afterEach(() => place.clean());

  const beside = (): readonly string[] => place.beside().map((name) => place.file + name);
  /** Those behind the first. */
  const ids = (): readonly string[] => place.ids().filter((id) => id !== 'first');
  const journalOf = (options: Partial<JournalOptions> = {}): Journal =>
    new Journal({ file: place.file, chain: 'c', synchronous: 'full', largeBytes: LARGE_BYTES, ...options });
  const written: string[] = [];
  const write = async (journal: Journal, name: string, count: number = 1): Promise<void> => {
    const entries = manyEntries(count, (index) => ({ id: `${name}-${index}` }));
    journal.write(linesOf(entries.map(bodyOf)));
    await journal.sync();
    written.push(...entries.map(({ id }) => id));
  };
  /** Into a file that has its room. */
  const inRoom = async (journal: Journal): Promise<string> => {
    written.length = 0;
    for (let number = 0; ; number += 1) {
      await write(journal, `n${number}`);
      const current = journal.parts.at(-1);
      assert.ok(current);
      if (current.size < statSync(current.file.path).size) return current.file.path;
    }
  };
  const moved = (journal: Journal): void => {
    takeInJournals(place.file, assert.fail);
    for (const { file, size } of journal.parts) journal.moved(file.name, size);
    journal.remove(journal.done(false));
  };

  it('writes over room that is there, file after file, and loses nothing', async () => {
    const journal = journalOf();
    const path = await inRoom(journal);
    assert.equal(statSync(path).size, LARGE_BYTES);
    const files = new Set<string>();
    const roomy = new Set<string>();
    for (let number = 0; number < 200; number += 1) {
      await write(journal, `m${number}`, 1 + (number % 3));
      for (const { file } of journal.parts) files.add(file.name);
      // One that is begun before the next is ready has no room, and grows as it is written.
      for (const { file, size } of journal.parts) if (size < statSync(file.path).size) roomy.add(file.path);
      const outgrown = beside().filter((one) => roomy.has(one) && statSync(one).size > LARGE_BYTES);
      assert.deepEqual(outgrown, [], 'none outgrows its room');
      if (number % 5 === 0) moved(journal);
    }
    assert.ok(files.size > 5);
    assert.ok(roomy.has(path));
    moved(journal);
    journal.close();
    assert.equal(beside().length, 1, 'what was made for later is gone');
    assert.deepEqual(ids(), written);
    assert.deepEqual(await place.faults(), []);
  });

  it('is taken in as far as it was written where its writer was killed, and put away then', async () => {
    const path = await inRoom(journalOf());
    takeInJournals(place.file, assert.fail);
    assert.deepEqual(ids(), written);
    // Nobody who writes is kept from it by somebody who only looks.
    using other = new DatabaseSync(place.file);
    other.exec('BEGIN IMMEDIATE');
    takeInJournals(place.file, assert.fail);
    other.exec('COMMIT');
    const longAgo = Date.now() / 1000 - 120;
    for (const one of beside()) utimesSync(one, longAgo, longAgo);
    await place.write('second', [attemptEntry({ id: 'second' })]);
    assert.ok(existsSync(`${path}.left`));
    assert.deepEqual(await place.faults(), []);
  });

  it('keeps aside a line that lost its beginning, and what stands behind it', async () => {
    const path = await inRoom(journalOf());
    const [first, second] = manyEntries(2, (index) => ({ id: `behind-${index}` })).map((entry) =>
      linesOf([bodyOf(entry)]).toString(),
    );
    const bytes = readFileSync(path);
    const end = bytes.indexOf(0);
    bytes.write(`${'\0'.repeat(100)}${first?.slice(100)}${second}`, end);
    writeFileSync(path, bytes);
    takeInJournals(place.file, assert.fail);
    assert.ok(!ids().includes('behind-1'), 'its writer may be about to write there');
    renameSync(path, `${path}.left`);
    const told: string[] = [];
    takeInJournals(place.file, (message) => told.push(message));
    assert.deepEqual(told, [`ledger ${place.file}: 1 entries are set aside in ${place.file}.refused`]);
    assert.deepEqual(ids(), [...written, 'behind-1']);
    assert.ok(readFileSync(`${place.file}.refused`, 'latin1').includes(String(first).slice(100)));
  });

  it('goes on where the disk failed in the middle of a line, however often', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 1_500 }), { maxLength: 12 }), async (rooms) => {
        const own = createPlace();
        await own.write('zero', []);
        let left = Number.POSITIVE_INFINITY;
        const writeBytes = (fd: number, bytes: Uint8Array, from: number, at: number): number => {
          if (left === 0) throw new Error('EIO: i/o error');
          const length = Math.min(left, bytes.length - from);
          left -= length;
          return writeSync(fd, bytes, from, length, at);
        };
        const journal = journalOf({ file: own.file, writeBytes });
        await inRoom(journal);
        for (const [number, room] of rooms.entries()) {
          left = room;
          const entries = manyEntries(2, (index) => ({ id: `f${number}-${index}` }));
          const lines = linesOf(entries.map(bodyOf));
          try {
            journal.write(lines);
          } catch {
            // As somebody who asks again does.
            left = Number.POSITIVE_INFINITY;
            if (number % 2 === 0) takeInJournals(own.file, assert.fail);
            journal.write(lines);
          }
          written.push(...entries.map(({ id }) => id));
        }
        takeInJournals(own.file, assert.fail);
        journal.close();
        assert.deepEqual(own.ids(), written);
        assert.deepEqual(await own.faults(), []);
        own.clean();
      }),
      { numRuns: 15 },
    );
  });
});
