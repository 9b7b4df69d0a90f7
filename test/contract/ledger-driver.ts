/** What the contract of Ledger and LedgerReader needs of an implementation. */
import type { Ledger } from '../../src/flows/ledger.ts';
import type { LedgerReader } from '../../src/reports/ledger-reader.ts';

export interface LedgerDriver {
  readonly name: string;
  /** Where a ledger of its own can be, empty. */
  create(): Promise<LedgerPlace>;
}

export interface LedgerPlace {
  /** As a process that writes to it opens it: several may at once. */
  open(options: { readonly chainId: string; readonly maxWaiting?: number }): Promise<Ledger & LedgerReader>;
  /** Ids of the entries of a chain, in its order. */
  order(chainId: string): Promise<readonly string[]>;
  /** What verifying finds: each fault as a sentence. */
  verify(): Promise<{ readonly chains: number; readonly rows: number; readonly faults: readonly string[] }>;
  /** Closes what is open and removes everything. */
  clean(): Promise<void>;
}
