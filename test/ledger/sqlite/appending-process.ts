/** Appends entries as fast as they are taken, and writes the id of each that was acknowledged, one a line. */
import { openSqliteLedger } from '../../../src/ledger/sqlite/open.ts';
import { AT_MS, adjustmentOf, attemptEntry } from '../entries.ts';

const IN_FLIGHT = 40;

const [file = '', chainId = ''] = process.argv.slice(2);
const ledger = await openSqliteLedger({ file, synchronous: 'full', chainId });
let next = 0;

async function append(): Promise<never> {
  for (;;) {
    next += 1;
    const callId = `${process.pid}-${next}`;
    const entry = attemptEntry({ id: `${callId}/0`, callId, atMs: AT_MS + next * 7_000, accounts: [`a${next % 3}`] });
    await ledger.append(entry);
    process.stdout.write(`${entry.id}\n`);
    if (next % 5 > 0) continue;
    const adjustment = adjustmentOf(entry, -1n);
    await ledger.append(adjustment);
    process.stdout.write(`${adjustment.id}\n`);
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, append));
