/**
 * Walks a period of the ledger and reprices every attempt in it, page by page. An adjustment stands at the time of the
 * attempt that it corrects, so what belongs together is read together and nothing else is kept.
 */
import type { AdjustmentEntry, AttemptEntry, LedgerEntry } from '../../core/ledger-entry.ts';
import { type PricesNow, type Repricing, reprice } from '../../core/reprice.ts';
import type { EntriesQuery, LedgerReader } from '../../reports/ledger-reader.ts';

export interface RepricedAttempt {
  readonly entry: AttemptEntry;
  readonly repricing: Repricing;
}

/** Rows of a page. */
const PAGE = 2_000;

export async function* repricedAttempts(
  reader: Pick<LedgerReader, 'entries'>,
  query: Omit<EntriesQuery, 'after' | 'limit'>,
  prices: PricesNow,
  pageRows = PAGE,
): AsyncGenerator<RepricedAttempt> {
  let moment: LedgerEntry[] = [];
  for await (const entry of entriesOf(reader, query, pageRows)) {
    if (moment[0] !== undefined && moment[0].atMs !== entry.atMs) {
      yield* repricedMoment(moment, prices);
      moment = [];
    }
    moment.push(entry);
  }
  yield* repricedMoment(moment, prices);
}

async function* entriesOf(
  reader: Pick<LedgerReader, 'entries'>,
  query: Omit<EntriesQuery, 'after' | 'limit'>,
  pageRows: number,
): AsyncGenerator<LedgerEntry> {
  let after: string | undefined;
  for (;;) {
    const page = await reader.entries({ ...query, limit: pageRows, ...(after === undefined ? {} : { after }) });
    for (const { entry } of page) yield entry;
    after = page.at(-1)?.cursor;
    if (after === undefined || page.length < pageRows) return;
  }
}

/** @param entries of one moment */
function* repricedMoment(entries: readonly LedgerEntry[], prices: PricesNow): Generator<RepricedAttempt> {
  const adjustments = new Map<string, AdjustmentEntry[]>();
  for (const entry of entries) {
    if (entry.kind !== 'adjustment') continue;
    const known = adjustments.get(entry.adjusts);
    if (known === undefined) adjustments.set(entry.adjusts, [entry]);
    else known.push(entry);
  }
  for (const entry of entries) {
    if (entry.kind !== 'attempt') continue;
    yield { entry, repricing: reprice(entry, adjustments.get(entry.id) ?? [], prices) };
  }
}
