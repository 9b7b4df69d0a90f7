/**
 * The power is lost: of the database there is what it was when its log was last synchronized, whatever was committed since;
 * of journals there is what lies there. Together they have all that was acknowledged, at every moment.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bodyOf } from '../../../src/ledger/chain.ts';
import { openDatabase } from '../../../src/ledger/sqlite/database.ts';
import { Journal } from '../../../src/ledger/sqlite/journal.ts';
import { linesOf } from '../../../src/ledger/sqlite/journal-line.ts';
import { Mover } from '../../../src/ledger/sqlite/mover.ts';
import { Moves } from '../../../src/ledger/sqlite/moves.ts';
import { takeInJournals } from '../../../src/ledger/sqlite/take-in.ts';
import type { ToWriter } from '../../../src/ledger/sqlite/writer-thread.ts';
import { manyEntries } from '../entries.ts';
import { createPlace, type Place } from './place.ts';

/** A ledger as `openSqliteLedger` puts it together, with the thread's work done here. */
async function createMachine(place: Place) {
  await place.write('zero', []);
  const database = openDatabase({ file: place.file, synchronous: 'normal' });
  const mover = new Mover(database, { file: place.file, maxBatch: 2 });
  const synced = createPlace();
  const keep = (): void => {
    for (const tail of ['', '-wal']) {
      if (existsSync(place.file + tail)) copyFileSync(place.file + tail, synced.file + tail);
    }
  };
  mover.sync();
  keep();
  const answer = (question: ToWriter): unknown => {
    switch (question.kind) {
      case 'move':
        return mover.move(question.journal);
      case 'move_all':
        return mover.moveAll(Date.now());
      case 'sync':
        mover.sync();
        return keep();
      case 'close':
        return undefined;
    }
  };
  const journal = new Journal({ file: place.file, chain: 'c', synchronous: 'normal', largeBytes: 2_000 });
  const ended = Promise.resolve();
  const thread = { ask: async (question: ToWriter) => answer(question), ended };
  const moves = new Moves({ file: place.file, journal, thread, warn: assert.fail });
  return {
    journal,
    moves,
    /** What another machine makes of the disk. */
    async left(): Promise<{ readonly rows: readonly unknown[]; readonly faults: readonly string[] }> {
      const other = createPlace();
      for (const tail of ['', '-wal']) {
        if (existsSync(synced.file + tail)) copyFileSync(synced.file + tail, other.file + tail);
      }
      const folder = dirname(place.file);
      for (const name of readdirSync(folder)) {
        if (name.startsWith(`${basename(place.file)}.journal-`)) {
          copyFileSync(join(folder, name), join(dirname(other.file), name));
        }
      }
      takeInJournals(other.file, assert.fail);
      const rows = other.ids();
      const faults = await other.faults();
      other.clean();
      return { rows, faults };
    },
    stop(): void {
      journal.close();
      database.close();
      synced.clean();
    },
  };
}

describe('a machine that loses its power', () => {
  it('has what was acknowledged, in its database or in journals, whenever it happens', async () => {
    const step = fc.constantFrom('append', 'append', 'move', 'look');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const place = createPlace();
        const machine = await createMachine(place);
        const acknowledged: string[] = [];
        for (const what of steps) {
          switch (what) {
            case 'append': {
              const entries = manyEntries(3, (index) => ({ id: `n${acknowledged.length + index}` }));
              machine.journal.write(linesOf(entries.map(bodyOf)));
              acknowledged.push(...entries.map(({ id }) => id));
              break;
            }
            case 'move':
              await machine.moves.everything(1_000);
              break;
            case 'look':
              assert.deepEqual(await machine.left(), { rows: acknowledged, faults: [] });
          }
        }
        await machine.moves.finish(1_000);
        assert.deepEqual(await machine.left(), { rows: acknowledged, faults: [] });
        machine.stop();
        place.clean();
      }),
      { numRuns: 30 },
    );
  });

  it('removes a journal when what it held is there for good, and no sooner', async () => {
    const place = createPlace();
    const machine = await createMachine(place);
    const names = (): readonly string[] =>
      readdirSync(dirname(place.file)).filter((name) => name.includes('.journal-'));
    for (const from of [0, 6, 12]) {
      machine.journal.write(linesOf(manyEntries(6, (index) => ({ id: `n${from + index}` })).map(bodyOf)));
    }
    assert.equal(names().length, 3);
    await machine.moves.everything(1_000);
    assert.equal(names().length, 1, 'the one that is written to');
    await machine.moves.finish(1_000);
    assert.equal(names().length, 0);
    machine.stop();
    place.clean();
  });
});
