/** Port: the append-only truth of what was spent. */
import type { LedgerEntry } from '../core/ledger-entry.ts';

export interface Ledger {
  /**
   * Resolves when the entry is durable. Entries that come together are written together. An id that was written before
   * changes nothing.
   * @throws Failure `unavailable` where it could not be written, `overloaded` where too many wait
   */
  append(entry: LedgerEntry): Promise<void>;
  /** Writes what waits. */
  close(): Promise<void>;
}
