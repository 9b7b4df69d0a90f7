/** Reads in a thread of its own, which is started when the first asks. */
import { Failure } from '../../core/failure.ts';
import type { LedgerReader, StoredEntry, TotalsRow } from '../../reports/ledger-reader.ts';
import type { ReaderData, ToReader } from './reader-thread.ts';
import { startThread, type Thread } from './thread.ts';

/** Reports that wait for others; who asks beyond is better told so. */
const MOST_WAITING = 100;

export function createThreadedReader(file: string, mostWaiting: number = MOST_WAITING): LedgerReader {
  // Sources run as they are, the package as it was built.
  const script = new URL(
    import.meta.url.endsWith('.ts') ? './reader-thread.ts' : './reader-thread.js',
    import.meta.url,
  );
  const data: ReaderData = { file };
  let started: Promise<Thread<ToReader>> | undefined;
  let waiting = 0;
  let closed = false;

  const start = (): Promise<Thread<ToReader>> => {
    const starting = startThread<ToReader>(script, data, 'reader');
    const forget = (): void => {
      if (started === starting) started = undefined;
    };
    // One that could not be started, or broke, is started anew for who asks next.
    starting.then((thread) => thread.ended.then(forget), forget);
    return starting;
  };
  const ask = async (message: ToReader): Promise<unknown> => {
    if (closed) throw new Failure('unavailable', `ledger ${file} is closed`);
    if (waiting >= mostWaiting) throw new Failure('overloaded', `ledger ${file}: ${mostWaiting} reports wait already`);
    waiting += 1;
    try {
      started ??= start();
      return await (await started).ask(message);
    } finally {
      waiting -= 1;
    }
  };

  // The casts: the thread answers each kind with what the reader of that name gives.
  return {
    totals: async (query) => (await ask({ kind: 'totals', query })) as readonly TotalsRow[],
    entries: async (query) => (await ask({ kind: 'entries', query })) as readonly StoredEntry[],
    charged: async (sinceMs) => (await ask({ kind: 'charged', sinceMs })) as ReadonlyMap<string, bigint>,
    async close() {
      closed = true;
      const thread = await started?.catch(() => undefined);
      if (thread === undefined) return;
      // Behind what was asked before. A thread that broke has closed as well.
      await thread.ask({ kind: 'close' }).catch(() => undefined);
      await thread.ended;
    },
  };
}
