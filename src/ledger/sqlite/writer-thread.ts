/**
 * The thread that writes: a disk that takes its time holds up nobody but those whose entries it writes. One message is
 * one transaction; it is answered when that is durable.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type FileOptions, messageOf, openDatabase } from './database.ts';
import { migrate } from './schema.ts';
import { BatchWriter } from './writer.ts';

export interface WriterData extends FileOptions {
  readonly chain: string;
}

export type ToWriter = { readonly kind: 'write'; readonly bodies: readonly string[] } | { readonly kind: 'close' };
/** Each message is answered once, in order; the first answer says that it is open. */
export type FromWriter =
  | { readonly kind: 'done' }
  /** `busy`: another process holds the file, or the disk is full: it may go better later. */
  | { readonly kind: 'failed'; readonly message: string; readonly busy: boolean };

const data = workerData as WriterData; // given by `open.ts`, which starts this
const answer = (message: FromWriter): void => parentPort?.postMessage(message);
const failed = (reason: unknown): FromWriter => ({
  kind: 'failed',
  message: messageOf(reason),
  busy: /locked|busy|full|I\/O/i.test(messageOf(reason)),
});

try {
  const database = openDatabase(data);
  migrate(database);
  const writer = new BatchWriter(database, data.chain);
  parentPort?.on('message', (message: ToWriter) => {
    switch (message.kind) {
      case 'write':
        try {
          writer.write(message.bodies);
          answer({ kind: 'done' });
        } catch (reason) {
          answer(failed(reason));
        }
        return;
      case 'close':
        database.close();
        answer({ kind: 'done' });
        parentPort?.close();
    }
  });
  answer({ kind: 'done' });
} catch (reason) {
  answer(failed(reason));
}
