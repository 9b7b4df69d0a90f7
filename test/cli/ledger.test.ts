/** `turnpike ledger` as people run it, on a ledger of two writers over some months. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { entryOf } from '../../src/ledger/chain.ts';
import { AT_MS, adjustmentOf, attemptEntry, JUNE, manyEntries, NOVEMBER } from '../ledger/entries.ts';
import { createPlace, type Place } from '../ledger/sqlite/place.ts';
import { type Ran, runCli } from './run-cli.ts';

const SPECIAL = attemptEntry({ id: 'special', atMs: AT_MS + 60_000, subject: 'a,"b"\n' });

describe('turnpike ledger', () => {
  let place: Place;
  const ledger = (command: string, ...args: readonly string[]): Promise<Ran> =>
    runCli(['ledger', command, '--ledger', place.file, ...args], { cwd: dirname(place.file) });

  beforeEach(async () => {
    place = createPlace();
    await place.write('gate-1', [...JUNE, ...NOVEMBER]);
    await place.write('gate-2', [SPECIAL, adjustmentOf(SPECIAL, -5n)]);
  });
  afterEach(() => place.clean());

  describe('verify', () => {
    it('says that all is as it was written', async () => {
      const ran = await ledger('verify');
      assert.deepEqual(ran, { exitCode: 0, stdout: '2 chains, 57 rows: as they were written\n', stderr: '' });
    });

    it('names what is not, and exits with 1', async () => {
      place.ask("UPDATE entries SET subject = 'eve' WHERE id = 'many-3/0'");
      place.ask("DELETE FROM entries WHERE chain = 'gate-1' AND seq BETWEEN 40 AND 44");
      const ran = await ledger('verify');
      assert.equal(ran.exitCode, 1);
      const [head, ...lines] = ran.stdout.split('\n');
      assert.match(head ?? '', /^2 chains, 52 rows: \d+ faults$/);
      assert.deepEqual(lines.slice(0, 2), [
        '  changed  chain gate-1: columns of row many-3/0 at place 34',
        '  missing  chain gate-1: places 40 to 44',
      ]);
    });

    it('says it to programs', async () => {
      place.ask("UPDATE entries SET subject = 'eve' WHERE id = 'many-3/0'");
      const ran = await ledger('verify', '--json');
      assert.equal(ran.exitCode, 1);
      assert.deepEqual(JSON.parse(ran.stdout), {
        ...{ chains: 2, rows: 57, dropped: 0, found: 1 },
        faults: [
          {
            ...{ kind: 'changed', chain: 'gate-1', seq: 34, id: 'many-3/0', part: 'columns' },
            text: 'chain gate-1: columns of row many-3/0 at place 34',
          },
        ],
      });
    });

    it('holds the ledger to heads that were kept, from a file or one by one', async () => {
      const { stdout: heads } = await ledger('head');
      writeFileSync(join(dirname(place.file), 'heads.txt'), `${heads}\n`);
      const [first = ''] = heads.split('\n');
      assert.match(first, /^gate-1:55:[0-9a-f]{64}$/);
      assert.equal((await ledger('verify', '--heads', 'heads.txt', '--head', first)).exitCode, 0);
      place.ask(`DELETE FROM entries WHERE id = 'special/repriced'; DELETE FROM rollups; DELETE FROM charges;
        UPDATE chains SET (seq, hash) = (SELECT seq, hash FROM entries WHERE id = 'special') WHERE chain = 'gate-2'`);
      const cut = await ledger('verify', '--heads', 'heads.txt');
      assert.equal(cut.exitCode, 1);
      assert.match(cut.stdout, /^ {2}head {5}chain gate-2: ends before place 2, whose hash was kept$/m);
    });

    for (const [args, says] of [
      [['--head', 'gate-1:55'], /--head: must be chain:seq:hash/],
      [['--heads', 'none.txt'], /--heads: cannot read none.txt/],
    ] as const) {
      it(`refuses ${args.join(' ')}`, async () => {
        const ran = await ledger('verify', ...args);
        assert.equal(ran.exitCode, 2);
        assert.match(ran.stderr, says);
      });
    }

    it('needs a ledger that is there', async () => {
      const ran = await runCli(['ledger', 'verify', '--ledger', '/nowhere/ledger.db']);
      assert.equal(ran.exitCode, 1);
      assert.match(ran.stderr, /there is no such file/);
    });
  });

  describe('head', () => {
    it('tells programs where chains end', async () => {
      const heads = JSON.parse((await ledger('head', '--json')).stdout) as { hash: string }[];
      assert.deepEqual(
        heads.map(({ hash, ...rest }) => ({ ...rest, digits: hash.length })),
        [
          { chain: 'gate-1', seq: 55, digits: 64 },
          { chain: 'gate-2', seq: 2, digits: 64 },
        ],
      );
    });
  });

  describe('export', () => {
    it('writes every entry as it is, in the order of time', async () => {
      const { stdout } = await ledger('export');
      const entries = stdout.trimEnd().split('\n').map(entryOf);
      assert.equal(entries.length, 57);
      assert.deepEqual(
        entries.filter(({ id }) => id.startsWith('june')),
        JUNE,
      );
      assert.deepEqual(
        entries.filter(({ id }) => id.startsWith('special')),
        [SPECIAL, adjustmentOf(SPECIAL, -5n)],
      );
    });

    it('writes those of a period, to a file', async () => {
      const ran = await ledger('export', '--from', '2026-06-03', '--to', '2026-06-05T00:00:00Z', '-o', 'june.jsonl');
      assert.deepEqual(ran, { exitCode: 0, stdout: '', stderr: '' });
      const text = readFileSync(join(dirname(place.file), 'june.jsonl'), 'utf8');
      assert.deepEqual(text.trimEnd().split('\n').map(entryOf), JUNE.slice(2, 4));
    });

    it('writes one table of CSV however many pages it takes', async () => {
      await place.write(
        'gate-3',
        manyEntries(4_100, (index) => ({ id: `more-${index}` })),
      );
      const { stdout } = await ledger('export', '--format', 'csv', '--to', '2027-01-01');
      const lines = stdout.split('\r\n');
      assert.match(lines[0] ?? '', /^at,kind,id,/);
      assert.equal(lines.filter((line) => line.startsWith('at,')).length, 1);
      assert.equal(lines.length, 1 + 57 + 4_100 + 1);
    });

    it('refuses a period that ends before it begins', async () => {
      const ran = await ledger('export', '--from', '2026-06-03', '--to', '2026-06-03');
      assert.equal(ran.exitCode, 2);
      assert.match(ran.stderr, /--to: must be later than --from/);
    });
  });

  describe('prune', () => {
    it('removes what is older, keeps its sums, and leaves a ledger that verifies', async () => {
      const pivot = ['report', 'pivot', '--ledger', place.file, '--from', '2026-05-01', '--to', '2026-12-01'];
      const before = await runCli([...pivot, '--per', 'month', '--format', 'csv']);
      assert.match(before.stdout, /,30,30,3000,/);
      const ran = await ledger('prune', '--before', '2026-07-01');
      assert.deepEqual(ran, { exitCode: 0, stdout: '30 rows removed; their sums stay\n', stderr: '' });
      assert.deepEqual(await runCli([...pivot, '--per', 'month', '--format', 'csv']), before);
      const verified = await ledger('verify');
      assert.equal(verified.exitCode, 0);
      assert.match(verified.stdout, /^2 chains, 27 rows: as they were written\n30 rows of before were dropped/);
      assert.deepEqual(JSON.parse((await ledger('prune', '--before', '2026-07-01', '--json')).stdout), { removed: 0 });
    });

    it('leaves what is young', async () => {
      const ran = await ledger('prune', '--before', new Date(Date.now() - 6 * 86_400_000).toISOString());
      assert.equal(ran.exitCode, 2);
      assert.match(ran.stderr, /--before: must be at least 7 days ago/);
    });
  });

  it('is completed by shells', async () => {
    const { stdout } = await runCli(['completion', 'bash']);
    assert.match(stdout, /'ledger'\) words='verify head export prune/);
    assert.match(stdout, /'ledger verify'\) words='[^']*--heads/);
  });
});
