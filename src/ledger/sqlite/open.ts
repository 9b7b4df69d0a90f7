/**
 * The embedded ledger: a SQLite file, and a journal for each process that writes. An entry is acknowledged when it is in
 * the journal; a thread moves it into the file soon after, and another thread reads.
 */

import { Failure } from '../../core/failure.ts';
import type { LedgerEntry } from '../../core/ledger-entry.ts';
import type { MeteredUsage } from '../../core/usage.ts';
import type { Ledger } from '../../flows/ledger.ts';
import type { LedgerReader } from '../../reports/ledger-reader.ts';
import { bodyOf } from '../chain.ts';
import { createGroupCommit } from '../group-commit.ts';
import { type FileOptions, messageOf, openDatabase } from './database.ts';
import { Journal } from './journal.ts';
import { linesOf } from './journal-line.ts';
import { Moves } from './moves.ts';
import { createReader } from './reader.ts';
import { createThreadedReader } from './reading.ts';
import { takeInJournals } from './take-in.ts';
import { Busy, startThread, type Thread } from './thread.ts';
import type { ToWriter, WriterData } from './writer-thread.ts';

export interface SqliteLedgerOptions extends FileOptions {
  /** Names the writer: no two that run at once may share it. */
  readonly chainId: string;
  /** Entries written in one transaction at most; default 2,000. */
  readonly maxBatch?: number;
  /** Entries that may wait; default 50,000. */
  readonly maxWaiting?: number;
  /** How long an entry may wait, for a disk that is full, say; default 10 s. */
  readonly patienceMs?: number;
  /** From this size on a file of the journal is followed by another; default 16 MiB. */
  readonly largeBytes?: number;
  /** What the journal holds that is not moved yet, at most: beyond it entries wait for that; default 256 MiB. */
  readonly maxJournalBytes?: number;
  /** Told of what could not be moved, and of what was set aside. */
  readonly warn?: (message: string) => void;
}

/** Entries wait so long for others, while the process is busy: each time that a disk is asked takes the time of a call. */
const GATHER_MS = 5;
const MIB = 1024 * 1024;
const LARGE_BYTES = 16 * MIB;
const MAX_JOURNAL_BYTES = 256 * MIB;

/** @throws Failure `unavailable` where the file cannot be opened or made, `config_invalid` where it is no ledger */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger & LedgerReader> {
  const { file, maxBatch = 2_000, maxWaiting = 50_000, patienceMs = 10_000 } = options;
  const { maxJournalBytes = MAX_JOURNAL_BYTES, warn = () => undefined } = options;
  const data: WriterData = { file, maxBatch };
  // Sources run as they are, the package as it was built.
  const script = new URL(
    import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js',
    import.meta.url,
  );
  // Where several open a file that is new, SQLite lets one go on and tells the others at once that it is busy.
  const thread = await patiently(patienceMs, () => startThread<ToWriter>(script, data, 'writer'));
  const journal = await begun(thread, options, patienceMs);
  const moves = new Moves({ file, journal, thread, warn });
  const queue = createGroupCommit<string>({
    async write(bodies) {
      // Whoever is quicker than the thread waits for it.
      if (journal.waitingBytes > maxJournalBytes) await moves.everything(0);
      journal.write(linesOf(bodies));
      moves.soon();
      await journal.sync();
    },
    // Whatever is wrong is wrong with the disk, not with an entry.
    faultOf: (reason) => ({ kind: 'away', message: messageOf(reason) }),
    name: `ledger ${file}`,
    maxBatch,
    maxWaiting,
    patienceMs,
    gatherMs: GATHER_MS,
  });
  const reader = createThreadedReader(file);
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await queue.drain();
    await moves.finish(patienceMs);
    journal.close();
    // The last one to close moves what was written into the file itself.
    await reader.close();
    await thread.ask({ kind: 'close' });
    await thread.ended;
  };
  /** What was acknowledged is read, whoever did that: sums that lack some of it are worse than none. */
  const behind =
    <Query, Found>(read: (query: Query) => Promise<Found>) =>
    async (query: Query): Promise<Found> => {
      try {
        if (closing === undefined) await moves.everything(patienceMs);
      } catch (cause) {
        const why = messageOf(cause);
        throw new Failure('unavailable', `ledger ${file}: lacks what its journals hold: ${why}`, { cause });
      }
      return read(query);
    };
  return {
    totals: behind(reader.totals),
    entries: behind(reader.entries),
    charged: behind(reader.charged),
    append(entry) {
      const wrong = notStorable(entry);
      if (wrong === undefined) return queue.append(bodyOf(entry));
      return Promise.reject(new Failure('internal', `ledger ${file} cannot store the entry: ${wrong}`));
    },
    close() {
      closing ??= end();
      return closing;
    },
  };
}

/** Again, for as long as it may take, while others hold the file. @throws what it throws then */
async function patiently<Found>(patienceMs: number, run: () => Promise<Found>): Promise<Found> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await run();
    } catch (reason) {
      const isBusy = reason instanceof Busy || (reason instanceof Failure && reason.cause instanceof Busy);
      if (!isBusy || performance.now() > untilMs) throw reason;
    }
  }
}

/** What others left behind is in the file before anybody reads it. @throws Failure `unavailable` */
async function begun(thread: Thread<ToWriter>, options: SqliteLedgerOptions, patienceMs: number): Promise<Journal> {
  const { file, synchronous, chainId, largeBytes = LARGE_BYTES, warn } = options;
  try {
    const refused = await patiently(patienceMs, () => thread.ask({ kind: 'move_all', nowMs: Date.now() }));
    if (Number(refused) > 0) warn?.(`ledger ${file}: ${refused} entries are set aside in ${file}.refused`);
    return new Journal({ file, chain: chainId, synchronous, largeBytes });
  } catch (reason) {
    await thread.ask({ kind: 'close' });
    if (reason instanceof Failure) throw reason;
    throw new Failure('unavailable', `ledger ${file}: ${messageOf(reason)}`, { cause: reason });
  }
}

const MOST_NANO = 2n ** 63n - 1n;

/** It is acknowledged before the database sees it, so what the database would not take is found here. */
function notStorable(entry: LedgerEntry): string | undefined {
  const { atMs, chargedNano, cost } = entry;
  if (!isWithin(chargedNano) || (cost.kind === 'priced' && !isWithin(cost.items.totalNano))) {
    return 'an amount does not fit into 64 bits';
  }
  if (!Number.isSafeInteger(Math.floor(atMs))) return 'its time is none';
  return entry.kind === 'adjustment' || areCounts(entry.usage) ? undefined : 'tokens are no whole number';
}

const isWithin = (nano: bigint): boolean => nano <= MOST_NANO && nano >= -MOST_NANO;

function areCounts(usage: MeteredUsage): boolean {
  if (usage.kind === 'unknown') return true;
  const { input = 0, cacheRead = 0, output = 0 } = usage.tokens;
  return Number.isSafeInteger(input) && Number.isSafeInteger(cacheRead) && Number.isSafeInteger(output);
}

/**
 * To read with, beside whoever writes, in the thread that asks: for commands.
 * @param warn told where what lies in journals cannot be moved into the file, and it is read as it is
 * @throws Failure `unavailable`
 */
export function openSqliteReader(file: string, warn: (message: string) => void = () => undefined): LedgerReader {
  const reading = openDatabase({ file, synchronous: 'normal' }, true);
  const reader = createReader(reading);
  const behind =
    <Query, Found>(read: (query: Query) => Promise<Found>) =>
    (query: Query): Promise<Found> => {
      takeInJournals(file, warn);
      return read(query);
    };
  return {
    totals: behind(reader.totals),
    entries: behind(reader.entries),
    charged: behind(reader.charged),
    close: async () => reading.close(),
  };
}
