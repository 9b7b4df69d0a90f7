/** When entries that come one after the other are written together. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGroupCommit, type GroupCommit } from '../../src/ledger/group-commit.ts';

const HOUR_MS = 3_600_000;

function commits(gatherMs: number): { readonly queue: GroupCommit<string>; readonly written: string[] } {
  const written: string[] = [];
  const queue = createGroupCommit<string>({
    write: async (entries) => void written.push(entries.join('')),
    faultOf: (reason) => ({ kind: 'away', message: String(reason) }),
    ...{ name: 'test', maxBatch: 4, maxWaiting: 100, patienceMs: HOUR_MS, gatherMs },
  });
  return { queue, written };
}

/** Turns of the event loop that have something to do, in each of which an entry comes. */
async function busily(queue: GroupCommit<string>, names: string): Promise<void> {
  const appended: Promise<void>[] = [];
  for (const name of names) {
    appended.push(queue.append(name));
    const untilMs = performance.now() + 1;
    while (performance.now() < untilMs);
    await nextTurn();
  }
  await Promise.all(appended);
}

const CASES = [
  {
    of: 'one that waits for others: together, while the process is busy',
    gatherMs: HOUR_MS,
    names: 'abc',
    is: ['abc'],
  },
  { of: 'one that waits for others: no more than a batch', gatherMs: HOUR_MS, names: 'abcdef', is: ['abcd', 'ef'] },
  { of: 'one that does not: each turn by itself', gatherMs: 0, names: 'abc', is: ['a', 'b', 'c'] },
] as const;

describe('a group commit', () => {
  for (const { of, gatherMs, names, is } of CASES) {
    it(`writes what comes in turns that follow on one another (${of})`, async () => {
      const { queue, written } = commits(gatherMs);
      await busily(queue, names);
      assert.deepEqual(written, is);
    });
  }

  it('waits for nobody where there is nothing else to do', async () => {
    const { queue, written } = commits(HOUR_MS);
    await queue.append('a');
    assert.deepEqual(written, ['a']);
  });
});
