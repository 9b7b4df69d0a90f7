/** What was acknowledged is in the file, once, however often its writers are killed; chains and sums are whole. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqliteLedger } from '../../../src/ledger/sqlite/open.ts';
import { createPlace } from './place.ts';

const ROUNDS = 6;
const WRITERS = ['one', 'two'];
/** Acknowledged by one writer before it is killed, at most. */
const MOST = 600;

describe('the ledger of a file, whose writers are killed with -9', () => {
  const place = createPlace();
  after(() => place.clean());
  const program = fileURLToPath(import.meta.resolve('./appending-process.ts'));
  const acknowledged: string[] = [];

  /** Killed the moment that it has acknowledged so many, with others of its entries at every stage of being written. */
  const runUntilKilled = async (chainId: string, count: number): Promise<void> => {
    const writer: ChildProcess = spawn(process.execPath, [program, place.file, chainId], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(writer, 'exit');
    assert.ok(writer.stdout);
    let seen = 0;
    for await (const line of createInterface({ input: writer.stdout })) {
      // A line that was cut by the kill is no id: every id ends in its attempt or in what it is.
      if (!/\/0(?:\/repriced)?$/.test(line)) continue;
      acknowledged.push(line);
      seen += 1;
      if (seen === count) writer.kill('SIGKILL');
    }
    assert.equal((await ended)[1], 'SIGKILL');
  };

  it('loses nothing that it acknowledged', async (context) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const counts = WRITERS.map(() => 1 + Math.floor(Math.random() * MOST));
      context.diagnostic(`round ${round}: killed behind ${counts.join(' and ')}`);
      // Chains go on from round to round: two writers at once, each its own.
      await Promise.all(WRITERS.map((chainId, index) => runUntilKilled(chainId, counts[index] ?? 1)));
      assert.deepEqual(await place.faults(), []);
    }
    const rows = place.ask('SELECT id FROM entries') as readonly { readonly id: string }[]; // by the query
    const there = new Set(rows.map(({ id }) => id));
    assert.ok(acknowledged.length >= ROUNDS * WRITERS.length);
    assert.deepEqual(
      acknowledged.filter((id) => !there.has(id)),
      [],
    );
    assert.equal(rows.length, there.size);
    // What was written and not acknowledged in time is there whole: each round ended in verified sums and chains.
    const ledger = await openSqliteLedger({ file: place.file, synchronous: 'full', chainId: 'reader' });
    const [total] = await ledger.totals({ fromMs: 0, toMs: Date.UTC(2100, 0), by: [] });
    const charged = await ledger.charged(0);
    await ledger.close();
    const corrections = BigInt(rows.filter(({ id }) => id.endsWith('/repriced')).length);
    const expected = (BigInt(rows.length) - corrections) * 1_000n - corrections;
    assert.equal(total?.costNano, expected);
    assert.equal(
      [...charged.values()].reduce((sum, nano) => sum + nano, 0n),
      expected,
    );
  });
});
