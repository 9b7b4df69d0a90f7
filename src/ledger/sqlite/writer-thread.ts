/**
 * The thread that writes: a disk that takes its time holds up nobody but those whose entries it writes. One message is
 * one transaction; it is answered when that is durable.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type FileOptions, messageOf, openDatabase } from './database.ts';
import { migrate } from './schema.ts';
import type { Answer } from './thread.ts';
import { BatchWriter } from './writer.ts';

export interface WriterData extends FileOptions {
  readonly chain: string;
}

export type ToWriter = { readonly kind: 'write'; readonly bodies: readonly string[] } | { readonly kind: 'close' };

const data = workerData as WriterData; // given by `open.ts`, which starts this
const answer = (message: Answer): void => parentPort?.postMessage(message);
const failed = (reason: unknown): Answer => ({
  kind: 'failed',
  message: messageOf(reason),
  code: 'unavailable',
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
