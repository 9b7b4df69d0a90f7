/** The thread that reads for a process that serves: a report of a million rows holds up nobody but other reports. */
import { parentPort, workerData } from 'node:worker_threads';
import { Failure } from '../../core/failure.ts';
import type { EntriesQuery, LedgerReader, TotalsQuery } from '../../reports/ledger-reader.ts';
import { messageOf, openDatabase } from './database.ts';
import { createReader } from './reader.ts';
import type { Answer } from './thread.ts';

export interface ReaderData {
  readonly file: string;
}

export type ToReader =
  | { readonly kind: 'totals'; readonly query: TotalsQuery }
  | { readonly kind: 'entries'; readonly query: EntriesQuery }
  | { readonly kind: 'charged'; readonly sinceMs: number }
  | { readonly kind: 'close' };

const data = workerData as ReaderData; // given by `reading.ts`, which starts this
const answer = (message: Answer): void => parentPort?.postMessage(message);
const failed = (reason: unknown): Answer => ({
  ...{ kind: 'failed', message: messageOf(reason), busy: false },
  code: reason instanceof Failure ? reason.code : 'unavailable',
});

function read(reader: LedgerReader, message: ToReader): Promise<unknown> {
  switch (message.kind) {
    case 'totals':
      return reader.totals(message.query);
    case 'entries':
      return reader.entries(message.query);
    case 'charged':
      return reader.charged(message.sinceMs);
    case 'close':
      return reader.close();
  }
}

try {
  const database = openDatabase({ file: data.file, synchronous: 'normal' }, true);
  const reader: LedgerReader = {
    ...createReader(database),
    close: async () => database.close(),
  };
  parentPort?.on('message', (message: ToReader) => {
    read(reader, message).then(
      (value) => {
        answer({ kind: 'done', value });
        if (message.kind === 'close') parentPort?.close();
      },
      (reason: unknown) => answer(failed(reason)),
    );
  });
  answer({ kind: 'done' });
} catch (reason) {
  answer(failed(reason));
}
