/** Appends entries as fast as they are taken, and writes the id of each that was acknowledged, one a line. */
import { openPostgresLedger } from '../../../src/ledger/postgres/open.ts';
import { attemptEntry } from '../entries.ts';

const IN_FLIGHT = 40;

const [url = '', chainId = ''] = process.argv.slice(2);
const ledger = await openPostgresLedger({ url, chainId });
let next = 0;

async function append(): Promise<never> {
  for (;;) {
    next += 1;
    const callId = `${process.pid}-${next}`;
    const id = `${callId}/0`;
    await ledger.append(attemptEntry({ id, callId }));
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, append));
