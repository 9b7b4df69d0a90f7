/** The embedded ledger: a SQLite file that one thread of each process writes, and anybody reads. */
import { Worker } from 'node:worker_threads';
import { Failure } from '../../core/failure.ts';
import type { LedgerEntry } from '../../core/ledger-entry.ts';
import type { Ledger } from '../../flows/ledger.ts';
import type { LedgerReader } from '../../reports/ledger-reader.ts';
import { bodyOf } from '../chain.ts';
import { createGroupCommit } from '../group-commit.ts';
import { type FileOptions, messageOf, openDatabase } from './database.ts';
import { createReader } from './reader.ts';
import type { FromWriter, ToWriter, WriterData } from './writer-thread.ts';

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
  const thread = await startWriter({ file, synchronous, chain: chainId });
  const queue = createGroupCommit({
    write: (entries: readonly LedgerEntry[]) => thread.ask({ kind: 'write', bodies: entries.map(bodyOf) }),
    faultOf: (reason) => ({ kind: reason instanceof Busy ? 'away' : 'refused', message: messageOf(reason) }),
    name: `ledger ${file}`,
    maxBatch,
    maxWaiting,
    patienceMs,
  });
  const reading = openDatabase({ file, synchronous }, true);
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await queue.drain();
    // The last one to close moves what was written into the file itself.
    reading.close();
    await thread.ask({ kind: 'close' });
    await thread.ended;
  };
  return {
    ...createReader(reading),
    append: (entry) => queue.append(entry),
    close() {
      closing ??= end();
      return closing;
    },
  };
}

/** To read with, beside whoever writes. @throws Failure `unavailable` */
export function openSqliteReader(file: string): LedgerReader {
  const reading = openDatabase({ file, synchronous: 'normal' }, true);
  return { ...createReader(reading), close: async () => reading.close() };
}

/** It may go better later. */
class Busy extends Error {}

interface WriterThread {
  ask(message: ToWriter): Promise<void>;
  readonly ended: Promise<void>;
}

async function startWriter(data: WriterData): Promise<WriterThread> {
  // Sources run as they are, the package as it was built.
  const script = new URL(
    import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js',
    import.meta.url,
  );
  const worker = new Worker(script, { workerData: data });
  const asked: { resolve(): void; reject(reason: unknown): void }[] = [];
  const next = (): Promise<void> => new Promise((resolve, reject) => asked.push({ resolve, reject }));
  let dead: Failure | undefined;
  worker.on('message', (answer: FromWriter) => {
    const first = asked.shift();
    if (answer.kind === 'done') first?.resolve();
    else first?.reject(answer.busy ? new Busy(answer.message) : new Failure('unavailable', answer.message));
  });
  const ended = new Promise<void>((resolve) => {
    worker.on('error', (reason) => {
      dead = new Failure('unavailable', `ledger ${data.file}: its writer broke: ${messageOf(reason)}`);
    });
    worker.on('exit', () => {
      dead ??= new Failure('unavailable', `ledger ${data.file}: its writer has ended`);
      for (const { reject } of asked.splice(0)) reject(dead);
      resolve();
    });
  });
  try {
    await next();
  } catch (reason) {
    await worker.terminate();
    throw new Failure('unavailable', `ledger ${data.file}: ${messageOf(reason)}`, { cause: reason });
  }
  return {
    ended,
    ask(message) {
      if (dead !== undefined) return Promise.reject(dead);
      const answered = next();
      worker.postMessage(message);
      return answered;
    },
  };
}
