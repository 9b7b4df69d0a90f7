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
    if (moment[0] !== undefined && wholeMs(moment[0]) !== wholeMs(entry)) {
      yield* repricedMoment(moment, prices);
      moment = [];
    }
    moment.push(entry);
  }
  yield* repricedMoment(moment, prices);
}

/** What a ledger orders by; attempts of one millisecond come in any order. */
const wholeMs = ({ atMs }: LedgerEntry): number => Math.floor(atMs);

async function* entriesOf(
  reader: Pick<LedgerReader, 'entries'>,
  query: Omit<EntriesQuery, 'after' | 'limit'>,
  pageRows: number,
): AsyncGenerator<LedgerEntry> {
  let { fromMs } = query;
  let after: string | undefined;
  for (;;) {
    const page = await reader.entries({ ...query, fromMs, limit: pageRows, ...(after === undefined ? {} : { after }) });
    for (const { entry } of page) yield entry;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    after = last.cursor;
    // Nobody has to pass over what was read.
    fromMs = Math.max(fromMs, wholeMs(last.entry));
  }
}

/** @param entries of one whole millisecond */
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
