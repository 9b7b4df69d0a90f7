/** The embedded ledger: a SQLite file that one thread of each process writes and another reads. */
import type { Ledger } from '../../flows/ledger.ts';
import type { LedgerReader } from '../../reports/ledger-reader.ts';
import { bodyOf } from '../chain.ts';
import { createGroupCommit } from '../group-commit.ts';
import { type FileOptions, messageOf, openDatabase } from './database.ts';
import { createReader } from './reader.ts';
import { createThreadedReader } from './reading.ts';
import { Busy, startThread } from './thread.ts';
import type { ToWriter, WriterData } from './writer-thread.ts';

export interface SqliteLedgerOptions extends FileOptions {
  /** Names the writer: no two that run at once may share it. */
  readonly chainId: string;
  /** Entries written in one transaction at most; default 2,000. */
  readonly maxBatch?: number;
  /** Entries that may wait; default 50,000. */
  readonly maxWaiting?: number;
  /** How long an entry may wait for a file that others hold, or a disk that is full; default 10 s. */
  readonly patienceMs?: number;
}

/** @throws Failure `unavailable` where the file cannot be opened or made, `config_invalid` where it is no ledger */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger & LedgerReader> {
  const { file, synchronous, chainId, maxBatch = 2_000, maxWaiting = 50_000, patienceMs = 10_000 } = options;
  const data: WriterData = { file, synchronous, chain: chainId };
  // Sources run as they are, the package as it was built.
  const script = new URL(
    import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js',
    import.meta.url,
  );
  const thread = await startThread<ToWriter>(script, data, 'writer');
  const queue = createGroupCommit<string>({
    async write(bodies) {
      await thread.ask({ kind: 'write', bodies });
    },
    faultOf: (reason) => ({ kind: reason instanceof Busy ? 'away' : 'refused', message: messageOf(reason) }),
    name: `ledger ${file}`,
    maxBatch,
    maxWaiting,
    patienceMs,
  });
  const reader = createThreadedReader(file);
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await queue.drain();
    // The last one to close moves what was written into the file itself.
    await reader.close();
    await thread.ask({ kind: 'close' });
    await thread.ended;
  };
  return {
    ...reader,
    // Its text is made now, while the thread writes those before.
    append: (entry) => queue.append(bodyOf(entry)),
    close() {
      closing ??= end();
      return closing;
    },
  };
}

/** To read with, beside whoever writes, in the thread that asks: for commands. @throws Failure `unavailable` */
export function openSqliteReader(file: string): LedgerReader {
  const reading = openDatabase({ file, synchronous: 'normal' }, true);
  return { ...createReader(reading), close: async () => reading.close() };
}
