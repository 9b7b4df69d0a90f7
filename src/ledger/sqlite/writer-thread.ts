/**
 * The thread that moves journals into the database: a disk that takes its time holds up nobody's call. Each question is
 * answered when what it asks for is durable.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { isBusy, messageOf, openDatabase } from './database.ts';
import type { JournalFile } from './journal-files.ts';
import { Mover } from './mover.ts';
import { migrate } from './schema.ts';
import type { Answer } from './thread.ts';

export interface WriterData {
  readonly file: string;
  /** Entries of one transaction. */
  readonly maxBatch: number;
}

export type ToWriter =
  /** One journal, so many bytes of it at most; answered with `Moved`. */
  | { readonly kind: 'move'; readonly journal: JournalFile; readonly upTo: number }
  /** All that lie beside the ledger; answered with how many lines were set aside. */
  | { readonly kind: 'move_all'; readonly nowMs: number }
  /** What was moved by now outlives the power. */
  | { readonly kind: 'sync' }
  | { readonly kind: 'close' };

const data = workerData as WriterData; // given by `open.ts`, which starts this
const answer = (message: Answer): void => parentPort?.postMessage(message);
const failed = (reason: unknown): Answer => ({
  kind: 'failed',
  message: messageOf(reason),
  code: 'unavailable',
  busy: isBusy(reason),
});

try {
  // A journal is on the disk, and stays until what was moved is: so no transaction waits for that.
  const database = openDatabase({ file: data.file, synchronous: 'normal' });
  migrate(database);
  const mover = new Mover(database, data);
  const done = (message: Exclude<ToWriter, { readonly kind: 'close' }>): unknown => {
    switch (message.kind) {
      case 'move':
        return mover.move(message.journal, message.upTo);
      case 'move_all':
        return mover.moveAll(message.nowMs);
      case 'sync':
        return mover.sync();
    }
  };
  parentPort?.on('message', (message: ToWriter) => {
    if (message.kind === 'close') {
      database.close();
      answer({ kind: 'done' });
      parentPort?.close();
      return;
    }
    let said: Answer;
    try {
      said = { kind: 'done', value: done(message) };
    } catch (reason) {
      said = failed(reason);
    }
    answer(said);
  });
  answer({ kind: 'done' });
} catch (reason) {
  answer(failed(reason));
}
