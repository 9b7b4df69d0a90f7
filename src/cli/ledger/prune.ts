/** `turnpike ledger prune`: retention. Sums of whole hours stay, and the chains know what they lack. */
import { Failure } from '../../core/failure.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { readMoment } from '../moment.ts';
import { type LedgerChoice, ledgerPlace, warningOn } from '../open-ledger.ts';
import { createProgress } from '../progress.ts';

export interface PruneCommand extends LedgerChoice {
  readonly before: string;
  readonly json?: boolean;
}

/** Calls that run, reports that come late and repricing still speak of rows that are younger. */
const YOUNGEST_MS = 7 * 86_400_000;

/** @returns 0 */
export async function runLedgerPrune(options: PruneCommand, io: Io): Promise<number> {
  const beforeMs = readMoment(options.before, '--before');
  const nowMs = Date.now();
  if (beforeMs > nowMs - YOUNGEST_MS) {
    throw new Failure('config_invalid', `--before: must be at least 7 days ago (actual: ${options.before})`);
  }
  const progress = createProgress(io);
  progress.step('pruning the ledger');
  try {
    const removed = await prune(options, { beforeMs, nowMs }, io, (rows) =>
      progress.step(`${rows.toLocaleString('en-US')} rows removed`),
    );
    progress.done();
    const text = `${removed.toLocaleString('en-US')} rows removed; their sums stay\n`;
    io.stdout.write(options.json === true ? `${JSON.stringify({ removed }, undefined, 2)}\n` : text);
    return EXIT.ok;
  } finally {
    progress.done();
  }
}

async function prune(
  choice: LedgerChoice,
  times: { readonly beforeMs: number; readonly nowMs: number },
  io: Io,
  onRows: (rows: number) => void,
): Promise<number> {
  const place = await ledgerPlace(choice, io);
  switch (place.kind) {
    case 'sqlite': {
      const { pruneSqliteLedger } = await import('../../ledger/sqlite/prune.ts');
      return pruneSqliteLedger({
        file: place.file,
        synchronous: place.synchronous,
        ...times,
        onRows,
        warn: warningOn(io),
      });
    }
    case 'postgres': {
      const { prunePostgresLedger } = await import('../../ledger/postgres/prune.ts');
      return prunePostgresLedger({ url: place.url, beforeMs: times.beforeMs });
    }
  }
}
